#!/usr/bin/env python3
"""What Python's socket module sees of addresses, errors, options and control
messages on cells of inet, inet6 and unix, beside what the probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import errno
import functools
import os
import select
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from again import observed, outcome  # noqa: E402
from harness import equal, test  # noqa: E402

FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
TYPES = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
LOOPBACK = {"inet": "127.0.0.1", "inet6": "::1"}
FOREIGN = {"inet": "192.0.2.1", "inet6": "2001:db8::1"}
OTHER = {"inet": "127.7.7.7", "inet6": "::2"}
ANY = {"inet": "0.0.0.0", "inet6": "::"}
TCP, UDP = [("inet", "tcp"), ("inet6", "tcp")], [("inet", "udp"),
                                                 ("inet6", "udp")]
SURE = 10.0
EXPERIMENTS = []  # (id, cell, function)
UDP_SEGMENT, IP_RECVERR, IPV6_RECVERR = 103, 11, 25


def experiment(name, *cells):
    """The experiment of that probe, on these cells."""
    def register(function):
        EXPERIMENTS.extend((name, cell, function) for cell in cells)
        return function
    return register


class Cell:
    """What makes sockets of a cell, and closes them."""

    def __init__(self, family, protocol):
        self.family, self.protocol = family, protocol
        self.v6 = family == "inet6"
        self.level = socket.IPPROTO_IPV6 if self.v6 else socket.IPPROTO_IP
        self.open = []

    def keep(self, one):
        self.open.append(one)
        return one

    def socket(self, domain=None):
        return self.keep(socket.socket(domain or FAMILIES[self.family],
                                       TYPES[self.protocol]))

    def bound(self, *options, address=None, port=0):
        one = self.socket()
        for option in options:
            one.setsockopt(socket.SOL_SOCKET, option, 1)
        one.bind((address or LOOPBACK[self.family], port))
        return one

    def pair(self):
        """A sender and a receiver."""
        if self.protocol == "udp":
            receiver, sender = self.bound(), self.bound()
            sender.connect(receiver.getsockname())
            return sender, receiver
        listener = self.bound()
        listener.listen()
        sender = self.socket()
        sender.connect(listener.getsockname())
        return sender, self.keep(listener.accept()[0])

    def vacant(self):
        with socket.socket(FAMILIES[self.family],
                           TYPES[self.protocol]) as one:
            one.bind((LOOPBACK[self.family], 0))
            return one.getsockname()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.open:
            one.close()


def arrived(one, seconds=SURE):
    return bool(select.select([one], [], [], seconds)[0])


@functools.cache
def probed(cell):
    """What the probes say of a cell: a word for each."""
    family, protocol = cell
    return observed(sorted({name for name, one, _ in EXPERIMENTS
                            if one == cell}), family,
                    {"tcp": "stream", "udp": "dgram"}[protocol])


@experiment("nonlocal-bind", *TCP, *UDP)
def _(cell):
    return outcome(cell.socket().bind, (FOREIGN[cell.family], 0))


@experiment("nonlocal-bind.loopback", *TCP, *UDP)
def _(cell):
    return outcome(cell.socket().bind, (OTHER[cell.family], 0))


@experiment("dual-stack", ("inet6", "tcp"), ("inet6", "udp"))
def _(cell):
    server = cell.socket()
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", 0))
    client = cell.socket(socket.AF_INET)
    to = "127.0.0.1", server.getsockname()[1]
    if cell.protocol == "tcp":
        server.listen()
        client.connect(to)
        peer = cell.keep(server.accept()[0]).getpeername()
    else:
        client.sendto(b"x", to)
        peer = server.recvfrom(8)[1]
    return peer[0]


@experiment("dual-stack.both", ("inet6", "tcp"), ("inet6", "udp"))
def _(cell):
    server = cell.socket()
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", 0))
    if cell.protocol == "tcp":
        server.listen()
    return outcome(cell.socket(socket.AF_INET).bind,
                   ("0.0.0.0", server.getsockname()[1]))


@experiment("connect-any", *TCP, *UDP)
def _(cell):
    server = cell.bound()
    if cell.protocol == "tcp":
        server.listen()
    client = cell.socket()
    client.connect((ANY[cell.family], server.getsockname()[1]))
    return ("to the loopback address" if client.getpeername()[0] ==
            LOOPBACK[cell.family] else "to another address")


@experiment("udp-async", *UDP)
def _(cell):
    client = cell.bound()
    client.connect(cell.vacant())
    client.send(b"abcdef")
    client.settimeout(SURE)
    return outcome(client.recv, 8)


@experiment("udp-async.recverr", *UDP)
def _(cell):
    client = cell.bound()
    client.setsockopt(cell.level, IPV6_RECVERR if cell.v6 else IP_RECVERR, 1)
    client.sendto(b"abcdef", cell.vacant())
    client.settimeout(SURE)
    return outcome(client.recv, 8)


@experiment("udp-async.so-error", *UDP)
def _(cell):
    client = cell.bound()
    client.connect(cell.vacant())
    client.send(b"abcdef")
    poll = select.poll()
    poll.register(client, 0)
    poll.poll(SURE * 1000)
    told = [client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            for _ in range(2)]
    return ", then ".join(errno.errorcode.get(one, "ok") for one in told)


@experiment("gso-gro.tail", *UDP)
def _(cell):
    sender, receiver = cell.pair()
    sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 2)
    sender.send(b"abcde")
    lengths = []
    while sum(lengths) < 5:
        assert arrived(receiver)
        lengths.append(len(receiver.recv(8)))
    return ", ".join(map(str, lengths))


@experiment("pktinfo.ttl", *UDP)
def _(cell):
    sender, receiver = cell.pair()
    if cell.v6:
        receive, kind = socket.IPV6_RECVHOPLIMIT, socket.IPV6_HOPLIMIT
        sender.setsockopt(cell.level, socket.IPV6_UNICAST_HOPS, 42)
    else:
        receive, kind = 12, socket.IP_TTL  # IP_RECVTTL
        sender.setsockopt(cell.level, socket.IP_TTL, 42)
    receiver.setsockopt(cell.level, receive, 1)
    sender.send(b"x")
    for level, one, data in receiver.recvmsg(8, 256)[1]:
        if (level, one) == (cell.level, kind):
            return str(struct.unpack("i", data)[0])
    return "not told"


@experiment("broadcast", ("inet", "udp"))
def _(cell):
    to = "127.255.255.255", cell.bound().getsockname()[1]
    return outcome(cell.bound().sendto, b"x", to).replace("ok", "sent")


@experiment("broadcast.receive", ("inet", "udp"))
def _(cell):
    receiver = cell.bound(address="0.0.0.0")
    sender = cell.bound(socket.SO_BROADCAST)
    sender.sendto(b"x", ("127.255.255.255", receiver.getsockname()[1]))
    return "heard" if arrived(receiver) else "not heard"


@experiment("reuse.address", *TCP, *UDP)
def _(cell):
    first = cell.bound(socket.SO_REUSEADDR)
    return outcome(lambda: cell.bound(socket.SO_REUSEADDR,
                                      port=first.getsockname()[1]))


@experiment("reuse.address-listen", *TCP)
def _(cell):
    first = cell.bound(socket.SO_REUSEADDR)
    first.listen()
    return outcome(lambda: cell.bound(socket.SO_REUSEADDR,
                                      port=first.getsockname()[1]))


@experiment("reuse.who", *UDP)
def _(cell):
    first = cell.bound(socket.SO_REUSEADDR)
    last = cell.bound(socket.SO_REUSEADDR, port=first.getsockname()[1])
    cell.bound().sendto(b"x", first.getsockname())
    ready = select.select([first, last], [], [], SURE)[0]
    return {(first,): "the first", (last,): "the last", (): "neither",
            (first, last): "both"}[tuple(ready)]


@experiment("oob.read", *TCP)
def _(cell):
    sender, receiver = cell.pair()
    sender.send(b"abc", socket.MSG_OOB)
    assert select.select([], [], [receiver], SURE)[2]
    in_line = receiver.recv(8, socket.MSG_DONTWAIT)
    apart = receiver.recv(8, socket.MSG_OOB | socket.MSG_DONTWAIT)
    return f"{len(in_line)} in line, {len(apart)} apart"


def second_urgent(cell, before):
    sender, receiver = cell.pair()
    if before:
        sender.send(before)
    sender.send(b"A", socket.MSG_OOB)
    sender.send(b"B", socket.MSG_OOB)
    sender.shutdown(socket.SHUT_WR)
    poll = select.poll()
    poll.register(receiver, select.POLLRDHUP)
    assert poll.poll(SURE * 1000)
    urgent = receiver.recv(1, socket.MSG_OOB)
    in_line = b""
    while got := receiver.recv(8):
        in_line += got
    where = ["urgent" if one == urgent else "in line" if one in in_line
             else "lost" for one in (b"A", b"B")]
    return f"first {where[0]}, second {where[1]}"


@experiment("oob.second", *TCP)
def _(cell):
    return second_urgent(cell, b"")


@experiment("oob.second-behind", *TCP)
def _(cell):
    return second_urgent(cell, b"x")


@experiment("timeouts.recv", *TCP, *UDP)
def _(cell):
    receiver = cell.pair()[1]
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO,
                        struct.pack("ll", 0, 20000))
    return outcome(receiver.recv, 8)


@experiment("ctrunc.none", *TCP, *UDP)
def _(cell):
    sender, receiver = cell.pair()
    receiver.setsockopt(socket.SOL_SOCKET, 29, 1)  # SO_TIMESTAMP
    control = []
    while not control:  # a kernel thread switches the stamps on
        sender.send(b"abcdef")
        assert arrived(receiver)
        control = receiver.recvmsg(8, 256)[1]
    sender.send(b"abcdef")
    assert arrived(receiver)
    _, control, flags, _ = receiver.recvmsg(8)
    told = "MSG_CTRUNC" if flags & socket.MSG_CTRUNC else "no flag"
    return f"{told}, {'all' if control else 'none'} of it"


@experiment("timestamp.ns", *UDP)
def _(cell):
    sender, receiver = cell.pair()
    receiver.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
    sender.send(b"abcdef")
    assert arrived(receiver)
    control = receiver.recvmsg(8, 256)[1]
    return "stamped" if any(kind == 35 for _, kind, _ in control) \
        else "no stamp"


for NAME, CELL, FUNCTION in EXPERIMENTS:
    @test(f"{NAME} on {'/'.join(CELL)}")
    def _(name=NAME, where=CELL, function=FUNCTION):
        with Cell(*where) as cell:
            seen = function(cell)
        equal(probed(where)[name], seen)


harness.main()
