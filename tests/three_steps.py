#!/usr/bin/env python3
"""Adding a family takes the three steps that CONTRIBUTING tells: a toy family
is added to a copy of the tree, which then knows it everywhere.

run-tests: limit 120
"""
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from harness import contains, equal, test  # noqa: E402

PARTS = ("Makefile", "common", "families", "scripts", "tests")
TYPES = ("stream", "dgram", "seqpacket", "raw")
FIXTURE = os.path.join(harness.ROOT, "tests", "fixtures", "toy.c")


def add_line(path, before, line):
    """Puts a line before the first one that matches."""
    with open(path, encoding="utf-8") as text:
        lines = text.readlines()
    at = next(i for i, one in enumerate(lines) if re.match(before, one))
    lines.insert(at, line + "\n")
    with open(path, "w", encoding="utf-8") as text:
        text.writelines(lines)


def take_three_steps(tree):
    """As CONTRIBUTING says: a module, a line in the list, rows in the tests."""
    families = os.path.join(tree, "families")
    shutil.copy(FIXTURE, families)
    add_line(os.path.join(families, "families.h"), "#endif",
             "extern const struct family toy_family;")
    add_line(os.path.join(families, "families.c"), r"\tNULL,",
             "\t&toy_family,")
    with open(os.path.join(tree, "tests", "lab", "works"), "a",
              encoding="ascii") as works:
        works.writelines(f"toy {kind} toy\n" for kind in TYPES)


def run(*command):
    # The caller's own folder of objects is no place for this copy's.
    env = {name: value for name, value in harness.LOCALE.items()
           if name not in ("BUILD", "MAKEFLAGS", "MAKELEVEL", "SANITIZE")}
    result = harness.run(command, env=env, limit=100)
    equal(result.returncode, 0, result.stdout.decode()
          + result.stderr.decode())
    return result.stdout


@test("a toy family in three steps")
def _():
    tree = os.path.join(os.environ["TMPDIR"], "tree")
    os.mkdir(tree)
    for part in PARTS:
        source = os.path.join(harness.ROOT, part)
        copy = shutil.copytree if os.path.isdir(source) else shutil.copy
        copy(source, os.path.join(tree, part))
    take_three_steps(tree)
    run("make", "-s", "-j2", "-C", tree)
    sockdemo = os.path.join(tree, "build", "sockdemo")
    # It is known, by name and by what it needs; its exchange works.
    listed = harness.run([sockdemo, "list", "-f", "toy"])
    contains(listed.stdout, b"toy      stream     toy        opens")
    contains(harness.run([sockdemo, "--help"]).stdout, b" toy")
    for kind in TYPES:
        result = harness.run([sockdemo, "-f", "toy", "-t", kind, "--format",
                              "json"])
        report = json.loads(result.stdout)
        equal((result.returncode, report["verdict"]), (0, "works"), kind)
    equal(harness.run([sockdemo, "-f", "toy", "-H", ""]).returncode, 2)
    # So does its matrix, and nothing in the house is out of place.
    contains(run(os.path.join(tree, "scripts", "run-matrix"), "-f", "toy"),
             "● works".encode())
    run(os.path.join(tree, "tests", "check-house"))
    shutil.rmtree(tree)


harness.main()
