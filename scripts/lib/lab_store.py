"""lab_store: the folder where the lab machine's parts are kept between runs.

Whoever makes a part holds the lock, makes it in a folder of its own, and
renames it into its place: what stands there is whole.
"""
import contextlib
import fcntl
import hashlib
import os
import select
import shutil
import tempfile

import jobs

KEPT = 4  # parts of a kind: kernels that were given, above all


class Unavailable(Exception):
    """This machine cannot run the lab machine; the text says why."""


class Store:
    """The folder, and the signals that may end whatever is under way."""

    def __init__(self, path, signals):
        self.path = os.path.abspath(path)
        self.signals = signals

    def place(self, *names):
        return os.path.join(self.path, *names)

    def check(self):
        """Raises where a signal asked us to end."""
        if self.signals.number:
            raise jobs.Interrupted

    @contextlib.contextmanager
    def making(self):
        """Holds the lock; gives a folder that is removed afterwards."""
        try:
            os.makedirs(self.path, exist_ok=True)
            lock = os.open(self.place("lock"),
                           os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise Unavailable(
                f"cannot write {error.filename}: {error.strerror}; --cache "
                "DIR keeps the machine's parts elsewhere") from None
        try:
            self._wait_for(lock)
            # Whoever was killed while it held the lock left its folder.
            for name in os.listdir(self.path):
                if name.startswith("new-"):
                    shutil.rmtree(self.place(name), ignore_errors=True)
            folder = tempfile.mkdtemp(prefix="new-", dir=self.path)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)

    def _wait_for(self, lock):
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                # Nobody tells when a lock is free.
                select.select([self.signals.wakeup], [], [], 0.05)
                self.check()

    def part(self, kind, name, fresh, make):
        """The folder of a part, KIND-NAME. Where it is not there, or
        fresh(folder) does not hold, make(folder) makes it anew."""
        folder = self.place(f"{kind}-{name}")
        if not fresh(folder):
            with self.making() as new:
                if not fresh(folder):
                    ready = os.path.join(new, "ready")
                    os.mkdir(ready)
                    make(ready, new)
                    shutil.rmtree(folder, ignore_errors=True)
                    os.rename(ready, folder)
                    self._drop_old(kind)
        with contextlib.suppress(OSError):
            os.utime(folder)
        return folder

    def _drop_old(self, kind):
        """Keeps the parts of a kind that were used last."""
        there = sorted((os.path.getmtime(self.place(name)), self.place(name))
                       for name in os.listdir(self.path)
                       if name.startswith(f"{kind}-"))
        for _, folder in there[:-KEPT]:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, command, limit, folder=None):
        """Runs a command to its end: what it printed. Unavailable if it
        fails."""
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        if folder:
            command = ["env", "-C", folder, *command]
        job = jobs.Job(command, limit, environment)
        jobs.run([job], 1, self.signals)
        if job.ended_for or job.status != 0:
            said = job.errors.decode(errors="replace").strip().splitlines()
            why = job.ended_for or f"exit status {job.status}"
            raise Unavailable(f"{' '.join(command)}: {why}"
                              + (f": {said[-1]}" if said else ""))
        return job.output


def digest(*parts):
    """A short name for what a part is made of."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def stamp(path):
    """What changes when a file does; None where it is not there."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return [about.st_size, about.st_mtime_ns]


def words(path):
    """The words of a file, without its comments."""
    with open(path, encoding="utf-8") as text:
        return [word for line in text for word in line.split("#")[0].split()]
