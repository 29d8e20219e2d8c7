#!/usr/bin/env python3
"""Peers that none of us wrote: Python's socket module, socat and ncat, at the
other end of `sockdemo server`, `server --chat` and `client`.

run-tests: limit 90
"""
import hashlib
import os
import random
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import (PythonServer, bound_port, echo_datagrams,  # noqa: E402
                   echo_one, exchange_all, ip_cells, rare_cells, unix_cells)
from harness import (Client, Running, Server, Skip, contains,  # noqa: E402
                     equal, eventually, sockdemo, test)

MESSAGES = [b"hello", "สวัสดี".encode(), b"x", bytes(range(256)), b"y" * 5000]
LARGE = 5_000_000


def receive(peer, cell, length):
    """A message: one record, or so many bytes of a stream."""
    data = peer.recv(1 << 18)
    while not cell.records and len(data) < length:
        part = peer.recv(1 << 18)
        assert part, f"the end after {len(data)} of {length} bytes"
        data += part
    return data


def python_client(cell):
    """Python's client gets from `sockdemo server` what it sent."""
    messages = MESSAGES + ([b""] if cell.records else [])
    with cell.socket(), Server(*cell.words, *cell.fresh()) as server:
        # Two at once: each gets its own.
        first = cell.contact(cell.parsed(server.address))
        second = cell.contact(cell.parsed(server.address))
        with first, second:
            for message in messages:
                first.send(message)
                second.send(message[::-1])
                equal(receive(first, cell, len(message)), message)
                equal(receive(second, cell, len(message)), message[::-1])


def python_server(cell):
    """`sockdemo client` shows what Python's server sent back."""
    serve = echo_one if cell.connected else echo_datagrams(2)
    with PythonServer(cell, serve) as server:
        result = sockdemo("client", *cell.words, *server.words,
                          data="hello\nสวัสดี\nq\n".encode())
        equal((result.returncode, result.stderr), (0, b""))
        contains(result.stdout, b"Received from server: hello\n")
        contains(result.stdout, "Received from server: สวัสดี\n".encode())
    serve = echo_one if cell.connected else echo_datagrams(1)
    with PythonServer(cell, serve) as server:
        result = sockdemo("client", *cell.words, *server.words, "--text",
                          "z" * 5000)
        equal((result.returncode, result.stdout, result.stderr),
              (0, b"Received from server: " + b"z" * 5000 + b"\n", b""))


def python_chats(cell):
    """A person at `server --chat` answers Python's client."""
    with cell.socket(), Server("--chat", *cell.words,
                               *cell.fresh()) as server:
        peer = cell.contact(cell.parsed(server.address))
        with peer:
            for message in MESSAGES[:3]:
                peer.send(message)
                server.heard(message)
                server.type(b"you said " + message + b"\n")
                equal(receive(peer, cell, 9 + len(message)),
                      b"you said " + message)
        contains(server.out, b"connection request from: ")


def python_file(cell):
    """Megabytes both ways, from Python and to Python."""
    data = random.Random(1).randbytes(LARGE)
    digest = hashlib.sha256(data).hexdigest()
    path = os.path.join(os.environ["TMPDIR"], "data")
    if not cell.records:
        with Server(*cell.words, *cell.fresh()) as server:
            with cell.contact(cell.parsed(server.address)) as peer:
                equal(exchange_all(peer, data), digest)
    seen = hashlib.sha256()

    def serve(server):
        peer = server
        if cell.connected:
            peer, _ = server.accept()
            peer.settimeout(harness.LIMIT)
        left = LARGE
        while left:
            part, address = peer.recvfrom(1 << 18)
            assert part, f"the end, {left} bytes too early"
            seen.update(part)
            left -= len(part)
            if cell.connected:
                peer.sendall(part)
            else:
                peer.sendto(part, address)
        if cell.connected:
            equal(peer.recv(1), b"", "the end")
            peer.close()
    with open(path, "wb") as file:
        file.write(data)
    with PythonServer(cell, serve) as server:
        result = sockdemo("client", *cell.words, *server.words, "--file", path)
        equal((result.returncode, result.stderr), (0, b""))
    equal(seen.hexdigest(), digest, "the digest")
    os.remove(path)


for each in ip_cells() + unix_cells() + rare_cells():
    for direction in python_client, python_server, python_chats:
        test(f"{direction.__name__}: {each.name}")(
            lambda direction=direction, each=each: direction(each))
for each in ip_cells() + [cell for cell in unix_cells()
                          if cell.form == "path"] + rare_cells():
    test(f"python_file: {each.name}")(lambda each=each: python_file(each))


def need(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def asks(server_words, command):
    """A client program gets its bytes back from `sockdemo server`.

    command(address) is the client's command line.
    """
    need(command("x:1")[0])
    with Server(*server_words) as server:
        with Running(command(server.address)) as client:
            for message in b"hello\n", "สวัสดี\n".encode():
                client.type(message)
                client.expect(message + b"$")
            equal(client.out, "hello\nสวัสดี\n".encode())
            client.kill()


def path(name):
    return os.path.join(os.environ["TMPDIR"], name)


# What socat is told, and the server's words.
for how, words in (
        ("TCP4:{}", []),
        ("TCP6:{}", ["-f", "inet6"]),
        ("UDP4:{}", ["-t", "dgram"]),
        ("UDP6:{}", ["-f", "inet6", "-t", "dgram"]),
        ("UNIX-CONNECT:{}", ["-f", "unix", "-H", "PATH"]),
        ("UNIX-CONNECT:{},type=5",
         ["-f", "unix", "-t", "seqpacket", "-H", "PATH"]),
        ("UNIX-SENDTO:{},bind=CLIENT",
         ["-f", "unix", "-t", "dgram", "-H", "PATH"]),
        ("ABSTRACT-CONNECT:{}", ["-f", "unix", "-H", "@NAME"]),
        ("ABSTRACT-CONNECT:{},type=5",
         ["-f", "unix", "-t", "seqpacket", "-H", "@NAME"]),
        ("ABSTRACT-SENDTO:{},bind=CLIENT",
         ["-f", "unix", "-t", "dgram", "-H", "@NAME"])):
    @test(f"socat {how}")
    def _(how=how, words=words):
        client = (f"sd-{os.getpid()}-c" if how[0] == "A" else path("client"))
        places = {"PATH": path("server"), "@NAME": f"@sd-{os.getpid()}-n"}
        words = [places.get(word, word) for word in words]
        if "unix" not in words:
            words += ["-P", "0"]
        asks(words, lambda address: [
            "socat", "-", how.format(address.lstrip("@")).replace(
                "CLIENT", client)])
        if how.startswith("UNIX-SENDTO"):
            os.unlink(client)  # it was killed


for options, words in ((["-4"], []), (["-6"], ["-f", "inet6"]),
                       (["-u"], ["-t", "dgram"]),
                       (["-6", "-u"], ["-f", "inet6", "-t", "dgram"]),
                       (["-U"], ["-f", "unix", "-H", "PATH"])):
    @test(f"ncat {' '.join(options)}")
    def _(options=options, words=words):
        words = [{"PATH": path("server")}.get(word, word) for word in words]
        if "unix" not in words:
            words += ["-P", "0"]

        def command(address):
            if "-U" in options:
                return ["ncat", *options, address]
            host, _, port = address.rpartition(":")
            return ["ncat", *options, host.strip("[]"), port]
        asks(words, command)


def asked(command, words, ready):
    """`sockdemo client` gets its bytes back from a server program.

    ready(server) waits until it is there, and returns the client's address.
    """
    need(command[0])
    with Running(command) as server:
        address = ready(server)
        with Client(*words, *address) as client:
            for message in b"hello", "สวัสดี".encode():
                client.expect(rb"type message: $")
                client.type(message + b"\n")
                client.expect(b"Received from server: %s\n" % message)
            client.type(b"q\n")
            equal(client.wait(), 0, "the exit status")
            equal(client.err, b"")
        server.kill()  # if it has not ended by itself, and unlinked its path
    if os.path.exists(path("server")):
        os.unlink(path("server"))


def socat_port(server):
    found = server.expect(rb"listening on (?:UDP )?AF=\d+ \S*:(\d+)\n", "err")
    return ["-P", found[1].decode()]


def socat_path(server):
    server.expect(rb"(listening|receiving) on AF=1 ", "err")
    return ["-H", path("server")]


for listen, words, wait in (
        ("TCP4-LISTEN:0,bind=127.0.0.1", [], socat_port),
        ("TCP6-LISTEN:0,bind=[::1]", ["-f", "inet6"], socat_port),
        ("UDP4-LISTEN:0,bind=127.0.0.1", ["-t", "dgram"], socat_port),
        ("UDP6-LISTEN:0,bind=[::1]", ["-f", "inet6", "-t", "dgram"],
         socat_port),
        ("UNIX-LISTEN:PATH", ["-f", "unix"], socat_path),
        ("UNIX-LISTEN:PATH,type=5", ["-f", "unix", "-t", "seqpacket"],
         socat_path)):
    @test(f"a server: socat {listen}")
    def _(listen=listen, words=words, wait=wait):
        asked(["socat", "-d", "-d", listen.replace("PATH", path("server")),
               "PIPE"], words, wait)


def ncat_port(server):
    eventually(lambda: bound_port(server.pid))
    return ["-P", str(bound_port(server.pid))]


def ncat_path(server):
    server.expect(rb"Listening on ", "err")
    return ["-H", path("server")]


for options, words, wait in (
        (["127.0.0.1", "0"], [], ncat_port),
        (["::1", "0"], ["-f", "inet6"], ncat_port),
        (["-u", "127.0.0.1", "0"], ["-t", "dgram"], ncat_port),
        (["-U", "PATH"], ["-f", "unix"], ncat_path)):
    @test(f"a server: ncat -l {' '.join(options)}")
    def _(options=options, words=words, wait=wait):
        options = [option.replace("PATH", path("server"))
                   for option in options]
        asked(["ncat", "-v", "-l", *options, "-e", "/bin/cat"], words, wait)


harness.main()
