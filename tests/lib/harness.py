"""harness: what the tests in Python share: a list of tests, the program under
test with a deadline, and programs that run on while a test talks to them.

    @test("what it shows")
    def _():
        assert sockdemo("list").returncode == 0

    main()

Nothing here sleeps: a test waits for what a program prints, or for its end.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build"))
SOCKDEMO = os.environ.get("SOCKDEMO") or os.path.join(BUILD, "sockdemo")
LIMIT = 20  # seconds that a program may take, on a machine with other work
LOCALE = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1")

_tests = []


class Skip(Exception):
    """This machine cannot run the test; the text says why."""


def test(name):
    """Makes the function a test."""
    def register(function):
        _tests.append((name, function))
        return function
    return register


def main():
    """Runs the tests, or those whose names contain a word of the command line.

    Each has a TMPDIR of its own, which has to be empty when it ends.
    """
    if not os.access(SOCKDEMO, os.X_OK):
        print(f"{SOCKDEMO} is not built")
        sys.exit(1)
    passed = failed = 0
    skips = []
    for name, function in _tests:
        if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
            continue
        started = time.monotonic()
        try:
            _run(function)
        except Skip as skip:
            skips.append(f"skipped: {name}: {skip}")
        except BaseException as error:
            if not isinstance(error, (Exception, AssertionError)):
                raise
            failed += 1
            print(f"not ok: {name}")
            print("  " + traceback.format_exc(limit=-4).replace("\n", "\n  "))
        else:
            passed += 1
            print(f"ok: {name} ({time.monotonic() - started:.1f} s)")
        sys.stdout.flush()
    for line in skips:
        print(line)
    if skips and not passed and not failed:
        print(skips[0].partition(": ")[2])
        sys.exit(77)
    print(f"{passed} passed, {failed} failed, {len(skips)} skipped")
    sys.exit(1 if failed else 0)


def _run(function):
    outer = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="", dir=outer) as directory:
        os.environ["TMPDIR"] = LOCALE["TMPDIR"] = directory
        tempfile.tempdir = None  # it remembers the folder of another test
        try:
            function()
            left = os.listdir(directory)
            assert not left, f"left behind: {left}"
        finally:
            tempfile.tempdir = None
            if outer is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = outer


def has_sanitizer():
    """Whether the program was built with one: it is slow then."""
    with open(SOCKDEMO, "rb") as program:
        return b"__asan_init" in program.read()


def equal(seen, expected, what="it"):
    """Like assert seen == expected, and shows both."""
    assert seen == expected, f"{what}:\n    seen {seen!r}\nexpected " \
        f"{expected!r}"


def contains(seen, expected):
    assert expected in seen, f"no {expected!r} in:\n{seen!r}"


def run(command, data=b"", limit=LIMIT, env=None, **more):
    """Runs a command to its end; its output is bytes."""
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    return subprocess.run(command, input=data, timeout=limit,
                          env=env or LOCALE, **more)


def sockdemo(*arguments, **more):
    return run([SOCKDEMO, *map(str, arguments)], **more)


class Running:
    """A program that a test talks to. Ends it at the end of a `with`."""

    def __init__(self, command, env=None, **more):
        more.setdefault("stdin", subprocess.PIPE)
        self.process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=env or LOCALE, bufsize=0, **more)
        self.pid = self.process.pid
        self.news = threading.Condition()
        self.text = {"out": b"", "err": b""}
        self.open = 2
        self.threads = [
            threading.Thread(target=self._read, args=(stream, name),
                             daemon=True)
            for stream, name in ((self.process.stdout, "out"),
                                 (self.process.stderr, "err"))]
        for thread in self.threads:
            thread.start()

    def _read(self, stream, name):
        while True:
            data = os.read(stream.fileno(), 1 << 16)
            with self.news:
                self.text[name] += data
                self.open -= not data
                self.news.notify_all()
            if not data:
                return

    @property
    def out(self):
        return self.text["out"]

    @property
    def err(self):
        return self.text["err"]

    def expect(self, pattern, stream="out", limit=LIMIT):
        """Waits until bytes that fit the pattern have been printed."""
        found = None

        def there():
            nonlocal found
            found = re.search(pattern, self.text[stream])
            return found or not self.open
        with self.news:
            self.news.wait_for(there, limit)
            assert found, f"never printed {pattern!r}:\n{self.text}"
            return found

    def type(self, data):
        self.process.stdin.write(data)

    def end_input(self):
        self.process.stdin.close()

    def wait(self, limit=LIMIT):
        """Waits for its end, and for all that it printed: the exit status."""
        status = self.process.wait(limit)
        for thread in self.threads:
            thread.join(limit)
            assert not thread.is_alive(), "someone still holds its output"
        return status

    def stop(self, number=signal.SIGTERM):
        """Asks it to end: it has to, and by that signal."""
        self.process.send_signal(number)
        equal(self.wait(), -number, "the exit status")

    def kill(self):
        """Ends a program that is not ours, and does not end in order."""
        self.process.kill()
        self.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            if kind is None:
                self.stop()
            else:
                self.process.kill()
                self.process.wait()
        for thread in self.threads:
            thread.join(LIMIT)
        for stream in (self.process.stdin, self.process.stdout,
                       self.process.stderr):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


class Server(Running):
    """`sockdemo server`, ready; .address is what it listens on, as text."""

    def __init__(self, *arguments, **more):
        super().__init__([SOCKDEMO, "server", *arguments], **more)
        try:
            self.address = self.expect(rb"listening on (.*)\n", "err")[1]
        except BaseException:
            self.process.kill()
            raise
        self.address = self.address.decode()

    def heard(self, shown, stream="out"):
        """--chat: waits until it shows that a peer said this, and asks."""
        self.expect(b"from connected user: " + re.escape(shown)
                    + b"\ntype message: $", stream)


class Client(Running):
    """`sockdemo client`."""

    def __init__(self, *arguments, **more):
        super().__init__([SOCKDEMO, "client", *arguments], **more)


def processes(pid):
    """The children of a process."""
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path, encoding="ascii") as text:
        return [int(word) for word in text.read().split()]


def gone(pid):
    """Whether a process is gone; one that only waits to be reaped is."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8",
                  errors="replace") as text:
            return text.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(condition, limit=LIMIT):
    """Waits for something that nobody announces."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.002)
