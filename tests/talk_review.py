#!/usr/bin/env python3
"""What one side on its own does at the edges: signals that are ignored, outputs
that nobody reads, strangers, empty and large records, and what it counts.

run-tests: limit 60
"""
import json
import os
import pty
import resource
import select
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import (Cell, PythonServer, echo_datagrams,  # noqa: E402
                   echo_one)
from harness import (LIMIT, SOCKDEMO, Client, Running,  # noqa: E402
                     Server, contains, equal, eventually, sockdemo, test)

STREAM = Cell("inet", "stream")
UDP = Cell("inet", "dgram")
SEQPACKET = Cell("unix", "seqpacket", "abstract")
TAKEN_AS = b"recv returned 0: taken as an empty record"


@test("a signal that was ignored stays ignored")
def _():
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    for words in [], ["--chat"]:
        with Server(*words, "-P", "0", preexec_fn=ignore) as server:
            server.process.send_signal(signal.SIGHUP)
            server.process.send_signal(signal.SIGINT)
            with STREAM.contact(STREAM.parsed(server.address)) as peer:
                peer.send(b"x")
                server.expect(b"connection (request )?from")
            assert server.process.poll() is None


@test("a person's patience: typed lines, and where nothing is lost")
def _():
    # The default is 5 s; all at once.
    running = []
    for cell, words, typed, ends in (
            (STREAM, ["--text", "x"], b"", True), (UDP, [], b"x\n", True),
            (STREAM, [], b"x\n", False)):
        master, slave = pty.openpty()
        server = cell.bound()
        client = Client(*cell.words, *cell.words_for(server.getsockname()),
                        *words, stdin=slave)
        os.close(slave)
        os.write(master, typed)
        running.append((server, master, client, ends))
    for server, master, client, ends in running:
        if ends:
            equal(client.wait(), 1, f"the exit status ({client.err})")
            contains(client.err, b"within 5 s")
        else:
            assert client.process.poll() is None, client.err
            client.stop()
        with client:
            os.close(master)
            server.close()


class Stalled:
    """A program whose output, or whose errors, nobody reads for now.

    The errors of one that is a server are read until it listens.
    """

    def __init__(self, words, which="out", **more):
        self.read, write = os.pipe()
        while select.select([], [write], [], 0)[1]:
            os.write(write, b"." * 4096)
        self.which = which
        command = ['exec "$0" "$@" >&%d' % write]
        if which == "err":
            command = ['exec "$0" "$@" 2>&%d' % write]
        self.process = Running(["sh", "-c", *command, SOCKDEMO, *words],
                               pass_fds=[write], **more)
        os.close(write)

    def all(self):
        """What it has written once it has ended; frees the pipe."""
        with open(self.read, "rb", closefd=False) as file:
            return file.read().lstrip(b".")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        os.close(self.read)
        self.process.__exit__(*error)


@test("echo: an output that nobody reads stops nothing, and drops are told")
def _():
    with Stalled(["server", "-P", "0"]) as stalled:
        server = stalled.process
        address = STREAM.parsed(server.expect(
            rb"listening on (.*)\n", "err")[1].decode())
        for _ in range(6000):  # more lines than are kept
            STREAM.contact(address).close()
        with STREAM.contact(address) as peer:
            peer.send(b"hello")
            equal(peer.recv(9), b"hello")
            # Read by somebody after all: what was kept, and what was not.
            text = b""
            while b"left out\n" not in text:
                assert select.select([stalled.read], [], [], LIMIT)[0]
                text += os.read(stalled.read, 1 << 20)
        contains(text, b"connection from ")
        server.stop()


def blocks(pid, number):
    with open(f"/proc/{pid}/status", encoding="utf-8") as text:
        for line in text:
            if line.startswith("SigBlk:"):
                return int(line.split()[1], 16) >> number - 1 & 1
    raise AssertionError("no SigBlk")


@test("echo: with an output that nobody reads, it ends by the signal")
def _():
    for words in [], ["--format", "json"], ["-t", "dgram"]:
        with Stalled(["server", "-P", "0", *words]) as stalled:
            server = stalled.process
            cell = UDP if "dgram" in words else STREAM
            address = cell.parsed(server.expect(
                rb"listening on (.*)\n", "err")[1].decode())
            with cell.contact(address) as peer:
                peer.send(b"x")
                equal(peer.recv(1), b"x")
            server.process.send_signal(signal.SIGTERM)
            if "json" in words:
                # The report waits for its reader, and for no second signal.
                eventually(lambda pid=server.pid: not blocks(
                    pid, signal.SIGTERM))
                server.process.send_signal(signal.SIGTERM)
            equal(server.wait(), -signal.SIGTERM)
            if not words:
                contains(server.err, b"nobody read the output: ")


@test("chat and client: a signal ends the wait for a reader")
def _():
    for which in "out", "err":
        words = ["--format", "text"] if which == "err" else []
        with STREAM.bound() as listener:
            with Stalled(["client", "-P", listener.getsockname()[1], *words],
                         which) as stalled:
                client = stalled.process
                eventually(lambda pid=client.pid: os.readlink(
                    f"/proc/{pid}/exe") == os.path.realpath(SOCKDEMO))
                if which == "out":
                    listener.accept()[0].close()
                else:
                    eventually(lambda pid=client.pid: any(
                        "signalfd" in os.readlink(f"/proc/{pid}/fd/{fd}")
                        for fd in os.listdir(f"/proc/{pid}/fd")))
                client.process.send_signal(signal.SIGTERM)
                equal(client.wait(), -signal.SIGTERM)
    with Stalled(["server", "--chat", "-P", "0"]) as stalled:
        address = STREAM.parsed(stalled.process.expect(
            rb"listening on (.*)\n", "err")[1].decode())
        with STREAM.contact(address) as peer:
            peer.send(b"x")
            stalled.process.process.send_signal(signal.SIGINT)
            stalled.process.process.send_signal(signal.SIGTERM)
            assert stalled.process.wait() in (-signal.SIGTERM, -signal.SIGINT)


@test("echo: calls shown live to nobody hold up nobody")
def _():
    with Server("-P", "0", "--format", "text") as probe:
        equal(probe.process.poll(), None)
    read, write = os.pipe()
    with Running(["sh", "-c", 'exec "$0" server -P 0 --format strace 2>&%d'
                  % write, SOCKDEMO], pass_fds=[write]) as server:
        text = b""
        while b"listening on " not in text or not text.endswith(b"\n"):
            text += os.read(read, 4096)
        address = text.partition(b"listening on ")[2].split(b"\n")[0].decode()
        while select.select([], [write], [], 0)[1]:
            os.write(write, b"." * 4096)
        os.close(write)
        with STREAM.contact(STREAM.parsed(address)) as peer:
            for _ in range(2000):
                peer.send(b"hello")
                equal(peer.recv(9), b"hello")
        server.stop()
    os.close(read)


@test("accepting is tried again when descriptors are there again")
def _():
    with Server("-P", "0") as server:
        used = len(os.listdir(f"/proc/{server.pid}/fd"))
        soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (used, hard))
        with STREAM.contact(STREAM.parsed(server.address)) as peer:
            peer.send(b"x")
            server.expect(b"no descriptor is left", "err")
            time.sleep(0.35)  # some more tries, of which it says nothing
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))
            equal(peer.recv(1), b"x")
        equal(server.err.count(b"no descriptor is left"), 1)


def with_stranger(cell, stranger_says):
    """A server that answers when a stranger has written to its client."""
    def serve(server):
        for _ in range(2):
            data, address = server.recvfrom(1 << 17)
            with cell.bound() as stranger:
                for _ in range(3):
                    stranger.sendto(stranger_says, address)
                if cell.form == "path":
                    os.unlink(stranger.getsockname())
            server.sendto(data, address)
    return serve


@test("datagrams of strangers are no answers")
def _():
    path = os.path.join(os.environ["TMPDIR"], "file")
    with open(path, "wb") as file:
        file.write(b"x" * 70_000)
    for cell in (UDP, Cell("inet6", "dgram"), Cell("unix", "dgram", "path"),
                 Cell("unix", "dgram", "abstract"),
                 Cell("unix", "dgram", "autobind")):
        with PythonServer(cell, with_stranger(cell, b"spoof")) as server:
            result = sockdemo("client", *cell.words, *server.words,
                              "--format", "json", data=b"one\ntwo\n")
        equal(result.returncode, 0, f"{cell.name}: {result.stderr}")
        assert b"spoof" not in result.stderr, result.stderr
        contains(result.stderr, b"Received from server: two")
        equal(json.loads(result.stdout)["summary"]["ignored"], 6)
        with PythonServer(cell, with_stranger(cell, b"spoof")) as server:
            result = sockdemo("client", *cell.words, *server.words,
                              "--file", path)
        equal(result.returncode, 0, f"{cell.name}: {result.stderr}")
    os.remove(path)


@test("strangers that never pause do not make a client wait longer")
def _():
    stop = threading.Event()

    def serve(server):
        _, address = server.recvfrom(100)
        with UDP.socket() as stranger:
            while not stop.is_set():
                stranger.sendto(b"spoof", address)
    with PythonServer(UDP, serve) as server:
        started = time.monotonic()
        result = sockdemo("client", *UDP.words, *server.words, "--timeout",
                          "0.4", "--text", "x")
        took = time.monotonic() - started
        stop.set()
    equal(result.returncode, 1)
    contains(result.stderr, b"only others than the server answered")
    assert 0.4 <= took < 5, took


@test("a server that is known by another name is no stranger")
def _():
    with Server("-t", "dgram", "-H", "0.0.0.0", "-P", "0") as server:
        for other in "0.0.0.0", "127.0.0.1", "localhost":
            result = sockdemo("client", "-t", "dgram", "-H", other, "-P",
                              server.address.rpartition(":")[2],
                              "--text", "hello")
            equal((result.returncode, result.stderr), (0, b""), other)
    with Server("-f", "inet6", "-t", "dgram", "-H", "::", "-P", "0") as server:
        for other in "::", "::1%lo":
            result = sockdemo("client", "-f", "inet6", "-t", "dgram", "-H",
                              other, "-P", server.address.rpartition(":")[2],
                              "--text", "hello")
            equal((result.returncode, result.stderr), (0, b""), other)
    directory = os.environ["TMPDIR"]
    link = os.path.join(directory, "link")
    os.symlink("sock", link)
    words = ["-f", "unix", "-t", "dgram"]
    with Server(*words, "-H", "sock", cwd=directory):
        for name in os.path.join(directory, "sock"), link:
            result = sockdemo("client", *words, "-H", name, "--text", "hello")
            equal((result.returncode, result.stderr), (0, b""), name)
    os.remove(link)


@test("chat: a peer that cannot be answered is told, and the next one is")
def _():
    cell = Cell("unix", "dgram", "path")
    with Server("--chat", *cell.words, *cell.fresh()) as server:
        address = cell.parsed(server.address)
        with cell.socket() as unbound:
            unbound.sendto(b"one", address)
            server.heard(b"one")
            server.type(b"nobody\n")
            server.expect(rb"sockdemo: cannot answer .*: [A-Za-z]", "err")
        with cell.contact(address) as peer:
            peer.send(b"two")
            server.heard(b"two")
            server.type(b"you\n")
            equal(peer.recv(9), b"you")
        with cell.contact(address) as peer:
            peer.send(b"three")
            server.heard(b"three")
            server.end_input()
        equal(server.wait(), 0, f"the exit status ({server.err})")


@test("empty records are messages, and it says that they were taken so")
def _():
    with Server("--chat", *SEQPACKET.words, *SEQPACKET.fresh()) as server:
        with Client(*SEQPACKET.words, "-H", server.address) as client:
            client.type(b"\n")
            server.heard(b"")
            server.expect(TAKEN_AS, "err")
            server.type(b"\n")
            client.expect(b"Received from server: \n")
            client.expect(TAKEN_AS, "err")
            client.type(b"x\n")
            server.heard(b"x")
            server.type(b"\n")
            client.expect(b"Received from server: \n.*\n*.*server: \n")
            client.type(b"q\n")
            equal(client.wait(), 0)
        server.expect(b"connection ended: ")
    with Server(*SEQPACKET.words, *SEQPACKET.fresh()) as server:
        with SEQPACKET.contact(SEQPACKET.parsed(server.address)) as peer:
            for data in b"", b"x", b"", b"":
                peer.send(data)
            for data in b"", b"x", b"", b"":
                equal(peer.recv(9), data)
            server.expect(TAKEN_AS)
            equal(server.out.count(TAKEN_AS), 1)


@test("what is queued behind an empty record is not lost at the end")
def _():
    for words in [], ["--chat"]:
        with Server(*words, *SEQPACKET.words, *SEQPACKET.fresh()) as server:
            address = SEQPACKET.parsed(server.address)
            peers = []
            os.kill(server.pid, signal.SIGSTOP)
            peers.append(SEQPACKET.contact(address))
            peers[0].send(b"")
            peers[0].send(b"last")
            peers[0].shutdown(socket.SHUT_WR)
            os.kill(server.pid, signal.SIGCONT)
            if words:
                server.heard(b"")
                server.type(b"one\n")
                server.heard(b"last")
                server.type(b"two\n")
                equal(peers[0].recv(9), b"one")
                equal(peers[0].recv(9), b"two")
            else:
                equal(peers[0].recv(9), b"")
                equal(peers[0].recv(9), b"last")
            equal(peers[0].recv(9), b"")
            peers[0].close()


@test("a server that leaves without an answer is not an empty one")
def _():
    def leave(server):
        with server.accept()[0] as peer:
            peer.recv(9)
    for words in ["--text", ""], ["--text", "x"]:
        with PythonServer(SEQPACKET, leave) as server:
            result = sockdemo("client", *SEQPACKET.words, *server.words,
                              *words)
        equal(result.returncode, 1)
        contains(result.stderr, b"without an answer")


def large(cell, size):
    peer = cell.socket()
    if cell.kind == "dgram":
        peer.bind("")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * size)
    if peer.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) < size + 32:
        raise harness.Skip("the system allows no such send buffer")
    return peer


@test("a record that is too large is cut, and told")
def _():
    cut = b"a record of more than 262144 bytes was cut"
    for cell in SEQPACKET, Cell("unix", "dgram", "abstract"):
        for words in [], ["--chat"]:
            with Server(*words, *cell.words, *cell.fresh()) as server, \
                    large(cell, 300_000) as peer:
                peer.connect(cell.parsed(server.address))
                peer.send(b"x" * 300_000)
                server.expect(cut, "err")
                if words:
                    server.expect(b"type message: ")
                    equal(server.out.count(b"x" * 262_144), 1)
                    equal(server.out.count(b"x" * 262_145), 0)
                elif cell.connected:
                    server.expect(b" was lost: EMSGSIZE after 262144 bytes")
    # What came whole into the old room of 64 KiB and what did not.
    with Server("--chat", *SEQPACKET.words, *SEQPACKET.fresh()) as server, \
            large(SEQPACKET, 100_000) as peer:
        peer.connect(SEQPACKET.parsed(server.address))
        peer.send(b"x" * 100_000)
        server.heard(b"x" * 100_000)
    for cell in SEQPACKET, Cell("unix", "dgram", "abstract"):
        def answer(server, cell=cell):
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 600_000)
            if cell.connected:
                peer, _ = server.accept()
                with peer:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF,
                                    600_000)
                    peer.recv(9)
                    peer.send(b"x" * 300_000)
            else:
                server.sendto(b"x" * 300_000, server.recvfrom(9)[1])
        with PythonServer(cell, answer) as server:
            result = sockdemo("client", *cell.words, *server.words, "--text",
                              "y")
        equal(result.returncode, 0, result.stderr)
        contains(result.stderr, cut)
        equal(result.stdout, b"Received from server: " + b"x" * 262_144
              + b"\n")


@test("an answer that is longer than the block of a file is not the file")
def _():
    path = os.path.join(os.environ["TMPDIR"], "file")
    with open(path, "wb") as file:
        file.write(b"x" * 65_536)

    def serve(server):
        with server.accept()[0] as peer:
            peer.send(peer.recv(1 << 18) + b"!")
    with PythonServer(SEQPACKET, serve) as server:
        result = sockdemo("client", *SEQPACKET.words, *server.words,
                          "--file", path)
    equal(result.returncode, 1, result.stdout)
    contains(result.stderr, b"differs")
    os.remove(path)


@test("a line of 65536 bytes is one message; q behind it ends nothing")
def _():
    cell = Cell("unix", "dgram", "abstract")
    for line, sizes in ((b"x" * 65_536, [65_536, 3]),
                        (b"x" * 65_536 + b"q", [65_536, 1, 3]),
                        (b"x" * 131_072, [65_536, 65_536, 3])):
        heard = []

        def serve(server, sizes=sizes, heard=heard):
            for _ in sizes:
                data, address = server.recvfrom(1 << 18)
                heard.append(len(data))
                server.sendto(b"ok", address)
        with PythonServer(cell, serve) as server:
            result = sockdemo("client", *cell.words, *server.words,
                              data=line + b"\nend\nq\nmore\n")
        equal((result.returncode, result.stderr), (0, b""))
        equal(heard, sizes)


@test("a datagram peer that does not read is dropped, and slows nobody")
def _():
    cell = Cell("unix", "dgram", "abstract")
    with Server(*cell.words, *cell.fresh()) as server:
        address = cell.parsed(server.address)
        with cell.socket() as slow, cell.contact(address) as fast:
            slow.bind("")  # connected, it would have a queue without a bound
            started = time.monotonic()
            for number in range(300):
                slow.sendto(b"x", address)
                fast.send(b"%d" % number)
                equal(fast.recv(9), b"%d" % number)
            took = time.monotonic() - started
        server.stop()
        assert took < 1, f"{took} s"  # it was 10 ms for each
        found = server.expect(rb"(\d+) messages were dropped: ")
        assert int(found[1]) > 200, found[0]


@test("a client's own address is found before its socket is made")
def _():
    trace = os.path.join(os.environ["TMPDIR"], "trace")
    with PythonServer(UDP, echo_datagrams(1)) as server:
        try:
            result = harness.run(
                ["strace", "-o", trace, SOCKDEMO, "client", *UDP.words, "-H",
                 "localhost", *server.words, "--text", "x"],
                env={**harness.LOCALE, "ASAN_OPTIONS": "detect_leaks=0"})
        except FileNotFoundError as error:
            sockdemo("client", *UDP.words, *server.words, "--text", "x")
            raise harness.Skip("strace is missing") from error
    equal(result.returncode, 0, result.stderr)
    with open(trace, encoding="utf-8", errors="replace") as text:
        after = text.read().partition("SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, "
                                      "IPPROTO_")[2]
    os.remove(trace)
    assert "openat(" not in after, after


def summary(text):
    return json.loads(text)["summary"]


@test("reports count what went over, and tell the time and the signal")
def _():
    for cell in STREAM, UDP, SEQPACKET:
        for words in [], ["--chat"]:
            with Server(*words, *cell.words, *cell.fresh(), "--format",
                        "json") as server:
                with cell.contact(cell.parsed(server.address)) as peer:
                    peer.send(b"hello")
                    if words:
                        server.heard(b"hello", "err")
                        server.type(b"hallo\n")
                    equal(len(peer.recv(9)), 5)
                server.stop()
            seen = summary(server.out)
            equal((seen["sent"], seen["round_trips"], seen["bytes"]),
                  (1, 1, 10), f"{cell.name} {words}")
            assert 0 < seen["elapsed_ns"] < LIMIT * 1e9, seen
    with Server("-P", "0", "--format", "ladder") as server:
        server.stop()
    contains(server.out, b"interrupted: SIGTERM")
    with PythonServer(STREAM, echo_one) as server:
        result = sockdemo("client", *server.words, "--format", "json",
                          "--text", "x")
    assert summary(result.stdout)["elapsed_ns"] > 0


@test("server --chat sends a q like any other text")
def _():
    with Server("--chat", "-P", "0") as server:
        with STREAM.contact(STREAM.parsed(server.address)) as peer:
            for data in b"hello", b"again":
                peer.send(data)
                server.heard(data)
                server.type(b"q\n")
                equal(peer.recv(9), b"q")


harness.main()
