#!/usr/bin/env python3
"""Trouble: peers that are silent, leave or reset, and outputs that are gone. It
ends in time, says why, and leaves nothing behind.

run-tests: limit 60
"""
import contextlib
import os
import re
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import Cell, PythonServer, ip_cells, unix_cells  # noqa: E402
from harness import (LIMIT, SOCKDEMO, Client, Running,  # noqa: E402
                     Server, contains, equal, sockdemo, test)

STREAM = Cell("inet", "stream")


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    peer.close()


def fails(result, *words):
    equal(result.returncode, 1, f"the exit status ({result.stderr})")
    assert result.stderr.startswith(b"sockdemo: "), result.stderr
    for word in words:
        contains(result.stderr, word)


def temporary(name, size):
    path = os.path.join(os.environ["TMPDIR"], name)
    with open(path, "wb") as file:
        file.write(os.urandom(size))
    return path


# Peers.

@test("a server that never answers: it ends at --timeout")
def _():
    path = temporary("file", 1000)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        clients = []
        for cell in ip_cells() + [each for each in unix_cells()
                                  if each.form == "abstract"]:
            for words in ["--text", "x"], ["--file", path], []:
                # It accepts nothing and answers nothing.
                server = stack.enter_context(cell.bound())
                clients.append(stack.enter_context(Client(
                    *cell.words, *cell.words_for(server.getsockname()),
                    "--timeout", "0.3", *words)))
                if not words:
                    clients[-1].type(b"x\n")
        for client in clients:
            equal(client.wait(), 1, f"the exit status ({client.err})")
            assert re.match(rb"sockdemo: .*\b0\.3 s", client.err), client.err
    took = time.monotonic() - started
    assert 0.3 <= took < 5, f"{took} s"
    os.remove(path)


@test("a server whose queue is full: connect() ends at --timeout")
def _():
    for cell in STREAM, Cell("unix", "stream", "abstract"):
        with cell.socket() as server:
            server.bind("" if cell.family == "unix" else ("127.0.0.1", 0))
            server.listen(0)
            waiting = []
            for _ in range(4):
                one = cell.socket()
                one.setblocking(False)
                one.connect_ex(server.getsockname())
                waiting.append(one)
            result = sockdemo("client", *cell.words, *cell.words_for(
                server.getsockname()), "--timeout", "0.3", "--text", "x")
            fails(result, b"connect ")
            for one in waiting:
                one.close()


@test("a server that leaves, or resets, at every step")
def _():
    path = temporary("file", 3_000_000)
    for cell in STREAM, Cell("unix", "seqpacket", "abstract"):
        for leave in socket.socket.close, reset:
            for words in ["--text", "hello"], ["--file", path]:
                for step in "accept", "receive", "echo":
                    def serve(server, step=step, leave=leave):
                        peer, _ = server.accept()
                        peer.settimeout(LIMIT)
                        if step != "accept":
                            data = peer.recv(1 << 18)
                        if step == "echo":
                            peer.send(data[:-1])
                        leave(peer)
                    with PythonServer(cell, serve) as server:
                        result = sockdemo("client", *cell.words,
                                          *server.words, *words)
                    # A shorter answer to a text is an answer.
                    if step == "echo" and words[0] == "--text" and (
                            leave is not reset):
                        equal(result.returncode, 0)
                    elif step != "echo" or words[0] == "--file":
                        fails(result, b"broken: ")
    os.remove(path)


@test("a server that sends back something else than the file")
def _():
    path = temporary("file", 100_000)
    for change in (lambda data: bytes([data[0] ^ 1]) + data[1:],
                   lambda data: data + b"x"):
        def serve(server, change=change):
            with server.accept()[0] as peer:
                data = b""
                while part := peer.recv(1 << 18):
                    data += part
                peer.sendall(change(data))
        with PythonServer(STREAM, serve) as server:
            fails(sockdemo("client", *server.words, "--file", path), b"recv: ")
    os.remove(path)


@test("clients that reset, flood or say nothing leave the server alone")
def _():
    for cell in STREAM, Cell("unix", "seqpacket", "path"):
        with Server(*cell.words, *cell.fresh()) as server:
            address = cell.parsed(server.address)
            silent = cell.contact(address)
            for _ in range(50):
                peer = cell.contact(address)
                peer.send(b"x" * 1000)
                reset(peer)
                with cell.contact(address) as peer:
                    peer.send(b"x" * 1000)
                with cell.contact(address) as peer:
                    peer.send(b"hello")
                    equal(peer.recv(9), b"hello")
            silent.send(b"now")
            equal(silent.recv(9), b"now")
            silent.close()


# Outputs.

@test("a server whose output is full serves on, and tells it at the end")
def _():
    with Running(["sh", "-c", 'exec "$0" server -P 0 >/dev/full',
                  SOCKDEMO]) as server:
        address = server.expect(rb"listening on (.*)\n", "err")[1].decode()
        with STREAM.contact(STREAM.parsed(address)) as peer:
            peer.send(b"hello")
            equal(peer.recv(9), b"hello")
        server.stop()
        contains(server.err, b"sockdemo: cannot write the output: ")


@test("a reader that has gone")
def _():
    for words in [], ["--format", "json"], ["-f", "unix", "--messages", "99"]:
        read, write = os.pipe()
        os.close(read)
        result = sockdemo(*words, stdout=write)
        os.close(write)
        assert result.returncode in (1, -signal.SIGPIPE), result


harness.main()
