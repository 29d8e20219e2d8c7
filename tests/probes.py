#!/usr/bin/env python3
"""Every probe on every cell, three times, and once with both cores loaded: the
answers are the same each time, and those that tests/observed lists.

    tests/probes.py --write      lists what is seen now

tests/observed/host holds what Linux 6.1 and 6.18 agree on, for cells that every
kernel has; tests/observed/lab all that is seen in the lab machine.

run-tests: limit 600
run-tests: alone
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import observed  # noqa: E402
from harness import Skip, equal, test  # noqa: E402

MATRIX = os.path.join(harness.ROOT, "scripts", "run-matrix")
FOLDER = os.path.join(harness.ROOT, "tests", "observed")
HOST, LAB = (os.path.join(FOLDER, name) for name in ("host", "lab"))
EVERYWHERE = ("inet", "inet6", "unix")
KNOWN = (6, 1), (6, 18)  # the kernels that tests/observed/host speaks of
CANNOT = 77
RUNS = 3

found = {}


def matrix(*words):
    """The JSON of a matrix with probes."""
    result = harness.run([MATRIX, "--probes", "--json", "-", *words],
                         limit=500)
    if result.returncode == CANNOT:
        raise Skip(result.stderr.decode().strip().splitlines()[-1])
    equal(result.returncode, 0, result.stderr.decode()[-3000:])
    return json.loads(result.stdout)


def answers(where, *words):
    """What was seen first on a kernel; asked once."""
    if where not in found:
        found[where] = matrix(*words)
    return observed.of_matrix(found[where]["cells"])


def of_every_kernel(table):
    return {key: answer for key, answer in table.items()
            if key[1].split("/")[0] in EVERYWHERE}


def none(lines, what):
    assert not lines, f"{what}:\n" + "\n".join(lines[:60])


def as_it_is():
    """What is slow by a sanitizer is left to the build without."""
    if harness.has_sanitizer():
        raise Skip("the program has a sanitizer built in")


class Load:
    """Something else that wants every core."""

    def __enter__(self):
        self.busy = [subprocess.Popen([sys.executable, "-c",
                                       "while True: pass"])
                     for _ in range(os.cpu_count())]

    def __exit__(self, *_):
        for process in self.busy:
            process.kill()
            process.wait()


@test("the answers are the same in every run")
def _():
    as_it_is()
    first = answers("host")
    assert len(first) > 1000 or os.geteuid() != 0, len(first)
    for _ in range(RUNS - 1):
        none(observed.differences(first, observed.of_matrix(
            matrix()["cells"])), "another run saw something else")


@test("and with every core busy")
def _():
    as_it_is()
    with Load():
        loaded = observed.of_matrix(matrix()["cells"])
    none(observed.differences(answers("host"), loaded), "a busy machine")


@test("this kernel does what tests/observed/host lists")
def _():
    seen = of_every_kernel(answers("host"))
    release = found["host"]["kernel"]["release"]
    version = tuple(map(int, re.match(r"(\d+)\.(\d+)", release).groups()))
    if os.geteuid() != 0:
        raise Skip("the answers listed are root's")
    if not KNOWN[0] <= version <= KNOWN[1]:
        raise Skip(f"nothing is listed of Linux {release}")
    listed = observed.read(HOST)
    seen = {key: answer for key, answer in seen.items() if key in listed}
    none(observed.differences(listed, seen), "not as listed")


@test("the lab machine does what tests/observed/lab lists")
def _():
    as_it_is()
    seen = answers("lab", "--vm-all")
    none(observed.differences(observed.read(LAB), seen), "not as listed")
    assert len(seen) > 1000, len(seen)


@test("nothing hung, no answer is none of the probe's words")
def _():
    for where in found.values():
        for report in where["cells"]:
            for probe in report.get("probes") or []:
                reason = probe.get("reason") or {"errno": None, "text": ""}
                place = f"{observed.cell_of(report)} {probe['id']}: {reason}"
                assert "none of its words" not in reason["text"], place
                assert "did not end within" not in reason["text"], place
                assert "process died" not in reason["text"], place
                assert probe["observed"] is not None or reason["text"] \
                    or reason["errno"], place
                assert probe["documented"] is None or probe["source"], place


def write():
    os.environ.setdefault("TMPDIR", "/tmp")
    lab, host = answers("lab", "--vm-all"), answers("host")
    release = {where: json["kernels"][-1]["release"]
               for where, json in found.items()}
    observed.write(LAB, lab, f"What the probes see in the lab machine "
                   f"(Linux {release['lab']}).\nWritten by tests/probes.py "
                   "--write.")
    same = {key: answer for key, answer in of_every_kernel(host).items()
            if lab.get(key) == answer}
    observed.write(HOST, same, f"What the probes see on Linux "
                   f"{release['lab']} and {release['host']} alike.\n"
                   "Written by tests/probes.py --write.")


if sys.argv[1:] == ["--write"]:
    write()
else:
    harness.main()
