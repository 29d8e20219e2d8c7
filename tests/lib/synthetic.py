"""synthetic: what `run-matrix --probes --options --events --json` writes, made
up: any size, the same each time, with every kind of field in it.

    python3 tests/lib/synthetic.py >FILE.json       as large as a real one
"""
import json
import sys

KERNEL = {"sysname": "Linux", "release": "6.18.44", "machine": "x86_64"}
LAB = {"sysname": "Linux", "release": "6.1.0-56-amd64", "machine": "x86_64"}
TYPES = ("stream", "dgram", "seqpacket", "raw", "rdm", "dccp")
# The protocols of each family, and with which types they work.
FAMILIES = {
    "inet": {"tcp": "stream raw", "mptcp": "stream", "udp": "dgram raw",
             "udplite": "dgram raw", "icmp": "dgram raw",
             "sctp": "stream seqpacket raw", "dccp": "raw dccp", "raw": "raw"},
    "inet6": {"tcp": "stream raw", "mptcp": "stream", "udp": "dgram raw",
              "udplite": "dgram raw", "icmp": "dgram raw",
              "sctp": "stream seqpacket raw", "dccp": "raw dccp",
              "raw": "raw"},
    "unix": {"unix": "stream dgram seqpacket raw"},
    "can": {"raw": "raw", "bcm": "dgram", "isotp": "dgram", "j1939": "dgram"},
    "rds": {"rds": "seqpacket"}, "vsock": {"vsock": "stream seqpacket"},
    "tipc": {"tipc": "stream dgram seqpacket rdm"},
    "netlink": {"route": "dgram raw", "usersock": "dgram raw",
                "generic": "dgram raw"},
    "packet": {"packet": "dgram raw"}, "xdp": {"xdp": "raw"},
    "alg": {"hash": "seqpacket", "skcipher": "seqpacket"},
    "smc": {"smc": "stream", "smc6": "stream"},
    "kcm": {"kcm": "dgram seqpacket"}, "qrtr": {"qrtr": "dgram"},
    "phonet": {"phonet": "dgram", "pipe": "seqpacket"},
    "llc": {"llc": "stream dgram"}, "bluetooth": {"l2cap": "", "rfcomm": ""},
}
LACKING = {"can", "rds", "vsock", "tipc", "alg", "smc", "kcm", "qrtr",
           "phonet", "llc"}
GROUPS = ("lifecycle", "naming", "connect", "boundaries and truncation",
          "buffers and flow control", "shutdown and end", "errors", "options",
          "ancillary data", "multicast and broadcast",
          "non-blocking and readiness", "sharing")
PROBES = (
    ("short-read", 3, "what becomes of the rest of a 10-byte message that is "
     "read into 4 bytes?", ("rest lost, MSG_TRUNC", "rest stays",
     "rest lost, no flag"), "recv(2)"),
    ("boundaries", 3, "are two sends one read or two?",
     ("two reads", "one read"), "POSIX recv()"),
    ("bind-rules.in-use", 1, "may a second socket bind the same address?",
     ("EADDRINUSE", "yes"), "bind(2)"),
    ("bind-rules.twice", 1, "may a socket be bound twice?",
     ("EINVAL", "yes"), "bind(2)"),
    ("connect-nobody", 2, "what does a connect() to nobody return?",
     ("ECONNREFUSED", "ENOENT", "0, and the error later"), "connect(2)"),
    ("eof", 5, "what do recv() and poll() tell when the peer has closed?",
     ("0, POLLIN|POLLRDHUP", "nothing", "0, POLLIN|POLLHUP"), "poll(2)"),
    ("oob", 6, "who takes MSG_OOB?", ("EOPNOTSUPP", "taken, in line",
     "taken"), "send(2)"),
)
OPTIONS = ("SO_REUSEADDR bool", "SO_KEEPALIVE bool", "SO_RCVBUF int",
           "SO_SNDBUF int", "SO_LINGER linger", "SO_RCVTIMEO timeval",
           "SO_PRIORITY int", "SO_PEERCRED ucred", "SO_TYPE symbol")
STATES = ("fresh", "bound", "listening", "connected")
# Texts that would do harm where they were taken for anything but text.
HOSTILE = (
    "</script><script>window.hurt = 1</script>", "<!-- <script>",
    "<img src=x onerror='window.hurt = 2'>", "\u2028\u2029window.hurt = 3",
    '" onfocus="window.hurt = 4" autofocus="', "\x1b[31m\x07\u202etxt.exe",
    "__proto__", "{{data}} ${window.hurt = 5} `", "javascript:window.hurt=6",
    "]]>&lt;b&amp;", "\ud800 alone")


def address(text):
    return {"family": "AF_INET", "text": text, "fields": {"sin_port": 1}}


def payload(words):
    data = words.encode(errors="replace")
    return {"len": len(data), "hex": data.hex()}


def conversation(words="1/1 hello from client"):
    """The events of a connected exchange."""
    end, other = address("127.0.0.1:50893"), address("127.0.0.1:38266")
    length = {"passed": 128, "returned": 16}
    calls = (
        ("server", "socket", ["AF_INET", "SOCK_STREAM|SOCK_CLOEXEC",
                              "IPPROTO_TCP"], 4),
        ("server", "bind", [4, address("127.0.0.1:0"), 16], 0),
        ("server", "getsockname", [4, end, length], 0),
        ("server", "listen", [4, 5], 0),
        ("client", "socket", ["AF_INET", "SOCK_STREAM|SOCK_CLOEXEC",
                              "IPPROTO_TCP"], 4),
        ("client", "connect", [4, end, 16], -1, "EINPROGRESS"),
        ("server", "accept4", [4, other, length, "SOCK_CLOEXEC"], 5),
        ("client", "send", [4, payload(words), 29, "MSG_NOSIGNAL"], 29),
        ("server", "recv", [5, payload(words), 29, "0"], 29),
        ("server", "send", [5, payload(words), 29, "MSG_NOSIGNAL"], 29),
        ("client", "recv", [4, payload(words), 29, "0"], 29),
        ("client", "close", [4], 0),
        ("server", "recv", [5, payload(""), 1, "0"], 0),
        ("server", "close", [5], 0),
        ("server", "close", [4], 0))
    return [{"t_ns": 9000 * place, "side": side, "pid": 7 + (side == "client"),
             "call": call, "args": arguments, "result": result,
             "errno": error[0] if error else None, "note": None}
            for place, (side, call, arguments, result, *error)
            in enumerate(calls)]


def probe(number, place, group=None):
    """The number-th probe, of the place-th cell."""
    name, group, question, answers, source = PROBES[number % len(PROBES)]
    if number >= len(PROBES):
        name, group = f"{name}-{number}", number % len(GROUPS)
        question = f"{question[:-1]}, in case {number}?"
    made = {"id": name, "group": GROUPS[group], "question": question,
            "observed": answers[(number * 7 + place) % 5 % len(answers)],
            "documented": answers[0], "source": source, "finding": False,
            "note": None, "documents": [], "explained": None, "reason": None,
            "timing": number % 19 == 4, "elapsed_ns": 51000 + number}
    if (number + place) % 11 == 5:
        made.update(observed=None, reason={
            "call": "setsockopt", "errno": "EPERM",
            "text": "it needs CAP_NET_ADMIN: run it as root"})
        return made
    made["finding"] = (number * place) % 37 == 7
    if made["finding"] and place % 2:
        made["explained"] = {
            "text": "the flag is passed on since this version",
            "source": "commit 314001f0bf92", "since": "5.15", "until": None}
    if made["finding"] and number % 3 == 0:
        made["documents"] = [
            {"answer": answers[0], "source": source, "differs": True},
            {"answer": made["observed"], "source": "POSIX", "differs": False}]
    if number % 3 == 1:
        made["note"] = f"{number} of {place + number} bytes were there"
    if number % 13 == 6:
        made.update(documented=None, source=None)
    return made


def option(number, place):
    """The number-th option, of the place-th cell."""
    name, value = OPTIONS[number % len(OPTIONS)].split()
    level = ("SOL_SOCKET", "SOL_IP", "SOL_TCP", "SOL_SCTP")[number // 63 % 4]
    if number >= len(OPTIONS):
        name = f"{level.replace('SOL', name[:2])}_{name[3:]}_{number}"
    refused = "ENOPROTOOPT" if (number + place) % 3 == 0 else None
    made = {"level": level, "name": name, "value": value, "note": None,
            "get": dict.fromkeys(STATES, refused),
            "set": dict.fromkeys(STATES, refused) | {
                "connected": refused or ("EISCONN" if number % 5 == 2
                                         else None)},
            "default": str(212992 + number * place), "tried": "65536",
            "read_back": str(131072 + number + place)}
    if refused:
        made.update(default=None, tried=None, read_back=None)
    if number % 17 == 3:
        made.update(set=None, tried=None, read_back=None)
    return made


def cells(probes, options):
    place = 0
    for family, protocols in FAMILIES.items():
        for kind in TYPES:
            for protocol, working in protocols.items():
                works = kind in working.split()
                place += works
                variants = ["path", "abstract", "autobind"] if (
                    family == "unix" and works) else [None]
                for variant in variants:
                    yield cell(family, kind, protocol, variant, works, place,
                               probes, options)


def cell(family, kind, protocol, variant, works, place, probes, options):
    made = {"sockdemo": "0.1.0", "family": family, "type": kind,
            "protocol": protocol, "variant": variant,
            "verdict": "works" if works else "refused", "reason": None,
            "contradiction": None, "notes": [], "setup": [], "events": [],
            "events_missing": 0, "summary": {
                "round_trips": int(works), "bytes": 58 * works,
                "elapsed_ns": 562533 + place, "sent": int(works), "lost": 0,
                "duplicated": 0, "reordered": 0, "ignored": 0}}
    if family in LACKING:
        made.update(kernel=LAB, setup=[f"modprobe {family}"])
    if works:
        made["events"] = conversation()
        made["probes"] = [probe(number, place) for number in range(probes)]
        made["options"] = [option(number, place) for number in range(options)]
        return made
    made["reason"] = {"call": "socket", "errno": "EPROTONOSUPPORT",
                      "text": "the family has no such protocol for this type"}
    if family == "bluetooth":
        made.update(verdict="no-device", reason={
            "call": "connect", "errno": "ENOENT", "text":
            "/usr/bin/btvirt is not there: apt install bluez-test-tools"})
    return made


def document(probes=90, options=250):
    """A whole run; by default as large as one that asks for everything."""
    return {"sockdemo": "0.1.0", "kernel": KERNEL, "kernels": [KERNEL, LAB],
            "cells": list(cells(probes, options))}


def hostile():
    """A small run whose every text would do harm."""
    made = []
    for place, words in enumerate(HOSTILE):
        one = cell("inet", "stream", f"p{place}", None, True, place, 0, 0)
        one.update(notes=[words], setup=[words], contradiction=words,
                   events=conversation(words), variant=words,
                   reason={"call": words, "errno": words, "text": words})
        one["events"][0].update(note=words, call=words)
        one["events"][1]["args"][1]["text"] = words
        one["probes"] = [dict(probe(5, 0), id=words, group=words,
            question=words, observed=words, documented=words, source=words,
            note=words, finding=True, documents=[
                {"answer": words, "source": words, "differs": True}] * 2,
            explained={"text": words, "source": words, "since": words}),
            dict(probe(2, 0), observed=None, id="b" + words,
                 reason={"call": words, "errno": words, "text": words})]
        one["options"] = [dict(option(1, 1), level=words, name=words,
            value=words, default=words, tried=words, read_back=words,
            note=words, get={words: words, "fresh": None})]
        made.append(one)
    made.append(dict(cell("x", "y", "z", None, False, 0, 0, 0),
                     **dict.fromkeys(("family", "type", "protocol"),
                                     HOSTILE[0])))
    return {"sockdemo": HOSTILE[0], "kernel": dict(KERNEL, release=HOSTILE[0]),
            "kernels": [], "cells": made}


if __name__ == "__main__":
    json.dump(hostile() if sys.argv[1:] == ["hostile"] else document(),
              sys.stdout, indent=1)
