#!/usr/bin/env python3
"""tipc, qrtr, phonet and llc with peers that none of us wrote: sockets of
Python, with its own addresses where its socket module has them, and with the C
library's bind, connect and sendto where it has not.

run-tests: limit 120
"""
import ctypes
import itertools
import os
import random
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
from harness import (LIMIT, Client, Server, Skip, contains,  # noqa: E402
                     equal, sockdemo, test)

LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = itertools.count(1)
THAI = "สวัสดี"
MESSAGES = [b"hello", THAI.encode(), b"x", bytes(range(256)), b"y" * 1400]
LARGE = 300_000

AF_LLC, AF_PHONET = 26, 35
PN_PROTO_PIPE = 2
MSG_EOR = 0x80
MAC = {"sdllc0": bytes.fromhex("020000000001"),
       "sdllc1": bytes.fromhex("020000000002")}


def called(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


class Foreign:
    """A socket of a family that Python has no addresses of: they are bytes."""

    def __init__(self, fd, kind):
        self.fd = fd
        self.addressed = kind == socket.SOCK_DGRAM
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def settimeout(self, seconds):
        pass

    def _await(self, event):
        poll = select.poll()
        poll.register(self.fd, event)
        if not poll.poll(LIMIT * 1000):
            raise TimeoutError("nothing came")

    def _address(self, call, *arguments):
        """What a call returns, and the address that it fills in."""
        room = ctypes.create_string_buffer(128)
        length = ctypes.c_uint(len(room))
        result = called(call(self.fd, *arguments, room,
                             ctypes.byref(length)))
        return result, room.raw[:length.value]

    def bind(self, address):
        called(LIBC.bind(self.fd, address, len(address)))

    def listen(self, backlog):
        called(LIBC.listen(self.fd, backlog))

    def accept(self):
        self._await(select.POLLIN)
        fd, address = self._address(LIBC.accept)
        return Foreign(fd, None), address

    def connect(self, address):
        self.server = address
        if not self.addressed:
            called(LIBC.connect(self.fd, address, len(address)))

    def send(self, data, flags=0):
        if self.addressed:
            return self.sendto(data, self.server)
        return called(LIBC.send(self.fd, data, len(data), flags))

    sendall = send

    def sendto(self, data, address):
        return called(LIBC.sendto(self.fd, data, len(data), 0, address,
                                  len(address)))

    def recvfrom(self, room):
        self._await(select.POLLIN)
        data = ctypes.create_string_buffer(room)
        length, address = self._address(LIBC.recvfrom, data, room, 0)
        return data.raw[:length], address

    def recv(self, room):
        return self.recvfrom(room)[0]

    def getsockname(self):
        return self._address(LIBC.getsockname)[1]


class Cell:
    """A type of a family, and its addresses as Python or C take them."""

    def __init__(self, kind, protocol=0):
        self.family = type(self).__name__.lower()
        self.type = getattr(socket, "SOCK_" + kind.upper())
        self.protocol = protocol
        self.connected = kind in ("stream", "seqpacket")
        self.records = kind != "stream"
        self.words = ["-f", self.family, "-t", kind]
        self.name = f"{self.family} {kind}"
        # A pipe of Phonet wants to be told that a message is whole.
        self.flags = MSG_EOR if protocol == PN_PROTO_PIPE else 0

    def socket(self):
        why = self.why_not()
        if why:
            raise Skip(why)
        return self.made()

    def made(self):
        try:
            made = socket.socket(self.domain, self.type, self.protocol)
        except OSError as error:
            raise Skip(f"socket(): {error.strerror}") from error
        made.settimeout(LIMIT)
        return made

    def why_not(self):
        """Makes what the cell needs; or says why that cannot be."""
        return None

    def end(self, made):
        """Ends a connection in order."""
        made.close()

    def own(self):
        """An address of a client's, or None."""
        return None

    def contact(self, text):
        """A client of the server at that address."""
        made = self.socket()
        if self.own() is not None:
            made.bind(self.own())
        made.connect(self.parsed(text))
        return made

    def serving(self):
        """A bound server, and the words that lead a client to it."""
        made = self.socket()
        made.bind(self.fresh())
        if self.connected:
            made.listen(5)
        return made, self.words_for(made.getsockname())


class Packed(Cell):
    """A cell of a family that Python has no addresses of."""

    def made(self):
        with super().made() as made:
            made.settimeout(None)
            return Foreign(made.detach(), self.type)


class Tipc(Cell):
    domain = socket.AF_TIPC

    def parsed(self, text):
        kind, instance = map(int, text.split(":"))
        return socket.TIPC_ADDR_NAME, kind, instance, 0, 0

    def fresh(self):
        number = next(NUMBERS)
        return (socket.TIPC_ADDR_NAMESEQ, 70, number, number,
                socket.TIPC_CLUSTER_SCOPE)

    def words_for(self, address):
        # An id: reference and node, in the order of Python's tuple.
        return ["-H", f"{address[2]}@{address[1]:x}"]

    def end(self, made):
        made.shutdown(socket.SHUT_RDWR)
        made.close()


class Qrtr(Cell):
    domain = 42

    def parsed(self, text):
        return tuple(map(int, text.split(":")))

    def fresh(self):
        return 1, 0

    def words_for(self, address):
        return ["-H", "%d:%d" % address]


class Phonet(Packed):
    domain = AF_PHONET

    def why_not(self):
        return phonet_why_not()

    @staticmethod
    def packed(port, device=0x10):
        return struct.pack("HBBB11x", AF_PHONET, port & 0xff,
                           device | port >> 8, 0)

    def parsed(self, text):
        device, port = text.split(":")
        return self.packed(int(port), int(device, 16))

    def fresh(self):
        return self.packed(0)

    def words_for(self, address):
        port, device = address[2:4]
        return ["-H", f"{device & 0xfc:#x}:{port | (device & 3) << 8}"]


class Llc(Packed):
    domain = AF_LLC

    def why_not(self):
        return llc_why_not()

    @staticmethod
    def packed(sap, mac):
        return struct.pack("HHBBBB6s2x", AF_LLC, 1, 0, 0, 0, sap, mac)

    def parsed(self, text):
        sap, mac = text.split("@")
        return self.packed(int(sap), bytes.fromhex(mac.replace(":", "")))

    def own(self):
        return self.packed(0, MAC["sdllc1"])

    def fresh(self):
        return self.packed(0, MAC["sdllc0"])

    def words_for(self, address):
        return ["-H", f"{address[7]}@{address[8:14].hex(':')}"]


def memoized(function):
    answers = []

    def answer():
        if not answers:
            answers.append(function())
        return answers[0]
    return answer


@memoized
def phonet_why_not():
    """Gives lo the Phonet address 0x10, which no program does."""
    message = struct.pack("=BBBBi", AF_PHONET, 0, 0x80, 0, 1) \
        + struct.pack("=HHB3x", 5, 2, 0x10)
    header = struct.pack("=IHHII", 16 + len(message), 20, 0x405, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.send(header + message)
        code = struct.unpack_from("=i", route.recv(4096), 16)[0]
    if code not in (0, -17):
        return f"no Phonet address can be made: {os.strerror(-code)}"
    return None


@memoized
def llc_why_not():
    for command in ("ip link add sdllc0 address 02:00:00:00:00:01 type veth "
                    "peer name sdllc1 address 02:00:00:00:00:02",
                    "ip link set sdllc0 up", "ip link set sdllc1 up"):
        done = subprocess.run(command.split(), stderr=subprocess.PIPE,
                              check=False)
        if done.returncode != 0:
            return f"{command}: {done.stderr.decode().strip()}"
    return None


CELLS = [Tipc(kind) for kind in ("stream", "seqpacket", "dgram", "rdm")] + [
    Qrtr("dgram"), Phonet("dgram"),
    Phonet("seqpacket", protocol=PN_PROTO_PIPE), Llc("stream"), Llc("dgram")]
# A pipe's listening socket ends with its first connection (families/phonet/phonet.c).
AT_ONCE = 2


def receive(peer, cell, length):
    """A message: one record, or so many bytes of a stream."""
    data = peer.recv(1 << 17)
    while not cell.records and len(data) < length:
        part = peer.recv(1 << 17)
        assert part, f"the end after {len(data)} of {length} bytes"
        data += part
    return data


def python_client(cell):
    """Python's client gets from `sockdemo server` what it sent."""
    cell.socket().close()
    count = 1 if cell.flags else AT_ONCE
    with Server(*cell.words, "-P", "0") as server:
        peers = [cell.contact(server.address) for _ in range(count)]
        for message in MESSAGES:
            for i, peer in enumerate(peers):
                peer.send(message[::1 - 2 * i], cell.flags)
            for i, peer in enumerate(peers):
                equal(receive(peer, cell, len(message)),
                      message[::1 - 2 * i])
        for peer in peers:
            if cell.connected:
                cell.end(peer)
            peer.close()
        if cell.connected and not cell.flags:
            server.expect(b"left after")


def echo(cell, made, count):
    """A server of Python's: sends back what comes."""
    if cell.connected:
        peer, _ = made.accept()
        with peer:
            peer.settimeout(LIMIT)
            for _ in range(count):
                peer.sendall(peer.recv(1 << 17), cell.flags)
            if not cell.flags:
                equal(peer.recv(1), b"", "the end")
        return
    for _ in range(count):
        data, address = made.recvfrom(1 << 17)
        made.sendto(data, address)


class PythonServer:
    def __init__(self, cell, count):
        self.socket, self.words = cell.serving()
        self.failure = None
        self.thread = threading.Thread(target=self._run, args=(cell, count),
                                       daemon=True)

    def _run(self, cell, count):
        try:
            echo(cell, self.socket, count)
        except BaseException as error:  # handed on to the test
            self.failure = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.thread.join(LIMIT)
        self.socket.close()
        if kind is None:
            assert not self.thread.is_alive(), "the server did not end"
            if self.failure:
                raise self.failure


def python_server(cell):
    """`sockdemo client` shows what Python's server sent back."""
    with PythonServer(cell, 2) as server:
        result = sockdemo("client", *cell.words, *server.words,
                          data=f"hello\n{THAI}\nq\n".encode())
        equal((result.returncode, result.stderr), (0, b""))
        contains(result.stdout, b"Received from server: hello\n")
        contains(result.stdout, f"Received from server: {THAI}\n".encode())
    with PythonServer(cell, 1) as server:
        result = sockdemo("client", *cell.words, *server.words, "--text",
                          "z" * 1400)
        equal((result.returncode, result.stdout, result.stderr),
              (0, b"Received from server: " + b"z" * 1400 + b"\n", b""))


def python_chats(cell):
    """A person at `server --chat` answers Python's client."""
    cell.socket().close()
    with Server("--chat", *cell.words, "-P", "0") as server:
        with cell.contact(server.address) as peer:
            for message in MESSAGES[:3]:
                peer.send(message, cell.flags)
                server.heard(message)
                server.type(b"you said " + message + b"\n")
                equal(receive(peer, cell, 9 + len(message)),
                      b"you said " + message)
        contains(server.out, b"connection request from: ")


def ours(cell):
    """`sockdemo client` and `sockdemo server`, and a file over both."""
    cell.socket().close()
    # LLC loses some of what is more than a receive buffer (families/llc/llc.c).
    data = random.Random(1).randbytes(LARGE if cell.domain != AF_LLC
                                      else LARGE // 5)
    path = os.path.join(os.environ["TMPDIR"], "data")
    with open(path, "wb") as file:
        file.write(data)
    with Server(*cell.words, "-P", "0") as server:
        result = sockdemo("client", *cell.words, "-H", server.address,
                          "--file", path)
        equal((result.returncode, result.stderr), (0, b""))
    os.remove(path)


for each in CELLS:
    for direction in python_client, python_server, python_chats, ours:
        test(f"{direction.__name__}: {each.name}")(
            lambda direction=direction, each=each: direction(each))


@test("tipc: a range of instances is one server's")
def _():
    cell = Tipc("rdm")
    cell.socket().close()
    with Server(*cell.words, "-H", "80:10-12") as server:
        equal(server.address, "80:10-12")
        for instance in 10, 11, 12:
            with cell.contact(f"80:{instance}") as peer:
                peer.send(b"%d" % instance)
                equal(peer.recv(100), b"%d" % instance)
        with cell.contact("80:13") as peer:
            try:
                peer.send(b"nobody")
                raise AssertionError("somebody has 80:13")
            except OSError as error:
                equal(error.strerror, "No route to host")


@test("tipc: tipc(8) knows the name that was bound")
def _():
    if not shutil.which("tipc"):
        raise Skip("tipc is not installed")
    Tipc("stream").socket().close()
    with Server("-f", "tipc", "-H", "90:17"):
        listed = harness.run(["tipc", "socket", "list"]).stdout
        contains(listed, b"bound to {90,17,17}")


def listening():
    """The ids of the sockets that listen, as ss shows them."""
    shown = harness.run(["ss", "--tipc", "--all", "--no-header"]).stdout
    return set(re.findall(r"LISTEN.*? 0:(\d+)", shown.decode()))


@test("tipc: ss shows who listens, and by which id it is reached")
def _():
    Tipc("stream").socket().close()
    before = listening()
    if not before:
        raise Skip("ss does not see the topology service: modprobe tipc_diag")
    with Server("-f", "tipc", "-P", "91"):
        (found,) = listening() - before
        result = sockdemo("client", "-f", "tipc", "-H", f"{found}@0",
                          "--text", "hello")
        equal((result.returncode, result.stdout),
              (0, b"Received from server: hello\n"))


@test("tipc: another socket than the one contacted may answer")
def _():
    cell = Tipc("dgram")
    with cell.socket() as server, cell.socket() as another:
        server.bind((socket.TIPC_ADDR_NAMESEQ, 92, 1, 1,
                     socket.TIPC_CLUSTER_SCOPE))
        with Client(*cell.words, "-H", "92:1", "--text", "hello") as client:
            data, address = server.recvfrom(100)
            another.sendto(data + b" you", address)
            client.expect(b"Received from server: hello you\n")
            equal(client.wait(), 0)


@test("tipc: whoever only closes lets us fail, and is told of")
def _():
    cell = Tipc("stream")
    cell.socket().close()
    with Server(*cell.words, "-P", "0") as server:
        with cell.contact(server.address) as peer:
            peer.send(b"hello")
            equal(peer.recv(5), b"hello")
        server.expect(b"reset it after 5 bytes")


@test("qrtr: a port of the name service is refused, and what it does said")
def _():
    result = sockdemo("server", "-f", "qrtr", "-P", 0xfffffffe)
    equal(result.returncode, 2)
    contains(result.stderr, b"name service")


@test("phonet: the kernel's word that nobody is there is no answer")
def _():
    Phonet("dgram").socket().close()
    result = sockdemo("client", "-f", "phonet", "-H", "0x10:1000", "--text",
                      "hello")
    equal((result.returncode, result.stdout), (1, b""))
    contains(result.stderr, b"start the server first")


@test("llc: Python at both ends of what a monitor would see")
def _():
    cell = Llc("dgram")
    with cell.socket() as server:
        server.bind(cell.packed(0x50, MAC["sdllc0"]))
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as monitor:
            monitor.bind(("sdllc0", 4))
            monitor.settimeout(LIMIT)
            with Client(*cell.words, "-P", 0x50, "--text", "hello") as client:
                data, address = server.recvfrom(100)
                server.sendto(data, address)
                equal(client.wait(), 0)
            frame = monitor.recv(2000)
        # Ethernet with a length; DSAP, SSAP, UI (IEEE 802.2).
        equal(frame[:12], MAC["sdllc0"] + MAC["sdllc1"])
        equal(frame[12:14], struct.pack("!H", 8))
        equal((frame[14], frame[16], frame[17:22]), (0x50, 3, b"hello"))


def main():
    if os.geteuid() != 0:
        print("LLC and Phonet need root")
        sys.exit(77)
    subprocess.run("modprobe -a -q tipc qrtr phonet pn_pep llc2 diag veth",
                   shell=True, check=False)
    for domain in socket.AF_TIPC, Qrtr.domain, AF_PHONET, AF_LLC:
        try:
            socket.socket(domain, socket.SOCK_DGRAM).close()
            break
        except OSError as error:
            why = f"this kernel has none of them: {error.strerror}"
    else:
        print(why)
        sys.exit(77)
    # The pair of interfaces ends with the machine: Linux 6.1 now and then
    # waits for ever for LLC to let go of one that is deleted.
    harness.main()


main()
