#!/usr/bin/env python3
"""What Python's socket module sees of connections and their ends, on cells of
inet, inet6 and unix, beside what the probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import ctypes
import errno
import functools
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from harness import equal, test  # noqa: E402

FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6,
            "unix": socket.AF_UNIX}
TYPES = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM,
         "seqpacket": socket.SOCK_SEQPACKET}
CELLS = [("inet", "stream"), ("inet", "dgram"), ("inet6", "stream"),
         ("inet6", "dgram"), ("unix", "stream"), ("unix", "dgram"),
         ("unix", "seqpacket")]
CONNECTED = "stream", "seqpacket"
SURE = 10_000  # milliseconds
QUIET = 40
LIBC = ctypes.CDLL(None, use_errno=True)
EXPERIMENTS = {}


def experiment(name, *types):
    """The experiment of that probe, on cells of these types (none: of all)."""
    def register(function):
        EXPERIMENTS[name] = function, types or tuple(TYPES)
        return function
    return register


class Stage:
    """Sockets of one cell, closed at the end."""

    def __init__(self, family, kind):
        self.family, self.kind = family, kind
        self.folder = tempfile.TemporaryDirectory()
        self.names = 0
        self.open = []

    def keep(self, one):
        self.open.append(one)
        return one

    def socket(self):
        return self.keep(socket.socket(FAMILIES[self.family],
                                       TYPES[self.kind]))

    def bound(self):
        one = self.socket()
        self.names += 1
        one.bind({"inet": ("127.0.0.1", 0), "inet6": ("::1", 0)}.get(
            self.family, f"{self.folder.name}/{self.names}"))
        return one

    def listening(self):
        one = self.bound()
        if self.kind != "dgram":
            one.listen()
        return one

    def vacant(self):
        """A name that nobody has any more."""
        one = self.bound()
        address = one.getsockname()
        one.close()
        if self.family == "unix":
            os.unlink(address)
        return address

    def pair(self):
        """A client that is connected, and its peer."""
        server = self.listening()
        client = self.socket() if self.kind != "dgram" else self.bound()
        client.connect(server.getsockname())
        if self.kind != "dgram":
            server = self.keep(server.accept()[0])
        return client, server

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.open:
            one.close()
        self.folder.cleanup()


def outcome(call, *arguments):
    """"ok", or the name of the errno."""
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "ok"


def wait(one, events=select.POLLIN, limit=SURE):
    poll = select.poll()
    poll.register(one, events)
    return poll.poll(limit)


def read(one, limit=SURE):
    if not wait(one, limit=limit):
        return "nothing"
    try:
        return "data" if one.recv(64, socket.MSG_DONTWAIT) else "0"
    except OSError as error:
        return errno.errorcode[error.errno]


def send(one):
    """send() without MSG_NOSIGNAL; SIGPIPE is held back, and then taken."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    word = outcome(one.send, b"abc")
    piped = signal.sigtimedwait({signal.SIGPIPE}, 0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPIPE})
    return word + (" and SIGPIPE" if piped else "")


def dissolve(one):
    """connect() to AF_UNSPEC, which Python has no address for."""
    address = struct.pack("H14x", socket.AF_UNSPEC)
    if LIBC.connect(one.fileno(), address, len(address)) == 0:
        return "ok"
    return errno.errorcode[ctypes.get_errno()]


@experiment("connect-nobody")
def _(stage):
    address = stage.vacant()
    return outcome(stage.socket().connect, address)


@experiment("connect-nobody.not-listening", *CONNECTED)
def _(stage):
    return outcome(stage.socket().connect, stage.bound().getsockname())


@experiment("connect-nb", *CONNECTED)
def _(stage):
    server, client = stage.listening(), stage.socket()
    client.setblocking(False)
    word = outcome(client.connect, server.getsockname())
    if word != "EINPROGRESS":
        return "at once" if word == "ok" else word
    assert wait(client, select.POLLOUT)
    error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return f"EINPROGRESS, then {errno.errorcode.get(error, 'ready')}"


@experiment("connect-nb.again", *CONNECTED)
def _(stage):
    server, client = stage.listening(), stage.socket()
    client.setblocking(False)
    outcome(client.connect, server.getsockname())
    assert wait(client, select.POLLOUT)
    word = outcome(client.connect, server.getsockname())
    if word == "ok":
        word += ", then " + outcome(client.connect, server.getsockname())
    return word


@experiment("connect-listener", *CONNECTED)
def _(stage):
    other = stage.listening().getsockname()
    return outcome(stage.listening().connect, other)


@experiment("unconnected-io.send")
def _(stage):
    return send(stage.socket())


@experiment("unconnected-io.shutdown")
def _(stage):
    return outcome(stage.socket().shutdown, socket.SHUT_RDWR)


@experiment("reconnect")
def _(stage):
    client, first = stage.pair()
    second = stage.listening()
    word = outcome(client.connect, second.getsockname())
    if word != "ok":
        return word
    client.send(b"abc")
    return {first: "still the first", second: "the second"}[
        select.select([first, second], [], [], SURE / 1000)[0][0]]


@experiment("disconnect")
def _(stage):
    client, _ = stage.pair()
    word = dissolve(client)
    if word != "ok":
        return word
    word = outcome(client.getpeername)
    return {"ENOTCONN": "dissolved", "ok": "ok, still connected"}[word]


@experiment("third-party", "dgram")
def _(stage):
    client, server = stage.pair()
    server.connect(client.getsockname())
    word = outcome(stage.bound().sendto, b"3rd", server.getsockname())
    if word != "ok":
        return f"send: {word}"
    client.send(b"abc")
    heard = []
    while wait(server, limit=QUIET if heard else SURE):
        heard.append(server.recv(16))
    return "heard" if b"3rd" in heard else "dropped"


@experiment("third-party.before", "dgram")
def _(stage):
    client, server = stage.bound(), stage.bound()
    stage.bound().sendto(b"3rd", server.getsockname())
    assert wait(server)
    server.connect(client.getsockname())
    return {"data": "heard", "nothing": "dropped"}[read(server, QUIET)]


@experiment("sendto-connected")
def _(stage):
    client, server = stage.pair()
    other = stage.listening()
    word = outcome(client.sendto, b"abc", other.getsockname())
    if word != "ok":
        return word
    return {server: "to the peer", other: "to the address"}[
        select.select([server, other], [], [], SURE / 1000)[0][0]]


@experiment("eof")
def _(stage):
    client, server = stage.pair()
    server.close()
    return read(client, QUIET if stage.kind == "dgram" else SURE)


@experiment("write-closed")
def _(stage):
    client, server = stage.pair()
    server.close()
    if stage.kind != "dgram":
        assert wait(client)
    word = send(client)
    if word != "ok":
        return word
    assert wait(client, 0)
    return f"ok, then {send(client)}"


@experiment("close-unread", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    client.send(b"abc")
    assert wait(server)
    server.close()
    return read(client)


@experiment("close-unread.answer", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    client.send(b"abc")
    server.send(b"abc")
    assert wait(server) and wait(client)
    server.close()
    assert wait(client, select.POLLRDHUP)
    return f"{read(client)}, then {read(client)}"


@experiment("linger.zero", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack("ii", 1, 0))
    server.close()
    return read(client)


@experiment("early-close.reset", *CONNECTED)
def _(stage):
    server, client = stage.listening(), stage.socket()
    client.connect(server.getsockname())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack("ii", 1, 0))
    client.close()
    return read(stage.keep(server.accept()[0]))


@experiment("early-close.listener", *CONNECTED)
def _(stage):
    server, client = stage.listening(), stage.socket()
    client.connect(server.getsockname())
    server.close()
    return read(client)


@experiment("shut-wr.own", *CONNECTED)
def _(stage):
    client, _ = stage.pair()
    client.shutdown(socket.SHUT_WR)
    return send(client)


@experiment("shut-wr.reverse", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    client.shutdown(socket.SHUT_WR)
    equal(server.recv(1), b"")
    server.send(b"abc")
    return f"recv: {read(client)}"


@experiment("shut-rd.waiting", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    server.send(b"abc")
    assert wait(client)
    client.shutdown(socket.SHUT_RD)
    return f"recv: {read(client)}"


@functools.cache
def probed(family, kind):
    """What the probes say of a cell: a word for each."""
    result = harness.sockdemo("probe", "-f", family, "-t", kind, "--format",
                              "json", *EXPERIMENTS)
    equal(result.returncode, 0, result.stderr)
    return {one["id"]: one["observed"]
            for one in json.loads(result.stdout)["probes"]}


def compare(probe):
    make, types = EXPERIMENTS[probe]
    for family, kind in CELLS:
        if kind not in types:
            continue
        with Stage(family, kind) as stage:
            seen = make(stage)
        equal(probed(family, kind)[probe], seen,
              f"{probe} on {family} {kind}")


for each in EXPERIMENTS:
    test(f"{each}: Python sees the same")(functools.partial(compare, each))

harness.main()
