#!/usr/bin/env python3
"""What Python's socket module sees of connections and their ends, on cells of
inet, inet6 and unix, beside what the probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import ctypes
import errno
import os
import select
import signal
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
from again import (CONNECTED, compare_all, experiment, outcome)  # noqa: E402
from harness import equal  # noqa: E402

SURE = 10_000  # milliseconds
QUIET = 40
LIBC = ctypes.CDLL(None, use_errno=True)


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


compare_all()
