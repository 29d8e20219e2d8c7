#!/usr/bin/env python3
"""Live peers, none of them ours, inside the lab machine: each program of
tests/lab is run there.

run-tests: limit 300
"""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402

VM = os.path.join(harness.ROOT, "scripts", "vm")
CANNOT = 77
CLOSING = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


def ran(path):
    """The counts of a program that is run in the lab machine."""
    inside = os.path.relpath(path, harness.ROOT)
    result = subprocess.run([VM, inside], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            check=False, timeout=280)
    lines = result.stdout.decode(errors="replace").splitlines()
    last = lines[-1] if lines else "it said nothing"
    if result.returncode == CANNOT and not CLOSING.search(result.stdout.decode(
            errors="replace")):
        return None, last
    for line in lines:
        print(f"{os.path.basename(inside)}: {line}"
              if not line.startswith("skipped: ") else line)
    closing = CLOSING.fullmatch(last.strip())
    if not closing:
        return (0, 1, 0), last
    return tuple(map(int, closing.groups())), last


def main():
    total, reasons = (0, 0, 0), []
    for path in sorted(glob.glob(os.path.join(harness.ROOT, "tests", "lab",
                                              "*.py"))):
        counts, last = ran(path)
        if counts is None:
            reasons.append(f"{os.path.basename(path)}: {last}")
            print(f"skipped: {reasons[-1]}")
            counts = 0, 0, 1
        total = tuple(map(sum, zip(total, counts)))
    if reasons and total[:2] == (0, 0):
        print(reasons[0])
        sys.exit(CANNOT)
    passed, failed, skipped = total
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


main()
