#!/usr/bin/env python3
"""scripts/vm: a command in the lab machine is like a command here.

run-tests: lock vm
run-tests: limit 300
"""
import fcntl
import functools
import glob
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import sandbox  # noqa: E402
from harness import (ROOT, Running, Skip, contains, equal,  # noqa: E402
                     eventually, gone, processes, test)

VM = os.path.join(ROOT, "scripts", "vm")
CACHE = os.path.join(ROOT, "build", "lab")
LIMIT = 100  # seconds; a machine may have to share the cores
ENVIRONMENT = dict(harness.LOCALE, BUILD=harness.BUILD)


def vm(*words, data=b"", **more):
    env = dict(ENVIRONMENT, TMPDIR=os.environ["TMPDIR"])
    return harness.run([VM, *words], data, limit=LIMIT, env=env, **more)


@functools.cache
def why_not():
    """Why there is no lab machine here. The first use may fetch a kernel."""
    result = harness.run([VM, "true"], limit=250, env=ENVIRONMENT)
    if result.returncode == 77:
        return result.stderr.decode().strip()
    equal((result.returncode, result.stderr), (0, b""), "the first use")
    return None


def needs_machine():
    if why_not():
        raise Skip(why_not())


def in_machine(script, data=b""):
    """What a script prints there; it must say nothing else."""
    needs_machine()
    result = vm("sh", "-ec", script, data=data)
    equal((result.returncode, result.stderr), (0, b""), f"`{script}`")
    return result.stdout.decode()


def scratch(name):
    return os.path.join(os.environ["TMPDIR"], name)


def fake(name, script):
    """A folder with a program of that name, to stand first in the PATH."""
    folder = scratch("fake")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        out.write(f"#!/bin/sh\n{script}\n")
    os.chmod(os.path.join(folder, name), 0o755)
    return folder


@test("streams and exit status")
def _():
    needs_machine()
    result = vm("sh", "-c", "echo out; echo err >&2; exit 7")
    equal((result.returncode, result.stdout, result.stderr),
          (7, b"out\n", b"err\n"))
    equal(vm("sh", "-c", "kill -TERM $$").returncode, 128 + signal.SIGTERM)
    result = vm("no-such-command")
    equal(result.returncode, 127)
    contains(result.stderr, b"no-such-command: not there")


@test("bytes pass as they are, up to the end of the input")
def _():
    needs_machine()
    data = os.urandom(1 << 20)
    result = vm("cat", data=data)
    equal((result.returncode, result.stderr), (0, b""))
    assert result.stdout == data, "other bytes came back"


@test("a kernel of its own, with its modules, and what runs on it")
def _():
    said = in_machine("""
        uname -r
        modprobe vcan
        ip link add vcan0 type vcan
        ip link set vcan0 up
        ls /sys/class/net
        python3 -c 'from socket import *; socket(AF_CAN, SOCK_RAW, CAN_RAW)'
        python3 -c 'from socket import *; socket(AF_TIPC, SOCK_RDM)'
        python3 -c 'from socket import *; socket(AF_INET, SOCK_STREAM, 132)'
        sockdemo --family inet6 --type dgram | tail -n 1
        scripts/run-matrix -f unix | tail -n 1
        su student -c 'id -un'
        pwd""").splitlines()
    assert said[0] != os.uname().release, "this is the host's kernel"
    equal(said[1:3], ["lo", "vcan0"])
    contains(said[3], "works: ")
    contains(said[-3], " works")
    equal(said[-2:], ["student", "/sockdemo"])


@test("can-utils hear each other there")
def _():
    if not shutil.which("candump"):
        raise Skip("no can-utils")
    said = in_machine("""
        ip link add vcan0 type vcan
        ip link set vcan0 up
        candump -n 1 -T 9000 vcan0 >/tmp/heard &
        until grep -qs "vcan0.*raw" /proc/net/can/rcvlist_all; do :; done
        cansend vcan0 123#11223344
        wait
        cat /tmp/heard""")
    contains(said, "123   [4]  11 22 33 44")


@test("an ordinary user can do it")
def _():
    needs_machine()
    if harness.run(["ls", *glob.glob(f"{CACHE}/*/")],
                   preexec_fn=sandbox.ordinary_user).returncode:
        raise Skip("an ordinary user may not read this checkout")
    # Not below TMPDIR, which may be for its owner only.
    place = tempfile.mkdtemp(prefix="sd-", dir="/tmp")
    os.chmod(place, 0o755)
    os.mkdir(os.path.join(place, "build"))
    shutil.copytree(os.path.join(ROOT, "scripts"),
                    os.path.join(place, "scripts"))
    for name in ("sockdemo", "lab-agent"):
        shutil.copy(os.path.join(harness.BUILD, name),
                    os.path.join(place, "build"))
    try:
        result = harness.run(
            [os.path.join(place, "scripts", "vm"), "--cache", CACHE,
             "id", "-u"],
            limit=LIMIT, preexec_fn=sandbox.ordinary_user,
            env=dict(harness.LOCALE, PATH="/usr/sbin:/usr/bin:/sbin:/bin",
                     TMPDIR="/nonexistent",
                     BUILD=os.path.join(place, "build")))
    finally:
        shutil.rmtree(place)
    equal((result.returncode, result.stdout, result.stderr),
          (0, b"0\n", b""))


@test("a terminal here is a terminal there")
def _():
    needs_machine()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(VM, [VM, "sh"], dict(
            ENVIRONMENT, TMPDIR=os.environ["TMPDIR"], TERM="vt100"))
    heard = b""

    def until(pattern):
        nonlocal heard
        end = time.monotonic() + LIMIT
        while not re.search(pattern, heard):
            left = end - time.monotonic()
            assert select.select([terminal], [], [], max(0, left))[0], \
                f"no {pattern} in {heard!r}"
            try:
                data = os.read(terminal, 4096)
            except OSError:  # its other end is closed
                data = b""
            assert data, f"no {pattern}, it ended: {heard!r}"
            heard += data
        heard = b""

    def type_in(text):
        os.write(terminal, text)
    try:
        until(rb"\$ |# ")
        fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                    struct.pack("4H", 21, 77, 0, 0))
        type_in(b"until [ \"$(stty size)\" = '21 77' ]; do :; done\n")
        type_in(b"echo size-$?\n")
        until(rb"size-0\r\n")
        # What is typed before the shell has started it is lost.
        type_in(b"sh -c 'echo started; cat'\n")
        until(rb"\nstarted\r\n")
        type_in(b"again\n")
        until(rb"again\r\nagain\r\n")
        type_in(b"\x03")
        until(rb"# ")
        type_in(b"echo ended-by-$?\n")
        until(rb"ended-by-130\r\n")
        type_in(b"exit 9\n")
        while True:
            try:
                if not os.read(terminal, 4096):
                    break
            except OSError:
                break
        equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 9)
    finally:
        os.close(terminal)


@test("a person's own kernel, and its modules; two at the same time")
def _():
    needs_machine()
    package = max(glob.glob(os.path.join(CACHE, "linux-image-*.deb")),
                  key=os.path.getmtime)
    root, cache = scratch("root"), scratch("cache")
    os.mkdir(root)
    subprocess.run(["sh", "-c", UNPACK, "sh", package, root], check=True)
    kernel, = glob.glob(f"{root}/boot/vmlinuz*")
    modules, = glob.glob(f"{root}/lib/modules/*")
    # No module at all: the streams go over a serial port.
    words = ["--cache", cache, "--kernel", kernel]
    data = os.urandom(5000)
    result = vm(*words, "sh", "-c", "cat; echo err >&2; uname -r >&2; exit 3",
                data=data)
    equal((result.returncode, result.stdout), (3, data))
    equal(result.stderr.decode().split(),
          ["err", os.path.basename(modules)])
    words += ["--modules", modules, "sh", "-c",
              "modprobe vxcan && grep -o '^vxcan' /proc/modules"]
    with Running([VM, *words], env=ENVIRONMENT) as first, \
            Running([VM, *words], env=ENVIRONMENT) as second:
        for one in (first, second):
            equal((one.wait(LIMIT), one.err, one.out), (0, b"", b"vxcan\n"))
    left = [name for name in os.listdir(cache) if name.startswith("new-")]
    equal(left, [], "half-made files")
    result = vm("--kernel", kernel, "--modules", f"{root}/lib", "true")
    equal(result.returncode, 2)
    contains(result.stderr, b"modules of another kernel")
    shutil.rmtree(root)
    shutil.rmtree(cache)


UNPACK = """dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards \\
    './boot/vmlinuz*' './lib/modules/*/kernel/drivers/net/can' \\
    './lib/modules/*/kernel/net/can'"""


def halting_kernel(path):
    """A kernel that QEMU can start, and that does nothing: an ELF file with
    the note that names its entry, where the processor is halted."""
    entry = 0x100000
    code = b"\xf4\xeb\xfd"  # hlt; jump back to it
    note = struct.pack("<III4sQ", 4, 8, 18, b"Xen\0", entry)
    at = 64 + 2 * 56
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1,
                         entry, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, at + len(note), entry, entry,
                       len(code), len(code), 1)
    notes = struct.pack("<IIQQQQQQ", 4, 4, at, 0, 0, len(note), len(note), 4)
    with open(path, "wb") as out:
        out.write(header + load + notes + note + code)


@test("a kernel that never answers, one that is none, one that panics")
def _():
    needs_machine()
    path = scratch("kernel")
    halting_kernel(path)
    started = time.monotonic()
    result = vm("--cache", scratch("cache"), "--kernel", path, "--boot", "2",
                "--accel", "tcg", "true")
    equal(result.returncode, 125)
    contains(result.stderr, b"did not answer within 2 s")
    assert time.monotonic() - started < 60, "it took long"
    shutil.rmtree(scratch("cache"))
    with open(path, "wb") as out:
        out.write(b"garbage" * 1000)
    result = vm("--kernel", path, "true")
    equal(result.returncode, 2)
    contains(result.stderr, b"no kernel (neither bzImage nor vmlinux)")
    os.remove(path)
    result = vm("--kernel", path, "true")
    equal(result.returncode, 2)
    contains(result.stderr, b"kernel: not there")
    result = vm("sh", "-c", "echo c >/proc/sysrq-trigger")
    equal(result.returncode, 125)
    contains(result.stderr, b"went down before the command ended: "
             b"Kernel panic - not syncing: sysrq triggered crash\n")
    contains(result.stderr, b"the end of its console:\n  [")


@test("a command that takes too long")
def _():
    needs_machine()
    result = vm("--timeout", "0.5", "sleep", "1000")
    equal(result.returncode, 124)
    contains(result.stderr, b"did not end within 0.5 s")


@test("a reader that goes away")
def _():
    needs_machine()
    result = harness.run(["bash", "-c", f"{VM} yes | head -n 1; "
                          "echo ${PIPESTATUS[0]}"], limit=LIMIT,
                         env=ENVIRONMENT)
    equal((result.stdout, result.stderr),
          (b"y\n%d\n" % (128 + signal.SIGPIPE), b""))


def qemus(pid):
    return [child for child in processes(pid)
            if "qemu" in open(f"/proc/{child}/comm", encoding="utf-8").read()]


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    @test(f"{number.name} while it boots, and while a command runs")
    def _(number=number):
        needs_machine()
        for wanted in (None, rb"here"):
            with Running([VM, "sh", "-c", "echo here; sleep 1000"],
                         env=ENVIRONMENT) as running:
                eventually(lambda: qemus(running.pid), LIMIT)
                pids = qemus(running.pid)
                if wanted:
                    running.expect(wanted, limit=LIMIT)
                running.stop(number)
                assert all(map(gone, pids)), "QEMU runs on"


@test("killed, it takes QEMU with it")
def _():
    needs_machine()
    with Running([VM, "sh", "-c", "echo here; sleep 1000"],
                 env=ENVIRONMENT) as running:
        running.expect(rb"here", limit=LIMIT)
        pids = qemus(running.pid)
        assert pids, "no QEMU"
        running.kill()
        eventually(lambda: all(map(gone, pids)))


@test("what is missing here is told, and what to do")
def _():
    if os.uname().machine != "x86_64":
        raise Skip("the lab machine is made for x86_64 only")
    empty = fake("python3", f'exec {sys.executable} "$@"')
    os.symlink(shutil.which("env"), os.path.join(empty, "env"))
    result = harness.run([VM, "true"], env=dict(ENVIRONMENT, PATH=empty))
    equal(result.returncode, 77)
    contains(result.stderr, b"vm: no qemu-system-x86_64: ./scripts/setup ")
    search = fake("apt-cache", "exit 0") + ":" + os.environ["PATH"]
    fake("qemu-system-x86_64", "exit 1")
    env = dict(ENVIRONMENT, PATH=search)
    words = [VM, "--cache", scratch("cache"), "true"]
    result = harness.run(words, env=env)
    equal(result.returncode, 77)
    contains(result.stderr, b"run apt-get update")
    fake("apt-cache", "echo '  Depends: linux-image-6.1.0-0-amd64'")
    fake("apt-get", "echo 'E: no network' >&2; exit 100")
    result = harness.run(words, env=env)
    equal(result.returncode, 77)
    contains(result.stderr, b"exit status 100: E: no network")
    equal(os.listdir(scratch("cache")), ["lock"])
    shutil.rmtree(scratch("cache"))
    shutil.rmtree(empty)


@test("the command line")
def _():
    for words in ([], ["--list", "true"], ["--boot", "-1", "true"],
                  ["--memory", "1", "true"], ["--accel", "hvf", "true"]):
        equal(vm(*words).returncode, 2, f"the status of {words}")
    contains(vm("--help").stdout, b"exit status: ")
    needs_machine()
    said = vm("--list").stdout
    for word in (b"kernel ", b" vcan ", b" python3"):
        contains(said, word)


harness.main()
