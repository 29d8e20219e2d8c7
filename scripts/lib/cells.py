"""cells: the cells that the program knows, each run in a process of its own,
and what became of it.
"""
import itertools
import json
import os
import shutil
import signal
import sys

import jobs
import matrix
import scratch as folders
import terminal

EXIT_STATUS = {"works": 0, "broken": 1}  # 77 for every other verdict


class Trouble(Exception):
    """The program does not say what it knows."""


def known(sockdemo, signals):
    """What the program can run: its version, its kernel, its cells."""
    job = jobs.Job([sockdemo, "list", "--known", "--format", "json"], 30)
    jobs.run([job], 1, signals)
    if job.ended_for or job.status != 0:
        raise Trouble(f"{sockdemo} list: {why_ended(job)}")
    try:
        known = json.loads(job.output)
        for cell in known["cells"]:
            cell["variants"] = [
                one["variant"] for one in cell["variants"]] or [None]
            cell["key"] = (cell["family"], cell["type"], cell["protocol"])
            cell["lock"] = "alone" if cell["alone"] else None
            cell["exchange"] = cell.get("exchange", True)
        return known["sockdemo"], known["kernel"], known["cells"]
    except (ValueError, KeyError, TypeError):
        raise Trouble(f"{sockdemo} list: its JSON is not what was expected") \
            from None


def why_ended(job):
    """Words for how a job ended that did not end well."""
    words = job.ended_for
    if not words and job.status < 0:
        words = f"was killed by {signal.Signals(-job.status).name}"
    if not words:
        words = f"ended with status {job.status}"
    said = job.errors.decode(errors="replace").strip().splitlines()
    return terminal.printable(f"{words}: {said[-1]}" if said else words)


def broken(job, text):
    """The report of a cell that could not report itself."""
    family, kind, protocol = job.data["key"]
    return {"family": family, "type": kind, "protocol": protocol,
            "variant": job.data["variant"], "verdict": "broken",
            "reason": {"call": None, "errno": None, "text": text},
            "contradiction": None, "events": [],
            "summary": {"round_trips": 0, "bytes": 0,
                        "elapsed_ns": int(job.seconds * 1e9)}}


def judge(job):
    """The report of a cell, from what its process printed and how it ended."""
    if job.ended_for or job.status not in (0, 1, 77):
        return broken(job, why_ended(job))
    try:
        report = json.loads(job.output)
        reported = key(report)
        verdict, reason = report["verdict"], report["reason"]
        if reason is not None and not isinstance(reason["text"], str):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        return broken(job, "printed no report; " + why_ended(job))
    if reported != job.data["key"]:
        return broken(job, "reported another cell: "
                      + "/".join(map(str, reported)))
    if verdict not in matrix.VERDICTS:
        return broken(job, f"reported an unknown verdict: {verdict}")
    if EXIT_STATUS.get(verdict, 77) != job.status:
        return broken(job, f"says {verdict}, but " + why_ended(job))
    if verdict != "works" and not (reason and reason["text"]):
        return broken(job, f"says {verdict} and gives no reason")
    if job.left_running:
        return broken(job, "ended and left a process running")
    left = sorted(os.listdir(job.data["directory"]))
    if left:
        return broken(job, f"left behind: {' '.join(left)}")
    report.setdefault("contradiction", None)
    report["variant"] = job.data["variant"]
    return report


def key(report):
    return report["family"], report["type"], report["protocol"]


def lock(cell, options, isolated):
    """Cells with the same lock hear each other, or make the same things."""
    where = cell.get("surroundings")
    if options.setup and where:
        return where if where == "initial namespace" else None
    if options.probes:
        # What is probed has a network of its own, or waits for its turn.
        free = isolated and (not where or cell.get("needs_nothing"))
        return None if free else "this network"
    return cell["lock"]


def is_isolated(sockdemo, cells, options, signals):
    """Whether the program may make a network for what it probes."""
    for cell in cells:
        if cell["exchange"] and cell.get("needs_nothing"):
            job = jobs.Job([sockdemo, "probe", "--format", "json",
                            *words(cell), "boundaries"], options.limit)
            jobs.run([job], 1, signals)
            if job.status == 0:
                return bool(json.loads(job.output).get("isolated"))
    return False


def words(cell, variant=None):
    """The words of the command line that mean a cell."""
    family, kind, protocol = cell["key"]
    form = ["--variant", variant] if variant is not None else []
    return ["-f", family, "-t", kind, "-p", protocol, *form]


def commands(cell, options):
    """The commands that a cell is put to; each reports the exchange as well."""
    yield "probe" if options.probes else "exchange"
    if options.options and cell["exchange"]:
        yield "options"


def make_jobs(sockdemo, cells, scratch, options, isolated):
    numbers = itertools.count(1)
    for cell, variant in ((cell, variant) for cell in cells
                          for variant in cell["variants"]):
        for command in commands(cell, options):
            directory = os.path.join(scratch, str(next(numbers)))
            os.mkdir(directory)
            line = [sockdemo, command, "--format", "json",
                    *words(cell, variant)]
            if options.setup:
                line += ["--setup", "--keep-modules"]
            yield jobs.Job(line, options.limit,
                dict(os.environ, TMPDIR=directory),
                lock=lock(cell, options, isolated),
                data={"key": cell["key"], "variant": variant,
                      "command": command, "directory": directory})


def join(reports):
    """One report of what several commands said of one cell: that of the first,
    unless another one failed, and what each found."""
    first, *others = reports
    for other in others:
        if other["verdict"] == "broken":
            return other
        for found in ("probes", "options"):
            if found in other:
                first[found] = other[found]
    return first


def run(sockdemo, cells, options, signals):
    """Runs the cells; their reports, in the order of the cells."""
    scratch = folders.make("sd-")
    progress = terminal.Progress(sys.stderr)
    try:
        isolated = options.probes and is_isolated(sockdemo, cells, options,
                                                  signals)
        # Those that wait for each other go first.
        runs = list(make_jobs(sockdemo, cells, scratch, options, isolated))
        runs.sort(key=lambda job: job.lock is None)
        reports = {}
        count = itertools.count(1)

        def finished(job):
            data = job.data
            reports.setdefault((data["key"], data["variant"]), {})[
                data["command"]] = judge(job)
            shutil.rmtree(data["directory"], ignore_errors=True)
            progress.show(f"{next(count)} of {len(runs)}: "
                          + "/".join(data["key"]))

        jobs.run(runs, options.jobs, signals, finished)
        return [join([reports[cell["key"], variant][command]
                      for command in commands(cell, options)])
                for cell in cells for variant in cell["variants"]]
    finally:
        progress.clear()
        shutil.rmtree(scratch, ignore_errors=True)
