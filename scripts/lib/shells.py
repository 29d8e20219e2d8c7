"""shells: runs the commands of a lab, each in a shell of its own, some of them
in the background, and ends them all."""
import codecs
import contextlib
import os
import re
import select
import signal
import subprocess
import time

READY = re.compile(r"^listening on (\S+)", re.MULTILINE)
GRACE = 1.0  # seconds between SIGTERM and SIGKILL
BASH = ["bash", "-e", "-o", "pipefail", "-c"]


class Interrupted(BaseException):
    """A signal asked us to end. Raised once, wherever we are."""

    held = False  # while a process is started: it must not be forgotten
    caught = None

    def __init__(self, number):
        super().__init__(number)
        self.number = number

    @classmethod
    @contextlib.contextmanager
    def raised_by_signals(cls):
        def handle(number, _frame):
            first, cls.caught = not cls.caught, cls.caught or number
            if first and not cls.held:
                raise cls(number)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, handle)
        # What came while Python itself started was kept (see lab's first
        # line).
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        yield

    @classmethod
    @contextlib.contextmanager
    def hold(cls):
        """Puts the exception off to the end of the block."""
        known, before, cls.held = cls.caught, cls.held, True
        try:
            yield
        finally:
            cls.held = before
        if cls.caught and not known and not cls.held:
            raise cls(cls.caught)


class Shell:
    """One shell, what it has printed, and how it ended."""

    def __init__(self, commands, environment, directory, typed):
        self.output = b""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.status = None  # until it has ended
        self.late = False  # it had to be ended
        self.seen = 0  # lines that unseen() has returned
        self.process = subprocess.Popen(
            BASH + [commands], env=environment, cwd=directory,
            stdin=None if typed is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
            start_new_session=True)
        if typed is not None:
            # A block's lines are few: they fit into the pipe.
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(typed.encode())
            self.process.stdin.close()

    def text(self):
        return self.output.decode(errors="replace")

    def lines(self):
        return self.text().splitlines()

    def unseen(self):
        lines = self.lines()[self.seen:]
        self.seen += len(lines)
        return lines

    def wait_for(self, condition, seconds, show=None):
        """Reads until the condition holds, the shell has ended, or the time
        is over. Returns whether the condition holds."""
        until = time.monotonic() + seconds
        while not condition() and self.status is None:
            left = max(0, until - time.monotonic())
            if not select.select([self.process.stdout], [], [], left)[0]:
                if not left:
                    return False
                continue
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            self.output += data
            if show:
                show(self.decoder.decode(data, final=not data))
            if not data:
                self.reap()
        return condition()

    def reap(self):
        """Once nobody can print any more: waits, and leaves nobody behind."""
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)
        self.signal(signal.SIGKILL)
        self.status = self.process.wait()

    def end(self):
        """Ends the shell and whatever it started. Late: it did not obey."""
        if self.process.stdout.closed:
            return
        if self.status is None:
            self.signal(signal.SIGTERM)
            if not self.wait_for(lambda: self.status is not None, GRACE):
                self.late = True
                self.signal(signal.SIGKILL)
                self.wait_for(lambda: self.status is not None, GRACE)
        self.process.stdout.close()

    def signal(self, number):
        # The process group exists as long as the shell is not waited for.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Shells:
    """The shells of one lab."""

    def __init__(self, environment, directory):
        self.environment = environment
        self.directory = directory
        self.named = {}
        self.last = None

    def run(self, commands, terminal, limit, typed, show=None):
        """Runs commands to their end; with the name of a terminal, until they
        are listening, and on in the background. typed: None is the
        keyboard."""
        with Interrupted.hold():
            if terminal in self.named:
                self.named.pop(terminal).end()
            shell = Shell(commands, self.environment, self.directory, typed)
            # A foreground shell has a place of its own until it has ended.
            self.named[terminal] = self.last = shell

        def ready():
            return terminal and READY.search(shell.text())

        if not shell.wait_for(ready, limit, show) and shell.status is None:
            shell.end()
            shell.late = True
        if ready():
            self.note_address(ready()[1])
        return shell

    def of(self, terminal):
        return self.named[terminal] if terminal else self.last

    def note_address(self, address):
        """Later commands find it in $ADDRESS, $HOST and $PORT."""
        host, port = address, ""
        match = re.fullmatch(r"\[?(.*?)\]?:(\d+)", address)
        if match and not address.startswith(("/", "@")):
            host, port = match.groups()
        self.environment.update(ADDRESS=address, HOST=host, PORT=port)

    def end_all(self):
        for shell in self.named.values():
            shell.end()
