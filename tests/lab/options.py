#!/usr/bin/env python3
"""`sockdemo options` on every cell that works in the lab machine: nothing
hangs, the kernel stays well, nothing is left, and every level of a family has
options that can be read or set.

run-tests: limit 400
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lib"))
import harness  # noqa: E402
from harness import contains, equal, sockdemo, test  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
# Levels of which a cell has none: they take a ULP first, or a key.
MAY_BE_DUMB = ("SOL_TLS", "SOL_ALG")
# What holds of an option on this kernel: (cell, name, default, tried, read
# back, the states in which it may be set).
KNOWN = (
    ("inet stream sctp", "SCTP_NODELAY", "off", "on", "on", "fblc"),
    ("inet stream sctp", "SCTP_INITMSG",
     "sinit_num_ostreams=10, sinit_max_instreams=65535, "
     "sinit_max_attempts=8, sinit_max_init_timeo=60000",
     "sinit_num_ostreams=5, sinit_max_instreams=5, sinit_max_attempts=3, "
     "sinit_max_init_timeo=0",
     "sinit_num_ostreams=5, sinit_max_instreams=5, sinit_max_attempts=3, "
     "sinit_max_init_timeo=60000", "fblc"),
    ("inet dccp dccp", "DCCP_SOCKOPT_SERVICE", "4 zero bytes", "64656d6f",
     "64656d6f", "fblc"),
    ("can raw raw classic", "CAN_RAW_LOOPBACK", "on", "off", "off", "fb"),
    ("can dgram isotp", "CAN_ISOTP_RECV_FC", "bs=0, stmin=0, wftmax=0",
     "bs=8, stmin=0x1, wftmax=0", "bs=8, stmin=0x1, wftmax=0", "f"),
    ("can dgram j1939", "SO_J1939_SEND_PRIO", "6", "5", "5", "fbc"),
    ("rds seqpacket rds loop", "RDS_RECVERR", "off", "on", "on", "fbc"),
    ("vsock stream vsock", "SO_VM_SOCKETS_BUFFER_SIZE", "262144", "131072",
     "131072", "fblc"),
    ("tipc stream tipc", "TIPC_IMPORTANCE", "TIPC_LOW_IMPORTANCE",
     "TIPC_HIGH_IMPORTANCE", "TIPC_HIGH_IMPORTANCE", "fblc"),
    ("tipc rdm tipc", "TIPC_SRC_DROPPABLE", "off", "on", "on", "fbc"),
    ("netlink raw route", "NETLINK_EXT_ACK", "off", "on", "on", "fbc"),
    ("packet raw packet lo", "PACKET_VERSION", "TPACKET_V1", "TPACKET_V2",
     "TPACKET_V2", "fb"),
    ("xdp raw xdp veth", "XDP_UMEM_REG", None, "length=4096, chunk=4096",
     None, "f"),
    ("alg seqpacket skcipher", "ALG_SET_KEY", None,
     "7369787465656e2062797465732e2e00", None, "b"),
    ("kcm dgram kcm", "KCM_RECV_DISABLE", "off", "on", "on", "fc"),
    ("smc stream smc", "SMC_LIMIT_HS", "off", "on", "on", "fbl"),
    ("phonet seqpacket pipe", "PNPIPE_INITSTATE", "on", "off", "off",
     "fblc"),
    ("llc dgram llc", "LLC_OPT_RETRY", "2", "3", "3", "fb"),
)
asked = {}


def cells():
    with open(os.path.join(HERE, "works"), encoding="ascii") as lines:
        return [line.strip() for line in lines
                if line.strip() and not line.startswith("#")]


def ask(cell):
    """The options of a cell, {name: option}; asked once."""
    if cell not in asked:
        words = cell.split()
        command = ["-f", words[0], "-t", words[1], "-p", words[2], "--setup"]
        if words[3:]:
            command += ["--variant", words[3]]
        result = sockdemo("options", *command, "--format", "json", limit=60)
        equal((result.returncode, result.stderr), (0, b""), cell)
        asked[cell] = json.loads(result.stdout)["options"]
    return asked[cell]


def allowed(tries):
    return "".join(state[0] for state, refused in (tries or {}).items()
                   if refused is None)


def log():
    return harness.run(["dmesg"]).stdout.decode(errors="replace")


def interfaces():
    return sorted(os.listdir("/sys/class/net"))


for each in cells():
    @test(each)
    def _(cell=each):
        before, there = log(), interfaces()
        found = ask(cell)
        levels = {}
        for option in found:
            assert "did not return" not in (option["note"] or ""), option
            levels.setdefault(option["level"], []).append(
                allowed(option["get"]) + allowed(option["set"]))
        for level, all_allowed in levels.items():
            assert any(all_allowed) or level in MAY_BE_DUMB, level
        assert sum(map(bool, levels["SOL_SOCKET"])) > 40
        # A state that one option was asked in, every one was.
        states = [set(option["get"]) for option in found if option["get"]]
        for one in states:
            equal(sorted(one), sorted(states[0]), "the states")
        equal(interfaces(), there, "the interfaces")
        said = log().removeprefix(before)
        assert not re.search(r"BUG|Oops|WARNING|Call Trace|hung", said), said


for row in KNOWN:
    @test(f"what is known of {row[1]}")
    def _(known=row):
        option = next(one for one in ask(known[0]) if one["name"] == known[1])
        equal((option["default"], option["tried"], option["read_back"],
               allowed(option["set"])), known[2:])


@test("what a newer kernel has")
def _():
    option = next(one for one in ask("inet stream tcp")
                  if one["name"] == "TCP_RTO_MIN_US")
    equal((option["get"]["fresh"], option["note"]),
          ("ENOPROTOOPT", "since Linux 6.15"))
    contains(str(option["set"]), "ENOPROTOOPT")


harness.main()
