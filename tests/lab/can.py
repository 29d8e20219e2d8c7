#!/usr/bin/env python3
"""CAN with peers that none of us wrote, on a virtual bus in a network of its
own: candump sees what the events tell; cansend, isotpsend and isotprecv,
testj1939 and Python's socket module are the other end.

run-tests: limit 120
"""
import itertools
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
import sandbox  # noqa: E402
import strace_log  # noqa: E402
from harness import (LIMIT, Client, Running, Server, Skip,  # noqa: E402
                     contains, equal, eventually, sockdemo, test)

VCAN = "vcan0"
RAW = ["-f", "can"]
FD = [*RAW, "--variant", "fd"]
BCM = ["-f", "can", "-t", "dgram", "-p", "bcm"]
ISOTP = ["-f", "can", "-t", "dgram", "-p", "isotp"]
J1939 = ["-f", "can", "-t", "dgram", "-p", "j1939"]
CELLS = {"raw": RAW, "raw fd": FD, "bcm": BCM, "isotp": ISOTP, "j1939": J1939}

# The ids of a client and a server that were started apart (families/can/can.h).
OURS, SERVER, BEGINS, ENDS = 1 << 28, 1 << 27, 1 << 26, 1 << 25
EFF = 1 << 31
TX_SEND, RX_SETUP, RX_CHANGED, RX_FILTER_ID = 4, 5, 12, 0x20
BCM_HEAD = struct.Struct("@3I4lII0q")
SIZES = 0, 8, 9, 64, 300
TEXT = "a text that takes several frames, in each of them a part: สวัสดี"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def make_bus():
    ip("link", "add", VCAN, "type", "vcan")
    ip("link", "set", VCAN, "mtu", "72")
    ip("link", "set", VCAN, "up")


def why_not():
    """Makes the bus; or says why there is none."""
    if os.geteuid() != 0:
        return "a virtual bus needs root"
    for program in "ip", "candump", "cansend":
        if not shutil.which(program):
            return f"{program} is not installed"
    subprocess.run("modprobe -a -q can-raw can-bcm can-isotp can-j1939 vcan",
                   shell=True, check=False)
    try:
        socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW).close()
    except OSError as error:
        return f"this kernel has no CAN: {error.strerror}"
    try:
        sandbox.own_network()
        make_bus()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no virtual bus can be made: {error}"
    return None


# The bus, as candump sees it.

def parsed(line):
    """(id, data, whether it is FD) of a line of candump -L; R: a request."""
    identity, sharps, rest = re.fullmatch(
        r"\(.*\) vcan0 ([0-9A-F]+)(##?)(\S*)", line).groups()
    number = int(identity, 16) | (EFF if len(identity) == 8 else 0)
    if rest.startswith("R"):
        return number, None, False
    if sharps == "##":
        return number, bytes.fromhex(rest[1:]), True
    return number, bytes.fromhex(rest), False


def listeners():
    with open("/proc/net/can/rcvlist_all", encoding="ascii") as text:
        return len(re.findall(r"^ *vcan0 .* raw$", text.read(), re.M))


class Candump(Running):
    """candump; frames() is what it saw until now."""

    marks = itertools.count(1)

    def __init__(self):
        before = listeners()
        super().__init__(["candump", "-L", VCAN])
        eventually(lambda: listeners() > before)

    def frames(self):
        # A frame that nobody answers: it looks like another run's.
        mark = f"1F{next(self.marks):06X}#"
        cansend(mark)
        self.expect(mark.encode() + b"\n")
        lines = self.out.decode().splitlines()
        return [parsed(line) for line in lines if " 1F" not in line]

    def sent(self, number):
        """The data of the frames with that id."""
        return [data for seen, data, _ in self.frames() if seen == number]

    def __exit__(self, kind, *rest):
        self.process.kill()
        self.process.wait()
        super().__exit__(kind, *rest)


def cansend(frame):
    subprocess.run(["cansend", VCAN, frame], check=True)


def payload(event):
    """The bytes that a send or recv passed, as far as they are kept."""
    data = next(argument for argument in event["args"]
                if isinstance(argument, dict) and "hex" in argument)
    return bytes.fromhex(data["hex"]), data["len"]


def frame_of(data):
    """The id and the data of a struct can_frame or canfd_frame."""
    number, length = struct.unpack_from("=IB", data)
    return number, data[8:8 + length], len(data) == 72


def exchange(words, **more):
    result = sockdemo(*words, "--format", "json", **more)
    report = json.loads(result.stdout)
    equal((result.returncode, report["verdict"]), (0, "works"),
          report["reason"])
    return report


def sends(report):
    """(side, bytes, their number) of each message that was sent."""
    for event in report["events"]:
        if event["call"] in ("send", "sendto"):
            yield (event["side"], *payload(event))


for name in "raw", "raw fd", "bcm":
    @test(f"candump shows the frames of an exchange: {name}")
    def _(name=name):
        with Candump() as bus:
            told = {"client": [], "server": []}
            for size in SIZES:
                report = exchange([*CELLS[name], "--size", size])
                for side, data, _ in sends(report):
                    if name == "bcm":
                        head = BCM_HEAD.unpack_from(data)
                        if head[0] == RX_SETUP:
                            continue
                        equal((head[0], head[8]), (TX_SEND, 1))
                        data = data[BCM_HEAD.size:]
                    told[side].append(frame_of(data))
            seen = bus.frames()
            for side, bit in ("client", 0), ("server", SERVER):
                equal([frame for frame in seen if frame[0] & SERVER == bit],
                      told[side], side)
            equal(len(seen), sum(map(len, told.values())))


def isotp_messages(frames):
    """The messages of one sender (ISO 15765-2), flow control left out."""
    messages, wanted = [], 0
    for data in frames:
        kind = data[0] >> 4
        if kind == 0:
            messages.append(data[1:1 + data[0]])
        elif kind == 1:
            wanted = (data[0] & 15) << 8 | data[1]
            messages.append(data[2:])
            number = 1
        elif kind == 2:
            equal(data[0] & 15, number)
            number = (number + 1) & 15
            messages[-1] += data[1:]
            messages[-1] = messages[-1][:wanted]
    return messages


def j1939_messages(frames, pgn, to):
    """The messages to an address (SAE J1939-21), whole or in packets."""
    messages, wanted = [], 0
    for number, data, _ in frames:
        group, target = number >> 16 & 0x1ff, number >> 8 & 0xff
        if target != to:
            continue
        if group == pgn >> 8:
            messages.append(data)
        elif group == 0xec and data[0] == 16:
            wanted = struct.unpack_from("<H", data, 1)[0]
            messages.append(b"")
        elif group == 0xeb:
            messages[-1] = (messages[-1] + data[1:])[:wanted]
    return messages


def bound(report):
    """Each side's own address, by the fields of bind()."""
    return {event["side"]: event["args"][1]["fields"]
            for event in report["events"] if event["call"] == "bind"}


def number_of(text):
    """CAN_EFF_FLAG|0x10003039 → an id."""
    return (EFF if "CAN_EFF_FLAG" in text else 0) | int(
        text.rpartition("|")[2], 16)


def messages_seen(name, seen, own, side):
    """The messages of one side, as they went over the bus."""
    if name == "isotp":
        number = number_of(own[side]["can_addr.tp.tx_id"])
        return isotp_messages([data for found, data, _ in seen
                               if found == number])
    other = "server" if side == "client" else "client"
    return j1939_messages(seen, int(own[side]["can_addr.j1939.pgn"], 16),
                          int(own[other]["can_addr.j1939.addr"], 16))


for name in "isotp", "j1939":
    @test(f"candump shows the frames of an exchange: {name}")
    def _(name=name):
        for size in SIZES[1:]:
            with Candump() as bus:
                report = exchange([*CELLS[name], "--size", size,
                                   "--messages", 2])
                seen, own = bus.frames(), bound(report)
            for side in own:
                told = [(data, length) for who, data, length in sends(report)
                        if who == side]
                found = messages_seen(name, seen, own, side)
                equal([(data[:len(kept)], len(data))
                       for data, (kept, _) in zip(found, told)], told, side)
                equal(len(found), 2, side)


# Foreign programs ask; a server answers.

@test("cansend is answered by a raw server")
def _():
    whole = EFF | OURS | SERVER | BEGINS | ENDS
    with Candump() as bus, Server(*RAW):
        for frame, data in (("123#DEADBEEF", "DEADBEEF"), ("000#", ""),
                            ("0FFFFFFF#00", "00"),
                            ("7FF#0102030405060708", "0102030405060708"),
                            ("16000000#68656C6C6F", "68656C6C6F")):
            cansend(frame)
            bus.expect(rb"1E000000#%s\n" % data.encode())
        answers = len(bus.sent(whole))
        # Requests, FD frames, another run's, a server's, a lost message's.
        for frame in ("123#R", "123##1AABB", "16ABCDEF#11", "1E000000#22",
                      "12000000#33"):
            cansend(frame)
        cansend("321#CAFE")
        bus.expect(rb"1E000000#CAFE\n")
        equal(bus.sent(whole)[answers:], [b"\x22", b"\xca\xfe"])


@test("cansend is answered by a raw server with FD frames")
def _():
    with Candump() as bus, Server(*FD):
        cansend("123##1" + "5A" * 64)
        bus.expect(rb"1E000000##[0-9A-F]%s\n" % (b"5A" * 64))
        cansend("123#C0")
        bus.expect(rb"1E000000##[0-9A-F]C0\n")


@test("cansend is answered by a bcm server, in parts")
def _():
    with Candump() as bus, Server(*BCM):
        cansend("123#DEADBEEF")
        cansend("14000000#0102030405060708")
        cansend("10000000#1112131415161718")
        cansend("12000000#21")
        bus.expect(rb"1A000000#21\n")
        equal([data for number, data, _ in bus.frames()
               if number & SERVER],
              [bytes(range(1, 9)), bytes(range(17, 25)), b"\x21"])


@test("servers do not answer each other")
def _():
    with Candump() as bus, Server(*RAW), Server(*RAW), Server(*BCM):
        for i in range(3):
            cansend(f"123#0{i}")
        eventually(lambda: len(bus.frames()) >= 9)
        cansend("123#FF")
        eventually(lambda: len(bus.frames()) >= 12)
        equal(len(bus.frames()), 12)


# Foreign programs at both ends of ISO-TP.

ASK = ["-s", "10003039", "-d", "18003039", VCAN]
REPLY = ["-s", "18003039", "-d", "10003039", VCAN]
LONG = bytes(range(100))


def need(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def isotp_sockets():
    count = 0
    for kind in "sff", "eff":
        with open(f"/proc/net/can/rcvlist_{kind}", encoding="ascii") as text:
            count += len(re.findall(r" isotp$", text.read(), re.M))
    return count


def isotpsend(words, data):
    subprocess.run(["isotpsend", *words], input=data.hex(" ").encode(),
                   check=True, timeout=LIMIT)


class Isotprecv(Running):
    def __init__(self, words):
        before = isotp_sockets()
        super().__init__(["isotprecv", *words])
        eventually(lambda: isotp_sockets() > before)

    def received(self, data):
        equal(self.wait(), 0)
        equal(bytes.fromhex(self.out.decode()), data)


@test("isotpsend asks and isotprecv hears the answer")
def _():
    need("isotpsend")
    with Server(*ISOTP) as server:
        equal(server.address.partition(":")[2], "10003039:18003039")
        for data in b"hello", LONG:
            with Isotprecv(ASK) as answer:
                isotpsend(ASK, data)
                answer.received(data)


@test("isotprecv is asked and isotpsend answers")
def _():
    need("isotpsend")
    for text in "hello", TEXT:
        with Isotprecv(REPLY) as question:
            with Client(*ISOTP, "--text", text) as client:
                question.received(text.encode())
                isotpsend(REPLY, b"you said " + text.encode())
                client.expect(b"Received from server: you said "
                              + text.encode() + b"\n")
                equal(client.wait(), 0)


@test("isotp with ids of one's own")
def _():
    need("isotpsend")
    words = ["-H", f"{VCAN}:7A0:7A8"]
    with Server(*ISOTP, *words) as server:
        contains(server.address, ":7A0:7A8")
        with Isotprecv(["-s", "7A0", "-d", "7A8", VCAN]) as answer:
            isotpsend(["-s", "7A0", "-d", "7A8", VCAN], LONG)
            answer.received(LONG)
        result = sockdemo("client", *ISOTP, *words, "--text", TEXT)
        equal((result.returncode, result.stderr), (0, b""))
        # What it printed is what --host takes.
        result = sockdemo("client", *ISOTP, "-H", server.address, "--text",
                          TEXT)
        equal((result.returncode, result.stderr), (0, b""))


@test("nobody at the other end of isotp")
def _():
    result = sockdemo("client", *ISOTP, "--text", "x" * 50)
    equal(result.returncode, 1)
    contains(result.stderr, b"ECOMM")
    contains(result.stderr, b"start the server first")


# J1939.

@test("testj1939 asks, and a j1939 server answers")
def _():
    need("testj1939")
    with Server(*J1939) as server:
        contains(server.address, ":20")
        for length in 8, 128:
            asking = subprocess.run(
                ["testj1939", f"-s{length}", "-r", "-w1",
                 f"{VCAN}:0x90", f"{VCAN}:0x20,0x12300"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                check=False, timeout=LIMIT)
            words = asking.stdout.decode().split()
            equal(words[:2], ["20", "12300:"])
            shown = bytes.fromhex("".join(
                word for word in words[2:] if len(word) == 2))
            equal(shown, (bytes.fromhex("0123456789abcdef") * 16)[:length])


@test("testj1939 echoes what a j1939 client says")
def _():
    need("testj1939")
    with Running(["testj1939", "-e", f"{VCAN}:0x20"]) as echo:
        eventually(j1939_is_bound)
        for text in "hello", TEXT, "x" * 128:
            result = sockdemo("client", *J1939, "--text", text)
            equal((result.returncode, result.stdout, result.stderr),
                  (0, f"Received from server: {text}\n".encode(), b""))
        echo.kill()


def j1939_is_bound():
    with open("/proc/net/can/rcvlist_fil", encoding="ascii") as text:
        return "j1939" in text.read()


@test("nobody at the other end of j1939")
def _():
    result = sockdemo("client", *J1939, "--text", "x" * 50)
    equal(result.returncode, 1)
    contains(result.stderr, b"EHOSTUNREACH")
    contains(result.stderr, b"start the server first")
    result = sockdemo("client", *J1939, "--text", "short", "--timeout", "0.3")
    equal(result.returncode, 1)
    contains(result.stderr, b"ETIMEDOUT")


# Python at the other end.

def python(kind, number, address=None):
    made = socket.socket(socket.AF_CAN, kind, number)
    made.settimeout(LIMIT)
    if address is not None:
        made.bind(address)
    return made


def can_frame(number, data):
    return struct.pack("=IB3x8s", number, len(data), data)


def python_raw(fd=False):
    made = python(socket.SOCK_RAW, socket.CAN_RAW, (VCAN,))
    if fd:
        made.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
    return made


def read_message(peer, sender):
    """A message of one side, from its frames."""
    message = b""
    while True:
        number, data, _ = frame_of(peer.recv(72))
        if number & ~(BEGINS | ENDS) != EFF | OURS | sender:
            continue
        message = data if number & BEGINS else message + data
        if number & ENDS:
            return message


def send_message(peer, sender, message):
    parts = [message[i:i + 8] for i in range(0, len(message), 8)] or [b""]
    for i, part in enumerate(parts):
        number = EFF | OURS | sender | (BEGINS if i == 0 else 0) | (
            ENDS if i == len(parts) - 1 else 0)
        peer.send(can_frame(number, part))


MESSAGES = [b"hello", b"", TEXT.encode(), bytes(range(256)) * 4]

for name in "raw", "raw fd", "bcm":
    @test(f"Python's raw socket asks a server: {name}")
    def _(name=name):
        with Server(*CELLS[name]), python_raw(name == "raw fd") as peer:
            for message in MESSAGES:
                send_message(peer, 0, message)
                equal(read_message(peer, SERVER), message)

    @test(f"Python's raw socket answers a client: {name}")
    def _(name=name):
        with python_raw(name == "raw fd") as peer:
            for message in MESSAGES[:3]:
                with Client(*CELLS[name], "--text", message.decode()) as ours:
                    equal(read_message(peer, 0), message)
                    # Nobody of this conversation.
                    peer.send(can_frame(0x123, b"foreign"))
                    peer.send(can_frame(EFF | OURS | 0xabcdef | SERVER
                                        | BEGINS | ENDS, b"another"))
                    send_message(peer, SERVER, b"you said " + message)
                    equal(ours.wait(), 0)
                    equal(ours.out, b"Received from server: you said "
                          + message + b"\n")


@test("Python's broadcast manager asks a server")
def _():
    for words in RAW, BCM:
        with Server(*words), python(socket.SOCK_DGRAM,
                                    socket.CAN_BCM) as peer:
            peer.connect((VCAN,))
            whole = EFF | OURS | BEGINS | ENDS
            peer.send(BCM_HEAD.pack(RX_SETUP, RX_FILTER_ID, 0, 0, 0, 0, 0,
                                    whole | SERVER, 0))
            for data in b"hello", b"12345678":
                peer.send(BCM_HEAD.pack(TX_SEND, 0, 0, 0, 0, 0, 0, 0, 1)
                          + can_frame(whole, data))
                news = peer.recv(200)
                equal(BCM_HEAD.unpack_from(news)[0], RX_CHANGED)
                equal(frame_of(news[BCM_HEAD.size:]),
                      (whole | SERVER, data, False))


def isotp_ends():
    ask, reply = EFF | OURS | 12345, EFF | OURS | SERVER | 12345
    return ask, reply


@test("Python's isotp socket asks and answers")
def _():
    ask, reply = isotp_ends()
    with Server(*ISOTP), python(socket.SOCK_DGRAM, socket.CAN_ISOTP,
                                (VCAN, reply, ask)) as peer:
        for message in b"x", TEXT.encode(), bytes(range(250)) * 16:
            peer.send(message)
            equal(peer.recv(1 << 16), message)
    with python(socket.SOCK_DGRAM, socket.CAN_ISOTP,
                (VCAN, ask, reply)) as peer:
        for text in "x", TEXT, "y" * 4000:
            with Client(*ISOTP, "--text", text) as client:
                equal(peer.recv(1 << 16), text.encode())
                peer.send(text.encode())
                equal(client.wait(), 0)
                equal(client.out, f"Received from server: {text}\n".encode())


@test("Python's j1939 socket asks and answers")
def _():
    none, no_pgn, pgn = (socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x02300)
    with Server(*J1939), python(socket.SOCK_DGRAM, socket.CAN_J1939,
                                (VCAN, none, no_pgn, 0x91)) as peer:
        for message in b"x", TEXT.encode(), bytes(range(250)) * 16:
            peer.sendto(message, (VCAN, none, pgn, 0x20))
            data, address = peer.recvfrom(1 << 16)
            equal((data, address[1:]), (message, (none, pgn, 0x20)))
    with python(socket.SOCK_DGRAM, socket.CAN_J1939,
                (VCAN, none, no_pgn, 0x21)) as peer:
        for text in "x", TEXT, "y" * 4000:
            with Client(*J1939, "-H", f"{VCAN}:21:02300", "--text",
                        text) as client:
                data, address = peer.recvfrom(1 << 16)
                equal((data, address[1:]), (text.encode(),
                                            (none, pgn, 0x80)))
                peer.sendto(data, (VCAN, *address[1:]))
                equal(client.wait(), 0)
                equal(client.out, f"Received from server: {text}\n".encode())


# What a person does: chat, files, more than one at once; and trouble.

for name, words in CELLS.items():
    @test(f"a chat: {name}")
    def _(words=words):
        with Server("--chat", *words) as server:
            with Client(*words) as client:
                for line in b"hello", TEXT.encode():
                    client.expect(rb"type message: $")
                    client.type(line + b"\n")
                    server.heard(line)
                    server.type(b"you said " + line + b"\n")
                    client.expect(b"Received from server: you said %s\n"
                                  % line)
                client.type(b"q\n")
                equal(client.wait(), 0)

    @test(f"a file: {name}")
    def _(words=words):
        path = os.path.join(os.environ["TMPDIR"], "data")
        with open(path, "wb") as file:
            file.write(bytes(range(256)) * 20 + b"the end")
        exchange([*words, "--file", path])
        with Server(*words):
            result = sockdemo("client", *words, "--file", path)
            equal((result.returncode, result.stderr), (0, b""))
            # A long message would lose some of its frames.
            equal(b"messages of at most 1024 bytes" in result.stdout,
                  words not in (ISOTP, J1939))
        os.remove(path)


@test("exchanges of all kinds at once on one bus")
def _():
    running = [Running([harness.SOCKDEMO, *words, "--messages", "10"])
               for words in CELLS.values() for _ in range(4)]
    for one in running:
        with one:
            equal(one.wait(), 0, one.text)


@test("an exchange while others flood the bus")
def _():
    need("cangen")
    with Running(["cangen", VCAN, "-g", "0", "-i", "-x"]) as flood:
        for name, words in CELLS.items():
            report = exchange([*words, "--messages", "20"])
            equal(report["summary"]["round_trips"], 20, name)
        flood.kill()


def short_queue():
    """Puts a queue of 4 frames before the bus, each of them 1 ms late."""
    ticks = round(1_000_000 / 64)
    netem = struct.pack("=6I", ticks, 4, 0, 0, 0, 0)
    options = struct.pack("=HH", 4 + len(netem), 2) + netem  # TCA_OPTIONS
    kind = struct.pack("=HH", 4 + 6, 1) + b"netem\0\0\0"    # TCA_KIND
    body = struct.pack("=BxHiIII", 0, 0, socket.if_nametoindex(VCAN), 0,
                       0xffffffff, 0) + kind + options
    flags = 0x605  # NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as route:
        route.send(struct.pack("=IHHII", 16 + len(body), 36, flags, 1, 0)
                   + body)
        error = -struct.unpack_from("=i", route.recv(4096), 16)[0]
    if error:
        raise Skip(f"no queue can be made: {os.strerror(error)}")


@test("a short queue before the bus")
def _():
    short_queue()
    try:
        for words in RAW, BCM:
            report = exchange([*words, "--size", 300])
            contains([event["errno"] for event in report["events"]],
                     "ENOBUFS")
    finally:
        ip("link", "del", VCAN)
        make_bus()


def verdict(words):
    result = sockdemo(*words, "--format", "json")
    report = json.loads(result.stdout)
    return result.returncode, report["verdict"], report["reason"]


@test("no such interface, none of CAN, one that is down, one without FD")
def _():
    for name, words in CELLS.items():
        for host, what in (("can7", "no interface 'can7'"),
                           ("lo", "none of CAN")):
            status, word, reason = verdict([*words, "-H", host])
            equal((status, word), (77, "no-device"), (name, reason))
            contains(reason["text"], what)
    ip("link", "add", "vcan1", "type", "vcan")
    for name, words in CELLS.items():
        status, word, reason = verdict([*words, "-H", "vcan1"])
        equal((status, word, reason["errno"]),
              (77, "no-device", "ENETDOWN"), (name, reason))
    ip("link", "set", "vcan1", "mtu", "16")
    ip("link", "set", "vcan1", "up")
    status, word, reason = verdict([*FD, "-H", "vcan1"])
    equal((status, word), (77, "no-device"), reason)
    contains(reason["text"], "mtu 72")
    exchange([*RAW, "-H", "vcan1"])


@test("what a cell does not carry")
def _():
    contains(sockdemo(*ISOTP, "--size", 0).stdout,
             b"this cell carries no empty message")
    result = sockdemo(*ISOTP, "--size", 8201)
    equal(result.returncode, 2)
    contains(result.stderr, b"8200")
    exchange([*ISOTP, "--size", 8200])
    for words in RAW, BCM, J1939:
        exchange([*words, "--size", 0])


@test("types and protocols that CAN does not have")
def _():
    for words, error in ((["-t", "stream"], "EPROTONOSUPPORT"),
                         (["-t", "stream", "-p", "raw"], "EPROTOTYPE"),
                         (["-t", "dgram", "-p", "raw"], "EPROTOTYPE"),
                         (["-t", "raw", "-p", "isotp"], "EPROTOTYPE"),
                         (["-t", "raw", "-p", "5"], "EPROTONOSUPPORT"),
                         (["-t", "raw", "-p", "8"], "EINVAL")):
        result = sockdemo("-f", "can", *words, "--format", "json")
        report = json.loads(result.stdout)
        equal((result.returncode, report["verdict"],
               report["reason"]["errno"], report["contradiction"]),
              (77, "refused", error, None), words)


# strace sees the same calls, letter for letter.

def traced(words):
    """Runs it under strace: {pid: the lines of strace} and what it printed."""
    prefix = os.path.join(os.environ["TMPDIR"], "log")
    result = harness.run(
        ["strace", "-ff", "--seccomp-bpf", "-o", prefix, "-e",
         "trace=network", harness.SOCKDEMO, *words, "--format", "strace"],
        env={**harness.LOCALE, "ASAN_OPTIONS": "detect_leaks=0"})
    logs = strace_log.lines_of(prefix)
    for pid in logs:
        os.remove(f"{prefix}.{pid}")
    return logs, result.stdout.decode("latin-1").splitlines()


def aligned(pid, line):
    call, result = re.fullmatch(r"(.*\)) +(= .*)", line).groups()
    return f"[pid {pid:5}] {call} ".ljust(40) + result


for words in (*CELLS.values(), ["-f", "can", "-t", "stream"],
              ["-f", "can", "-t", "dgram", "-p", "9"]):
    @test("strace: " + " ".join(words))
    def _(words=words):
        need("strace")
        # Looking for an interface by its name is a call of its own.
        index = socket.if_nametoindex(VCAN)
        logs, printed = traced([*words, "-H", f"%{index}"])
        compared = 0
        for pid, lines in logs.items():
            seen = [aligned(pid, line) for line in lines
                    if not strace_log.NO_CALL.match(line)]
            told = [line for line in printed
                    if line.startswith(f"[pid {pid:5}] ")]
            for pair in zip(told, seen):
                equal(*pair, "a line")
            equal(len(told), len(seen), "the lines")
            compared += len(seen)
        assert compared, (logs, printed)


WHY_NOT = why_not()
if WHY_NOT:
    print(WHY_NOT)
    sys.exit(77)
harness.main()
