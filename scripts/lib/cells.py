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


def lock(cell, setup):
    """Cells with the same lock hear each other, or make the same things."""
    where = cell.get("surroundings") if setup else None
    if where == "initial namespace":
        return where
    return None if where else cell["lock"]


def make_jobs(sockdemo, cells, scratch, options):
    numbers = itertools.count(1)
    for cell in cells:
        for variant in cell["variants"]:
            directory = os.path.join(scratch, str(next(numbers)))
            os.mkdir(directory)
            family, kind, protocol = cell["key"]
            command = [sockdemo, "exchange", "-f", family, "-t", kind,
                       "-p", protocol, "--format", "json"]
            if variant is not None:
                command += ["--variant", variant]
            if options.setup:
                command += ["--setup", "--keep-modules"]
            yield jobs.Job(command, options.limit,
                dict(os.environ, TMPDIR=directory),
                lock=lock(cell, options.setup),
                data={"key": cell["key"], "variant": variant,
                      "directory": directory})


def run(sockdemo, cells, options, signals):
    """Runs the cells; their reports, in the order of the cells."""
    scratch = folders.make("sd-")
    progress = terminal.Progress(sys.stderr)
    try:
        # Those that wait for each other go first.
        runs = list(make_jobs(sockdemo, cells, scratch, options))
        runs.sort(key=lambda job: job.lock is None)
        reports = {}

        def finished(job):
            reports[job.data["key"], job.data["variant"]] = judge(job)
            shutil.rmtree(job.data["directory"], ignore_errors=True)
            progress.show(f"{len(reports)} of {len(runs)}: "
                          + "/".join(job.data["key"]))

        jobs.run(runs, options.jobs, signals, finished)
        return [reports[cell["key"], variant] for cell in cells
                for variant in cell["variants"]]
    finally:
        progress.clear()
        shutil.rmtree(scratch, ignore_errors=True)
