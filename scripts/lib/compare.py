"""compare: in what two runs of the matrix differ. What is another one each
time (a time, a process id, a cookie, a port) is no difference.
"""
import re

import matrix
import results

# Options whose value is of the moment: that they can be read is compared.
MOMENTARY = re.compile(
    r"_COOKIE$|^(SO_PEERCRED|SO_PEERPIDFD|SO_INCOMING_(CPU|NAPI_ID)|SO_MEMINFO"
    r"|TCP_(TIMESTAMP|INFO|CC_INFO|ZEROCOPY_RECEIVE)|MPTCP_\w*INFO"
    r"|SCTP_(STATUS|ASSOC_STATS|GET_\w*)|\w*STATI?S?T?I?C?S"
    r"|TIPC_SOCK_RECVQ\w*)$")
# What of a value is of the moment.
PASSING = ((re.compile(r"\bpid[ =:]*\d+"), "pid=…"),
           (re.compile(r"((?:\d+\.){3}\d+|\]):\d+"), r"\1:…"))


class Row:
    """One difference, and the cells that have it. kind is "cell", "probe" or
    "option"; only is 0 or 1 for what one of the two files alone has."""

    def __init__(self, kind, what, sides, more=None, only=None, timing=False):
        self.kind, self.what, self.sides = kind, what, sides
        self.more, self.only, self.timing = more, only, timing
        self.cells = []

    def identity(self):
        return (self.kind, self.what, self.sides, self.only, self.timing)


class Comparison:
    """The rows, and how many cells were compared."""

    def __init__(self, one, other):
        self.rows, self.found, self.abridged = [], {}, {}
        cells = [{results.key(cell): cell for cell in each["cells"]}
                 for each in (one, other)]
        both = [key for key in cells[0] if key in cells[1]]
        self.compared = len(both)
        self.every = [name_parts(cell) for cell in
                      {**cells[1], **cells[0]}.values()]
        for key in both:
            self.compare_cell(*(each[key] for each in cells))
        for place, each in enumerate(cells):
            for key, cell in each.items():
                if key not in cells[1 - place]:
                    said = results.verdict(cell)
                    self.add(cell, "cell", "", sides_of(place, said),
                             only=place)

    @property
    def equal(self):
        """Whether nothing differs but what depends on time by nature."""
        return all(row.timing for row in self.rows)

    def add(self, cell, *arguments, **more):
        row = Row(*arguments, **more)
        if row.identity() not in self.found:
            self.found[row.identity()] = row
            self.rows.append(row)
        self.found[row.identity()].cells.append(name_parts(cell))

    def names(self, row):
        """The cells of a row in few words. Many rows have the same ones."""
        key = tuple(map(results.key, row.cells))
        if key not in self.abridged:
            self.abridged[key] = matrix.abridge(row.cells, self.every)
        return self.abridged[key]

    def compare_cell(self, one, other):
        verdicts = results.verdict(one), results.verdict(other)
        if verdicts[0] != verdicts[1]:
            self.add(one, "cell", "", verdicts)
        self.compare_lists(one, other, "probe", lambda probe: probe["id"],
                           self.compare_probe)
        self.compare_lists(one, other, "option",
                           lambda option: (option["level"], option["name"]),
                           self.compare_option)

    def compare_lists(self, one, other, kind, key_of, compare_one):
        """The probes or the options of a cell that both have."""
        lists = [cell[kind + "s"] for cell in (one, other)]
        if not any(lists):
            return
        found = [{key_of(each): each for each in those or ()}
                 for those in lists]
        for place in (0, 1):
            if not found[1 - place]:
                if found[place]:
                    self.add(one, kind, "", sides_of(
                        place, f"{len(found[place])} {kind}s"), only=place)
                continue
            for name in found[place]:
                if name not in found[1 - place]:
                    words = name if kind == "probe" else words_of(name)
                    self.add(one, kind, words, sides_of(place, "is there"),
                             only=place)
        for name, each in found[0].items():
            if name in found[1]:
                compare_one(one, each, found[1][name])

    def compare_probe(self, cell, one, other):
        seen = tuple(observed(probe) for probe in (one, other))
        if seen[0] != seen[1]:
            self.add(cell, "probe", one["id"], seen, more=one["question"],
                     timing=one["timing"] or other["timing"])

    def compare_option(self, cell, one, other):
        what = words_of((one["level"], one["name"]))
        read, written = (tuple(results.allowed(each[name]) or "not tried"
                               for each in (one, other))
                         for name in ("get", "set"))
        differ = [("getsockopt", read)] * (read[0] != read[1]) + [
            ("setsockopt", written)] * (written[0] != written[1])
        if len(differ) == 2 and read == written:
            differ = [("", read)]
        for name, pair in differ:
            self.add(cell, "option", words_of((what, name)), pair)
        if not MOMENTARY.search(one["name"] or ""):
            self.compare_values(cell, what, one, other, bool(differ))

    def compare_values(self, cell, what, one, other, explained):
        """The values of an option. That one kernel has none goes without
        saying where it is told already that it refuses the option."""
        for name, words in (("default", "default"),
                            ("read_back", "read back")):
            pair = one[name], other[name]
            if lasting(pair[0]) != lasting(pair[1]) and not (
                    explained and None in pair):
                self.add(cell, "option", f"{what} {words}",
                         tuple(value or "none" for value in pair))


def name_parts(cell):
    return {"family": cell["family"], "type": cell["type"],
            "protocol": cell["protocol"], "variant": cell["variant"] or ""}


def sides_of(place, words):
    return (words, "") if place == 0 else ("", words)


def words_of(level_and_name):
    return " ".join(filter(None, level_and_name))


def observed(probe):
    """What was observed; of what did not run, the call and its errno."""
    if probe["observed"] is not None:
        return probe["observed"]
    errno = (probe["reason"] or {}).get("errno")
    return "did not run" + (f": {errno}" if errno else "")


def lasting(value):
    """The value without what is of the moment."""
    for pattern, stands_for in PASSING:
        value = pattern.sub(stands_for, value) if value else value
    return value
