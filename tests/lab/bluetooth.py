#!/usr/bin/env python3
"""Bluetooth with Python's sockets and BlueZ's l2test at the other end, over the
two controllers that btvirt emulates.

run-tests: limit 120
"""
import itertools
import os
import random
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
from harness import (LIMIT, Running, Server, Skip, contains,  # noqa: E402
                     equal, eventually, sockdemo, test)

CONTROLLERS = "/sys/class/bluetooth"
OURS, THEIRS = "00:AA:01:00:00:00", "00:AA:01:01:00:01"
MESSAGES = [b"hello", "สวัสดี".encode(), b"x", bytes(range(256)), b"y" * 672]
PORTS = itertools.count(0)
# Not every Python was built with Bluetooth.
L2CAP, RFCOMM = 0, 3


class Cell:
    def __init__(self, kind, protocol, number):
        self.type = getattr(socket, "SOCK_" + kind.upper())
        self.number = number
        self.records = kind == "seqpacket"
        self.rfcomm = protocol == "rfcomm"
        self.words = ["-f", "bluetooth", "-t", kind, "-p", protocol]
        self.name = f"{kind} {protocol}"

    def socket(self):
        made = socket.socket(socket.AF_BLUETOOTH, self.type, self.number)
        made.settimeout(LIMIT)
        return made

    def port(self):
        """One that nobody uses: a channel or a PSM."""
        number = next(PORTS)
        return 1 + number % 30 if self.rfcomm else 0x1201 + 2 * number

    def contact(self, text):
        made = self.socket()
        made.bind((THEIRS, 0))
        port, _, device = text.partition("@")
        made.connect((device, int(port)))
        return made


CELLS = [Cell("seqpacket", "l2cap", L2CAP),
         Cell("stream", "l2cap", L2CAP),
         Cell("stream", "rfcomm", RFCOMM)]


def receive(peer, cell, length):
    data = peer.recv(4096)
    while not cell.records and len(data) < length:
        part = peer.recv(4096)
        assert part, f"the end after {len(data)} of {length} bytes"
        data += part
    return data


def python_client(cell):
    """Python's client gets from `sockdemo server` what it sent."""
    with Server(*cell.words, "-P", cell.port()) as server:
        with cell.contact(server.address) as peer:
            for message in MESSAGES:
                peer.send(message)
                equal(receive(peer, cell, len(message)), message)
        server.expect(b"left after")


def python_server(cell):
    """`sockdemo client` shows what Python's server sent back."""
    port = cell.port()
    failures = []

    def echo(server):
        try:
            peer, _ = server.accept()
            with peer:
                peer.settimeout(LIMIT)
                for _ in range(2):
                    peer.sendall(peer.recv(4096))
                # Keeps what was sent from being cut off.
                try:
                    equal(peer.recv(1), b"", "the end")
                except ConnectionResetError:
                    pass
        except BaseException as error:  # handed on to the test
            failures.append(error)

    with cell.socket() as server:
        server.bind((OURS, port))
        server.listen(1)
        thread = threading.Thread(target=echo, args=(server,), daemon=True)
        thread.start()
        result = sockdemo("client", *cell.words, "-H", f"{port}@{OURS}",
                          data="hello\nสวัสดี\nq\n".encode())
        thread.join(LIMIT)
    equal((result.returncode, result.stderr, failures), (0, b"", []))
    contains(result.stdout, b"Received from server: hello\n")
    contains(result.stdout, "Received from server: สวัสดี\n".encode())


def ours(cell):
    """A file goes to `sockdemo server`, and comes back."""
    path = os.path.join(os.environ["TMPDIR"], "data")
    with open(path, "wb") as file:
        file.write(random.Random(1).randbytes(20_000))
    with Server(*cell.words, "-P", cell.port()) as server:
        result = sockdemo("client", *cell.words, "-H", server.address,
                          "--file", path)
        equal((result.returncode, result.stderr), (0, b""))
    os.remove(path)


for each in CELLS:
    for direction in python_client, python_server, ours:
        test(f"{direction.__name__}: {each.name}")(
            lambda direction=direction, each=each: direction(each))


for words in (("dgram", "l2cap"), ("raw", "l2cap"), ("seqpacket", "sco")):
    @test("an exchange: " + " ".join(words))
    def _(words=words):
        result = sockdemo("-f", "bluetooth", "-t", words[0], "-p", words[1])
        if words[1] == "sco":
            equal(result.returncode, 77)
            contains(result.stdout.replace(b"\n ", b""), b"carry no voice")
        else:
            equal(result.returncode, 0)
            contains(result.stdout, b"works: ")


@test("l2test connects to a server, and is told so")
def _():
    if not shutil.which("l2test"):
        raise Skip("l2test is not installed")
    with Server("-f", "bluetooth", "-t", "seqpacket", "-P", 0x1201):
        with Running(["l2test", "-c", "-i", THEIRS, "-P", 0x1201,
                      OURS]) as tester:
            tester.expect(b"Connected to " + OURS.encode(), "err")
            tester.kill()


def bring_controllers():
    """Starts btvirt, and waits for its controllers: (its process, why not)."""
    if not hasattr(socket, "BTPROTO_L2CAP"):
        return None, "this Python was built without Bluetooth"
    subprocess.run("modprobe -a -q bluetooth rfcomm hci_vhci", shell=True,
                   check=False)
    try:
        socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET,
                      L2CAP).close()
    except OSError as error:
        return None, f"this kernel has no Bluetooth: {error.strerror}"
    for program in "btvirt", "hciconfig":
        if not shutil.which(program):
            return None, f"{program} is not installed"
    if os.path.exists(f"{CONTROLLERS}/hci0"):
        return None, "there is a controller already, and peers in the room"
    virtual = subprocess.Popen(["btvirt", "-l2"],
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    eventually(lambda: os.path.exists(f"{CONTROLLERS}/hci1"))
    for name in "hci0", "hci1":
        eventually(lambda name=name: subprocess.run(
            ["hciconfig", name, "up", "pscan"], check=False,
            stderr=subprocess.DEVNULL).returncode == 0)
    return virtual, None


def main():
    if os.geteuid() != 0:
        print("emulated controllers need root")
        sys.exit(77)
    virtual, why = bring_controllers()
    if why:
        print(why)
        sys.exit(77)
    try:
        harness.main()
    finally:
        virtual.terminate()
        virtual.wait()


main()
