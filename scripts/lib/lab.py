"""lab: the lab machine, a small virtual one that runs a command on a kernel
of its own.

    with jobs.Signals() as signals:
        store = lab.Store("build/lab", signals)
        machine = lab.Machine(lab_kernel.find(store), files, signals)
        status = machine.run(["uname", "-r"])

Nothing of it is left when run() ends, however it ends: QEMU is a child that
dies with us, its disk is memory, and there is no network. What the two sides
say to each other stands in guest/agent.c.
"""
import contextlib
import ctypes
import fcntl
import os
import re
import select
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time
import tty

import jobs
import terminal
from lab_store import Unavailable

QEMU = "qemu-system-x86_64"
BOOT_LIMIT = 30  # seconds until the machine has to answer
KVM_LIMIT = 5  # the same with KVM, before it is tried without
CONSOLE_KEPT = 16384  # bytes
CONSOLE_SHOWN = 15  # lines
CHUNK = 16384  # bytes of input at once
WITH_TERMINAL, ERRORS_TO_TERMINAL = 1, 2  # as in guest/agent.c
PR_SET_PDEATHSIG = 1
LEAVE = 0x1d  # Ctrl-]: three in a row leave the machine
# What only costs time in a machine that lives for seconds: the checks of the
# kernel's own ciphers, of its timers, its defence against other programs.
APPEND = ("panic=-1 console=ttyS0 nokaslr mitigations=off cryptomgr.notests "
          "no_timer_check tsc=reliable random.trust_cpu=on net.ifnames=0 ")

_libc = ctypes.CDLL(None)


class BootFailed(Exception):
    """The machine did not come up, or went down; console: its last lines."""

    def __init__(self, reason, console=""):
        super().__init__(reason)
        self.console = console


class TimedOut(Exception):
    """The command did not end in the time that it was given."""


def why_not():
    """Why there can be no lab machine here; None where there can."""
    machine = os.uname().machine
    if machine != "x86_64":
        return (f"the lab machine is made for x86_64 only so far, and this "
                f"is {machine}")
    if not shutil.which(QEMU):
        return f"no {QEMU}: ./scripts/setup installs it"
    return None


class Machine:
    """A machine that can be run. accel: tcg, kvm or auto."""

    def __init__(self, kernel, files, signals, accel="auto", memory=512,
                 boot_limit=BOOT_LIMIT, console=None, no_kvm=None):
        self.kernel = kernel
        self.files = files  # paths of archives, and functions that write one
        self.signals = signals
        self.accel = accel
        self.memory = memory
        self.boot_limit = boot_limit
        self.console = console  # a descriptor to show the console on
        self.no_kvm = no_kvm  # a file that remembers that KVM does not answer

    def run(self, words, environment=None, folder="/", timeout=None,
            streams=(0, 1, 2)):
        """Runs a command on the three descriptors; its exit status, which is
        128 + n where signal n ended it.

        Raises Unavailable, BootFailed, TimedOut, or jobs.Interrupted.
        """
        reason = why_not()
        if reason:
            raise Unavailable(reason)
        with self._initrd() as initrd:
            for accel, limit in self._accelerators():
                with _Running(self, initrd, accel) as running:
                    try:
                        running.boot(limit)
                    except BootFailed:
                        if accel != "kvm" or self.accel == "kvm":
                            raise
                        self._remember_no_kvm()
                        continue
                    return running.command(words, environment or {}, folder,
                                           timeout, streams)
        raise AssertionError("no accelerator")

    def _accelerators(self):
        if self.accel != "tcg" and self._kvm_may_answer():
            yield "kvm", min(KVM_LIMIT, self.boot_limit)
        if self.accel == "kvm":
            raise Unavailable("/dev/kvm is not there, or not for us")
        yield "tcg", self.boot_limit

    def _kvm_may_answer(self):
        if not os.access("/dev/kvm", os.R_OK | os.W_OK):
            return False
        if self.accel == "kvm" or not self.no_kvm:
            return True
        try:
            with open(self.no_kvm, encoding="ascii") as text:
                return text.read() != _boot_id()
        except OSError:
            return True

    def _remember_no_kvm(self):
        """Until this machine is started again. To know it is no need."""
        with contextlib.suppress(OSError, TypeError):
            with open(self.no_kvm, "w", encoding="ascii") as text:
                text.write(_boot_id())

    @contextlib.contextmanager
    def _initrd(self):
        """All archives one after the other, in a file that has no name."""
        with open(os.memfd_create("initrd"), "w+b") as out:
            for source in self.files:
                if callable(source):
                    source(out)
                    continue
                with open(source, "rb") as archive:
                    shutil.copyfileobj(archive, out, 1 << 20)
            out.flush()
            yield out


def _boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as text:
        return text.read()


class _Port:
    """Our end of one way to the machine, and what came by it."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.received = bytearray()
        self.open = True

    def read(self):
        """Takes what is there; whether there was something."""
        try:
            data = self.ours.recv(1 << 18)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            data = b""
        self.open = bool(data)
        self.received += data
        return self.open

    def frame(self):
        """The next frame as (kind, payload), or None."""
        if len(self.received) < 5:
            return None
        kind, length = struct.unpack_from(">cI", self.received)
        if len(self.received) < 5 + length:
            return None
        payload = bytes(self.received[5:5 + length])
        del self.received[:5 + length]
        return kind.decode("latin-1"), payload


class _Running:
    """QEMU, from its start to its end."""

    def __init__(self, machine, initrd, accel):
        self.signals = machine.signals
        self.shown = machine.console
        self.console = _Port()
        self.ports = [_Port(), _Port()]  # virtio, serial
        self.port = None  # the one that the agent speaks on
        self.unsent = bytearray()
        self.window = None  # how many bytes may be sent; None: any number
        self.selector = selectors.PollSelector()
        self.selector.register(self.signals.wakeup, selectors.EVENT_READ)
        for port in (self.console, *self.ports):
            self.selector.register(port.ours, selectors.EVENT_READ, port)
        self.errors = open(os.memfd_create("errors"), "w+b")
        self.process = self._start(machine, initrd, accel)

    def _start(self, machine, initrd, accel):
        theirs = [port.theirs for port in (self.console, *self.ports)]
        numbers = [end.fileno() for end in theirs]
        append = APPEND + ("loglevel=7" if machine.console else "quiet")
        command = [
            QEMU, "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", "-net", "none", "-M", "pc", "-m",
            str(machine.memory), "-smp", str(min(2, jobs.cores())),
            *(["-accel", "kvm", "-cpu", "host"] if accel == "kvm" else
              ["-accel", "tcg,thread=multi", "-cpu", "qemu64,+rdrand"]),
            "-kernel", machine.kernel.image,
            "-initrd", f"/proc/self/fd/{initrd.fileno()}", "-append", append,
            "-chardev", f"socket,id=console,fd={numbers[0]}",
            "-serial", "chardev:console",
            "-chardev", f"socket,id=serial,fd={numbers[2]}",
            "-serial", "chardev:serial",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=virtio,fd={numbers[1]}",
            "-device", "virtserialport,chardev=virtio,nr=1"]
        us = os.getpid()

        def die_with_us():
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != us:
                os._exit(1)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.errors,
            stderr=self.errors, preexec_fn=die_with_us,
            pass_fds=[*numbers, initrd.fileno()], start_new_session=True)
        for end in theirs:
            end.close()
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for port in (self.console, *self.ports):
            port.ours.close()
            port.theirs.close()
        self.errors.close()
        self.selector.close()

    def boot(self, limit):
        """Waits for the agent's first word."""
        until = time.monotonic() + limit
        while not self.port:
            if not self._wait(until):
                raise BootFailed(f"the machine did not answer within {limit:g}"
                                 " s", self._last_lines())
            for port in self.ports:
                frame = port.frame()
                if frame and frame[0] == "H":
                    self.port = port
                    self.window = int(frame[1]) or None
        for port in self.ports:
            if port is not self.port and port.open:
                self.selector.unregister(port.ours)

    def command(self, words, environment, folder, timeout, streams):
        """Runs it to its end: the exit status."""
        until = time.monotonic() + timeout if timeout else None
        with _Terminal(streams) as screen:
            variables = [f"{name}={value}"
                         for name, value in environment.items()]
            self._send("R", "".join(word + "\0" for word in (
                str(screen.flags), screen.size(), folder,
                str(len(variables)), *variables, *words)
                ).encode(errors="surrogateescape"))
            source = _Input(streams[0], screen)
            while True:
                self._listen_to(source)
                if not self._wait(until):
                    raise TimedOut
                if screen.resized:
                    screen.resized = False
                    self._send("W", screen.size().encode())
                if source.ready:
                    self._send("I", source.read())
                status = self._hear(streams, until)
                if status is not None:
                    return status

    def _hear(self, streams, until):
        """Does what the agent says; the exit status, once it tells it."""
        while True:
            frame = self.port.frame()
            if not frame:
                return None
            kind, payload = frame
            if kind == "X":
                return int(payload)
            if kind == "C":
                self.window += int(payload)
            elif kind in "OE":
                self._print(streams[1 if kind == "O" else 2], payload, until)

    def _print(self, descriptor, data, until):
        """Waits for a reader that is slow, and not longer than we may."""
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        poll.register(self.signals.wakeup, select.POLLIN)
        while data:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimedOut
            found = dict(poll.poll(left and left * 1000))
            if self.signals.number:
                raise jobs.Interrupted
            if descriptor in found:
                # So much a pipe takes at once where it takes anything.
                try:
                    done = os.write(descriptor, data[:select.PIPE_BUF])
                except BrokenPipeError:
                    raise
                except OSError as error:
                    raise terminal.CannotWrite(error.strerror) from None
                data = data[done:]
            elif found:
                os.read(self.signals.wakeup, 4096)

    def _send(self, kind, payload):
        self.unsent += struct.pack(">cI", kind.encode(), len(payload))
        self.unsent += payload
        self._push()

    def _push(self):
        """Sends what may be sent, and can."""
        while self.unsent and self.window != 0:
            try:
                sent = self.port.ours.send(self.unsent[:self.window or CHUNK])
            except BlockingIOError:
                break
            except (BrokenPipeError, ConnectionResetError):
                return  # reading tells of it
            del self.unsent[:sent]
            if self.window is not None:
                self.window -= sent
        wanted = selectors.EVENT_READ
        if self.unsent and self.window != 0:
            wanted |= selectors.EVENT_WRITE
        self.selector.modify(self.port.ours, wanted, self.port)

    def _listen_to(self, source):
        """Reads the input only where what was read before is on its way."""
        wanted = not self.unsent and not source.over
        if wanted and not source.watched:
            self.selector.register(source.descriptor, selectors.EVENT_READ,
                                   source)
        elif source.watched and not wanted:
            self.selector.unregister(source.descriptor)
        source.watched = wanted
        source.ready = False

    def _wait(self, until):
        """Waits for something to happen, and takes it. False: nothing did
        until then."""
        left = None if until is None else max(0, until - time.monotonic())
        if self.port:
            self._push()
        found = self.selector.select(left)
        for key, events in found:
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.signals.wakeup, 4096)
            elif isinstance(key.data, _Input):
                key.data.ready = True
            elif events & selectors.EVENT_READ:
                self._read(key.data)
        if self.signals.number:
            raise jobs.Interrupted
        return bool(found)

    def _read(self, port):
        if not port.read():
            if not port.open:
                self.selector.unregister(port.ours)
                if port is not self.console:
                    raise self._gone()
            return
        if port is self.console:
            if self.shown is not None:
                os.write(self.shown, port.received)
                port.received.clear()
            del port.received[:-CONSOLE_KEPT]

    def _gone(self):
        """QEMU has ended, or soon will: the exception that says why."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        while self.console.open and self.console.read():
            continue
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip()
        if self.process.returncode not in (0, None) and said:
            return BootFailed(said.splitlines()[-1])
        panic = re.search(rb"Kernel panic - .*[^\s]", self.console.received)
        return BootFailed(
            "the machine went down before "
            + ("the command ended" if self.port else "it could run anything")
            + (": " + panic[0].decode(errors="replace") if panic else ""),
            self._last_lines())

    def _last_lines(self):
        text = self.console.received.decode(errors="replace")
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-CONSOLE_SHOWN:])


class _Input:
    """Where the command's standard input comes from."""

    def __init__(self, descriptor, screen):
        self.descriptor = descriptor
        self.screen = screen
        self.watched = self.ready = self.over = False
        self.leaving = 0  # how many of the keys that leave came in a row

    def read(self):
        try:
            data = os.read(self.descriptor, CHUNK)
        except OSError:
            data = b""
        self.over = not data
        if self.screen.flags:
            for byte in data:
                self.leaving = self.leaving + 1 if byte == LEAVE else 0
            if self.leaving >= 3:
                raise BootFailed("left by Ctrl-]")
        return data


class _Terminal:
    """Our terminal, whose keys go to the machine's as they are; or none."""

    def __init__(self, streams):
        self.input = streams[0]
        self.flags = 0
        self.resized = False
        if os.isatty(streams[0]) and os.isatty(streams[1]):
            self.flags = WITH_TERMINAL
            if os.isatty(streams[2]):
                self.flags |= ERRORS_TO_TERMINAL

    def __enter__(self):
        if self.flags:
            self.before = termios.tcgetattr(self.input)
            self.handler = signal.signal(signal.SIGWINCH, self._note)
            tty.setraw(self.input, termios.TCSADRAIN)
        return self

    def __exit__(self, *_):
        if self.flags:
            termios.tcsetattr(self.input, termios.TCSADRAIN, self.before)
            signal.signal(signal.SIGWINCH, self.handler)

    def _note(self, *_):
        self.resized = True

    def size(self):
        if not self.flags:
            return "0 0"
        empty = struct.pack("4H", 0, 0, 0, 0)
        rows, columns = struct.unpack("4H", fcntl.ioctl(
            self.input, termios.TIOCGWINSZ, empty))[:2]
        return f"{rows} {columns}"
