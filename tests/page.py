#!/usr/bin/env python3
"""The page of scripts/report in a real browser: what opens on a click and on a
key, what stands in it, hostile text, dark mode, a phone, paper.

run-tests: limit 300
"""
import contextlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import browser as browsers  # noqa: E402
import harness  # noqa: E402
import synthetic  # noqa: E402
from browser import DESKTOP, PHONE  # noqa: E402
from harness import contains, equal, eventually, test  # noqa: E402

sys.path.insert(0, os.path.join(harness.ROOT, "scripts", "lib"))
import page  # noqa: E402
import results  # noqa: E402

TCP = "inet/stream/tcp"
OPEN = "dialog[open]"


@contextlib.contextmanager
def opened(document, second=None, fragment="", size=DESKTOP):
    """A browser that shows the page of a document. When all is done, nothing
    was said on the console."""
    with browsers.Browser() as browser:
        path = os.path.join(os.environ["TMPDIR"], "page.html")
        page.write(path, results.read(document),
                   second and results.read(second))
        browser.path = path
        try:
            browser.resize(*size)
            browser.open(path, fragment)
            yield browser
            equal(browser.complaints(), [], "the console")
        finally:
            os.unlink(path)


def small():
    return synthetic.document(probes=12, options=20)


def cell(document, name):
    return next(one for one in document["cells"] if "/".join(
        (one["family"], one["type"], one["protocol"])) == name)


def hash_of(browser):
    return browser.run("return location.hash")


def fits(browser):
    laid_out, window = browser.width()
    assert laid_out <= window, f"{laid_out} wide in a window of {window}"


@test("the map has every cell, its verdict as a word and as a sign")
def _():
    document = small()
    with opened(document) as browser:
        names = {(one["family"], one["type"], one["protocol"])
                 for one in document["cells"]}
        equal(browser.seen("#view-map a.tile"), len(names))
        label = "return document.querySelector(arguments[0])" \
                ".getAttribute('aria-label')"
        for name, words, sign in (
                (TCP, "inet stream tcp: works", "●"),
                ("can/raw/raw", "works, in the lab machine", "◆"),
                ("inet/rdm/tcp", "inet rdm tcp: refused", "·"),
                ("bluetooth/stream/l2cap", "no-device", "◌")):
            tile = f"a.tile[data-cell='{name}']"
            contains(browser.run(label, tile), words)
            contains(browser.text(tile), sign)
        contains(browser.run(label, "a.tile[data-cell^='unix/stream']"),
                 "3 variants")
        equal(browser.texts("#view-map h3"), list(synthetic.FAMILIES))
        heads = browser.run("""return [...document.querySelectorAll(
            '#view-map th')].every((one) => one.scope)""")
        equal(heads, True, "each head of a table says what it heads")


@test("a click opens a cell: verdict, ladder, figures, commands")
def _():
    with opened(small()) as browser:
        browser.click(f"a.tile[data-cell='{TCP}']")
        eventually(lambda: browser.text("#cell-title").replace("\n", "")
                   == "inet/stream/tcp")
        equal(hash_of(browser), f"#{TCP}")
        contains(browser.text(".verdict"), "works")
        contains(browser.text(".verdict"), "Linux 6.18.44 x86_64")
        contains(browser.texts("dialog .command code"),
                 "sockdemo -f inet -t stream -p tcp")
        figures = browser.text("dialog .figures")
        contains(figures, "bytes verified")
        contains(figures, "58")
        steps = browser.texts("dialog .step .call")
        equal(len(steps), len(synthetic.conversation()))
        contains(steps[0], "server: socket(AF_INET, SOCK_STREAM")
        contains(steps[5], "client: connect(4, 127.0.0.1:50893)")
        # Each in its lane, and the rung in the other one.
        sides = browser.run("""return [...document.querySelectorAll(
            'dialog .step')].map((one) => [one.classList.contains('client'),
            one.querySelector('.call').getBoundingClientRect().left,
            one.querySelector('.rung')?.getBoundingClientRect().left])""")
        lanes = {client: left for client, left, _ in sides}
        assert lanes[True] < lanes[False], lanes
        for client, left, rung in sides:
            equal(left, lanes[client])
            assert rung is None or (rung > left) == client, sides
        # The other one, from the lab machine.
        browser.click("a.tile[data-cell='can/raw/raw']")
        eventually(lambda: "in the lab machine" in browser.text(".verdict"))
        contains(browser.texts("dialog .command code"),
                 "scripts/vm sockdemo -f can -t raw -p raw --setup")
        contains(browser.text("dialog"), "modprobe can")


@test("a cell's probes: observed, documented, findings, explanations, reasons")
def _():
    document = small()
    one = cell(document, TCP)
    first, second, third = one["probes"][:3]
    first.update(finding=True, observed="SEEN", documented="WRITTEN",
                 source="RFC 1", explained={"text": "BECAUSE", "since": "5.15",
                                            "source": "commit 9"}, reason=None)
    second.update(finding=True, observed="BOTH", explained=None, documents=[
        {"answer": "YES", "source": "POSIX", "differs": True},
        {"answer": "BOTH", "source": "man", "differs": False}], reason=None)
    third.update(finding=False, observed=None, reason={
        "call": "bind", "errno": "EPERM", "text": "NOT ALLOWED"})
    with opened(document, fragment=f"#{TCP}") as browser:
        row = browser.text(f"dialog tr[data-probe='{first['id']}']")
        for words in ("SEEN", "WRITTEN", "RFC 1", "finding, explained"):
            contains(row, words)
        proof = browser.text(f"tr[data-probe='{first['id']}'] + tr")
        for words in ("BECAUSE", "commit 9", "since 5.15",
                      "sockdemo probe short-read -f inet -t stream -p tcp"):
            contains(proof, words)
        row = browser.text(f"dialog tr[data-probe='{second['id']}']")
        for words in ("YES (POSIX) differs", "BOTH (man) agrees"):
            contains(row, words)
        equal(browser.seen(f"dialog [data-probe='{third['id']}']"), 0)
        browser.click("dialog .not-run summary")
        contains(browser.text("dialog .not-run"),
                 "bind(): EPERM: NOT ALLOWED")
        equal(browser.seen(f"dialog .not-run [data-probe='{third['id']}']"), 1)
        ran = [probe for probe in one["probes"] if probe["observed"]]
        equal(browser.seen("dialog tr[data-probe]"), len(ran))


@test("a cell's options: states, default, what was read back; found by name")
def _():
    document = small()
    options = cell(document, TCP)["options"]
    options[0].update(get=dict.fromkeys(synthetic.STATES), set={
        "fresh": None, "bound": None, "connected": "EISCONN"},
        default="212992", tried="1", read_back="2304")
    options[1].update(get={"fresh": "EPERM"}, set=None)
    with opened(document, fragment=f"#{TCP}") as browser:
        row = browser.text("dialog .options tr[data-name='SO_REUSEADDR']")
        for words in ("212992", "1 → 2304", "yes", "fresh, bound: yes",
                      "connected: EISCONN"):
            contains(row, words)
        contains(browser.text("dialog .refused-options"),
                 "refused in every state: EPERM\nSO_KEEPALIVE")
        before = browser.seen("dialog [data-name]")
        browser.click("dialog input[type=search]")
        browser.press(*"reuse")
        assert 0 < browser.seen("dialog [data-name]") < before
        equal(browser.seen("dialog [data-name='SO_REUSEADDR']"), 1)
        equal(browser.seen("dialog [data-name='SO_LINGER']"), 0)


@test("a link to a cell, to its variant, and to one of its probes opens it")
def _():
    with opened(small(), fragment="#unix/dgram/unix/abstract") as browser:
        contains(browser.text("#cell-title"), "unix")
        equal(browser.text("dialog .variants [aria-current]"), "● abstract")
        browser.click("dialog .variants a:first-child")
        equal(hash_of(browser), "#unix/dgram/unix/path")
        browser.open(browser.path, f"#{TCP}!eof")
        equal(browser.focused("dataset.probe"), "eof")
        browser.open(browser.path, "#unix/stream/unix")
        equal(browser.text("dialog .variants [aria-current]"), "● path")
        browser.open(browser.path, "#no/such/cell")
        equal(browser.seen(OPEN), 0)
        equal(browser.seen("#view-map"), 1)


@test("by the keyboard alone")
def _():
    with opened(small()) as browser:
        browser.press("Tab", "Tab", "Tab")
        for _ in range(4):
            if browser.focused("classList.contains('tile')"):
                break
            browser.press("Tab")
        contains(browser.focused(), "inet stream tcp")
        ring = browser.run("return getComputedStyle(document.activeElement)"
                           ".outlineStyle")
        equal(ring, "solid", "the focus is seen")
        browser.press("ArrowRight", "ArrowDown")
        contains(browser.focused(), "inet dgram mptcp")
        browser.press("ArrowLeft", "ArrowUp", "ArrowUp")
        contains(browser.focused(), "inet stream tcp")
        browser.press("End")
        contains(browser.focused(), "inet dccp tcp")
        browser.press("Home", *["ArrowDown"] * 8)
        contains(browser.focused(), "inet6 stream tcp")
        browser.press("Enter")
        eventually(lambda: browser.seen(OPEN))
        equal(browser.focused("id"), "cell-title")
        browser.press("Escape")
        eventually(lambda: not browser.seen(OPEN))
        contains(browser.focused(), "inet6 stream tcp")
        equal(hash_of(browser), "#map")
        browser.open(browser.path, "#unix/stream/unix/abstract")
        browser.press("Escape")
        eventually(lambda: not browser.seen(OPEN))
        contains(browser.focused(), "unix stream unix")
        browser.open(browser.path, "#inet/dgram/udplite")
        current = "return document.querySelector('.tile[aria-current]')" \
                  ".dataset.cell"
        equal(browser.run(current), "inet/dgram/udplite")
        browser.open(browser.path, "#unix/stream/unix/path")
        browser.press("Escape")
        eventually(lambda: not browser.seen(OPEN))
        browser.press("Shift+Tab")
        # One stop for each family.
        contains(browser.focused(), "inet6 ")


@test("on a narrow screen a cell is a dialog that keeps the keyboard")
def _():
    with opened(small(), size=PHONE) as browser:
        browser.click(f"a.tile[data-cell='{TCP}']")
        eventually(lambda: browser.run(
            "return document.querySelector('dialog').matches(':modal')"))
        browser.press("Shift+Tab")
        inside = browser.run("return document.activeElement === document.body"
                             " || !!document.activeElement.closest('dialog')")
        equal(inside, True)
        browser.press("Escape")
        eventually(lambda: not browser.seen(OPEN))
        contains(browser.focused(), "inet stream tcp")
        browser.click(f"a.tile[data-cell='{TCP}']")
        browser.click("dialog .close")
        eventually(lambda: not browser.seen(OPEN))


@test("the semantics: probes and cells, their filters, and the way to a cell")
def _():
    document = small()
    probes = [probe for one in document["cells"]
              for probe in one.get("probes", ())]
    found = sum(probe["finding"] for probe in probes)
    assert 0 < found < len(probes)
    with opened(document, fragment="#semantics") as browser:
        equal(browser.seen("td[data-cell]"), len(probes))
        equal(browser.seen("td[data-finding]"), found)
        contains(browser.text("#semantics-said"), f"{found} findings")

        def choose(name, value):
            browser.run("""const one = document.querySelector(
                `[name=${arguments[0]}]`); one.value = arguments[1];
                one.dispatchEvent(new Event("change"))""", name, value)
        choose("family", "can")
        of_can = [probe for one in document["cells"]
                  if one["family"] == "can" for probe in one.get("probes", ())]
        equal(browser.seen("td[data-cell]"), len(of_can))
        contains(browser.texts("td[data-cell]"), "two reads")
        group = of_can[0]["group"]
        choose("group", group)
        equal(browser.seen("td[data-cell]"),
              sum(probe["group"] == group for probe in of_can))
        choose("family", "")
        choose("group", "")
        browser.click("[name=findings]")
        equal(browser.seen("td[data-finding]"), found)
        equal(browser.run("""return [...document.querySelectorAll(
            ".semantics tbody tr:not(.group)")].every((row) =>
            row.querySelector("[data-finding]"))"""), True)
        name, probe = browser.run("""const one = document.querySelector(
            "td[data-finding]"); one.focus();
            return [one.dataset.cell, one.dataset.id]""")
        browser.press("Enter")
        eventually(lambda: browser.seen(OPEN))
        contains(hash_of(browser), name)
        equal(browser.focused("dataset.probe"), probe)
        browser.press("Escape")
        eventually(lambda: not browser.seen(OPEN))
        equal(hash_of(browser), "#semantics")
        choose("form", "answers")
        equal(browser.seen("td[data-cell]"), 0)
        equal(browser.seen(".answers .finding-mark"), found)


@test("two runs: in what they differ")
def _():
    document, other = small(), small()
    cell(other, TCP).update(verdict="broken", reason={
        "call": "recv", "errno": "ECONNRESET", "text": "gone"})
    cell(other, TCP)["probes"][0]["observed"] = "ANOTHER"
    cell(other, TCP)["options"].pop()
    other["kernel"] = dict(other["kernel"], release="5.15.0")
    with opened(document, other, "#compare") as browser:
        text = re.sub(r"\s+", " ", browser.text("#view-compare"))
        for words in ("Linux 6.18.44", "Linux 5.15.0",
                      "inet/stream/tcp works broken ECONNRESET",
                      "ANOTHER", "short-read", "Options in A only"):
            contains(text, words)
        equal(browser.seen("#view-compare tbody tr"), 3)
    with opened(document, document, "#compare") as browser:
        contains(browser.text("#view-compare"), "248 cells compared: equal.")
    with opened(document) as browser:
        equal(browser.seen("a[href='#compare']"), 0)


@test("hostile text is text, wherever it stands")
def _():
    document = synthetic.hostile()
    with opened(document, document) as browser:
        names = browser.run("""return [...document.querySelectorAll("a.tile")]
            .map((one) => one.getAttribute("href"))""")
        equal(len(names), len(document["cells"]))
        for name in [*names, "#semantics", "#compare"]:
            browser.run("location.hash = arguments[0]", name)
            eventually(lambda name=name: browser.run("""return location.hash
                !== "" && (arguments[0].length < 12 || document.querySelector(
                "dialog").open)""", name))
            equal(browser.run("return window.hurt"), None)
            equal(browser.run("return document.querySelectorAll("
                              "'img, iframe, [onfocus], [onerror]').length"),
                  0)
            fits(browser)
        browser.open(browser.path, names[1])
        contains(browser.text("dialog"), "<!-- <script>")
        shown = browser.run("return document.body.textContent")
        for character in "\x1b\x07\u202e\u2028":
            assert character not in shown, repr(character)
        equal(browser.run("return document.scripts.length"), 2)


def luminance(browser, selector, name):
    """How light a colour of the first such element is, 0 to 1."""
    red, green, blue = map(int, re.findall(r"\d+", browser.run(
        "return getComputedStyle(document.querySelector(arguments[0]))"
        "[arguments[1]]", selector, name))[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


@test("light and dark, as the reader's system is; what is read stands out")
def _():
    with opened(small()) as browser:
        for scheme in "light", "dark":
            browser.scheme(scheme)
            dark = scheme == "dark"
            equal(luminance(browser, "body", "backgroundColor") < .5, dark)
            equal(luminance(browser, "body", "color") > .5, dark)
            browser.open(browser.path, f"#{TCP}")
            equal(luminance(browser, "dialog", "backgroundColor") < .5, dark)
            for words in ("dialog .gave", "dialog .question", "dialog cite",
                          "a.tile[data-verdict=works]", ".badge"):
                equal(luminance(browser, words, "color") > .5, dark, words)


@test("nothing is wider than the screen, from a phone to a desktop")
def _():
    with opened(small(), small()) as browser:
        for width in 320, PHONE[0], 768, 1100, 1600:
            browser.resize(width, 800)
            for fragment in ("", f"#{TCP}", "#unix/stream/unix/path",
                             "#semantics", "#compare"):
                browser.open(browser.path, fragment)
                fits(browser)
                inner = browser.run("""const one = document.querySelector(
                    "dialog[open]"); return one ? one.scrollWidth -
                    one.clientWidth : 0""")
                equal(inner, 0, f"{fragment} at {width}")


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@test("on paper: the map with its findings; an open cell in full")
def _():
    with opened(small()) as browser:
        paper = "return document.getElementById('paper').textContent"
        browser.run("dispatchEvent(new Event('beforeprint'))")
        contains(browser.run(paper), "Where they differ from the documents")
        browser.run("dispatchEvent(new Event('afterprint'))")
        equal(browser.run(paper), "")
        assert pages_of(browser.printed()) >= 2
        browser.open(browser.path, f"#{TCP}")
        browser.run("dispatchEvent(new Event('beforeprint'))")
        text = browser.run(paper)
        for words in ("listen(4, 5)", "SO_REUSEADDR", "documented"):
            contains(text, words)
        equal(browser.run("""return [...document.querySelectorAll(
            "#paper details")].every((one) => one.open)"""), True)
        browser.run("dispatchEvent(new Event('afterprint'))")
        assert pages_of(browser.printed()) >= 2


@test("a screen reader is told what is what")
def _():
    with opened(small(), small(), f"#{TCP}") as browser:
        tree = browser.devtools("Accessibility.getFullAXTree")["nodes"]
        roles = {}
        for node in tree:
            if not node.get("ignored"):
                roles.setdefault(node["role"]["value"], []).append(
                    node.get("name", {}).get("value", ""))
        equal([name for name in roles["dialog"]], ["inet/stream/tcp"])
        equal(len(roles["grid"]), len(synthetic.FAMILIES))
        contains(roles["grid"], "inet: protocols and types")
        contains(roles["navigation"], "Views")
        contains(roles["columnheader"], "documented")
        contains(roles["rowheader"], "tcp")
        equal(browser.run("return document.documentElement.lang"), "en")
        for role in "link", "button", "searchbox":
            assert all(name.strip() for name in roles[role]), roles[role]


@test("a large run opens, and its views are drawn")
def _():
    document = synthetic.document()
    with opened(document, document) as browser:
        assert os.path.getsize(browser.path) < 3 << 20
        equal(browser.seen("#view-map a.tile"), len(
            {(one["family"], one["type"], one["protocol"])
             for one in document["cells"]}))
        browser.open(browser.path, "#semantics")
        assert browser.seen("td[data-cell]") > 5500
        browser.open(browser.path, f"#{TCP}")
        assert browser.seen("dialog [data-probe]") > 70
        assert len(browser.texts("dialog [data-name]")) > 200


@test("what this kernel really does")
def _():
    path = os.path.join(os.environ["TMPDIR"], "real.json")
    result = harness.run([os.path.join(harness.ROOT, "scripts", "run-matrix"),
                          "-f", "inet", "-f", "unix", "--events", "--json",
                          path], limit=120)
    equal(result.returncode, 0, result.stderr)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    os.unlink(path)
    with opened(document, fragment=f"#{TCP}") as browser:
        contains(browser.text("dialog"), "listen(")
        contains(browser.text(".verdict"), "works")


harness.main()
