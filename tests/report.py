#!/usr/bin/env python3
"""scripts/report and scripts/compare-matrix, and what they are made of. What a
browser makes of the page is for page.py.

run-tests: limit 120
"""
import copy
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import synthetic  # noqa: E402
from harness import contains, equal, test  # noqa: E402

SCRIPTS = os.path.join(harness.ROOT, "scripts")
sys.path.insert(0, os.path.join(SCRIPTS, "lib"))
import compare  # noqa: E402
import ladder  # noqa: E402
import pack  # noqa: E402
import page  # noqa: E402
import results  # noqa: E402

SMALL = synthetic.document(probes=9, options=12)
MOST = 3 << 20


def script(name, *words, **more):
    return harness.run([os.path.join(SCRIPTS, name), *words], **more)


class Files:
    """JSON files in TMPDIR, gone at the end of the `with`."""

    def __init__(self, *documents):
        self.paths = []
        for number, document in enumerate(documents):
            path = os.path.join(os.environ["TMPDIR"], f"{number}.json")
            self.paths.append(path)
            with open(path, "w", encoding="utf-8") as file:
                file.write(document if isinstance(document, str)
                           else json.dumps(document))

    def __enter__(self):
        return self.paths

    def __exit__(self, *_):
        for path in self.paths:
            os.unlink(path)


def compared(one, other, status, **more):
    """What compare-matrix prints, the blanks in it as one."""
    with Files(one, other) as paths:
        result = script("compare-matrix", *paths, **more)
    equal((result.returncode, result.stderr), (status, b""))
    return re.sub(r"\s+", " ", result.stdout.decode())


def changed(change, name="inet/stream/tcp"):
    """A copy of the small document in which one cell is changed."""
    document = copy.deepcopy(SMALL)
    for cell in document["cells"]:
        if "/".join((cell["family"], cell["type"], cell["protocol"])) == name:
            change(cell)
    return document


@test("compare-matrix: what is equal")
def _():
    contains(compared(SMALL, SMALL, 0), "248 cells compared: equal")


@test("compare-matrix: times, process ids, cookies and ports never differ")
def _():
    def one(cell):
        cell["options"] += [
            {"level": "SOL_SOCKET", "name": "SO_PEERCRED", "get": {"fresh":
             None}, "default": "pid=17 uid=0 gid=0"},
            {"level": "SOL_SOCKET", "name": "SO_COOKIE", "get": {"fresh":
             None}, "default": "8193"},
            {"level": "SOL_X", "name": "X_NAME", "default": "127.0.0.1:4711"}]

    def other(cell):
        one(cell)
        for place, value in enumerate(("pid=4 uid=0 gid=0", "77",
                                       "127.0.0.1:99")):
            cell["options"][place - 3]["default"] = value
        cell["summary"]["elapsed_ns"] *= 3
        for event in cell["events"]:
            event.update(pid=1, t_ns=event["t_ns"] + 5)
        for probe in cell["probes"]:
            probe["elapsed_ns"] += 1
    contains(compared(changed(one), changed(other), 0), "equal")

    def renamed(cell):
        other(cell)
        cell["options"][-1]["default"] = "127.0.0.2:99"
    contains(compared(changed(one), changed(renamed), 1),
             "1 option differs")


@test("compare-matrix: a verdict and an errno")
def _():
    def refused(cell):
        cell.update(verdict="refused", reason={"call": "socket", "errno":
                    "EPERM", "text": "so"})
    text = compared(SMALL, changed(refused), 1)
    contains(text, "inet/stream/tcp works refused EPERM")
    contains(text, "248 cells compared: 1 cell differs")

    def another(cell):
        refused(cell)
        cell["reason"].update(errno="EACCES")
    contains(compared(changed(another), changed(refused), 1),
             "inet/stream/tcp refused EACCES refused EPERM")


@test("compare-matrix: what was observed; what depends on time counts not")
def _():
    def observe(words, **more):
        def change(cell):
            cell["probes"][0].update(observed=words, **more)
        return changed(change)
    text = compared(observe("rest stays"), observe("all lost"), 1)
    contains(text, "short-read rest stays all lost inet/stream/tcp")
    text = compared(observe("rest stays"), observe(None, reason={
        "call": "bind", "errno": "EPERM", "text": "no"}), 1)
    contains(text, "short-read rest stays did not run: EPERM")
    text = compared(observe("17", timing=True), observe("18", timing=True), 0)
    contains(text, "Probes that depend on time A B short-read 17 18")


@test("compare-matrix: an option's default, value read back and errnos")
def _():
    def change(**fields):
        return changed(lambda cell: cell["options"][0].update(fields))
    for name, words in ("default", "default"), ("read_back", "read back"):
        text = compared(change(**{name: "1"}), change(**{name: "2"}), 1)
        contains(text, f"{words.split()[-1]} inet/stream/tcp")
        assert re.search(r"SO_REUSEADDR .*\b1 2\b", text), text
    states = {"fresh": None, "bound": None}
    for name in "get", "set":
        text = compared(change(**{name: states}), change(
            **{name: states | {"bound": "EINVAL"}}), 1)
        contains(text, f"{name}sockopt")
        contains(text, "fresh: yes; bound:")
        contains(text, "EINVAL")
    contains(compared(change(set=None), change(set=states), 1), "not tried")
    # A kernel that lacks it differs once, not in all that follows from it.
    lacks = {"fresh": "ENOPROTOOPT"}
    text = compared(change(get={"fresh": None}, set={"fresh": None}), change(
        get=lacks, set=lacks, default=None, read_back=None), 1)
    contains(text, "SO_REUSEADDR yes ENOPROTOOPT inet/stream/tcp 248")
    contains(text, "1 option differs")


@test("compare-matrix: what is in one file only")
def _():
    fewer = copy.deepcopy(SMALL)
    del fewer["cells"][0]
    text = compared(SMALL, fewer, 1)
    contains(text, "Cells in A only A B inet/stream/tcp works")
    contains(compared(fewer, SMALL, 1), "Cells in B only")
    text = compared(SMALL, changed(lambda cell: cell["probes"].pop()), 1)
    contains(text, "Probes in A only A B")
    contains(text, "is there inet/stream/tcp")
    text = compared(changed(lambda cell: cell.pop("options")), SMALL, 1)
    contains(text, "Options in B only A B inet/stream/tcp 12 options")
    bare = synthetic.document(probes=0, options=0)
    contains(compared(SMALL, bare, 1), "Probes in A only")


@test("compare-matrix: a cell's variants are told apart")
def _():
    def change(cell):
        if cell["variant"] == "abstract":
            cell.update(verdict="broken", reason={"text": "x"})
    contains(compared(SMALL, changed(change, "unix/stream/unix"), 1),
             "unix/stream/unix (abstract) works broken")


@test("compare-matrix: fits its columns, and no text drives the terminal")
def _():
    other = synthetic.document(probes=9, options=12)
    for cell in other["cells"]:
        for probe in cell.get("probes", ()):
            probe["observed"] = "\x1b[31m\u202e" + "y" * 99
    for width in "80", "50":
        with Files(SMALL, other) as paths:
            result = script("compare-matrix", *paths,
                            env=dict(harness.LOCALE, COLUMNS=width))
        lines = result.stdout.decode().splitlines()
        equal([line for line in lines if len(line) > int(width)], [])
        assert "\x1b" not in result.stdout.decode()
        assert "\u202e" not in result.stdout.decode()
        contains(result.stdout, rb"\x1b")
    with Files(SMALL, synthetic.hostile()) as paths:
        result = script("compare-matrix", *paths)
    equal((result.returncode, result.stderr), (1, b""))
    for character in "\x1b\x07\u202e\u2028":
        assert character not in result.stdout.decode(), repr(character)


@test("compare-matrix and report: what cannot be read is exit 2, and said")
def _():
    bad = (("", "no JSON"), ("{", "no JSON"), ("[]", "no cells"),
           ("{}", "no cells"), ('{"cells": [1]}', "cell 1"),
           ('{"cells": [{"family": "inet"}]}', "cell 1"),
           ("[" * 100000, "no JSON"), ('{"cells": 7}', "no cells"))
    for content, why in bad:
        with Files(content, SMALL) as paths:
            for words in (["compare-matrix", *paths],
                          ["compare-matrix", *reversed(paths)],
                          ["report", paths[0], "-o", "-"]):
                result = script(*words)
                equal((result.returncode, result.stdout), (2, b""), content)
                contains(result.stderr.decode(), paths[0])
                contains(result.stderr.decode(), why)
                equal(result.stderr.count(b"\n"), 1)
    for words in ([], ["a"], ["a", "b", "c"], ["-x", "a"]):
        equal(script("compare-matrix", *words).returncode, 2)
    for words in ([], ["a", "b", "c"], ["--what", "a"]):
        equal(script("report", *words).returncode, 2)
    result = script("report", "/nowhere/\x1b.json")
    equal(result.returncode, 2)
    contains(result.stderr, rb"\x1b.json: No such file")
    for name in "report", "compare-matrix":
        result = script(name, "--help")
        equal(result.returncode, 0)
        contains(result.stdout, b"Exit status")


@test("report: names its file after the other, or as it is told")
def _():
    with Files(SMALL, SMALL) as paths:
        folder = os.path.dirname(paths[0])
        written = {}
        for words, name in (([paths[0]], "0.html"),
                            ([paths[0], "-o", folder + "/x"], "x"),
                            (["-o", folder + "/y", *paths], "y")):
            result = script("report", *words)
            equal((result.returncode, result.stdout, result.stderr),
                  (0, b"", b""))
            with open(os.path.join(folder, name), "rb") as file:
                written[name] = file.read()
            os.unlink(os.path.join(folder, name))
        result = script("report", "-", data=json.dumps(SMALL).encode())
        equal(result.stdout, written["0.html"])
        equal(written["x"], written["0.html"])
        assert len(written["y"]) > len(written["x"])
        result = script("report", paths[0], "-o", "/nowhere/x.html")
        equal(result.returncode, 1)
        contains(result.stderr, b"/nowhere/x.html: No such file")


def data_of(html):
    return json.loads(re.search(
        r'<script type="application/json" id="data">(.*?)</script>', html,
        re.DOTALL)[1])


@test("report: no text of a peer can leave its place")
def _():
    html = page.html(results.read(synthetic.hostile()))
    equal(len(re.findall("<script", html, re.IGNORECASE)), 2)
    equal(len(re.findall("</script", html, re.IGNORECASE)), 2)
    assert "<!--" not in html
    for character in "\x1b\x07\u202e\u2028\u2029":
        assert character not in html, repr(character)
    model = pack.unpack(data_of(html))
    contains(json.dumps(model), r"\\x1b[31m\\x07\\xe2\\x80\\xae")
    # The data is whole: what looks like markup is text in it.
    contains(model["cells"][0]["notes"], [synthetic.HOSTILE[0]][0])
    equal(model["cells"][1]["probes"][0]["observed"], synthetic.HOSTILE[1])


@test("report: nothing is fetched, and no other script may run")
def _():
    html = page.html(results.read(SMALL))
    equal(re.findall(r"(?:src|href)=.?https?:|@import|url\(", html), [])
    policy = re.search('Content-Security-Policy" content="([^"]*)"', html)[1]
    contains(policy, "default-src 'none'")
    script_text = re.search(r"<script>(.*)</script>", html, re.DOTALL)[1]
    contains(policy, f"script-src '{page.digest(script_text)}'")


@test("report: a large run stays below 3 MiB")
def _():
    document = synthetic.document()
    probes = [probe for cell in document["cells"]
              for probe in cell.get("probes", ())]
    observed = sum(probe["observed"] is not None for probe in probes)
    assert observed > 5500, observed
    equal(sum(len(cell.get("options", ())) for cell in document["cells"])
          > 15000, True)
    other = copy.deepcopy(document)
    for cell in other["cells"]:
        for option in cell.get("options", ()):
            option["default"] = f"{option['default']}1"
    size = len(page.html(results.read(document), results.read(other)).encode())
    assert size < MOST, size


@test("report: what is missing or null is no trouble")
def _():
    bare = {"cells": [{"family": "a", "type": "b", "protocol": "c"}]}
    model = page.model(results.read(bare))
    equal(model["cells"][0]["verdict"], "unknown")
    cell = copy.deepcopy(SMALL["cells"][0])

    def without(value):
        """The value again and again, each time with one thing of another
        kind, or gone."""
        if isinstance(value, dict):
            for name, part in value.items():
                yield {key: one for key, one in value.items() if key != name}
                for wrong in (None, 7, "x", [], {}, True, [None], {"a": []}):
                    yield {**value, name: wrong}
                for other in without(part):
                    yield {**value, name: other}
        elif isinstance(value, list):
            for place, part in enumerate(value[:3]):
                for other in (None, 7, "x", [], {}, *without(part)):
                    yield [*value[:place], other, *value[place + 1:]]
    cell["probes"], cell["options"] = cell["probes"][:2], cell["options"][:2]
    cell["events"] = cell["events"][2:9:3]
    number, whole = 0, results.read({"cells": [cell]})
    for one in without(cell):
        try:
            document = results.read({"cells": [one]})
        except results.Unusable:
            continue
        number += 1
        page.data(page.model(document))
        compare.Comparison(whole, document)
    assert number > 500, number


@test("pack: what was packed comes back, and what is the same is there once")
def _():
    tricky = {"a": [True, 1, "1", 1.0, None, False, 0, "", [], {}],
              "b": [[1], [1], (1, 2)], "c": {"a": {"a": 1}}, "d": [[]]}
    back = pack.unpack(pack.pack(tricky))
    equal(json.dumps(back), json.dumps(tricky))
    packed = pack.pack([{"long words": [1, 2, "three"]}] * 100)
    equal(len(json.dumps(packed)) < 800, True)
    equal(json.dumps(packed).count("long words"), 1)
    model = page.model(results.read(SMALL))
    equal(pack.unpack(json.loads(json.dumps(pack.pack(model)))),
          json.loads(json.dumps(model)))


@test("ladder: the words of each call")
def _():
    events = results.read({"cells": [dict(SMALL["cells"][0],
        events=synthetic.conversation())]})["cells"][0]["events"]
    rows, lanes = ladder.rows(events)
    equal(lanes, ["client (process 8)", "server (process 7)"])
    said = [f"{row['side'][0]} {row['call']} {row['gave']}" for row in rows]
    equal(said, [
        "s socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 4",
        "s bind(4, 127.0.0.1:0) = 0",
        "s getsockname(4) → 127.0.0.1:50893",
        "s listen(4, 5) = 0",
        "c socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 4",
        "c connect(4, 127.0.0.1:50893) … EINPROGRESS",
        "s accept4(4) = 5 from 127.0.0.1:38266",
        'c send(4, "1/1 hello from client", MSG_NOSIGNAL) = 29',
        's recv(5) = 29 "1/1 hello from client"',
        's send(5, "1/1 hello from client", MSG_NOSIGNAL) = 29',
        'c recv(4) = 29 "1/1 hello from client"',
        "c close(4) = 0", "s recv(5) = 0", "s close(5) = 0",
        "s close(4) = 0"])
    crossed = [(row["side"], row["rung"]["way"], row["rung"]["text"])
               for row in rows if row["rung"]]
    equal(crossed, [("server", "in", "connection"), ("server", "in",
          "29 bytes"), ("client", "in", "29 bytes"),
          ("server", "in", "end, or 0 bytes")])


@test("ladder: payloads are quoted, cut and escaped")
def _():
    for data, length, shown in (
            (b"abc", 3, '"abc"'), ("ß\n".encode(), 3, r'"ß\x0a"'),
            (b'"\\', 2, r'"\"\\"'), (b"\xff\x00", 2, r'"\xff\x00"'),
            (b"x" * 40, 40, '"' + "x" * 31 + '…"'),
            (b"ab\xe2\x82", 9, '"ab…"'), (b"\x1b[31m", 5, r'"\x1b[31m"')):
        equal(ladder.quote({"len": length, "hex": data.hex()}), shown)


@test("ladder: what a real program did, in every format of arguments")
def _():
    for words in (["-f", "inet", "-t", "dgram"], ["-f", "unix", "-t",
                  "seqpacket"], ["-f", "inet6"]):
        result = harness.sockdemo(*words, "--format", "json")
        events = results.read(json.loads(result.stdout))["cells"][0]["events"]
        rows, lanes = ladder.rows(events)
        equal(None in lanes, False)
        text = re.sub(r"\s+", " ", harness.sockdemo(*words, env=dict(
            harness.LOCALE, COLUMNS="400")).stdout.decode())
        for row in rows:
            assert "None" not in row["call"] + row["gave"], row
            # What stands before the first value of this run is the same.
            contains(text, row["call"].split("(")[0] + "(")
        assert any(row["rung"] for row in rows)


@test("the page's command line for a cell")
def _():
    cell = results.read(changed(lambda cell: cell.update(
        variant="it's; rm -rf")))["cells"][0]
    equal(page.words(cell), "-f inet -t stream -p tcp "
          "--variant 'it'\\''s; rm -rf'")
    there = [cell for cell in results.read(SMALL)["cells"]
             if results.name(cell) == "can/raw/raw"][0]
    equal(page.words(there), "-f can -t raw -p raw --setup")
    equal(page.cell_model(there)["run"], "scripts/vm sockdemo")


@test("run-matrix --html writes the page; the JSON keeps no event for it")
def _():
    folder = os.environ["TMPDIR"]
    html, plain = os.path.join(folder, "a.html"), os.path.join(folder, "a.json")
    result = script("run-matrix", "-f", "unix", "--html", html, "--json",
                    plain)
    equal(result.returncode, 0, result.stderr)
    with open(html, encoding="utf-8") as file:
        model = pack.unpack(data_of(file.read()))
    with open(plain, encoding="utf-8") as file:
        report = json.load(file)
    os.unlink(html)
    os.unlink(plain)
    equal(len(model["cells"]), len(report["cells"]))
    working = [cell for cell in model["cells"] if cell["verdict"] == "works"]
    assert working and all(len(cell["ladder"]) > 5 for cell in working)
    assert not any("events" in cell for cell in report["cells"])
    result = script("run-matrix", "-f", "unix", "--html", "/nowhere/x")
    equal(result.returncode, 1)
    contains(result.stderr, b"/nowhere/x")


harness.main()
