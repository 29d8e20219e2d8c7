"""modules: the kernel modules that cells need, loaded before they run and, but
for those that were there before, unloaded afterwards."""
import subprocess
import time

import jobs

LIMIT = 60  # seconds that modprobe may take
UNLOAD_TRIES = 60
UNLOAD_PAUSE = 0.05


def loaded():
    """The modules that there are, the newest first."""
    try:
        with open("/proc/modules", encoding="ascii") as lines:
            return [line.split()[0] for line in lines]
    except OSError:
        return []


class Modules:
    """While open, the modules that cells need are there, if they can be had.

    added is what was loaded; left, in the end, what could not be unloaded: it
    is still in use.
    """

    def __init__(self, cells, signals, keep=False):
        words = " ".join(cell.get("modules") or "" for cell in cells)
        self.names = list(dict.fromkeys(words.split()))
        self.signals = signals
        self.keep = keep
        self.before = loaded()
        self.added, self.left = [], []

    def __enter__(self):
        # One that this kernel does not have keeps none of the others out.
        if self.names:
            job = jobs.Job(["modprobe", "-a", "-q", *self.names], LIMIT)
            try:
                jobs.run([job], 1, self.signals)
            except FileNotFoundError:
                pass  # no modprobe: a kernel without modules, or a bare root
            except jobs.Interrupted:
                self.__exit__()
                raise
        self.added = [name for name in loaded() if name not in self.before]
        return self

    def __exit__(self, *_):
        if self.keep:
            return
        new = [name for name in loaded() if name not in self.before]
        for _ in range(UNLOAD_TRIES):
            if not new:
                break
            # One may be in use by the next.
            subprocess.run(["rmmod", *new], check=False,
                           stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            there = loaded()
            new = [name for name in new if name in there]
            if new:
                time.sleep(UNLOAD_PAUSE)
        self.left = new
