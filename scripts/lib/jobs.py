"""jobs: runs commands side by side and leaves nothing of them behind.

Every command is the leader of a process group of its own, has a deadline, and
a limit to what it may print. One that ends while a process of its group still
lives is told to the caller, and the rest of the group is killed. On SIGHUP,
SIGINT or SIGTERM every command is asked to end, killed if it does not, and
waited for.

    with jobs.Signals() as signals:
        try:
            jobs.run([jobs.Job(["ls"], limit=5)], slots=2, signals=signals)
        except jobs.Interrupted:
            ...tidy up
    signals.die_if_caught()
"""
import os
import selectors
import signal
import subprocess
import time

GRACE = 1.0  # seconds between SIGTERM and SIGKILL
OUTPUT_MAX = 32 << 20  # bytes that a command may print
CAUGHT = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Interrupted(Exception):
    """A signal asked us to end; the commands have been ended."""


class Signals:
    """While open, the signals that ask us to end are noted; we do not die.

    A program that uses it is started with SIGINT blocked (its first line says
    how): what comes while Python itself starts is kept until we listen.
    """

    def __enter__(self):
        self.number = None
        self.wakeup, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.write = write
        self.before = {}
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in CAUGHT:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self.before[number] = signal.signal(number, self.note)
        # Its handler does nothing: what counts is the byte in the pipe.
        self.before[signal.SIGCHLD] = signal.signal(
            signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, CAUGHT)
        return self

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self.wakeup)
        os.close(self.write)

    def note(self, number, _frame):
        self.number = self.number or number

    def die_if_caught(self):
        """Ends the program by the signal that was caught, if one was."""
        if self.number:
            signal.signal(self.number, signal.SIG_DFL)
            os.kill(os.getpid(), self.number)


class Job:
    """One command, and what became of it.

    limit: seconds until it is ended. lock: jobs with the same lock never run
    side by side. alone: nothing at all runs beside it. merge: stderr goes
    where stdout goes.
    """

    def __init__(self, command, limit, environment=None, lock=None,
                 alone=False, merge=False, data=None):
        self.command = command
        self.limit = limit
        self.environment = environment
        self.lock = lock
        self.alone = alone
        self.merge = merge
        self.data = data  # the caller's
        # What became of it:
        self.status = None  # as in subprocess: negative is a signal
        self.output = b""
        self.errors = b""
        self.ended_for = None  # why we ended it, as words for a person
        self.left_running = False  # it ended, and a process of its did not
        self.seconds = 0.0


class _Running:
    """A job that has been started."""

    def __init__(self, job, selector):
        self.job = job
        self.selector = selector
        self.chunks = {}
        self.printed = 0
        self.started = time.monotonic()
        self.end_at = self.started + job.limit
        self.kill_at = None
        self.dead = False  # the leader has ended; it is not reaped yet
        self.process = subprocess.Popen(
            job.command, env=job.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if job.merge else subprocess.PIPE,
            bufsize=0, start_new_session=True)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                os.set_blocking(stream.fileno(), False)
                self.chunks[stream] = []
                selector.register(stream, selectors.EVENT_READ, self)
        self.open = set(self.chunks)

    def read(self, stream):
        """Takes what is there. Bytes above the limit end the job."""
        while stream in self.open:
            data = stream.read(1 << 16)
            if data is None:
                return
            if not data:
                self.selector.unregister(stream)
                self.open.discard(stream)
                return
            if self.printed <= OUTPUT_MAX:
                self.chunks[stream].append(data)
            self.printed += len(data)
            if self.printed > OUTPUT_MAX:
                self.end(f"printed more than {OUTPUT_MAX >> 20} MB")
                return

    def end(self, reason):
        """Asks the leader to end, once; step() kills it if it does not."""
        if self.kill_at is None and not self.dead:
            self.job.ended_for = reason
            self.kill_at = time.monotonic() + GRACE
            # Not terminate(): it would reap the leader unseen.
            os.kill(self.process.pid, signal.SIGTERM)

    def kill(self):
        # The leader is not reaped: its number cannot be another's.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def step(self, now):
        """Does what is due. Returns whether the job is over."""
        if not self.dead:
            if os.waitid(os.P_PID, self.process.pid,
                         os.WEXITED | os.WNOWAIT | os.WNOHANG):
                self.dead = True
                for stream in list(self.open):
                    self.read(stream)
                # Who still holds the other end is a process it left.
                self.job.left_running = bool(self.open)
                self.kill()
                self.kill_at = now + GRACE
            elif self.kill_at is not None and now >= self.kill_at:
                self.kill()
            elif now >= self.end_at:
                self.end(f"did not end within {self.job.limit:g} s")
        if not self.dead or self.open and now < self.kill_at:
            return False
        self.finish(now)
        return True

    def finish(self, now):
        for stream in self.chunks:
            if stream in self.open:
                self.selector.unregister(stream)
            stream.close()
        self.job.status = self.process.wait()
        self.job.seconds = now - self.started
        texts = [b"".join(parts) for parts in self.chunks.values()]
        self.job.output, self.job.errors = (texts + [b""])[:2]

    def due(self):
        return self.end_at if self.kill_at is None else self.kill_at


def _startable(waiting, running, slots):
    """The first of the waiting that may start beside the running, or None."""
    if len(running) >= slots or any(one.job.alone for one in running):
        return None
    locks = {one.job.lock for one in running} - {None}
    for job in waiting:
        if job.lock not in locks and not (job.alone and running):
            return job
    return None


def run(all_jobs, slots, signals, finished=lambda job: None):
    """Runs the jobs, at most `slots` at once; calls finished(job) for each.

    Raises Interrupted where a signal was caught, when no command is left.
    """
    waiting = list(all_jobs)
    running = []
    selector = selectors.DefaultSelector()
    selector.register(signals.wakeup, selectors.EVENT_READ)
    try:
        while running or waiting and not signals.number:
            while not signals.number:
                job = _startable(waiting, running, slots)
                if job is None:
                    break
                waiting.remove(job)
                try:
                    running.append(_Running(job, selector))
                except OSError as error:
                    job.status = 127
                    job.ended_for = f"could not be started: {error.strerror}"
                    finished(job)
            if running:
                _wait(selector, signals, running)
            now = time.monotonic()
            for one in list(running):
                if signals.number:
                    one.end("interrupted")
                if one.step(now):
                    running.remove(one)
                    finished(one.job)
    finally:
        for one in running:  # only after an exception
            one.kill()
            one.finish(time.monotonic())
        selector.close()
    if signals.number:
        raise Interrupted


def _wait(selector, signals, running):
    due = min(one.due() for one in running)
    for key, _ in selector.select(max(0, due - time.monotonic()) + 0.001):
        if key.fd == signals.wakeup:
            try:
                os.read(signals.wakeup, 4096)
            except BlockingIOError:
                pass
        else:
            key.data.read(key.fileobj)
