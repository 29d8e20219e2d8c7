#!/usr/bin/env python3
"""What holds up neither a server nor a client: readers that stall, signals
that are ignored, strangers, nobody at the keyboard, empty records."""
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
from harness import equal, main, test  # noqa: E402

SOCKDEMO = os.environ["SOCKDEMO"]
PIPE = subprocess.PIPE


def start(*words, shell="", **more):
    """A server, and the port it listens on."""
    process = subprocess.Popen(["sh", "-c", f'{shell} exec "$@"', "sh",
                                SOCKDEMO, "server", *words],
                               stderr=PIPE, **more)
    return process, process.stderr.readline().decode().split()[-1]


def port_of(address):
    return int(address.rsplit(":", 1)[1])


@test("a stalled reader of the output: clients are served, and SIGTERM ends it")
def _():
    process, address = start("-P", "0", stdout=PIPE, stdin=subprocess.DEVNULL)
    for _ in range(1500):
        socket.create_connection(("127.0.0.1", port_of(address)), 5).close()
    with socket.create_connection(("127.0.0.1", port_of(address)), 5) as peer:
        peer.sendall(b"still there?")
        equal(peer.recv(100), b"still there?")
    process.send_signal(signal.SIGTERM)
    process.wait(5)
    equal(process.returncode, -signal.SIGTERM)
    assert b"were left out" in process.stderr.read()


@test("signals that are ignored stay ignored")
def _():
    process, _ = start("-P", "0", shell="trap '' HUP INT;",
                       stdout=subprocess.DEVNULL)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(0.3)
        raise AssertionError("it ended")
    except subprocess.TimeoutExpired:
        pass
    process.send_signal(signal.SIGTERM)
    equal(process.wait(5), -signal.SIGTERM)


@test("a stranger's datagram is no answer")
def _():
    with socket.socket(type=socket.SOCK_DGRAM) as server, \
            socket.socket(type=socket.SOCK_DGRAM) as stranger:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        client = subprocess.Popen(
            [SOCKDEMO, "client", "-t", "dgram", "-P",
             str(server.getsockname()[1]), "--text", "hi"],
            stdout=PIPE, stderr=PIPE, stdin=subprocess.DEVNULL)
        _, peer = server.recvfrom(100)
        stranger.sendto(b"I am the server", peer)
        server.sendto(b"it is me", peer)
        out, _ = client.communicate(timeout=10)
        equal(out, b"Received from server: it is me\n")


@test("--text from a terminal waits no longer than --timeout says")
def _():
    controller, terminal = os.openpty()
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        begun = time.monotonic()
        done = subprocess.run(
            [SOCKDEMO, "client", "-t", "dgram", "-P",
             str(silent.getsockname()[1]), "--text", "hi"], stdin=terminal,
            stdout=PIPE, stderr=PIPE, timeout=20, check=False)
        equal(done.returncode, 1)
        assert time.monotonic() - begun >= 4, "it did not wait"
    os.close(controller)
    os.close(terminal)


@test("an empty record is no end: chat and echo")
def _():
    for words in ("--chat",), ():
        process, address = start("-f", "unix", "-t", "seqpacket", "-H", "@",
                                 *words, stdin=PIPE, stdout=subprocess.DEVNULL)
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        peer.settimeout(5)
        peer.connect(b"\0" + address[1:].encode())
        peer.send(b"")
        if words:
            process.stdin.write(b"yes?\n")
            process.stdin.flush()
            equal(peer.recv(100), b"yes?")
        else:
            peer.send(b"abc")
            peer.shutdown(socket.SHUT_WR)
            equal(peer.recv(100), b"")
            equal(peer.recv(100), b"abc")
        peer.close()
        process.send_signal(signal.SIGTERM)
        process.wait(5)


@test("raw sockets find their own packets in a flood of TCP")
def _():
    ended = threading.Event()

    def flood(sender):
        with sender, contextlib.suppress(OSError):
            while not ended.is_set():
                sender.sendall(bytes(65536))

    def swallow(server):
        receiver, _ = server.accept()
        with receiver:
            while receiver.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = [threading.Thread(target=swallow, args=[server])]
        threads[0].start()
        sender = socket.create_connection(server.getsockname())
        threads.append(threading.Thread(target=flood, args=[sender]))
        threads[1].start()
        try:
            for _ in range(20):
                done = subprocess.run([SOCKDEMO, "-t", "raw", "-p", "tcp"],
                                      stdout=PIPE, stderr=PIPE, check=False)
                # 77: raw sockets are not for this user.
                assert done.returncode in (0, 77), done.stderr
        finally:
            ended.set()
            for thread in threads:
                thread.join()


if __name__ == "__main__":
    main()
