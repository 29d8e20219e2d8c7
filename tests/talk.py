#!/usr/bin/env python3
"""The conversation of the lesson: `sockdemo client` and `server --chat` with
peers in Python, and how talks end.

run-tests: limit 60
"""
import json
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import (Cell, PythonServer, echo_datagrams,  # noqa: E402
                   echo_one, ip_cells, unix_cells)
from harness import (Client, Server, contains, equal,  # noqa: E402
                     sockdemo, test)

STREAM = Cell("inet", "stream")
LOCALES = ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "", "LANG": ""})


def lesson(answers, hear):
    """The server of the lesson: one peer, recv(1024), answers by hand."""
    def serve(server):
        peer, _ = server.accept()
        with peer:
            for answer in answers:
                hear.append(peer.recv(1024))
                peer.send(answer)
            hear.append(peer.recv(1024))
    return serve


@test("the lesson: a client, and a server in Python")
def _():
    for locale in LOCALES:
        heard = []
        answers = ["hi there".encode(), "ยินดีที่ได้รู้จัก".encode()]
        with PythonServer(STREAM, lesson(answers, heard)) as server:
            result = sockdemo("client", *server.words,
                              data="hello\nสวัสดี\nq\n".encode(),
                              env={**harness.LOCALE, **locale})
        equal(result.returncode, 0)
        equal(result.stdout.decode(),
              "type message: \nReceived from server: hi there\n"
              "type message: \nReceived from server: ยินดีที่ได้รู้จัก\n"
              "type message: \n")
        equal(result.stderr, b"")
        equal(heard, [b"hello", "สวัสดี".encode(), b""])


@test("the lesson: a server --chat, and a client in Python")
def _():
    for locale in LOCALES:
        with Server("--chat", "-P", "0", env={**harness.LOCALE, **locale}) \
                as server:
            with STREAM.contact(STREAM.parsed(server.address)) as peer:
                name = "127.0.0.1:%d" % peer.getsockname()[1]
                peer.send(b"hello")
                server.heard(b"hello")
                server.type("สวัสดี\n".encode())
                equal(peer.recv(1024), "สวัสดี".encode())
                peer.send("ลาก่อน".encode())
                server.heard("ลาก่อน".encode())
                server.type(b"bye\n")
                equal(peer.recv(1024), b"bye")
            server.expect(b"connection ended: ")
        equal(server.out.decode(),
              f"connection request from: {name}\n"
              "from connected user: hello\ntype message: \n"
              "from connected user: ลาก่อน\ntype message: \n"
              f"connection ended: {name}\n")


@test("one peer at a time; the others wait")
def _():
    for cell in STREAM, Cell("unix", "seqpacket", "path"):
        with Server("--chat", *cell.words, *cell.fresh()) as server:
            peers = [cell.contact(cell.parsed(server.address))
                     for _ in range(3)]
            for i, peer in enumerate(peers):
                peer.send(b"from %d" % i)
            for i, peer in enumerate(peers):
                server.heard(b"from %d" % i)
                equal(server.out.count(b"connection request from:"), i + 1)
                server.type(b"to %d\n" % i)
                equal(peer.recv(1024), b"to %d" % i)
                peer.close()


@test("end of input at the server: it may still be told something")
def _():
    for cell in STREAM, Cell("unix", "seqpacket", "path"):
        with Server("--chat", *cell.words, *cell.fresh()) as server:
            with cell.contact(cell.parsed(server.address)) as peer:
                peer.send(b"hello")
                server.heard(b"hello")
                # q is the client's word: a server sends it.
                server.type(b"q\n")
                equal(peer.recv(1024), b"q", "what was typed")
                peer.send(b"again")
                server.heard(b"again")
                server.end_input()
                equal(peer.recv(1024), b"", "the end")
                peer.send(b"one more")
                server.expect(b"from connected user: one more\n")
                assert server.process.poll() is None, "it has ended"
            equal(server.wait(), 0, "the exit status")
        equal(server.err.count(b"\n"), 1, f"lines in {server.err}")


@test("a peer that has ended its half gets its answer")
def _():
    with Server("--chat", "-P", "0") as server:
        with STREAM.contact(STREAM.parsed(server.address)) as peer:
            peer.send(b"hello")
            peer.shutdown(socket.SHUT_WR)
            server.heard(b"hello")
            server.type(b"goodbye\n")
            equal(peer.recv(1024), b"goodbye")


@test("a peer that leaves while the person types: the next one's turn")
def _():
    with Server("--chat", "-P", "0") as server:
        for reset in False, True:
            with STREAM.contact(STREAM.parsed(server.address)) as peer:
                peer.send(b"reset: %d" % reset)
                server.heard(b"reset: %d" % reset)
                if reset:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    struct.pack("ii", 1, 0))
                    peer.close()
                    server.expect(b"connection (ended|lost): .*\n$")
            if not reset:
                server.type(b"too late\n")
                server.expect(b"connection (ended|lost): .*\n$")


@test("datagrams: the last one who wrote is answered")
def _():
    for cell in Cell("inet6", "dgram"), Cell("unix", "dgram", "path"):
        with Server("--chat", *cell.words, *cell.fresh()) as server:
            address = cell.parsed(server.address)
            with cell.contact(address) as one, cell.contact(address) as two:
                for peer, word in (one, b"1"), (two, b"2"), (one, b""):
                    peer.send(word)
                    server.heard(word)
                    server.type(b"to " + word + b"\n")
                    equal(peer.recv(1024), b"to " + word)
            equal(server.out.count(b"connection request from: "), 3)
            # The end of the input ends it: nobody has to leave.
            with cell.contact(address) as three:
                three.send(b"x")
                server.heard(b"x")
                server.end_input()
                equal(server.wait(), 0)


@test("a client ends at q, and only there, and at the end of its input")
def _():
    for data, sent in ((b"q\n", 0), (b"", 0), (b"q", 0), (b"x\nq\ny\n", 1),
                       (b"quit\n q\nQ\n", 3), (b"no newline", 1)):
        with PythonServer(STREAM, echo_one) as server:
            result = sockdemo("client", *server.words, data=data)
        equal((result.returncode, result.stderr), (0, b""))
        equal(result.stdout.count(b"Received from server: "), sent)
    heard = []
    with PythonServer(STREAM, lesson([], heard)) as server:
        sockdemo("client", *server.words, data=b"q\n")
    equal(heard, [b""], "what was sent before q")


@test("a server that leaves while the person types ends the client")
def _():
    def serve(server):
        with server.accept()[0] as peer:
            peer.send(peer.recv(1024))
    with PythonServer(STREAM, serve) as server:
        with Client(*server.words) as client:
            client.type(b"hello\n")
            client.expect(b"Received from server: hello\n")
            equal(client.wait(), 0, "the exit status")
            contains(client.out, b"the server ended the connection\n")


@test("nothing to say: empty texts, lines and files")
def _():
    empty = os.path.join(os.environ["TMPDIR"], "empty")
    with open(empty, "wb"):
        pass
    for cell in ip_cells() + unix_cells():
        for words in ["--text", ""], ["--file", empty]:
            result = sockdemo(*cell.words, *words, "--format", "json")
            equal(result.returncode, 0)
            report = json.loads(result.stdout)
            equal(report["summary"]["bytes"], 0)
            if cell.kind == "dgram":
                equal(report["summary"]["round_trips"], 1)
            else:
                contains(report["notes"][0], "empty")
            if cell.kind == "stream":
                serve = echo_one
            else:
                serve = echo_datagrams(1) if cell.kind == "dgram" \
                    else (lambda server: None)
            if cell.kind != "seqpacket":
                with PythonServer(cell, serve) as server:
                    result = sockdemo("client", *cell.words, *server.words,
                                      *words)
                equal(result.returncode, 0, f"{cell.name} {words}")
        if cell.kind == "stream":
            with PythonServer(cell, echo_one) as server:
                result = sockdemo("client", *cell.words, *server.words,
                                  data=b"\nx\n")
            equal(result.returncode, 0)
            equal(result.stdout.count(b"Received from server: "), 1)
            contains(result.stderr, b"carries no empty message")
    os.remove(empty)


@test("a long text comes back whole")
def _():
    for size in 1025, 65536, 65537, 100_000:
        with PythonServer(STREAM, echo_one) as server:
            result = sockdemo("client", *server.words, "--text", "x" * size)
        equal(result.returncode, 0)
        equal(len(result.stdout), len("Received from server: \n") + size,
              f"bytes shown of {size}")


@test("-P 0: a port that the kernel chose, and says")
def _():
    for cell in ip_cells():
        with Server(*cell.words, "-P", "0") as one, \
                Server(*cell.words, "-P", "0") as two:
            ports = {cell.parsed(server.address)[1] for server in (one, two)}
            assert len(ports) == 2 and 0 not in ports, ports
        equal(sockdemo(*cell.words, "-P", "0").returncode, 0)
        equal(sockdemo("client", *cell.words, "-P", "0", "--text",
                       "x").returncode, 2)


harness.main()
