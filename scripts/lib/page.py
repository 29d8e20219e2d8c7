"""page: the results of a run of the matrix as one HTML file that needs nothing
else. Its parts lie in page/: a template, styles, scripts. What the scripts show
is data in the file, no markup; a policy in it allows no other script.
"""
import base64
import hashlib
import json
import os
import re

import compare
import ladder
import pack
import results

PARTS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "page")
STYLES = ("base.css", "map.css", "cell.css", "tables.css", "print.css")
SCRIPTS = ("data.js", "dom.js", "map.js", "ladder.js", "probes.js",
           "options.js", "cell.js", "semantics.js", "compare.js", "paper.js",
           "main.js")


def write(path, document, second=None):
    """Writes the page of a document of results.load(); with a second one, it
    holds the comparison of the two."""
    content = html(document, second).encode()
    with open(path, "wb") as out:
        out.write(content)


def html(document, second=None):
    styles = "".join(part(name) for name in STYLES)
    scripts = ('(() => {\n"use strict";\n'
               + "".join(part(name) for name in SCRIPTS) + "})();\n")
    policy = (f"default-src 'none'; style-src '{digest(styles)}'; "
              f"script-src '{digest(scripts)}'; img-src data:; "
              "base-uri 'none'; form-action 'none'")
    values = {"title": markup(f"sockdemo on {document['kernels'][0]}"),
              "policy": policy, "styles": styles, "scripts": scripts,
              "data": data(model(document, second))}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]],
                  part("page.html"))


def part(name):
    with open(os.path.join(PARTS, name), encoding="utf-8") as file:
        return file.read()


def digest(text):
    return "sha256-" + base64.b64encode(
        hashlib.sha256(text.encode()).digest()).decode()


def markup(text):
    """Text, safe in an element and in an attribute."""
    for character, name in (("&", "amp"), ("<", "lt"), (">", "gt"),
                            ('"', "quot")):
        text = text.replace(character, f"&{name};")
    return text


def data(value):
    """JSON that can stand in a script element: no text in it ends the
    element, or opens a comment."""
    text = json.dumps(pack.pack(value), ensure_ascii=False,
                      separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]",
                  lambda match: f"\\u{ord(match.group()):04x}", text)


def model(document, second=None):
    """What the scripts show, in words."""
    return {
        "version": document["version"],
        "kernels": document["kernels"],
        "types": results.types(document["cells"]),
        "cells": [cell_model(cell) for cell in document["cells"]],
        "comparison": second and comparison_model(document, second)}


def cell_model(cell):
    rows, lanes = ladder.rows(cell["events"])
    return {
        "id": results.name(cell),
        **{name: cell[name] for name in (
            "family", "type", "protocol", "variant", "verdict", "contradiction",
            "notes", "setup", "kernel")},
        "errno": (cell["reason"] or {}).get("errno"),
        "reason": cell["reason"] and results.did_not_run(cell),
        "figures": figures(cell["summary"])
        if cell["summary"].get("sent") or cell["verdict"] == "works" else [],
        "run": "scripts/vm sockdemo" if cell["kernel"] else "sockdemo",
        "words": words(cell),
        "ladder": rows, "lanes": lanes, "missing": cell["events_missing"],
        "probes": cell["probes"] and [probe_model(probe)
                                      for probe in cell["probes"]],
        "options": cell["options"] and [option_model(option)
                                        for option in cell["options"]]}


def words(cell):
    """The words that name the cell to the program."""
    made = []
    for letter, name in zip("ftp", ("family", "type", "protocol")):
        made += [f"-{letter}", word(cell[name])]
    if cell["variant"]:
        made += ["--variant", word(cell["variant"])]
    # The lab machine's cells were all run so.
    if cell["kernel"] or cell["setup"]:
        made.append("--setup")
    return " ".join(made)


def word(text):
    """One word for a shell."""
    if re.fullmatch(r"[\w.,:/@%+-]+", text, re.ASCII):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def figures(summary):
    """The exchange in numbers: [what, how many]."""
    sent, came = summary.get("sent"), summary.get("round_trips")
    rows = []
    if isinstance(came, int):
        of = f" of {sent:,}" if isinstance(sent, int) and sent != came else ""
        rows.append(["messages that came back", f"{came:,}{of}"])
    if isinstance(summary.get("bytes"), int):
        rows.append(["bytes verified", f"{summary['bytes']:,}"])
    if isinstance(summary.get("elapsed_ns"), int):
        rows.append(["time taken", duration(summary["elapsed_ns"])])
    rows += [[name, f"{summary[name]:,}"]
             for name in ("lost", "duplicated", "reordered", "ignored")
             if isinstance(summary.get(name), int) and summary[name]]
    return rows


def duration(ns):
    """"0.41 ms", "2.50 s"."""
    return f"{ns / 1e6:.2f} ms" if ns < 1e9 else f"{ns / 1e9:.2f} s"


def probe_model(probe):
    explained = probe["explained"]
    return {
        **{name: probe[name] for name in (
            "group", "question", "observed", "documented", "source", "note",
            "finding", "timing")},
        "id": probe["id"] or "?", "word": word(probe["id"] or "?"),
        "documents": [[one["answer"], one["source"], one["differs"]]
                      for one in probe["documents"]],
        "explained": explained and [explained["text"], explained["source"],
                                    versions(explained)],
        "why": results.did_not_run(probe) if probe["observed"] is None
        else None}


def versions(explained):
    """Of which kernels an explanation tells: "since Linux 6.2"."""
    return ", ".join(f"{word} {explained[word]}" for word in ("since", "until")
                     if explained[word]) or None


def option_model(option):
    return {
        **{name: option[name] for name in (
            "level", "name", "value", "default", "tried", "read_back",
            "note")},
        "get": states(option["get"]), "set": states(option["set"])}


def states(allowed):
    """[how much of it is allowed: all, some, none; the words]"""
    if not allowed:
        return None
    refused = sum(errno is not None for errno in allowed.values())
    return ["all" if not refused else
            "none" if refused == len(allowed) else "some",
            results.allowed(allowed)]


def comparison_model(one, other):
    found = compare.Comparison(one, other)
    return {
        "kernels": [[document["kernels"][place] for place in sorted(
            {cell["kernel"] for cell in document["cells"]})]
            for document in (one, other)],
        "files": [os.path.basename(results.clean(document["path"]))
                  for document in (one, other)],
        "compared": found.compared, "equal": found.equal,
        "rows": [{"kind": row.kind, "what": row.what, "more": row.more,
                  "sides": list(row.sides), "only": row.only,
                  "timing": row.timing, "cells": len(row.cells),
                  "names": found.names(row)} for row in found.rows]}
