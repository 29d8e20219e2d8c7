#!/usr/bin/env python3
"""The kernel's own families with peers that none of us wrote: ip, genl and
hashlib say the same as the kernel's answers; Python's socket module is the
other end of usersock, of frames on lo and on a cable, and of AF_XDP.

As root, in a network of its own; what needs AF_ALG runs where the kernel has
it (tests/lab/kern.py runs all of this in the lab machine).

run-tests: limit 120
"""
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import sandbox  # noqa: E402
import strace_log  # noqa: E402
from harness import (LIMIT, Server, Skip, contains, equal,  # noqa: E402
                     eventually, sockdemo, test)

TEXTS = ["x", "hello", "สวัสดี", "y" * 1000]
USERSOCK = 2
ETHERTYPE = 0x88b5
LABEL = struct.Struct(">H4sIc3s")  # families/shared/ethernet.h
HERE, THERE = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


def answers(*words):
    """What `client --text` shows, line by line."""
    result = sockdemo("client", *words)
    equal((result.returncode, result.stderr), (0, b""), "the client")
    return [line.partition("Received from server: ")[2]
            for line in result.stdout.decode().splitlines()]


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def ip(*words):
    result = subprocess.run(["ip", *words], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise Skip("ip " + " ".join(words) + ": "
                   + result.stderr.decode().strip())
    return result.stdout.decode()


LINK = re.compile(r"(\d+): (\S+) mtu (\d+) state (\S+) ?(\S*)")


def links_of_ip():
    return {(str(link["ifindex"]), link["ifname"], str(link["mtu"]),
             link["operstate"].lower(), link.get("address", ""))
            for link in json.loads(ip("-j", "link", "show"))}


@contextlib.contextmanager
def cable(name="sd"):
    """Two interfaces, NAMEa and NAMEb: what one sends, the other gets."""
    need("ip")
    ends = f"{name}a", f"{name}b"
    if os.geteuid() == 0:
        subprocess.run(["modprobe", "-q", "veth"], check=False)
    ip("link", "add", ends[0], "address", HERE, "type", "veth", "peer",
       "name", ends[1], "address", THERE)
    try:
        for end in ends:
            ip("link", "set", end, "up")
        # The state follows in its own time.
        eventually(lambda: not {"lowerlayerdown", "down"} & {
            link[3] for link in links_of_ip()})
        yield ends
    finally:
        ip("link", "del", ends[0])


# NETLINK_ROUTE and NETLINK_GENERIC.

@test("route: the interfaces are those of ip")
def _():
    for kind in "raw", "dgram":
        with cable():
            first, *lines = answers("-f", "netlink", "-t", kind, "-p",
                                    "route", "--text", "x")
            links = {LINK.fullmatch(line).groups() for line in lines}
            equal(links, links_of_ip(), "the links")
            contains(first, f"interfaces: {len(links)}, those of "
                     "/proc/net/dev; ")


@test("route: an answer of many parts")
def _():
    with contextlib.ExitStack() as stack:
        for number in range(20):
            stack.enter_context(cable(f"sd{number}"))
        result = sockdemo("-f", "netlink", "-p", "route", "--messages", 5,
                          "--format", "json")
        report = json.loads(result.stdout)
        equal(report["verdict"], "works", "the verdict")
        equal(report["summary"]["round_trips"], 5, "round trips")
        parts = [event for event in report["events"]
                 if event["call"] == "recvfrom"]
        assert len(parts) > 10, f"{len(parts)} parts"
        count = len(links_of_ip())
        contains(result.stdout.decode(), f"interfaces: {count}, those of")
        contains(result.stdout.decode(), f"and {count - 6} more")


@test("generic: the families are those of genl")
def _():
    need("genl")
    result = harness.run(["genl", "ctrl", "list"])
    equal(result.returncode, 0, "genl's exit status")
    known = {(int(number, 16), name) for name, number in re.findall(
        r"^Name: (\S+)\n\s*ID: (0x[0-9a-f]+)", result.stdout.decode(),
        re.MULTILINE)}
    assert (16, "nlctrl") in known, known
    first, *lines = answers("-f", "netlink", "-p", "generic", "--text", "x")
    seen = {(int(number), name) for number, name in
            re.findall(r"(\d+) ([^,]+)", ", ".join(lines))}
    equal(seen, known, "the families")
    contains(first, f"families: {len(known)};")


# NETLINK_USERSOCK.

def usersock(kind, port=0):
    made = socket.socket(socket.AF_NETLINK, kind, USERSOCK)
    made.settimeout(LIMIT)
    made.bind((port, 0))
    return made


KINDS = {"raw": socket.SOCK_RAW, "dgram": socket.SOCK_DGRAM}


def words_of(name):
    return ["-f", "netlink", "-t", name, "-p", "usersock"]


for each in KINDS:
    @test(f"usersock {each}: Python's client")
    def _(name=each):
        with Server(*words_of(name), "-P", "0") as server, \
                usersock(KINDS[name]) as first, \
                usersock(KINDS[name], 4711) as second:
            to = int(server.address), 0
            for text in TEXTS:
                for peer in first, second:
                    peer.sendto(text.encode(), to)
                for peer in first, second:
                    equal(peer.recvfrom(4096), (text.encode(), to))

    @test(f"usersock {each}: Python's server")
    def _(name=each):
        with usersock(KINDS[name], 4712) as server:
            for text in TEXTS:
                with harness.Client(*words_of(name), "-P", "4712", "--text",
                                    text) as client:
                    data, (port, groups) = server.recvfrom(4096)
                    equal((data, port, groups),
                          (text.encode(), client.pid, 0))
                    server.sendto(data[::-1], (port, 0))
                    equal(client.wait(), 0, "the exit status")
                shown = client.out.decode(errors="replace")
                contains(shown, "Received from server: ")
                if text.isascii():
                    contains(shown, text[::-1] + "\n")


# Frames.

def frame_socket(interface, kind=socket.SOCK_DGRAM, ethertype=ETHERTYPE):
    made = socket.socket(socket.AF_PACKET, kind, 0)
    made.settimeout(LIMIT)
    made.bind((interface, ethertype))
    return made


def labeled(side, payload, number=1, run=0):
    """The payload of a frame, behind its length and its label."""
    return LABEL.pack(12 + len(payload), b"sock", run, side,
                      number.to_bytes(3, "big")) + payload


def unlabeled(body):
    """(side, payload) of what a frame carries, or None."""
    if len(body) < LABEL.size:
        return None
    length, word, run, side, _ = LABEL.unpack_from(body)
    if word != b"sock" or run != 0:
        return None
    return side, body[LABEL.size:2 + length]


def awaited(peer, side):
    """The next payload that this side sent, and from where."""
    while True:
        body, address = peer.recvfrom(4096)
        found = unlabeled(body)
        if found and found[0] == side and found[1] != JUNK:
            return found[1], address


JUNK = b"junk"


def junk(side):
    """What others may send with the same ethertype to who hears this side."""
    good = labeled(side, JUNK)
    yield from (good[:length] for length in range(len(good)))
    for length in 0, 11, len(good) - 1, 255, 0xffff:
        yield struct.pack(">H", length) + good[2:]
    for other in b"csx".replace(side, b""):
        yield labeled(bytes([other]), JUNK)
    yield labeled(side, JUNK, run=99)
    yield labeled(side, JUNK, run=0xffffffff)
    yield b"\0\x10sick" + good[6:]
    yield bytes(1500)
    yield bytes([255]) * 1500


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def python_asks(words, server_end, client_end, to):
    """Python's client at one end, `sockdemo server` at the other."""
    with Server(*words, "-H", server_end) as server, \
            frame_socket(client_end) as peer:
        for number, text in enumerate(TEXTS, 1):
            for body in [*junk(b"c"), labeled(b"c", text.encode(), number)]:
                peer.sendto(body, (client_end, ETHERTYPE, 0, 0, to))
            equal(awaited(peer, b"s")[0], text.encode(), "what came back")
        return server


def python_answers(words, client_host, server_end):
    """`sockdemo client` at one end, Python's server at the other."""
    with frame_socket(server_end) as peer:
        for text in TEXTS:
            with harness.Client(*words, "-H", client_host, "--text",
                                text) as client:
                payload, address = awaited(peer, b"c")
                equal(payload, text.encode(), "what came")
                for body in [*junk(b"s"), labeled(b"s", b"thank you")]:
                    peer.sendto(body, address)
                equal(client.wait(), 0, "the exit status")
            equal(client.out, b"Received from server: thank you\n")


for each in "dgram", "raw":
    PACKET = ["-f", "packet", "-t", each]

    @test(f"packet {each}: Python's client, on lo")
    def _(words=tuple(PACKET)):
        python_asks(words, "lo", "lo", bytes(6))

    @test(f"packet {each}: Python's client, on a cable")
    def _(words=tuple(PACKET)):
        with cable() as (here, there):
            server = python_asks(words, here, there, mac(HERE))
            equal(server.address, f"{here}/{HERE}", "what it printed")

    @test(f"packet {each}: Python's server, on lo")
    def _(words=tuple(PACKET)):
        python_answers(words, "lo", "lo")

    @test(f"packet {each}: Python's server, on a cable")
    def _(words=tuple(PACKET)):
        with cable() as (here, there):
            python_answers(words, f"{here}/{THERE}", there)

    @test(f"packet {each}: what a frame is")
    def _(words=tuple(PACKET), name=each):
        with cable() as (here, there), \
                frame_socket(there, socket.SOCK_RAW) as peer, \
                harness.Client(*words, "-H", f"{here}/{THERE}", "--text",
                               "hello") as client:
            frame, address = peer.recvfrom(4096)
            equal(frame[:14], mac(THERE) + mac(HERE) + b"\x88\xb5", "header")
            equal(unlabeled(frame[14:]), (b"c", b"hello"), "what is carried")
            equal(len(frame), 60 if name == "raw" else 14 + 14 + 5, "length")
            equal(frame[14 + 14 + 5:], bytes(len(frame) - 33), "padding")
            peer.sendto(frame[6:12] + frame[:6] + frame[12:14]
                        + labeled(b"s", b"hi"), address)
            equal(client.wait(), 0, "the exit status")


# AF_XDP.

def xdp_of(interface):
    (link,) = json.loads(ip("-j", "link", "show", interface))
    return link.get("xdp")


def may_xdp():
    if os.geteuid() != 0:
        raise Skip("programs at an interface need root")


@test("xdp: Python's client, on a cable")
def _():
    may_xdp()
    with cable() as (here, there):
        python_asks(["-f", "xdp"], here, there, mac(HERE))
        equal(xdp_of(here), None, "what is left at the interface")


@test("xdp: Python's server, on a cable")
def _():
    may_xdp()
    with cable() as (here, there):
        python_answers(["-f", "xdp"], here, there)
        equal(xdp_of(here), None, "what is left at the interface")


@test("xdp: other frames pass")
def _():
    may_xdp()
    other = 0x88b6
    with cable() as (here, there), Server("-f", "xdp", "-H", here) as server, \
            frame_socket(here, ethertype=other) as ours, \
            frame_socket(here) as none, frame_socket(there) as peer:
        assert xdp_of(here), "no program is at the interface"
        for number in range(200):
            peer.sendto(b"other", (there, other, 0, 0, mac(HERE)))
            equal(ours.recv(100), b"other")
            peer.sendto(labeled(b"c", b"ours", number),
                        (there, ETHERTYPE, 0, 0, mac(HERE)))
            equal(awaited(peer, b"s")[0], b"ours")
        # What the program takes, nobody else hears.
        none.setblocking(False)
        try:
            raise AssertionError(f"heard: {none.recv(100)}")
        except BlockingIOError:
            pass
        equal(server.address, f"{here}:0", "what it printed")


# AF_ALG.

def alg_socket(kind, name):
    try:
        made = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)
        made.bind((kind, name))
    except OSError as error:
        raise Skip(f"AF_ALG, {name}: {error.strerror}") from error
    return made


for each in "md5", "sha1", "sha256", "sha384", "sha512":
    @test(f"alg: {each} is that of hashlib")
    def _(name=each):
        alg_socket("hash", name).close()
        for text in ["", *TEXTS]:
            digest = hashlib.new(name, text.encode()).hexdigest()
            equal(answers("-f", "alg", "-H", name, "--text", text),
                  [f"{name} {digest}", "libmd computes the same"])

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
IVS = {"cbc(aes)": bytes(range(16)), "ctr(aes)": bytes(range(0xf0, 0x100)),
       "ecb(aes)": None}

for each in IVS:
    @test(f"alg: {each} is that of Python's socket")
    def _(name=each):
        with alg_socket("skcipher", name) as cipher:
            cipher.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, KEY)
            for text in ["", *TEXTS]:
                data = text.encode()
                padding = 16 - len(data) % 16
                operation, _ = cipher.accept()
                with operation:
                    more = {"iv": IVS[name]} if IVS[name] else {}
                    operation.sendmsg_afalg(
                        [data + bytes([padding]) * padding],
                        op=socket.ALG_OP_ENCRYPT, **more)
                    whole = operation.recv(len(data) + padding)
                first, second = answers("-f", "alg", "-p", "skcipher", "-H",
                                        name, "--text", text)
                shown = whole[:32].hex() + ("..." if len(whole) > 32 else "")
                equal(first, f"{name}: {len(data)} bytes, padded to "
                      f"{len(whole)}, are {shown}")
                contains(second, "and are decrypted again")


# strace sees the same calls, letter for letter, but that it decodes what
# netlink carries, and looks up the names of interfaces.

CARRIED = re.compile(r"((?:sendto|recvfrom)\(\d, )[\"[].*"
                     r"(, \d+, [A-Z0-9_|]+, \{sa_family=AF_NETLINK)")
FILTER = re.compile(r"(?<=, filter=)0x[0-9a-f]+")
NAMED = re.compile(r'if_nametoindex\("(?!lo")(\w+)"\)')


def normal(line):
    line = NAMED.sub(lambda named: str(socket.if_nametoindex(named[1])), line)
    return FILTER.sub("POINTER", CARRIED.sub(r"\1BYTES\2", line))


def same_as_strace(words):
    need("strace")
    prefix = os.path.join(os.environ["TMPDIR"], "log")
    result = harness.run(
        ["strace", "-ff", "--seccomp-bpf", "-o", prefix, "-e",
         "trace=network", harness.SOCKDEMO, *words, "--format", "strace"],
        env={**harness.LOCALE, "ASAN_OPTIONS": "detect_leaks=0"})
    logs = strace_log.lines_of(prefix)
    for pid in logs:
        os.remove(f"{prefix}.{pid}")
    equal(result.returncode, 0, result.stderr)
    printed = (result.stdout + result.stderr).decode("latin-1").splitlines()
    compared = 0
    for pid, lines in logs.items():
        seen = []
        for line in lines:
            if not strace_log.NO_CALL.match(line):
                call, end = re.fullmatch(r"(.*\)) +(= .*)", line).groups()
                line = f"[pid {pid:5}] {call} ".ljust(40) + end
                seen.append(normal(line))
        told = [normal(line) for line in printed
                if line.startswith(f"[pid {pid:5}] ")]
        for pair in zip(told, seen):
            equal(*pair, "a line")
        equal(len(told), len(seen), "the lines")
        compared += len(seen)
    assert compared > 3, (logs, printed)


for each in ("netlink", "netlink -p generic", "netlink -t dgram -p usersock",
             "packet -H %1", "packet -t raw -H %1"):
    test("strace: " + each)(
        lambda words=("-f", *each.split()): same_as_strace(words))

for each in ("packet", "packet -t raw", "xdp"):
    @test(f"strace: {each}, on a cable")
    def _(words=("-f", *each.split())):
        with cable() as (here, there), Server(*words, "-H", here):
            index = socket.if_nametoindex(there)
            same_as_strace(["client", *words, "-H", f"%{index}"
                            + ("" if "xdp" in words else "/" + HERE),
                            "--text", "hello"])

for each in ["hash"], ["skcipher", "cbc(aes)"]:
    @test(f"strace: alg, {each[0]}")
    def _(words=tuple(each)):
        alg_socket(words[0], words[-1] if words[1:] else "sha256").close()
        same_as_strace(["-f", "alg", "-p", words[0]])


if os.geteuid() != 0 or not sandbox.may_make_network():
    print("a network of its own needs root")
    sys.exit(77)
sandbox.own_network()
harness.main()
