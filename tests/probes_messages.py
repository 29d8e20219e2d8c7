#!/usr/bin/env python3
"""What Python's socket module sees of messages and buffers, on cells of inet,
inet6 and unix, beside what the probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import array
import fcntl
import os
import select
import socket
import sys
import termios
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
from again import Stage, compare_all, experiment, name_of  # noqa: E402

SURE = 10.0


class Pair(Stage):
    """A sender and a receiver of a cell."""

    def __init__(self, family, kind):
        super().__init__(family, kind)
        if kind == "dgram":
            self.sender, self.receiver = self.bound(), self.bound()
            self.peer = self.receiver.getsockname()
            return
        listener = self.bound()
        listener.listen()
        self.sender, self.peer = self.socket(), None
        self.sender.connect(listener.getsockname())
        self.receiver = self.keep(listener.accept()[0])

    def send(self, data, flags=0):
        if self.peer is None:
            return self.sender.send(data, flags)
        return self.sender.sendto(data, flags, self.peer)

    def arrived(self):
        assert select.select([self.receiver], [], [], SURE)[0]

    @property
    def stream(self):
        return self.kind == "stream"


@experiment("boundaries")
def _(pair):
    pair.send(b"abc")
    pair.send(b"def")
    pair.arrived()
    got = pair.receiver.recv(6, socket.MSG_WAITALL)
    return {b"abc": "kept", b"abcdef": "merged"}.get(got, "neither")


@experiment("short-read")
def _(pair):
    pair.send(b"abcdef")
    pair.arrived()
    pair.receiver.recv(2)
    pair.send(b"ghij")
    got = pair.receiver.recv(4)
    return {b"cdef": "kept", b"ghij": "lost"}.get(got, "neither")


@experiment("short-read.told", "dgram", "seqpacket")
def _(pair):
    pair.send(b"abcdef")
    flags = pair.receiver.recvmsg(2)[2]
    return "MSG_TRUNC" if flags & socket.MSG_TRUNC else "not told"


@experiment("trunc-len")
def _(pair):
    pair.send(b"abcdef")
    pair.arrived()
    room = bytearray(b"??")
    got = pair.receiver.recv_into(room, 2, socket.MSG_TRUNC)
    if got == 6:
        return "real length"
    return "bytes dropped, not copied" if room == b"??" \
        else "length of the buffer"


@experiment("peek.offset")
def _(pair):
    pair.send(b"abcdef")
    pair.arrived()
    so_peek_off = 42
    try:
        pair.receiver.setsockopt(socket.SOL_SOCKET, so_peek_off, 1)
    except OSError as error:
        return f"setsockopt: {name_of(error)}"
    parts = [pair.receiver.recv(2, socket.MSG_PEEK) for _ in range(2)]
    return {(b"bc", b"de"): "moves on", (b"bc", b"bc"): "stays"}.get(
        tuple(parts), "without effect")


@experiment("zero-send")
def _(pair):
    pair.send(b"")
    pair.send(b"x")
    return "not seen" if pair.receiver.recv(8) else "seen"


@experiment("zero-recv")
def _(pair):
    pair.send(b"abc")
    pair.send(b"def")
    pair.arrived()
    pair.receiver.recvmsg(0)  # recv(0) of Python makes no call
    return {b"abc": "left", b"def": "taken"}[pair.receiver.recv(3)]


@experiment("zero-recv.read")
def _(pair):
    pair.send(b"abc")
    pair.send(b"def")
    pair.arrived()
    os.read(pair.receiver.fileno(), 0)
    return {b"abc": "left", b"def": "taken"}[pair.receiver.recv(3)]


@experiment("zero-recv.pending", "dgram", "seqpacket")
def _(pair):
    pair.send(b"")
    pair.send(b"x")
    pair.arrived()
    os.read(pair.receiver.fileno(), 8)
    return "taken" if os.read(pair.receiver.fileno(), 8) else "left"


@experiment("waitall")
def _(pair):
    got = []
    pair.send(b"abc")
    pair.arrived()
    thread = threading.Thread(target=lambda: got.append(
        pair.receiver.recv(6, socket.MSG_WAITALL)), daemon=True)
    thread.start()
    if not pair.stream:
        thread.join(SURE)
    pair.send(b"def")
    thread.join(SURE)
    return {6: "waits for all", 3: "returns what is there"}[len(got[0])]


@experiment("eor", "dgram", "seqpacket")
def _(pair):
    told = []
    for flags in 0, socket.MSG_EOR:
        pair.send(b"abc", flags)
        told.append(bool(pair.receiver.recvmsg(8)[2] & socket.MSG_EOR))
    return {(False, True): "carried", (False, False): "never",
            (True, True): "with every message"}[tuple(told)]


@experiment("more", "dgram", "seqpacket")
def _(pair):
    msg_more = 0x8000
    pair.send(b"abc", msg_more)
    pair.send(b"def")
    return {6: "one message", 3: "two messages"}[len(pair.receiver.recv(8))]


@experiment("max-message", "dgram", "seqpacket")
def _(pair):
    low, high, refused = 0, 1 << 20, None
    while high - low > 1:
        middle = (low + high) // 2
        try:
            pair.send(bytes(middle))
            pair.receiver.recv(middle)
            low = middle
        except OSError as error:
            high, refused = middle, name_of(error)
    return f"{low}, then {refused}"


@experiment("fionread")
def _(pair):
    pair.send(b"abc")
    pair.send(b"de")
    pair.arrived()
    if pair.stream:  # both are here
        pair.receiver.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL)
    count = array.array("i", [0])
    fcntl.ioctl(pair.receiver, termios.FIONREAD, count)
    return {5: "all that is unread", 3: "the next message"}[count[0]]


@experiment("bufsize.send")
def _(pair):
    pair.sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10000)
    got = pair.sender.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    return {20000: "doubled", 10000: "as it was set"}[got]


@experiment("bufsize.least-receive")
def _(pair):
    pair.sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
    return str(pair.sender.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))


@experiment("rcvlowat", "stream")
def _(pair):
    pair.send(b"abc")
    pair.arrived()
    pair.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 6)
    if select.select([pair.receiver], [], [], 0)[0]:
        return "POLLIN before"
    pair.send(b"def")
    pair.arrived()
    return "POLLIN when it is reached"


@experiment("poll-state.fresh")
def _(pair):
    asked = (select.POLLIN | select.POLLOUT | select.POLLPRI |
             select.POLLRDHUP)
    poll = select.poll()
    poll.register(pair.socket(), asked)
    events = poll.poll(0)
    names = [word for word in ("POLLIN", "POLLPRI", "POLLOUT", "POLLRDHUP",
                               "POLLERR", "POLLHUP")
             if events and events[0][1] & getattr(select, word)]
    return "|".join(names) or "none"


@experiment("poll-lies.pollout", "dgram", "seqpacket")
def _(pair):
    try:
        for _ in range(300 if pair.family != "unix" else 2000):
            pair.send(bytes(1000), socket.MSG_DONTWAIT)
    except BlockingIOError:
        pass
    else:
        return "never full"
    try:
        while True:
            pair.send(b"x", socket.MSG_DONTWAIT)
    except BlockingIOError as error:
        told = select.select([], [pair.sender], [], 0)[1]
        return ("POLLOUT, yet " if told else "no POLLOUT, ") + name_of(error)


@experiment("nonblock.recv")
def _(pair):
    seen = []
    for blocking, flags in (True, socket.MSG_DONTWAIT), (False, 0):
        pair.receiver.setblocking(blocking)
        try:
            pair.receiver.recv(8, flags)
            return "something came"
        except OSError as error:
            seen.append(name_of(error))
    return f"both {seen[0]}" if len(set(seen)) == 1 \
        else f"{seen[0]}, with O_NONBLOCK {seen[1]}"


compare_all(Pair)
