#!/usr/bin/env python3
"""What is shown of what a peer sends: text in every language and locale, and
nothing that could drive a terminal, in `server --chat`, `client` and every
--format.

run-tests: limit 60
"""
import fcntl
import json
import os
import socket
import struct
import sys
import termios
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import Cell, PythonServer, echo_one  # noqa: E402
from harness import (Server, contains, equal, eventually,  # noqa: E402
                     sockdemo, test)

STREAM = Cell("inet", "stream")
LOCALES = ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "", "LANG": ""})
LANGUAGES = "สวัสดี Grüße שלום 你好 नमस्ते 👩‍🚀 é"
# What could drive a terminal, or is no UTF-8; and how it has to be shown.
UNSAFE = (
    b"\x1b[31mred", b"a\x07b\x00c", b"a\rb\tc\x7fd", b"a\x08b", b"a\x0bb\x0cc",
    b"\xc2\x9b31m", b"\xc2\x80\xc2\x9f", "a\u202eb\u202ac".encode(),
    "a\u2066b\u2069c".encode(), "a\u200eb\u200fc\u061cd".encode(),
    b"\xff\xfe", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xe0\xb8Z", b"a\nb", b"\\x1b \\")
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068" \
       "\u2069"


def escaped(data):
    """The same bytes as they are shown; not written after the program."""
    shown = ""
    while data:
        for length in range(1, 5):
            try:
                character = data[:length].decode()
            except UnicodeDecodeError:
                continue
            break
        else:
            length, character = 1, None
        if character == "\\":
            shown += "\\\\"  # or nobody could tell it from an escape
        elif character is None or unicodedata.category(character) == "Cc" \
                or character in BIDI:
            shown += "".join(f"\\x{byte:02x}" for byte in data[:length])
        else:
            shown += character
        data = data[length:]
    return shown.encode()


def safe(output):
    for character in output.decode():
        assert character == "\n" or not (
            unicodedata.category(character) == "Cc" or character in BIDI), \
            f"{character!r} in {output!r}"


@test("text in any language, in any locale, in every format")
def _():
    for locale in LOCALES:
        env = {**harness.LOCALE, **locale, "COLUMNS": "200"}
        for form in "ladder", "text":
            result = sockdemo("--text", LANGUAGES, "--format", form, env=env)
            equal(result.returncode, 0)
            contains(result.stdout.decode(), "สวัสดี")
        for words in [], ["--format", "text"]:
            with PythonServer(STREAM, echo_one) as server:
                result = sockdemo("client", *server.words, *words, "--text",
                                  LANGUAGES, env=env)
            equal(result.returncode, 0)
            contains((result.stdout + result.stderr).decode(),
                     f"Received from server: {LANGUAGES}\n")
        with PythonServer(STREAM, echo_one) as server:
            result = sockdemo("client", *server.words, data=(
                LANGUAGES + "\n").encode(), env=env)
        contains(result.stdout.decode(),
                 f"Received from server: {LANGUAGES}\n")


def read_by_peer(peer):
    """Waits until the other end of a unix stream has read all."""
    def all_read():
        left = fcntl.ioctl(peer, termios.TIOCOUTQ, struct.pack("i", 0))
        return struct.unpack("i", left)[0] == 0
    eventually(all_read)


@test("a character in two sends is one character")
def _():
    cell = Cell("unix", "stream", "abstract")
    data = "aสb".encode()
    for cut in range(2, 4):
        with Server("--chat", *cell.words, *cell.fresh()) as server:
            with cell.contact(cell.parsed(server.address)) as peer:
                peer.send(data[:cut])
                server.expect(b"type message: $")
                peer.send(data[cut:])
                server.type(b"what?\n")
                server.expect("from connected user: สb\n".encode())
        assert b"\\x" not in server.out, server.out

        def serve(listener, cut=cut):
            peer, _ = listener.accept()
            with peer:
                peer.recv(1024)
                peer.send(data[:cut])
                read_by_peer(peer)
                peer.send(data[cut:])
                equal(peer.recv(1024), b"")
        with PythonServer(cell, serve) as server:
            result = sockdemo("client", *cell.words, *server.words, "--text",
                              "x")
        equal((result.returncode, result.stdout),
              (0, b"Received from server: " + data + b"\n"))


@test("half a character at the end is shown as it came")
def _():
    cell = Cell("unix", "stream", "abstract")
    with Server("--chat", *cell.words, *cell.fresh()) as server:
        with cell.contact(cell.parsed(server.address)) as peer:
            peer.send(b"a\xe0\xb8")
            server.expect(b"type message: $")
            peer.shutdown(socket.SHUT_WR)
            server.type(b"what?\n")
            equal(peer.recv(1024), b"what?")
        server.expect(b"connection ended: ")
    contains(server.out, rb"\xe0\xb8")

    def serve(listener):
        with listener.accept()[0] as peer:
            peer.recv(1024)
            peer.send(b"a\xe0\xb8")
    with PythonServer(cell, serve) as server:
        result = sockdemo("client", *cell.words, *server.words, "--text", "x")
    equal(result.stdout, b"Received from server: a\\xe0\\xb8\n")


@test("what could drive a terminal is escaped: server --chat")
def _():
    for cell in Cell("inet", "dgram"), Cell("unix", "seqpacket", "abstract"):
        for form in [], ["--format", "text"], ["--format", "strace"]:
            with Server("--chat", *cell.words, *cell.fresh(), *form) as server:
                where = "err" if form else "out"
                with cell.contact(cell.parsed(server.address)) as peer:
                    for data in UNSAFE:
                        peer.send(data)
                        server.heard(escaped(data), where)
                        server.type(b"x\n")
                        equal(peer.recv(9), b"x")
            safe(server.out)
            safe(server.err)


@test("what could drive a terminal is escaped: client")
def _():
    cell = Cell("inet", "dgram")
    for form in None, "ladder", "text", "strace", "json":
        def serve(server):
            for data in UNSAFE:
                _, address = server.recvfrom(1024)
                server.sendto(data, address)
        words = ["--format", form] if form else []
        with PythonServer(cell, serve) as server:
            result = sockdemo("client", *cell.words, *server.words, *words,
                              data=b"x\n" * len(UNSAFE))
        equal(result.returncode, 0)
        safe(result.stdout)
        safe(result.stderr)
        for data in UNSAFE:
            contains(result.stderr if form else result.stdout,
                     b"Received from server: " + escaped(data) + b"\n")
        if form == "json":
            hexes = [event["args"][1]["hex"] for event in
                     json.loads(result.stdout)["events"]
                     if event["call"] == "recvfrom" and event["result"] >= 0]
            equal(hexes, [data.hex() for data in UNSAFE])


@test("what could drive a terminal is escaped: an exchange")
def _():
    for form in "ladder", "text", "strace", "json":
        for data in UNSAFE:
            if b"\0" not in data:
                result = sockdemo("--text", os.fsdecode(data), "--format",
                                  form)
                equal(result.returncode, 0)
                safe(result.stdout)


@test("what could drive a terminal is escaped: a peer's name")
def _():
    name = "\0sd-%d-\x1b[31m\u202e\udcff" % os.getpid()
    for kind in "stream", "dgram":
        for more in [], ["--chat"]:
            cell = Cell("unix", kind, "abstract")
            with Server(*cell.words, *cell.fresh(), *more) as server:
                with cell.socket() as peer:
                    peer.bind(os.fsencode(name))
                    peer.connect(cell.parsed(server.address))
                    peer.send(b"x")
                    server.expect(rb"\\x1b\[31m\\xe2\\x80\\xae\\xff\n")
            safe(server.out)
    result = sockdemo("-f", "unix", "-H", "@" + name[1:], "--format", "json")
    safe(result.stdout)
    equal(json.loads(result.stdout)["verdict"], "works")
    for form in "ladder", "text", "strace":
        safe(sockdemo("-f", "unix", "-H", "@" + name[1:], "--format",
                      form).stdout)


harness.main()
