#!/usr/bin/env python3
"""Whether nothing ever contacts CID 1 before a bind to CID 1 has succeeded.

Without the loopback transport a connection to that CID does not fail: it leaves
the machine, to the hypervisor (families/vsock/vsock_address.h). Every command runs
under strace here. Where there is no such transport, strace answers each
connect() itself, so that not even a mistake reaches the kernel, and there has
to be none; where there is one, a socket that connects to CID 1 has to be bound
to it before.

run-tests: limit 120
"""
import itertools
import json
import os
import re
import shutil
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import strace_log  # noqa: E402
from harness import Skip, equal, test  # noqa: E402

LOCAL = "VMADDR_CID_LOCAL"
CALL = re.compile(r"(?P<name>[a-z0-9]+)\((?P<fd>\d+), .*?"
                  r"\{sa_family=AF_VSOCK, svm_cid=(?P<cid>\w+), .*"
                  r" = (?P<result>-?\d+)")
NEVER = ["-e", "inject=connect:error=ECONNREFUSED"]


def has_loopback():
    """Whether a bind to CID 1 succeeds; raises where there is no AF_VSOCK."""
    with socket.socket(socket.AF_VSOCK) as probe:
        try:
            probe.bind((1, socket.VMADDR_PORT_ANY))
        except OSError:
            return False
        return True


def why_not():
    if not shutil.which("strace"):
        return "strace is not installed"
    if harness.run(["strace", "-o", "/dev/null", "true"]).returncode != 0:
        return "ptrace is not permitted"
    try:
        has_loopback()
    except (AttributeError, OSError) as error:
        return f"this kernel has no AF_VSOCK: {error}"
    return None


def calls_of(logs):
    """Of each process, its calls with addresses of AF_VSOCK, in order."""
    for lines in logs.values():
        yield [match for match in map(CALL.match, lines) if match]


def check(calls):
    """The connections of one process, each behind a bind of its socket."""
    bound = set()
    connected = 0
    for call in calls:
        if call["name"] == "bind" and call["result"] == "0" \
                and call["cid"] == LOCAL:
            bound.add(call["fd"])
        if call["name"] in ("connect", "sendto", "sendmsg"):
            assert call["cid"] == LOCAL, call[0]
            assert call["fd"] in bound, f"not bound before: {call[0]}"
            connected += 1
    assert WORKS or not connected, "a connection without a transport"
    return connected


class Traced:
    """strace's options for a run, and what it wrote."""

    numbers = itertools.count()

    def __init__(self):
        self.prefix = os.path.join(os.environ["TMPDIR"],
                                   f"log-{next(Traced.numbers)}")
        self.command = ["strace", "-ff", "--seccomp-bpf", "-o", self.prefix,
                        "-e",
                        "trace=bind,connect,sendto,sendmsg",
                        *([] if WORKS else NEVER), harness.SOCKDEMO]
        # The leak detector of a build with sanitizers cannot be traced.
        self.env = {**harness.LOCALE, "ASAN_OPTIONS": "detect_leaks=0"}

    def connections(self):
        logs = strace_log.lines_of(self.prefix)
        for pid in logs:
            os.remove(f"{self.prefix}.{pid}")
        assert logs, "strace saw nothing"
        return sum(map(check, calls_of(logs)))


def run(*arguments, data=b""):
    """A run to its end: its result, and how many connections it made."""
    traced = Traced()
    result = harness.run([*traced.command, *map(str, arguments)], data,
                         env=traced.env)
    return result, traced.connections()


NO_DEVICE = b"modprobe vsock_loopback"
WORDS = ["-f", "vsock"]
KINDS = ([], ["-t", "seqpacket"], ["-p", "40"])
HOSTS = (["-H", "1"], ["-H", "local"], ["-H", "0001"])
BOTH = [*KINDS, *HOSTS]


def expect(result, connections, many=1):
    if WORKS:
        equal(result.returncode, 0, f"the exit status ({result.stderr})")
        equal(connections, many, "the connections")
    else:
        equal(result.returncode, 77, f"the exit status ({result.stderr})")
        assert NO_DEVICE in result.stdout + result.stderr, result


@test("the check finds a connection without a bind")
def _():
    bind = 'bind(3, {sa_family=AF_VSOCK, svm_cid=%s, svm_port=0x1}, 16) = %s'
    connect = 'connect(%s, {sa_family=AF_VSOCK, svm_cid=%s, svm_port=0x1}, ' \
        '16) = -1 ECONNREFUSED (Connection refused) (INJECTED)'
    for lines in ([connect % (3, LOCAL)],
                  [connect % (3, LOCAL), bind % (LOCAL, 0)],
                  [bind % (LOCAL, "-1 EADDRNOTAVAIL"), connect % (3, LOCAL)],
                  [bind % ("VMADDR_CID_ANY", 0), connect % (3, LOCAL)],
                  [bind % (LOCAL, 0), connect % (4, LOCAL)],
                  [bind % (LOCAL, 0), connect % (3, "VMADDR_CID_HOST")]):
        (calls,) = calls_of({1: lines})
        equal(len(calls), len(lines), "the calls that were read")
        try:
            check(calls)
        except AssertionError:
            continue
        raise AssertionError(f"not found: {lines}")


@test("exchange")
def _():
    for words in BOTH:
        expect(*run(*WORDS, *words))
    expect(*run(*WORDS, "-P", 70000, "--messages", 3, "--size", 5000))
    path = os.path.join(os.environ["TMPDIR"], "file")
    with open(path, "wb") as file:
        file.write(b"x" * 100000)
    expect(*run(*WORDS, "--file", path))
    os.remove(path)


@test("exchange with every CID")
def _():
    for host in "any", "4294967295":
        result, connections = run(*WORDS, "-H", host)
        equal(connections, 0, "the connections")
        equal(result.returncode, 1, f"the exit status ({result.stderr})")


@test("the events of an exchange")
def _():
    for kind in KINDS:
        result, _ = run(*WORDS, *kind, "--format", "json")
        report = json.loads(result.stdout)
        binds = [event for event in report["events"]
                 if event["call"] == "bind"]
        assert binds
        for event in binds:
            equal(event["args"][1]["fields"]["svm_cid"], LOCAL, "the CID")
        names = [event["call"] for event in report["events"]
                 if event["side"] == "client"]
        if WORKS:
            equal(report["verdict"], "works", "the verdict")
            assert names.index("bind") < names.index("connect"), names
        else:
            equal(report["verdict"], "no-device", "the verdict")
            equal(report["reason"]["errno"], "EADDRNOTAVAIL", "the errno")
            assert "connect" not in [event["call"]
                                     for event in report["events"]]


@test("client")
def _():
    for words in BOTH:
        # Nobody listens: it fails in bind(), or else in connect().
        for more, data in (["--text", "x"], b""), ([], b"line\nq\n"):
            result, connections = run("client", *WORDS, *words, *more,
                                      data=data)
            equal(connections, 1 if WORKS else 0, "the connections")
            equal(result.returncode, 1 if WORKS else 77,
                  f"the exit status ({result.stderr})")
    for host in "any", "4294967295":
        result, connections = run("client", *WORDS, "-H", host)
        equal(connections, 0, "the connections")
        equal(result.returncode, 2, "the exit status")


def talk(server, words):
    if not WORKS:
        equal(server.wait(), 77, "the exit status")
        harness.contains(server.err, NO_DEVICE)
        return
    server.expect(rb"listening on 1:12345", "err")
    expect(*run("client", *WORDS, *words, "--text", "hello"))


@test("server and client")
def _():
    for words in BOTH:
        traced = Traced()
        with harness.Running([*traced.command, "server", *WORDS, *words],
                             env=traced.env) as server:
            try:
                talk(server, words)
            finally:
                if server.process.poll() is None:
                    # strace itself takes no signal.
                    for pid in harness.processes(server.pid):
                        os.kill(pid, signal.SIGTERM)
                server.wait()
        equal(traced.connections(), 0, "the server's connections")


@test("the other commands")
def _():
    for arguments in (["list", *WORDS], ["list", "--known"],
                      [*WORDS, "-t", "dgram"], [*WORDS, "-t", "rdm"]):
        _, connections = run(*arguments)
        equal(connections, 0, "the connections")


@test("in the lab machine, where there is a loopback transport")
def _():
    if WORKS:
        raise Skip("this kernel has it: it was tested here")
    result = harness.run(
        [os.path.join(harness.ROOT, "scripts", "vm"), "sh", "-c",
         "modprobe vsock_loopback && tests/vsock.py"], limit=100)
    told = (result.stdout + result.stderr).decode()
    if result.returncode == 77:
        raise Skip(f"no lab machine: {told.strip().splitlines()[-1]}")
    equal(result.returncode, 0, told)
    assert "ok: server and client" in told, told


WHY_NOT = why_not()
if WHY_NOT:
    print(WHY_NOT)
    sys.exit(77)
WORKS = has_loopback()
harness.main()
