#!/usr/bin/env python3
"""Signals at any moment of a run, sides that are killed or stopped, a parent
that is killed: it ends in time, as it should, and leaves nothing behind.

run-tests: limit 60
"""
import ctypes
import glob
import json
import os
import random
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import Cell  # noqa: E402
from harness import (LIMIT, SOCKDEMO, equal, eventually,  # noqa: E402
                     gone, processes, test)

PR_SET_CHILD_SUBREAPER = 36
STREAM = Cell("inet", "stream")
LONG = ["--messages", "4000000"]  # takes longer than any test lets it run
MOMENTS = 20


def descendants(pid):
    try:
        found = processes(pid)
    except (FileNotFoundError, ProcessLookupError):
        return []
    return found + [one for child in found for one in descendants(child)]


def orphans():
    """Living processes that an ended program of ours has left."""
    left = []
    for path in glob.glob("/proc/self/task/*/children"):
        with open(path, encoding="ascii") as text:
            left += [int(word) for word in text.read().split()]
    for pid in left:
        os.waitpid(pid, os.WNOHANG)
    return [pid for pid in left if not gone(pid)]


class Bounded(subprocess.Popen):
    """One that a test which has failed does not wait for."""

    def __exit__(self, kind, *more):
        if kind is not None:
            for pid in [*descendants(self.pid), self.pid]:
                os.kill(pid, signal.SIGKILL)
        super().__exit__(kind, *more)


def default_signals():
    """In the child: a shell's background job would ignore SIGINT."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def interrupt(words, number, to_group):
    """Sends a signal at many moments of a run."""
    for moment in range(MOMENTS):
        with Bounded(
                [SOCKDEMO, *words], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env=harness.LOCALE, start_new_session=True,
                preexec_fn=default_signals) as process:
            try:
                # The first ones while it starts, the last ones well in it.
                process.wait(random.random() * 0.004 * (moment + 1))
                raise AssertionError(f"ended: {process.stderr.read()}")
            except subprocess.TimeoutExpired:
                pass
            (os.killpg if to_group else os.kill)(process.pid, number)
            errors = process.communicate(timeout=LIMIT)[1]
        equal(process.returncode, -number, f"the exit status ({errors})")
        equal(orphans(), [], "processes that are left")
        equal(os.listdir(os.environ["TMPDIR"]), [], "files that are left")
        assert b"sockdemo: " not in errors, errors


for what, interrupted in (
        ("an exchange of a file", ["-f", "inet6", "--file", "FILE"]),
        ("an exchange of a file in datagrams",
         ["-f", "unix", "-t", "dgram", "--file", "FILE"]),
        ("an exchange of many messages", ["-f", "unix", *LONG]),
        ("a server", ["server", "-f", "unix", "-H", "PATH"]),
        ("a server of datagrams",
         ["server", "-f", "unix", "-t", "dgram", "-H", "PATH"]),
        ("a chat", ["server", "--chat", "-f", "unix", "-t", "seqpacket",
                    "-H", "PATH"]),
        ("a client", ["client", "PORT"]),
        ("a client that waits", ["client", "PORT", "--text", "x",
                                 "--timeout", "100"])):
    @test(f"SIGINT and SIGTERM: {what}")
    def _(words=interrupted):
        # A sparse file: many gigabytes, and none on the disk.
        large = os.path.join(os.path.dirname(os.environ["TMPDIR"]),
                             f"sd-{os.getpid()}-large")
        with STREAM.bound() as listener, open(large, "wb") as file:
            file.truncate(1 << 36)
            words = [{"FILE": large,
                      "PATH": os.path.join(os.environ["TMPDIR"], "path"),
                      "PORT": "-P%d" % listener.getsockname()[1]}.get(
                          word, word) for word in words]
            try:
                interrupt(words, signal.SIGINT, False)
                interrupt(words, signal.SIGINT, True)
                interrupt(words, signal.SIGTERM, False)
            finally:
                os.remove(large)


def both_sides(process):
    """The two sides, once they talk: both have a socket."""
    def talking():
        return [pid for pid in processes(process.pid) if sum(
            os.readlink(path).startswith("socket:")
            for path in glob.glob(f"/proc/{pid}/fd/*")
            if os.path.islink(path))]
    eventually(lambda: len(talking()) == 2)
    return talking()


def started(words):
    return Bounded([SOCKDEMO, *words, *LONG, "--format", "json"],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                   env=harness.LOCALE)


@test("a side that is killed: broken, and the rest ends")
def _():
    for words in (["-f", "inet"], ["-t", "dgram"], ["-f", "unix"],
                  ["-f", "unix", "-t", "dgram"],
                  ["-f", "unix", "-t", "seqpacket"]):
        for side in 0, 1:
            for number in signal.SIGKILL, signal.SIGSEGV:
                with started(words) as process:
                    os.kill(both_sides(process)[side], number)
                    output, errors = process.communicate(timeout=LIMIT)
                equal(process.returncode, 1, f"the exit status ({errors})")
                report = json.loads(output)
                equal(report["verdict"], "broken")
                assert report["reason"]["text"], "no reason"
                equal(orphans(), [], "processes that are left")
                equal(os.listdir(os.environ["TMPDIR"]), [], "files")


@test("a side that is stopped: the exchange ends in time without it")
def _():
    for words, side in ((["-f", "inet"], 0), (["-t", "dgram"], 1),
                        (["-f", "unix"], 1)):
        with started([*words, "--timeout", "0.3"]) as process:
            os.kill(both_sides(process)[side], signal.SIGSTOP)
            output, errors = process.communicate(timeout=10)
        equal(process.returncode, 1, f"the exit status ({errors})")
        equal(json.loads(output)["verdict"], "broken")
        equal(orphans(), [], "processes that are left")
        equal(os.listdir(os.environ["TMPDIR"]), [], "files")


@test("the parent is killed: the sides go, and so does the socket file")
def _():
    for words in (["-f", "inet"], ["-f", "unix"],
                  ["-f", "unix", "-t", "dgram"],
                  ["-f", "unix", "-t", "seqpacket"]):
        for _ in range(5):
            with started(words) as process:
                sides = both_sides(process)
                process.kill()
                eventually(lambda: all(map(gone, sides)), limit=1)
                eventually(lambda: not os.listdir(os.environ["TMPDIR"]),
                           limit=1)
                process.communicate(timeout=LIMIT)
            eventually(lambda: not orphans())


if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    print("orphans cannot be adopted here (PR_SET_CHILD_SUBREAPER)")
    sys.exit(77)
harness.main()
