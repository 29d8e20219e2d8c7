#!/usr/bin/env python3
"""`sockdemo options` beside Python's socket module: what an option is, in which
state it is read and set, what is read back, and the errno where it is refused.

run-tests: fast
"""
import errno
import json
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import sandbox  # noqa: E402
from harness import contains, equal, main, sockdemo, test  # noqa: E402

STATES = "fresh", "bound", "listening", "connected"
# What Python has no name for.
NUMBERS = {"SO_TIMESTAMP": 29, "SO_PEEK_OFF": 42, "SO_ZEROCOPY": 60,
           "SO_BUF_LOCK": 72, "IP_MTU_DISCOVER": 10, "IP_MTU": 14,
           "IP_FREEBIND": 15, "IP_MINTTL": 21, "IP_RECVTTL": 12,
           "IP_RECVERR": 11, "TCP_USER_TIMEOUT": 18, "UDP_CORK": 1,
           "TCP_THIN_DUPACK": 17, "TCP_FASTOPEN_CONNECT": 30,
           "UDP_SEGMENT": 103, "UDP_GRO": 104}
LEVELS = {
    "SOL_SOCKET": (socket.SOL_SOCKET, (
        "SO_REUSEADDR", "SO_KEEPALIVE", "SO_BROADCAST", "SO_DONTROUTE",
        "SO_OOBINLINE", "SO_SNDBUF", "SO_RCVBUF", "SO_RCVLOWAT",
        "SO_PRIORITY", "SO_LINGER", "SO_RCVTIMEO", "SO_SNDTIMEO",
        "SO_TIMESTAMP", "SO_MARK", "SO_ACCEPTCONN", "SO_TYPE", "SO_ERROR",
        "SO_PROTOCOL", "SO_DOMAIN", "SO_REUSEPORT", "SO_PASSCRED",
        "SO_PEEK_OFF", "SO_ZEROCOPY", "SO_BUF_LOCK", "SO_INCOMING_CPU")),
    "SOL_IP": (socket.IPPROTO_IP, (
        "IP_TTL", "IP_TOS", "IP_MTU_DISCOVER", "IP_RECVTTL", "IP_RECVERR",
        "IP_MULTICAST_TTL", "IP_MULTICAST_LOOP", "IP_FREEBIND", "IP_MINTTL",
        "IP_TRANSPARENT", "IP_MTU", "IP_HDRINCL")),
    "SOL_IPV6": (socket.IPPROTO_IPV6, (
        "IPV6_V6ONLY", "IPV6_UNICAST_HOPS", "IPV6_RECVPKTINFO",
        "IPV6_TCLASS", "IPV6_RECVTCLASS", "IPV6_MULTICAST_HOPS",
        "IPV6_MULTICAST_LOOP", "IPV6_DONTFRAG", "IPV6_RECVHOPLIMIT")),
    "SOL_TCP": (socket.IPPROTO_TCP, (
        "TCP_NODELAY", "TCP_MAXSEG", "TCP_KEEPIDLE", "TCP_KEEPINTVL",
        "TCP_KEEPCNT", "TCP_SYNCNT", "TCP_CORK", "TCP_DEFER_ACCEPT",
        "TCP_FASTOPEN", "TCP_USER_TIMEOUT", "TCP_QUICKACK", "TCP_LINGER2",
        "TCP_NOTSENT_LOWAT", "TCP_CONGESTION", "TCP_THIN_DUPACK",
        "TCP_FASTOPEN_CONNECT")),
    "SOL_UDP": (socket.IPPROTO_UDP, ("UDP_CORK", "UDP_SEGMENT", "UDP_GRO")),
}
WORDS = {"SOCK_STREAM": socket.SOCK_STREAM, "SOCK_DGRAM": socket.SOCK_DGRAM,
         "SOCK_SEQPACKET": socket.SOCK_SEQPACKET,
         "AF_INET": socket.AF_INET, "AF_INET6": socket.AF_INET6,
         "AF_UNIX": socket.AF_UNIX, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17,
         "on": 1, "off": 0, "no error": 0, "none": 0, "IP_PMTUDISC_WANT": 1,
         "IP_PMTUDISC_DO": 2, "SOCK_SNDBUF_LOCK": 1, "SOCK_RCVBUF_LOCK": 2}
TIMES = "SO_RCVTIMEO", "SO_SNDTIMEO"
# Of the two names of one number the other one.
NAMES = dict(errno.errorcode) | {errno.EOPNOTSUPP: "EOPNOTSUPP"}


def number_of(name):
    number = getattr(socket, name, NUMBERS.get(name))
    if name in NUMBERS:
        number = NUMBERS[name]
    return {"SO_RCVTIMEO": 20, "SO_SNDTIMEO": 21}.get(name, number)


def to_bytes(name, text):
    """The value that a text of sockdemo's stands for, as C has it."""
    if name == "SO_LINGER":
        return struct.pack("ii", text != "off", int(
            text.split(", ")[1].split()[0]) if text != "off" else 0)
    if name in TIMES:
        seconds = float(text.split()[0])
        return struct.pack("ll", int(seconds), round(seconds % 1 * 1e6))
    if name == "TCP_CONGESTION":
        return text.encode()
    value = 0
    for word in text.split("|"):
        value |= WORDS[word] if word in WORDS else int(word, 0)
    return struct.pack("i", value)


def read(one, level, name):
    """The value as sockdemo should tell it, or the errno's name."""
    size = {"SO_LINGER": 8, "TCP_CONGESTION": 16}.get(
        name, 16 if name in TIMES else 4)
    try:
        value = one.getsockopt(level, number_of(name), size)
    except OSError as error:
        return None, NAMES[error.errno]
    return value.rstrip(b"\0") if name == "TCP_CONGESTION" else value, None


class Made:
    """A socket in a state, and what it needs."""

    def __init__(self, family, kind, state):
        self.domain = getattr(socket, "AF_" + family.upper())
        self.type = getattr(socket, "SOCK_" + kind.upper())
        self.held = []
        self.one = self.socket()
        if state == "bound" or kind == "dgram" and state == "connected":
            self.bind(self.one)
        if state == "listening":
            self.listen(self.one)
        elif state == "connected":
            server = self.socket()
            if kind == "dgram":
                self.bind(server)
            else:
                self.listen(server)
            self.one.connect(server.getsockname())
            if kind != "dgram":
                self.held.append(server.accept()[0])

    def socket(self):
        self.held.append(socket.socket(self.domain, self.type))
        return self.held[-1]

    def bind(self, one):
        one.bind({socket.AF_INET: ("127.0.0.1", 0),
                  socket.AF_INET6: ("::1", 0), socket.AF_UNIX: ""}[self.domain])

    def listen(self, one):
        self.bind(one)
        one.listen(8)

    def __enter__(self):
        return self.one

    def __exit__(self, *_):
        for each in self.held:
            each.close()


def options(*words):
    result = sockdemo("options", *words, "--format", "json")
    equal((result.returncode, result.stderr), (0, b""))
    return json.loads(result.stdout)


def compare(family, kind, state, level, option):
    """One option in one state: the same as Python sees it."""
    name = option["name"]
    what = f"{family} {kind} {state} {name}"
    with Made(family, kind, state) as one:
        before, refused = read(one, level, name)
        equal(option["get"][state], refused, f"get {what}")
        if before is not None and state == "fresh":
            equal(to_bytes(name, option["default"]), before, what)
        if option["set"] is None:
            return
        # What is for reading only is set to what was read.
        tried = to_bytes(name, option["tried"]) if option["tried"] \
            else before or bytes(4)
        try:
            one.setsockopt(level, number_of(name), tried)
        except OSError as error:
            equal(option["set"][state], NAMES[error.errno],
                  f"set {what}")
            return
        equal(option["set"][state], None, f"set {what}")
        after, refused = read(one, level, name)
        if after is not None and state == "fresh":
            equal(to_bytes(name, option["read_back"]), after, f"then {what}")


for each in ("inet", "inet6", "unix"):
    for type_name in ("stream", "dgram", "seqpacket"):
        if type_name == "seqpacket" and each != "unix":
            continue

        @test(f"Python sees the same on {each} {type_name}")
        def _(family=each, kind=type_name):
            words = ["-f", family, "-t", kind]
            if family == "unix":
                words += ["--variant", "autobind"]
            found = {option["name"]: option
                     for option in options(*words)["options"]}
            compared = 0
            for level_name, (level, names) in LEVELS.items():
                for name in names:
                    option = found.get(name)
                    if option is None or option["level"] != level_name:
                        continue
                    equal(sorted(option["get"], key=STATES.index),
                          [state for state in STATES if state != "listening"
                           or kind != "dgram"], f"the states of {name}")
                    for state in option["get"]:
                        compare(family, kind, state, level, option)
                    compared += 1
            assert compared >= 20, compared


@test("levels are those of the cell")
def _():
    def levels(*words):
        seen = []
        for option in options(*words)["options"]:
            if option["level"] not in seen:
                seen.append(option["level"])
        return seen
    equal(levels(), ["SOL_SOCKET", "SOL_IP", "SOL_TCP", "SOL_TLS"])
    equal(levels("-t", "dgram"), ["SOL_SOCKET", "SOL_IP", "SOL_UDP"])
    equal(levels("-f", "inet6", "-t", "dgram"),
          ["SOL_SOCKET", "SOL_IPV6", "SOL_IP", "SOL_UDP"])
    equal(levels("-f", "unix"), ["SOL_SOCKET"])


@test("three times the same")
def _():
    for words in ([], ["-f", "inet6", "-t", "dgram"],
                  ["-f", "unix", "-t", "seqpacket"]):
        first = options(*words)["options"]
        for _ in range(2):
            for one, other in zip(first, options(*words)["options"]):
                equal(other, one, one["name"])


@test("the JSON is the exchange's object, and options in it")
def _():
    found = options("-f", "unix")
    equal((found["family"], found["type"], found["verdict"],
           found["variant"]), ("unix", "stream", "works", "path"))
    for option in found["options"]:
        equal(sorted(option), ["default", "get", "level", "name", "note",
                               "read_back", "set", "tried", "value"])
    buffers = next(option for option in found["options"]
                   if option["name"] == "SO_RCVBUF")
    equal((buffers["value"], buffers["tried"], buffers["read_back"]),
          ("int", "65536", "131072"))
    equal(buffers["set"], dict.fromkeys(STATES))


@test("the table fits into 80 columns")
def _():
    for words in ([], ["-f", "inet6"], ["-f", "unix"], ["-f", "netlink"]):
        result = sockdemo("options", *words)
        equal((result.returncode, result.stderr), (0, b""))
        for line in result.stdout.decode().splitlines():
            assert len(line) <= 80, line
            equal(line, line.rstrip())
        contains(result.stdout, "SO_RCVBUF".encode())
        contains(result.stdout, "65536 → 131072".encode())


@test("what a cell that does not work says")
def _():
    result = sockdemo("options", "-t", "rdm")
    equal((result.returncode, result.stdout), (77, b""))
    contains(result.stderr, b"inet rdm tcp: refused: socket ESOCKTNOSUPPORT")
    result = sockdemo("options", "-t", "rdm", "--format", "json")
    equal(result.returncode, 77)
    found = json.loads(result.stdout)
    equal((found["verdict"], found["options"]), ("refused", []))


@test("usage")
def _():
    for words, said in ((["--format", "ladder"], b"options has: text json"),
                        (["-f", "none"], b"unknown family"),
                        (["--port", "7"], b"options has none"),
                        (["more"], b"unexpected")):
        result = sockdemo("options", *words)
        equal((result.returncode, result.stdout), (2, b""))
        contains(result.stderr, said)


@test("what is known asks the kernel nothing")
def _():
    result = sockdemo("options", "--known", "-f", "can", "-p", "isotp", "-t",
                      "dgram")
    equal((result.returncode, result.stderr), (0, b""))
    contains(result.stdout, b"SOL_CAN_ISOTP")
    assert b"SOL_CAN_RAW" not in result.stdout
    found = json.loads(sockdemo("options", "--known", "--format",
                                "json").stdout)["options"]
    row = next(option for option in found if option["name"] == "TCP_INQ")
    equal((row["family"], row["level"], row["level_number"], row["number"],
           row["value"], row["since"], row["until"]),
          ("inet", "SOL_TCP", 6, 36, "bool", "4.18", None))


if sandbox.may_make_network():
    # Where nobody has changed a setting; sockdemo makes one like it.
    sandbox.own_network()
main()
