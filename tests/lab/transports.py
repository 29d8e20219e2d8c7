#!/usr/bin/env python3
"""SCTP, DCCP, SMC, KCM, RDS and vsock with peers that none of us wrote: Python's
socket module as the other end, which for SMC and KCM is a program that knows
nothing but TCP; and strace, which sees what the events tell.

run-tests: limit 120
"""
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
import strace_log  # noqa: E402
from cells import PythonServer, echo_datagrams  # noqa: E402
from harness import (LIMIT, Running, Server, Skip, contains,  # noqa: E402
                     equal, sockdemo, test)
from strace_compare import STRACE_BYTES, compare  # noqa: E402

SCTP, DCCP, RDS = 132, 33, 21
SOL_DCCP, DCCP_SOCKOPT_SERVICE = 269, 2
SOL_RDS, SO_RDS_TRANSPORT, RDS_TRANS_TCP = 276, 8, 2
MESSAGES = [b"hello", "สวัสดี".encode(), b"x", bytes(range(256)), b"y" * 1400]


class Peer:
    """Python's socket for a cell, and how it sends and receives."""

    form = None

    def __init__(self, words, domain, kind, number=0, host="127.0.0.1",
                 connected=True):
        self.words = words
        self.made = domain, kind, number
        self.host = host
        self.connected = connected

    def socket(self):
        try:
            made = socket.socket(*self.made)
        except OSError as error:
            raise Skip(f"socket(): {error.strerror}") from error
        made.settimeout(LIMIT)
        if self.made[2] == DCCP:
            made.setsockopt(SOL_DCCP, DCCP_SOCKOPT_SERVICE, b"demo")
        return made

    def bound(self):
        server = self.socket()
        port = socket.VMADDR_PORT_ANY if self.host == 1 else 0
        server.bind((self.host, port))
        if self.connected or self.made[2] == SCTP:
            server.listen(5)
        return server

    def words_for(self, address):
        return ["-P", str(address[1])]

    def contact(self, port):
        """A client of that server."""
        client = self.socket()
        if self.host == 1:
            client.bind((1, socket.VMADDR_PORT_ANY))
        elif self.made[0] == RDS:
            client.bind((self.host, 0))
        if self.connected:
            client.connect((self.host, port))
        return client

    def send(self, peer, data, address):
        if self.connected:
            peer.sendall(data)
        else:
            peer.sendto(data, address)

    def receive(self, peer, length):
        data = peer.recv(1 << 18)
        while self.made[1] == socket.SOCK_STREAM and len(data) < length:
            part = peer.recv(1 << 18)
            assert part, f"the end after {len(data)} bytes"
            data += part
        return data


class Framed(Peer):
    """TCP, with the length of a message in its first two bytes."""

    def send(self, peer, data, address):
        peer.sendall(struct.pack("!H", len(data)) + data)

    def receive(self, peer, length):
        def exactly(count):
            data = b""
            while len(data) < count:
                part = peer.recv(count - len(data))
                assert part, "the end in a message"
                data += part
            return data
        (told,) = struct.unpack("!H", exactly(2))
        return exactly(told)


STREAM, DGRAM, SEQPACKET = (socket.SOCK_STREAM, socket.SOCK_DGRAM,
                            socket.SOCK_SEQPACKET)
PEERS = [
    Peer(["-p", "sctp"], socket.AF_INET, STREAM, SCTP),
    Peer(["-f", "inet6", "-p", "sctp"], socket.AF_INET6, STREAM, SCTP, "::1"),
    Peer(["-t", "seqpacket", "-p", "sctp"], socket.AF_INET, SEQPACKET, SCTP,
         connected=False),
    Peer(["-f", "inet6", "-t", "seqpacket", "-p", "sctp"], socket.AF_INET6,
         SEQPACKET, SCTP, "::1", False),
    Peer(["-t", "dccp"], socket.AF_INET, 6, DCCP),
    Peer(["-f", "inet6", "-t", "dccp"], socket.AF_INET6, 6, DCCP, "::1"),
    Peer(["-f", "smc"], socket.AF_INET, STREAM),
    Peer(["-f", "smc", "-p", "smc6"], socket.AF_INET6, STREAM, 0, "::1"),
    Framed(["-f", "kcm"], socket.AF_INET, STREAM),
    Framed(["-f", "kcm", "-t", "seqpacket"], socket.AF_INET, STREAM),
    Peer(["-f", "rds"], RDS, SEQPACKET, connected=False),
    Peer(["-f", "vsock"], socket.AF_VSOCK, STREAM, 0, 1),
    Peer(["-f", "vsock", "-t", "seqpacket"], socket.AF_VSOCK, SEQPACKET, 0, 1),
]


def python_client(peer):
    """Python's client gets from `sockdemo server` what it sent."""
    with Server(*peer.words, "-P", "0") as server:
        port = int(server.address.rpartition(":")[2])
        with contextlib.ExitStack() as stack:
            # Two at once, but where one is served after the other.
            clients = [stack.enter_context(peer.contact(port))
                       for _ in range(1 if isinstance(peer, Framed) else 2)]
            for number, message in enumerate(MESSAGES):
                for client in clients:
                    peer.send(client, message, (peer.host, port))
                    equal(peer.receive(client, len(message)), message, number)
                    message = message[::-1]
        # The next one is served after these have left.
        with peer.contact(port) as last:
            peer.send(last, b"last", (peer.host, port))
            equal(peer.receive(last, 4), b"last")


def echo(peer, count):
    def serve(server):
        connection, _ = server.accept()
        with connection:
            connection.settimeout(LIMIT)
            for length in count:
                peer.send(connection, peer.receive(connection, length), None)
            # Until the client has left, or has ended its half.
            connection.recv(1)
    return serve


def python_server(peer):
    """`sockdemo client` shows what Python's server sent back."""
    texts = "hello", "สวัสดี"
    serve = echo(peer, [len(text.encode()) for text in texts]) \
        if peer.connected else echo_datagrams(len(texts))
    with PythonServer(peer, serve) as server:
        result = sockdemo("client", *peer.words, *server.words,
                          data="\n".join([*texts, "q", ""]).encode())
        equal((result.returncode, result.stderr), (0, b""))
        for text in texts:
            contains(result.stdout, f"Received from server: {text}\n".encode())


for each in PEERS:
    NAME = " ".join(each.words)
    test(f"{NAME}: a client in Python")(lambda peer=each: python_client(peer))
    test(f"{NAME}: a server in Python")(lambda peer=each: python_server(peer))


def seen_by_strace(words):
    """The events of an exchange are the socket calls that strace sees."""
    prefix = os.path.join(os.environ["TMPDIR"], "log")
    result = harness.run(
        ["strace", "-ff", "--seccomp-bpf", "-v", "-o", prefix, "-s",
         str(STRACE_BYTES), "-e", "trace=network,close", harness.SOCKDEMO,
         *words, "--format", "json"])
    logs = strace_log.lines_of(prefix)
    for pid in logs:
        os.remove(f"{prefix}.{pid}")
    report = json.loads(result.stdout)
    equal(report["verdict"], "works", str(report["reason"]))
    # What is no call on a socket: the parser of KCM.
    programs = {event["result"] for event in report["events"]
                if event["call"] == "bpf"}
    report["events"] = [
        event for event in report["events"]
        if event["call"] not in ("bpf", "ioctl")
        and not (event["call"] == "close" and event["args"][0] in programs)]
    compare(logs, report)


for each in PEERS:
    NAME = " ".join(each.words)
    test(f"{NAME}: strace sees the same")(
        lambda words=each.words: seen_by_strace(words))


@test("kcm: a peer whose messages are none")
def _():
    peer = PEERS[8]
    with Server(*peer.words, "-P", "0") as server:
        port = int(server.address.rpartition(":")[2])
        for nonsense in (b"", b"\0", b"\xff\xff", b"\xff\xffabc", b"\0\0" * 99,
                         os.urandom(3000)):
            with peer.contact(port) as rude:
                rude.sendall(nonsense)
        with peer.contact(port) as client:
            peer.send(client, b"polite", None)
            equal(peer.receive(client, 6), b"polite")


@test("sctp: one-to-many goes on when a peer aborts")
def _():
    peer = PEERS[2]
    with Server(*peer.words, "-P", "0") as server:
        port = int(server.address.rpartition(":")[2])
        for _ in range(3):
            client = peer.contact(port)
            peer.send(client, b"x", (peer.host, port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
            client.close()
        with peer.contact(port) as client:
            peer.send(client, b"still there?", (peer.host, port))
            answer = peer.receive(client, 12)
            # The kernel may give it the port of one that aborted.
            while answer == b"x":
                answer = peer.receive(client, 12)
            equal(answer, b"still there?")


@contextlib.contextmanager
def another_machine():
    """The words before a command that runs in it: a network namespace that
    a pair of veth joins to this one. Here is 192.0.2.1, there 192.0.2.2."""
    with Running(["unshare", "-n", "sh", "-c", "echo made; cat"]) as holder:
        holder.expect(b"made")
        inside = ["nsenter", "-t", str(holder.pid), "-n"]
        subprocess.run(["ip", "link", "add", "sd0", "type", "veth", "peer",
                        "name", "sd0", "netns", str(holder.pid)], check=True)
        for where, host in (([], "192.0.2.1"), (inside, "192.0.2.2")):
            subprocess.run([*where, "ip", "addr", "add", f"{host}/24", "dev",
                            "sd0"], check=True)
            subprocess.run([*where, "ip", "link", "set", "sd0", "up"],
                           check=True)
        yield inside


@test("rds: two machines, started apart")
def _():
    with another_machine() as inside:
        with Running([*inside, harness.SOCKDEMO, "server", "-f", "rds", "-H",
                      "192.0.2.2"]) as server:
            server.expect(rb"listening on 192\.0\.2\.2:12345", "err")
            words = ["client", "-f", "rds", "--text", "hello", "-H"]
            result = sockdemo(*words, "192.0.2.2,192.0.2.1")
            equal((result.returncode, result.stdout),
                  (0, b"Received from server: hello\n"), str(result))
            # Its own address is not the server's.
            result = sockdemo(*words, "192.0.2.2")
            equal(result.returncode, 77, "the exit status")
            contains(result.stderr, b"bind EADDRNOTAVAIL")
            with socket.socket(RDS, SEQPACKET) as peer:
                peer.settimeout(LIMIT)
                peer.bind(("192.0.2.1", 0))
                equal(struct.unpack("i", peer.getsockopt(
                    SOL_RDS, SO_RDS_TRANSPORT, 4)), (RDS_TRANS_TCP,))
                peer.sendto(b"from Python", ("192.0.2.2", 12345))
                equal(peer.recv(99), b"from Python")


subprocess.run(["modprobe", "-a", "-q", "sctp", "dccp_ipv4", "dccp_ipv6",
                "smc", "kcm", "rds", "rds_tcp", "vsock_loopback", "veth"],
               check=False)
harness.main()
