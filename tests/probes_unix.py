#!/usr/bin/env python3
"""What Python's socket module sees of unix and netlink sockets, beside what
their own probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import array
import os
import socket
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from again import TYPES, name_of, observed  # noqa: E402
from harness import Skip, equal, test  # noqa: E402

CREDENTIALS = struct.Struct("iII")
NETLINK_USERSOCK = 2
GROUP = 1


def probed(probe, family, kind, *words):
    """What the probe says of a cell."""
    return observed([probe], family, kind, *words)[probe]


def compare_types(probe, experiment, types=tuple(TYPES)):
    for kind in types:
        client, server = socket.socketpair(socket.AF_UNIX, TYPES[kind])
        with client, server:
            seen = experiment(client, server)
        equal(probed(probe, "unix", kind), seen, f"{probe} on {kind}")


def pass_on(client, descriptors, data=b"x"):
    """One message with these descriptors."""
    return client.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                    array.array("i", descriptors))])


def received(server, room):
    """The descriptors of the next message; all are closed again."""
    _, controls, flags, _ = server.recvmsg(8, room)
    numbers = array.array("i")
    for level, kind, data in controls:
        assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        numbers.frombytes(data[:len(data) - len(data) % numbers.itemsize])
    for number in numbers:
        os.close(number)
    told = "MSG_CTRUNC" if flags & socket.MSG_CTRUNC else "no flag"
    return f"{len(numbers)}, {told}"


def squeezed(room):
    """Two descriptors, and this room for them."""
    def experiment(client, server):
        pass_on(client, [client.fileno()] * 2)
        return received(server, room)
    return experiment


@test("scm-rights.excess: Python sees the same")
def _():
    compare_types("scm-rights.excess", squeezed(socket.CMSG_LEN(4)))


@test("scm-rights.space: Python sees the same")
def _():
    compare_types("scm-rights.space", squeezed(socket.CMSG_SPACE(4)))


@test("scm-rights.no-room: Python sees the same")
def _():
    compare_types("scm-rights.no-room", squeezed(0))


@test("scm-rights.most: Python sees the same")
def _():
    def experiment(client, server):
        for count in range(1, 400):
            try:
                pass_on(client, [client.fileno()] * count)
            except OSError as error:
                return f"{count - 1}, then {name_of(error)}"
            server.recv(8)
        return "no limit"
    compare_types("scm-rights.most", experiment)


@test("scm-rights.barrier: Python sees the same")
def _():
    def experiment(client, server):
        client.send(b"aaaa")
        pass_on(client, [client.fileno()])
        client.send(b"cccc")
        lengths = []
        for _ in range(2):
            data, controls, _, _ = server.recvmsg(20, socket.CMSG_SPACE(4))
            lengths.append(len(data))
            for _, _, number in controls:
                os.close(struct.unpack("i", number)[0])
        return f"{lengths[0]}, then {lengths[1]}"
    compare_types("scm-rights.barrier", experiment, ("stream",))


def credentials(before, after):
    """A message, with SO_PASSCRED set before or after: whose are with it."""
    def experiment(client, server):
        if before:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        client.send(b"x")
        if after:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        _, controls, _, _ = server.recvmsg(8, 1024)
        for level, kind, data in controls:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                told = CREDENTIALS.unpack(data)
                if told == (os.getpid(), os.getuid(), os.getgid()):
                    return "pid, uid and gid"
                return "pid 0, nobody" if told[0] == 0 else "another's"
        return "none"
    return experiment


@test("creds.passcred: Python sees the same")
def _():
    compare_types("creds.passcred", credentials(True, False))


@test("creds.late: Python sees the same")
def _():
    compare_types("creds.late", credentials(False, True))


@test("unix-path.rename: Python sees the same")
def _():
    def reaches(path):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(path) == 0

    with tempfile.TemporaryDirectory() as folder, \
            socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/old")
        server.listen()
        os.rename(f"{folder}/old", f"{folder}/new")
        seen = {(False, True): "by the new one",
                (True, False): "by the old one", (True, True): "by both",
                (False, False): "by none"}[reaches(f"{folder}/old"),
                                           reaches(f"{folder}/new")]
    equal(probed("unix-path.rename", "unix", "stream"), seen)


def usersock():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM,
                         NETLINK_USERSOCK)


@test("group-other.member: Python sees the same")
def _():
    if os.geteuid() != 0:
        raise Skip("netlink groups are root's")
    with usersock() as server, usersock() as client:
        server.bind((0, GROUP))
        client.bind((0, 0))
        try:
            client.sendto(b"a", (0, GROUP))
            told = "ok"
        except OSError as error:
            told = name_of(error)
        try:
            server.recv(8, socket.MSG_DONTWAIT)
            seen = f"arrives, send: {told}"
        except BlockingIOError:
            seen = f"lost, send: {told}"
    equal(probed("group-other.member", "netlink", "dgram", "-p", "usersock"),
          seen)


harness.main()
