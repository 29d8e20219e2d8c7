#!/usr/bin/env python3
"""socat at the other end of SCTP, DCCP and vsock: its bytes come back from
`sockdemo server`, and `sockdemo client` gets its own from socat.

run-tests: limit 90
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
from harness import (Running, Server, Skip, contains, equal,  # noqa: E402
                     sockdemo, test)

DCCP = 33
SOCK_DCCP = 6
MESSAGES = b"hello\n", "สวัสดี\n".encode()
PORT = 23456

# The server's words, and socat's own address of it; {} is what it printed.
SERVERS = [
    (["-p", "sctp"], "SCTP4-CONNECT:{}"),
    (["-f", "inet6", "-p", "sctp"], "SCTP6-CONNECT:{}"),
    (["-f", "vsock"], "VSOCK-CONNECT:{}"),
]

# socat's address, and the client's words.
CLIENTS = [
    (f"SCTP4-LISTEN:{PORT},bind=127.0.0.1", ["-p", "sctp", "-P", PORT]),
    (f"SCTP6-LISTEN:{PORT},bind=[::1]",
     ["-f", "inet6", "-p", "sctp", "-P", PORT]),
    (f"VSOCK-LISTEN:{PORT},bind=1", ["-f", "vsock", "-P", PORT]),
    # A port and an address, as they lie in a sockaddr_in; "demo" is the
    # service that both ends have to name.
    (f"SOCKET-LISTEN:2:{DCCP}:x{PORT:04x}7f0000010000000000000000,"
     f"type={SOCK_DCCP},setsockopt-listen=269:2:x64656d6f",
     ["-t", "dccp", "-P", PORT]),
]


def needs_socat():
    if not shutil.which("socat"):
        raise Skip("socat is not installed")


def socat_asks(words, address):
    needs_socat()
    with Server(*words, "-P", 0) as server:
        with Running(["socat", "-", address.format(server.address)]) as client:
            for message in MESSAGES:
                client.type(message)
                client.expect(message + b"$")
            equal(client.out, b"".join(MESSAGES).decode().encode())
            client.kill()


def socat_answers(address, words):
    needs_socat()
    with Running(["socat", "-d", "-d", address, "EXEC:cat"]) as server:
        server.expect(b"listening on", "err")
        result = sockdemo("client", *words, "--text", "hello")
        equal((result.returncode, result.stderr), (0, b""))
        contains(result.stdout, b"Received from server: hello\n")
        server.kill()


for each in SERVERS:
    test(f"a client: {each[1]}")(lambda each=each: socat_asks(*each))
for each in CLIENTS:
    test(f"a server: {each[0]}")(lambda each=each: socat_answers(*each))


harness.main()
