#!/usr/bin/env python3
"""The matrix over both kernels: this machine's and the lab machine's. What
tests/lab/works lists works there, nothing is broken, nothing is without
a reason, and each cell says where it ran.

run-tests: limit 240
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from harness import Skip, equal, test  # noqa: E402

sys.path.insert(0, os.path.join(harness.ROOT, "scripts", "lib"))
import pack  # noqa: E402

VM = os.path.join(harness.ROOT, "scripts", "vm")
MATRIX = os.path.join(harness.ROOT, "scripts", "run-matrix")
WORKS = os.path.join(harness.ROOT, "tests", "lab", "works")
CANNOT = 77
LIMIT = 200


def key(report):
    return report["family"], report["type"], report["protocol"]


def place(report):
    words = [*key(report), report["variant"]]
    return " ".join(word for word in words if word)


def matrix(*options):
    """What run-matrix writes as JSON."""
    result = harness.run([MATRIX, *options, "--json", "-"], limit=LIMIT)
    said = result.stderr.decode()
    if result.returncode == CANNOT:
        raise Skip(said.strip().splitlines()[-1])
    equal(result.returncode, 0, f"the exit status ({said[-3000:]})")
    return json.loads(result.stdout), said


def read_page(path):
    """What the scripts of a page show."""
    with open(path, encoding="utf-8") as html:
        packed = re.search(r'<script type="application/json"[^>]*>([^<]*)<',
                           html.read())[1]
    return pack.unpack(json.loads(packed))


def check(found):
    """No cell is broken, none is without a reason."""
    for report in found["cells"]:
        assert report["verdict"] != "broken", report
        assert not report["contradiction"], report
        assert report["verdict"] == "works" or report["reason"]["text"], report


def expected():
    with open(WORKS, encoding="ascii") as lines:
        return {line.strip() for line in lines
                if line.strip() and not line.startswith("#")}


@test("what has to work in the lab machine works there")
def _():
    found, _ = matrix("--vm-all")
    check(found)
    here, there = found["kernels"]
    assert here["release"] != there["release"], found["kernels"]
    for report in found["cells"]:
        equal(report["kernel"], there, place(report))
    works = {place(report) for report in found["cells"]
             if report["verdict"] == "works"}
    equal(sorted(expected() - works), [], "what no longer works")
    # Where ./scripts/setup bluetooth was run, more works.
    more = {one for one in works - expected() if "bluetooth" not in one}
    equal(sorted(more), [], "what works and is not listed")


@test("the README's command of every family")
def _():
    with open(os.path.join(harness.ROOT, "README.md"),
              encoding="utf-8") as text:
        page = text.read()
    section = re.search(r"^## The families$(.*?)^## ", page, re.M | re.S)[1]
    commands = re.findall(r"^    (sockdemo .*)$", section, re.M)
    families = {family.split("-f ")[1].split()[0] for family in commands}
    listed = json.loads(harness.sockdemo(
        "list", "--known", "--format", "json").stdout)
    equal(sorted(families),
          sorted({cell["family"] for cell in listed["cells"]}))
    script = "".join(f"{command} >/dev/null || echo '{command}'\n"
                     for command in commands if "bluetooth" not in command)
    result = harness.run([VM, "sh", "-c", script], limit=LIMIT)
    if result.returncode == CANNOT:
        raise Skip(result.stderr.decode().strip())
    equal((result.returncode, result.stdout.decode()), (0, ""),
          result.stderr.decode())


@test("both kernels in one matrix")
def _():
    html = os.path.join(os.environ["TMPDIR"], "page.html")
    try:
        found, said = matrix("--vm", "--html", html)
        shown = read_page(html)
    finally:
        if os.path.exists(html):
            os.unlink(html)
    check(found)
    # The page has the ladders of both, the JSON no event.
    for cell in shown["cells"]:
        assert cell["ladder"] or cell["verdict"] != "works", cell
    equal(len(shown["cells"]), len(found["cells"]))
    assert not any("events" in report for report in found["cells"])
    here, there = found["kernels"]
    lacked = [report for report in found["cells"] if "kernel" in report]
    assert lacked, "nothing was run in the lab machine"
    for report in lacked:
        equal(report["kernel"], there, place(report))
    # Each cell once, wherever it ran.
    cells = [place(report) for report in found["cells"]]
    equal(len(cells), len(set(cells)), "how many cells")
    for text in here["release"], there["release"], "works in the lab machine":
        assert text in said.replace("\n", " "), text
    alone, _ = matrix()
    for report in alone["cells"]:
        if report["verdict"] == "works":
            assert place(report) in cells and "kernel" not in next(
                one for one in found["cells"]
                if place(one) == place(report)), report


harness.main()
