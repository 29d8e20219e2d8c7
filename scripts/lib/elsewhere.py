"""elsewhere: cells run in the lab machine, a virtual one with a kernel of its
own, and their reports merged with those of this kernel."""
import json
import os

import cells
import jobs
import terminal

HERE = os.path.dirname(os.path.realpath(__file__))
VM = os.path.join(HERE, "..", "vm")
LIMIT = 600  # seconds that the lab machine may take for all of it
CANNOT = 77  # scripts/vm: there is no lab machine here


class Unavailable(Exception):
    """There is no lab machine here, for this reason."""


def lacking(known, reports):
    """The cells that this kernel lacks: those that do not work, though there
    is an exchange for them, and all of a family that is absent."""
    verdicts = {}
    for report in reports:
        verdicts.setdefault(cells.key(report), set()).add(report["verdict"])
    return [cell for cell in known
            if verdicts[cell["key"]] != {"works"}
            and (cell["exchange"] or "absent" in verdicts[cell["key"]])]


def run(chosen, options, signals):
    """Runs the cells there: the kernel, and the reports."""
    command = [VM, "scripts/run-matrix", "--setup", "--keep-modules",
               "--json", "-", "--limit", str(options.limit)]
    for word in "events", "probes", "options":
        if getattr(options, word):
            command.append(f"--{word}")
    for cell in chosen:
        command += ["--cell", "/".join(cell["key"])]
    job = jobs.Job(command, LIMIT)
    jobs.run([job], 1, signals)
    if job.status == CANNOT and not job.output:
        raise Unavailable(last_line(job) or "it gave no reason")
    try:
        found = json.loads(job.output)
        kernel, reports = found["kernel"], found["cells"]
    except (ValueError, KeyError, TypeError):
        raise cells.Trouble("the lab machine: "
                            + cells.why_ended(job)) from None
    for report in reports:
        report["kernel"] = kernel
    return kernel, reports


def last_line(job):
    lines = job.errors.decode(errors="replace").strip().splitlines()
    return terminal.printable(lines[-1]).removeprefix("vm: ") if lines else ""


def merge(here, there):
    """The reports of this kernel, those that do not work replaced by what the
    lab machine says of the same cell and variant."""
    found = {(cells.key(report), report["variant"]): report
             for report in there}
    return [report if report["verdict"] == "works"
            else found.get((cells.key(report), report["variant"]), report)
            for report in here]
