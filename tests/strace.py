#!/usr/bin/env python3
"""Whether the events that sockdemo records are the calls that strace sees.

Every run is made under `strace -ff -e trace=network,close`. The events of
--format json and strace's log are each turned into the same plain form, per
process, and compared call for call: names, decoded arguments, results, errnos.
Of close(), those on sockets count. --format strace is compared with strace's
own text, line by line.

run-tests: limit 90
"""
import copy
import json
import os
import re
import shutil
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import strace_log  # noqa: E402
from harness import Skip, equal, test  # noqa: E402
from sandbox import may_make_network, own_network  # noqa: E402
from strace_compare import STRACE_BYTES, Differs, compare  # noqa: E402

# Runs.

def traced(arguments, options, preexec=None):
    """Runs sockdemo under strace: its result, and {pid: lines}."""
    prefix = os.path.join(os.environ["TMPDIR"], "log")
    # The leak detector of a build with sanitizers cannot be traced.
    env = {**harness.LOCALE, "ASAN_OPTIONS": "detect_leaks=0"}
    result = harness.run(
        ["strace", "-ff", "--seccomp-bpf", "-v", "-o", prefix, *options,
         harness.SOCKDEMO, *map(str, arguments)], preexec_fn=preexec, env=env)
    logs = strace_log.lines_of(prefix)
    for pid in logs:
        os.remove(f"{prefix}.{pid}")
    return result, logs


def one_run(arguments, status=0, verdict="works", preexec=None):
    """Compares one run's events with strace's log; returns both."""
    result, logs = traced(
        [*arguments, "--format", "json"],
        ["-s", str(STRACE_BYTES), "-e", "trace=network,close"], preexec)
    told = result.stdout.decode() + result.stderr.decode()
    equal(result.returncode, status, f"the exit status ({told})")
    report = json.loads(result.stdout)
    equal(report["verdict"], verdict, "the verdict")
    assert report["events"], "no event"
    compare(logs, report)
    return logs, report


# With -v, strace follows the pointer to a filter's instructions.
FILTER = re.compile(r"(?<=, filter=)(0x[0-9a-f]+|\[.*\])(?=\})")
POINTER = re.compile(r"(?<=[ (])(0x[0-9a-f]{5,}|\.\.\.)(?=[,)])")


def aligned(pid, line):
    """A line of strace -ff as strace -f writes it: the process in front."""
    call, result = re.fullmatch(r"(.*\)) +(= .*)", line).groups()
    return f"[pid {pid:5}] {call} ".ljust(40) + result


def normal(line):
    return POINTER.sub("POINTER", FILTER.sub("POINTER", line))


def one_text(arguments, stream="stdout", preexec=None):
    """Compares --format strace with strace's own text."""
    result, logs = traced([*arguments, "--format", "strace"],
                          ["-e", "trace=network"], preexec)
    printed = {}
    for line in getattr(result, stream).decode("latin-1").splitlines():
        match = re.match(r"\[pid +(\d+)\] ", line)
        if match:
            printed.setdefault(int(match[1]), []).append(normal(line))
        else:
            assert line.startswith("sockdemo: ") or stream == "stderr", line
    assert printed, f"no call was printed: {result}"
    for pid in printed:
        assert pid in logs, f"strace never saw process {pid}"
    for pid, lines in logs.items():
        expected = [normal(aligned(pid, line)) for line in lines
                    if not strace_log.NO_CALL.match(line)]
        for pair in zip(printed.get(pid, []), expected):
            equal(*pair, "a line")
        equal(len(printed.get(pid, [])), len(expected),
              f"the lines of process {pid}")


def both(arguments, **more):
    one_run(arguments, **more)
    more.pop("status", None)
    more.pop("verdict", None)
    one_text(arguments, **more)


def cells():
    """(arguments, path): the cells; path is where a socket file would be."""
    for family in "inet", "inet6":
        for kind in "stream", "dgram":
            yield ["-f", family, "-t", kind]
    for kind in "stream", "dgram", "seqpacket":
        for host in [], ["-H", f"@sd-{os.getpid()}-{kind}"], ["-H", "@"]:
            yield ["-f", "unix", "-t", kind, *host]


def may_trace():
    if not shutil.which("strace"):
        return "strace is not installed"
    result = harness.run(["strace", "-o", "/dev/null", "true"])
    if result.returncode != 0:
        return "ptrace is not permitted: " + (
            result.stderr.decode().strip().splitlines() or ["?"])[-1]
    return None


def drop_event(report):
    del report["events"][len(report["events"]) // 2]


def change(path, value):
    def mutate(report):
        place = next(event for event in report["events"]
                     if event["call"] == path[0])
        for step in path[1:-1]:
            place = place[step]
        assert place[path[-1]] != value
        place[path[-1]] = value
    return mutate


def swap_events(report):
    events = report["events"]
    first = next(i for i in range(len(events) - 1)
                 if events[i]["pid"] == events[i + 1]["pid"])
    times = events[first]["t_ns"], events[first + 1]["t_ns"]
    events[first:first + 2] = events[first + 1], events[first]
    events[first]["t_ns"], events[first + 1]["t_ns"] = times


def another_process(report):
    for event in report["events"]:
        if event["side"] == "client":
            event["pid"] = 1 << 22


def one_side_only(report):
    report["events"] = [event for event in report["events"]
                        if event["side"] == "server"]


@test("the comparison finds what is wrong")
def _():
    logs, report = one_run(["--family", "inet"])
    for mutate in (
            drop_event, swap_events, another_process, one_side_only,
            change(["connect", "args", 1, "fields", "sin_port"], 1),
            change(["connect", "args", 1, "fields", "sin_addr"], "127.0.0.2"),
            change(["connect", "args", 2], 15),
            change(["connect", "errno"], "EINPROGRESS"),
            change(["socket", "args", 1], "SOCK_STREAM"),
            change(["socket", "args", 2], "IPPROTO_TCP"),
            change(["accept4", "args", 2, "returned"], 28),
            change(["accept4", "args", 3], 0),
            change(["send", "args", 1, "hex"], "00"),
            change(["send", "args", 1, "hex"], ""),
            change(["send", "args", 1, "len"], 28),
            change(["send", "args", 3], "0"),
            change(["recv", "result"], 28),
            change(["send", "call"], "sendto"),
            change(["listen", "args", 1], 6),
            change(["close", "args", 0], 3)):
        wrong = copy.deepcopy(report)
        mutate(wrong)
        try:
            compare(logs, wrong)
        except Differs:
            continue
        raise AssertionError(f"not found: {mutate.__name__}")


for cell in cells():
    test(" ".join(cell))(lambda cell=cell: both(cell))
    if "stream" in cell:
        test(" ".join(cell) + ", 3 x 300000 bytes")(
            lambda cell=cell: both([*cell, "--messages", 3, "--size", 300000]))


@test("records and datagrams of the largest size")
def _():
    both(["-t", "dgram", "--size", 65507])
    both(["-f", "inet6", "-t", "dgram", "--size", 65527])
    both(["-f", "unix", "-t", "seqpacket", "--size", 100000,
          "--messages", 5])


@test("a text with bytes that need an escape")
def _():
    text = 'a"b\\c\td\x01e\x017\x7fสวัสดี'
    both(["-t", "dgram", "--text", text])
    both(["--text", text])
    both(["-f", "unix", "-t", "seqpacket", "--text", ""])


@test("a name that needs an escape")
def _():
    name = f"@sd-{os.getpid()}-\x1b\"\\\t\x017\u202eส"
    for kind in "stream", "dgram":
        both(["-f", "unix", "-t", kind, "-H", name])


@test("more events than are kept")
def _():
    _, report = one_run(["--messages", 1500])
    assert report["events_missing"] > 0


@test("the port is in use")
def _():
    for family, host in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
        name = "inet" if family == socket.AF_INET else "inet6"
        for kind, word in ((socket.SOCK_STREAM, "stream"),
                           (socket.SOCK_DGRAM, "dgram")):
            with socket.socket(family, kind) as holder:
                holder.bind((host, 0))
                if word == "stream":
                    holder.listen()
                both(["-f", name, "-t", word, "-P", holder.getsockname()[1]],
                     status=1, verdict="broken")
    with socket.socket(socket.AF_UNIX) as holder:
        holder.bind("")
        holder.listen()
        name = holder.getsockname().decode().replace("\0", "@")
        both(["-f", "unix", "-H", name], status=1, verdict="broken")


@test("nobody is listening")
def _():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))  # and does not listen
        port = holder.getsockname()[1]
        arguments = ["client", "-P", port, "--text", "x"]
        one_run(arguments, status=1, verdict="broken")
        one_text(arguments, stream="stderr")
    path = os.path.join(os.environ["TMPDIR"], "none")
    arguments = ["client", "-f", "unix", "-H", path, "--text", "x"]
    one_run(arguments, status=1, verdict="broken")
    one_text(arguments, stream="stderr")


@test("a client of another program's server")
def _():
    for kind in "stream", "dgram":
        with harness.Server("-P", 0, "-t", kind) as server:
            port = server.address.rpartition(":")[2]
            arguments = ["client", "-t", kind, "-P", port, "--text", "x" * 99]
            one_run(arguments)
            one_text(arguments, stream="stderr")


@test("a type that the family refuses")
def _():
    for family in "inet", "inet6", "unix":
        both(["-f", family, "--type", "rdm"], status=77, verdict="refused")
    both(["-p", "udp"], status=77, verdict="refused")


def may_skip(arguments, **more):
    """A cell that not every machine has: strace has to see the refusal."""
    result = harness.sockdemo(*arguments, "--format", "json", **more)
    report = json.loads(result.stdout)
    assert report["verdict"] != "broken", report
    both(arguments, status=result.returncode, verdict=report["verdict"],
         preexec=more.get("preexec_fn"))
    if report["verdict"] != "works":
        raise Skip(f"{report['verdict']}: {report['reason']['text']}")


for family in "inet", "inet6":
    # Alone on this machine: a raw socket hears all that use its number.
    for words in (["-p", "mptcp"], ["-t", "dgram", "-p", "udplite"],
                  ["-t", "raw", "-p", "253"], ["-t", "raw", "-p", "icmp"],
                  ["-t", "raw", "-p", "raw"], ["-p", "sctp"],
                  ["-t", "dccp"]):
        test(" ".join(["-f", family, *words]))(
            lambda family=family, words=words:
            may_skip(["-f", family, *words],
                     **({"preexec_fn": own_network}
                        if "raw" in words and may_make_network() else {})))


@test("ping sockets")
def _():
    if not may_make_network():
        raise Skip("no network namespace may be made here")
    both(["-t", "dgram", "-p", "icmp"], preexec=own_network)
    both(["-f", "inet6", "-t", "dgram", "-p", "icmp"], preexec=own_network)


WHY_NOT = may_trace()
if WHY_NOT:
    print(WHY_NOT)
    sys.exit(77)
harness.main()
