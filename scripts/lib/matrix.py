"""matrix: what became of many cells, as text of 80 columns or fewer."""
import terminal

VERDICTS = ("works", "refused", "absent", "denied", "no-device", "broken")
TYPES = ("stream", "dgram", "seqpacket", "raw", "rdm", "dccp")
COLORS = {"works": "green", "denied": "yellow", "no-device": "yellow",
          "broken": "red"}
SHORT = {"stream": "str", "dgram": "dgr", "seqpacket": "seq",
         "works": "", "absent": "abs", "denied": "den", "no-device": "dev",
         "BROKEN": "BRK"}
LABEL = 14
COLUMN = 11


def describe(reports, style, version, kernels, seconds, width=80):
    """The table, the reasons and the counts. The first of the kernels is this
    machine's; what ran on another is marked."""
    here, *others = kernels
    places = {name_of(report.get("kernel", here)) for report in reports}
    titles = [f"on {name_of(here)}"] if name_of(here) in places else []
    titles += [f"in the lab machine on {name_of(other)}" for other in others]
    titles = [f"sockdemo {version} {titles[0]}"] + [
        f"and {title}" for title in titles[1:]]
    for report in reports:
        report["there"] = report.get("kernel", here) != here
    parts = [[terminal.wrap(title, columns=width) for title in titles],
             table(reports, style, width), reasons(reports, style, width),
             contradictions(reports, style, width),
             [terminal.wrap(counts(reports, style, seconds), columns=width)]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def name_of(kernel):
    return f"{kernel['sysname']} {kernel['release']} {kernel['machine']}"


def table(reports, style, width):
    """One block for each family: its protocols down, the types across."""
    types = [kind for kind in TYPES
             if any(report["type"] == kind for report in reports)]
    types += sorted({report["type"] for report in reports} - set(types))
    label, column = measure(reports, types, width)
    lines, shortened = [], []
    for family in unique(report["family"] for report in reports):
        mine = [one for one in reports if one["family"] == family]
        if len(keys(mine)) > 1 and {one["verdict"] for one in mine} == {
                "absent"}:
            lines += [""] * bool(lines) + [
                style.paint(f"{family:<{label}}", "bold")
                + style.paint("absent", "dim")]
            continue
        heading = f"{family:<{label}}" + "".join(
            f"{fit(kind, column):<{column}}" for kind in types).rstrip()
        lines += [""] * bool(lines) + [style.paint(heading, "bold")]
        for protocol in unique(report["protocol"] for report in mine):
            row = [one for one in mine if one["protocol"] == protocol]
            entries = [entry([one for one in row if one["type"] == kind],
                             style, column, shortened) for kind in types]
            lines.append((f"  {protocol:<{label - 2}}"
                          + "".join(entries)).rstrip())
    mark, there, dot = style.pick("●◆·", "#@.")
    legend = f"{mark} works   {dot} refused"
    if any(report["there"] for report in reports):
        legend = (f"{mark} works   {there} works in the lab machine   "
                  f"{dot} refused")
    if shortened:
        legend += "   " + ", ".join(unique(shortened)) + ":"
    else:
        legend += "   a word:"
    return lines + ["", terminal.wrap(legend + " see the reasons below",
                                      columns=width)]


def measure(reports, types, width):
    """How wide the labels are, and each column beside them."""
    if LABEL + COLUMN * len(types) <= width:
        return LABEL, COLUMN
    label = max(len(report["protocol"]) + 3 for report in reports)
    label = max([label] + [len(report["family"]) + 1 for report in reports])
    return label, max(4, min(COLUMN, (width - label) // max(1, len(types))))


def fit(text, column):
    """The text, or something short for it, with a blank behind it."""
    return text if len(text) < column else SHORT.get(text, text)[:column - 1]


def entry(reports, style, column, shortened):
    """What the table says of one cell, given the reports of its variants."""
    verdicts = unique(report["verdict"] for report in reports)
    if not verdicts:
        return " " * column
    mark, there, dot = style.pick("●◆·", "#@.")
    worst = max(verdicts, key=VERDICTS.index)
    wrong = any(report["contradiction"] for report in reports)
    room = column - wrong
    if verdicts == ["works"]:
        marks = unique(there if report["there"] else mark
                       for report in reports)
        text = "".join(marks)
        text += " works" if len(text + " works") < room else ""
    elif len(verdicts) > 1:
        good = sum(report["verdict"] == "works" for report in reports)
        text = f"{good} of {len(reports)}"
        text = text if len(text) < room else f"{good}/{len(reports)}"
    elif worst == "refused":
        text = dot
    else:
        word = worst.upper() if worst == "broken" else worst
        text = fit(word, room)
        if text != word:
            shortened.append(f"{text} {worst}")
    if wrong:
        text, worst = text + "!", "broken"
    return (style.paint(text, COLORS.get(worst, "dim"))
            + " " * (column - len(text)))


def reasons(reports, style, width):
    """Why, for all that do not work: each reason once, with its cells."""
    groups = {}
    for report in reports:
        if report["verdict"] != "works":
            reason = report["reason"]
            key = report["verdict"], reason.get("errno"), reason["text"]
            groups.setdefault(key, []).append(report)
    lines = []
    order = sorted(groups, key=lambda key: -VERDICTS.index(key[0]))
    for verdict, errno, text in order:
        head = " ".join(filter(None, (verdict, errno)))
        cells = ", ".join(abridge(groups[verdict, errno, text], reports))
        wrapped = terminal.wrap(f"{head}: {cells}", "", "    ", width,
            " " if max(map(len, cells.split())) <= width - 4 else " ,")
        lines.append(style.paint(head, COLORS.get(verdict, "bold"))
                     + wrapped[len(head):])
        lines.append(terminal.wrap_command(terminal.printable(text), "    ",
                                           width))
    return lines


def abridge(group, reports):
    """Names the cells of a group in few words: * stands for all that ran of a
    family, a type or a protocol, {a,b} for several."""
    ours, every = keys(group), keys(reports)
    # A cell of which only some variants belong to the group is named alone.
    others = keys(one for one in reports if one not in group)
    left = [key for key in ours if key not in others]
    names = []
    for pattern in ((0,), (0, 1), (0, 2)):
        for part in unique(pick(key, pattern) for key in left):
            whole = [key for key in every if pick(key, pattern) == part]
            if len(whole) > 1 and all(key in left for key in whole):
                names.append(part)
                left = [key for key in left if key not in whole]
    for part in unique(pick(key, (0, 1)) for key in left):
        protocols = [key[2] for key in left if pick(key, (0, 1)) == part]
        names.append(part[:2] + (braces(protocols),))
    names = ["/".join((braces([one[0] for one in names if one[1:] == tail]),)
                      + tail) for tail in unique(one[1:] for one in names)]
    for key in ours:
        if key in others:
            variants = [one["variant"] for one in group if keys([one])[0] == key]
            names.append(f"{'/'.join(key)} ({' '.join(variants)})")
    return names


def keys(reports):
    return unique((one["family"], one["type"], one["protocol"])
                  for one in reports)


def pick(key, positions):
    return tuple(word if position in positions else "*"
                 for position, word in enumerate(key))


def braces(names):
    return names[0] if len(names) == 1 else "{" + ",".join(names) + "}"


def contradictions(reports, style, width):
    lines = []
    for report in reports:
        if report["contradiction"]:
            name = "/".join(report[word]
                            for word in ("family", "type", "protocol"))
            wrapped = terminal.wrap(terminal.printable(
                f"contradicts its table: {name}: {report['contradiction']}"),
                "", "    ", width)
            lines.append(style.paint(wrapped, "red"))
    return lines


def counts(reports, style, seconds):
    """How many cells (and runs, where cells have variants) came to what."""
    cells = {(one["family"], one["type"], one["protocol"]) for one in reports}
    numbers = []
    for verdict in VERDICTS:
        number = sum(one["verdict"] == verdict for one in reports)
        if number:
            numbers.append(style.paint(f"{number} {verdict}",
                                       COLORS.get(verdict)))
    runs = f", {len(reports)} runs" if len(reports) > len(cells) else ""
    cell = "cell" if len(cells) == 1 else "cells"
    return (f"{len(cells)} {cell}{runs}: {', '.join(numbers)}"
            f" in {seconds:.1f} s")


def unique(values):
    return list(dict.fromkeys(values))
