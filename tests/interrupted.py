#!/usr/bin/env python3
"""`run-matrix --setup --vm` and `exchange --setup`, interrupted at random
moments: no namespace, interface, process, QEMU or file is left, no module.

run-tests: limit 240
"""
import glob
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from harness import Skip, equal, eventually, test  # noqa: E402

MATRIX = os.path.join(harness.ROOT, "scripts", "run-matrix")
CACHE = os.path.join(harness.ROOT, "build", "lab")
MOMENTS = 10
LIMIT = 60
CANNOT = 77


def read(path):
    try:
        with open(path, "rb") as data:
            return data.read()
    except OSError:
        return b""


def ours(mark):
    """The living processes whose environment has the mark."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        pid = int(path.split("/")[2])
        if pid != os.getpid() and mark.encode() in read(path):
            found.append((pid, read(f"/proc/{pid}/comm").decode().strip()))
    return found


def namespaces():
    """Those that have a name; the others end with their processes."""
    return sorted(glob.glob("/run/netns/*"))


def interfaces():
    return sorted(os.listdir("/sys/class/net"))


def modules():
    return sorted(line.split()[0] for line in
                  read("/proc/modules").decode().splitlines())


def unfinished():
    """Parts of the lab machine in the making: of another test's, too, but
    those come to an end."""
    return glob.glob(os.path.join(CACHE, "new-*"))


def default_signals():
    """In the child: a shell's background job would ignore SIGINT."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def start(command, mark):
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True,
        env={**harness.LOCALE, "TMPDIR": os.environ["TMPDIR"], "MARK": mark},
        preexec_fn=default_signals)


def duration(command, mark):
    """How long it takes, and that it does not fail here."""
    started = time.monotonic()
    process = start(command, mark)
    errors = process.communicate(timeout=2 * LIMIT)[1].decode()
    if process.returncode == CANNOT:
        raise Skip(errors.strip().splitlines()[-1])
    equal(process.returncode, 0, errors)
    return time.monotonic() - started


def interrupt(command, number):
    mark = f"interrupted-{os.getpid()}-{random.getrandbits(32)}"
    whole = duration(command, mark)
    before = namespaces(), interfaces(), modules()
    for moment in range(MOMENTS):
        after = whole * (moment + random.random()) / (MOMENTS + 1)
        process = start(command, mark)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        process.communicate(timeout=LIMIT)
        what = f"after {after:.2f} of {whole:.2f} s"
        # It may have come to its end: what it found is for others to judge.
        assert process.returncode in (0, 1, -number), \
            f"{what}: {process.returncode}"
        # What is taken down in the background takes a moment.
        eventually(lambda: not ours(mark) and modules() == before[2])
        eventually(lambda: not unfinished())
        equal((namespaces(), interfaces()), before[:2], what)
        equal(os.listdir(os.environ["TMPDIR"]), [], what)


@test("run-matrix --setup --vm and SIGINT")
def _():
    # One network, two, and what stands in the initial one; here and there.
    interrupt([MATRIX, "--setup", "--vm", *(
        word for name in ("can", "rds", "packet", "llc", "unix")
        for word in ("-f", name))], signal.SIGINT)


@test("run-matrix --setup and SIGTERM")
def _():
    interrupt([MATRIX, "--setup"], signal.SIGTERM)


@test("exchange --setup and SIGINT")
def _():
    interrupt([harness.SOCKDEMO, "--setup", "-t", "raw", "-p", "icmp",
               "--messages", "300"], signal.SIGINT)


harness.main()
