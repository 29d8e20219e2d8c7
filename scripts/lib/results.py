"""results: what `run-matrix --json` wrote, read with care. A field that is
missing or of another kind than expected reads as if it were empty; what a
program wrote that knows more is passed over. All text may be a peer's: it
comes with its control characters written as \\xNN.
"""
import json
import sys

import matrix
import terminal

STATES = ("fresh", "bound", "listening", "connected")


class Unusable(Exception):
    """The file cannot be read, or is something else."""


def text(value):
    """The value as text; None where there is none."""
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value))


def clean(value, depth=12):
    """The value, and in all of its texts nothing that could drive a terminal
    or turn a line around, and nothing that is no character. What lies deeper
    in it than any event does is left out."""
    if isinstance(value, str):
        return terminal.word(value).encode(errors="backslashreplace").decode()
    if isinstance(value, (list, dict)) and not depth:
        return None
    if isinstance(value, list):
        return [clean(one, depth - 1) for one in value]
    if isinstance(value, dict):
        return {clean(name): clean(one, depth - 1)
                for name, one in value.items()}
    return value


def number(value):
    return value if isinstance(value, int) else 0


def dicts(value):
    """Those of a list that are objects; of anything else, none."""
    return [one for one in value if isinstance(one, dict)] \
        if isinstance(value, list) else []


def texts(value):
    return [text(one) or "" for one in value] if isinstance(value, list) else []


def members(value, *names):
    """The named members as texts, or None where there is no object."""
    if not isinstance(value, dict):
        return None
    return {name: text(value.get(name)) for name in names}


def kernel_name(kernel):
    """"Linux 6.1.0-56-amd64 x86_64"."""
    parts = members(kernel, "sysname", "release", "machine") or {}
    return " ".join(filter(None, parts.values())) or "an unnamed kernel"


def load(path):
    """Reads a file (or the standard input, -) into one object:
    {path, version, kernels (their names, the machine's own first), cells}.
    """
    try:
        if path == "-":
            content = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:
                content = file.read()
        found = json.loads(content)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{path}: no JSON: {error}") from None
    return read(found, path)


def read(found, path="-"):
    """What load() returns, of an object that is already there."""
    if isinstance(found, dict) and "verdict" in found:
        found = dict(found, cells=[found])  # of one cell
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise Unusable(f"{path}: not what run-matrix --json writes: there are "
                       "no cells in it")
    here = kernel_name(found.get("kernel"))
    kernels = list(dict.fromkeys([here] + [
        kernel_name(kernel) for kernel in dicts(found.get("kernels"))]))
    cells = []
    for place, cell in enumerate(found["cells"]):
        if not isinstance(cell, dict) or not all(
                text(cell.get(word)) for word in ("family", "type",
                                                  "protocol")):
            raise Unusable(f"{path}: not what run-matrix --json writes: "
                           f"cell {place + 1} has no family, type or protocol")
        cells.append(read_cell(cell, kernels, found))
    return {"path": path, "version": text(found.get("sockdemo")) or "?",
            "kernels": kernels, "cells": cells}


def read_cell(cell, kernels, whole):
    kernel = kernel_name(cell.get("kernel") or whole.get("kernel"))
    if kernel not in kernels:
        kernels.append(kernel)
    probes, options = cell.get("probes"), cell.get("options")
    return {
        **members(cell, "family", "type", "protocol", "variant",
                  "contradiction"),
        "verdict": text(cell.get("verdict")) or "unknown",
        "reason": members(cell.get("reason"), "call", "errno", "text"),
        "kernel": kernels.index(kernel),
        "notes": texts(cell.get("notes")),
        "setup": texts(cell.get("setup")),
        "events": [read_event(one) for one in dicts(cell.get("events"))],
        "events_missing": number(cell.get("events_missing")),
        "summary": cell["summary"] if isinstance(cell.get("summary"), dict)
        else {},
        # None: nobody asked.
        "probes": None if probes is None
        else [read_probe(one) for one in dicts(probes)],
        "options": None if options is None
        else [read_option(one) for one in dicts(options)],
    }


def read_event(event):
    arguments, times = event.get("args"), event.get("t_ns")
    return {
        **members(event, "side", "pid", "call", "errno", "note"),
        "args": clean(arguments) if isinstance(arguments, list) else [],
        "result": event.get("result")
        if isinstance(event.get("result"), int) else None,
        "t_ns": times if isinstance(times, int) else None,
    }


def read_probe(probe):
    return {
        **members(probe, "id", "group", "question", "observed", "documented",
                  "source", "note"),
        "finding": probe.get("finding") is True,
        "timing": probe.get("timing") is True,
        "documents": [
            {**members(one, "answer", "source"),
             "differs": one.get("differs") is True}
            for one in dicts(probe.get("documents"))],
        "explained": members(probe.get("explained"), "text", "source",
                             "since", "until"),
        "reason": members(probe.get("reason"), "call", "errno", "text"),
    }


def read_option(option):
    return {
        **members(option, "level", "name", "value", "default", "tried",
                  "read_back", "note"),
        "get": read_states(option.get("get")),
        "set": read_states(option.get("set")),
    }


def read_states(states):
    """{state: None where it is allowed, else the errno}; None: not tried."""
    if not isinstance(states, dict):
        return None
    order = list(STATES) + sorted(set(states) - set(STATES))
    return {clean(name): text(states[name])
            for name in order if name in states}


def key(cell):
    """The cell's name in parts; its variant is one where it has several."""
    parts = cell["family"], cell["type"], cell["protocol"]
    return parts + ((cell["variant"],) if cell["variant"] else ())


def name(cell):
    return "/".join(key(cell))


def verdict(cell):
    """"refused EPROTONOSUPPORT"."""
    errno = (cell["reason"] or {}).get("errno")
    works = cell["verdict"] == "works"
    return cell["verdict"] + (f" {errno}" if errno and not works else "")


def did_not_run(probe):
    """Words for why there is no observation."""
    reason = probe["reason"] or {}
    call = f"{reason['call']}()" if reason.get("call") else None
    return ": ".join(filter(None, (call, reason.get("errno"),
                                   reason.get("text")))) or "no reason given"


def allowed(states):
    """Words for what is allowed in which socket state: "yes", an errno, or
    each with its states: "fresh, bound: yes; connected: EISCONN"."""
    if not states:
        return ""
    answers = {}
    for state, errno in states.items():
        answers.setdefault(errno or "yes", []).append(state)
    if len(answers) == 1:
        return next(iter(answers))
    return "; ".join(f"{', '.join(those)}: {answer}"
                     for answer, those in answers.items())


def types(cells):
    """The types in the order of the matrix, strange ones last."""
    there = {cell["type"] for cell in cells}
    return [kind for kind in matrix.TYPES if kind in there] + sorted(
        there - set(matrix.TYPES))
