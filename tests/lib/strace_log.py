"""strace_log: reads what `strace -ff -o FILE` wrote into calls.

A call is (name, arguments, result, errno). An argument is a number, a symbol
(Symbol: SOCK_STREAM|SOCK_CLOEXEC, NULL, a pointer), text (Quoted: bytes, and
whether strace cut them), a function's (Applied: htons(80)), a list or a
structure (dict). Whatever the grammar does not know is an error.
"""
import collections
import glob
import re

Call = collections.namedtuple("Call", "name arguments result errno")
Symbol = collections.namedtuple("Symbol", "text")
Quoted = collections.namedtuple("Quoted", "bytes cut abstract")
Applied = collections.namedtuple("Applied", "name arguments")
Changed = collections.namedtuple("Changed", "before after")

TOKEN = re.compile(r"""\s*(?:
    (?P<quoted>@?"(?:[^"\\]|\\.)*"(?:\.\.\.)?) |
    (?P<number>-?(?:0x[0-9a-f]+|[0-9]+)) |
    (?P<word>[A-Za-z_][A-Za-z0-9_]*) |
    (?P<comment>/\*.*?\*/) |
    (?P<mark>\.\.\.|=>|[][{}(),=|&?])
)""", re.VERBOSE)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-f]{2}|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f",
           b'"': b'"', b"\\": b"\\"}
RESULT = re.compile(r"\s*= (-?\d+|\?)(?: (E[A-Z0-9]+) \(.*\))?$")
NO_CALL = re.compile(r"(\+\+\+ (exited with \d+|killed by SIG\w+"
                     r"( \(core dumped\))?) \+\+\+|--- SIG\w+ .* ---)$")


class Unreadable(Exception):
    """A line that is not what strace writes."""


def unescape(text):
    def replace(match):
        code = match[1]
        if code[:1].isdigit():
            return bytes([int(code, 8)])
        if code[:1] == b"x":
            return bytes([int(code[1:], 16)])
        return LETTERS[code]
    return ESCAPE.sub(replace, text.encode("latin-1"))


class Line:
    """One line, read from left to right."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        match = TOKEN.match(self.text, self.at)
        if not match:
            raise Unreadable(f"at column {self.at}: {self.text}")
        if match.lastgroup == "comment":
            self.at = match.end()
            return self.peek()
        return match.lastgroup, match[match.lastgroup], match.end()

    def take(self, mark=None):
        kind, text, end = self.peek()
        if mark is not None and text != mark:
            raise Unreadable(f"no {mark} at column {self.at}: {self.text}")
        self.at = end
        return kind, text

    def next_is(self, mark):
        return self.peek()[1] == mark

    def several(self, closing, read):
        """What stands between commas, up to the closing mark."""
        items = []
        while not self.next_is(closing):
            items.append(read())
            if not self.next_is(closing):
                self.take(",")
        self.take(closing)
        return items

    def member(self):
        """NAME=VALUE of a structure, or what stands there without a name."""
        start = self.at
        kind, name = self.take()
        if kind == "word" and self.next_is("="):
            self.take("=")
            return name, self.value()
        self.at = start
        return None, self.value()

    def structure(self):
        members = self.several("}", self.member)
        result = {}
        for name, value in members:
            if name is None:
                # inet_pton(AF_INET6, "::1", &sin6_addr)
                if not (isinstance(value, Applied)
                        and value.name == "inet_pton"):
                    raise Unreadable(f"a nameless member: {self.text}")
                name = value.arguments[2].text.lstrip("&")
            result[name] = value
        return result

    def value(self):
        kind, text = self.take()
        if kind == "quoted":
            cut = text.endswith("...")
            body = text[text.index('"') + 1:text.rindex('"')]
            return Quoted(unescape(body), cut, text.startswith("@"))
        if kind == "number":
            if text.startswith("0x"):
                return Symbol(text)
            number = int(text, 8 if re.match("0[0-7]", text) else 10)
            if self.next_is("=>"):
                self.take("=>")
                return Changed(number, self.value())
            return number
        if text == "[":
            return self.several("]", self.value)
        if text == "{":
            return self.structure()
        if text == "&":
            return Symbol("&" + self.take()[1])
        if kind == "word":
            return self.word(text)
        raise Unreadable(f"{text} at column {self.at}: {self.text}")

    def word(self, text):
        if self.next_is("("):
            self.take("(")
            return Applied(text, self.several(")", self.value))
        while self.next_is("|"):
            self.take("|")
            text += "|" + self.take()[1]
        return Symbol(text)


def read_call(text):
    """A line as a Call, or None for one that tells of no call."""
    text = text.rstrip("\n")
    if NO_CALL.match(text):
        return None
    line = Line(text)
    _, name = line.take()
    line.take("(")
    arguments = line.several(")", line.value)
    result = RESULT.match(text, line.at)
    if not result:
        raise Unreadable(f"no result: {text}")
    number = None if result[1] == "?" else int(result[1])
    return Call(name, arguments, number, result[2])


def lines_of(prefix):
    """{pid: lines} of all that strace -ff wrote into PREFIX.PID."""
    found = {}
    for path in glob.glob(glob.escape(prefix) + ".*"):
        with open(path, encoding="latin-1") as text:
            found[int(path.rpartition(".")[2])] = text.read().splitlines()
    return found


def socket_calls(lines):
    """The calls on sockets; of close(), those on what a call here opened."""
    opened = set()
    calls = []
    for line in lines:
        call = read_call(line)
        if call is None:
            continue
        if call.name == "close":
            if call.arguments[0] not in opened:
                continue
            opened.discard(call.arguments[0])
        if call.name in ("socket", "accept4", "accept") and (
                call.result is not None and call.result >= 0):
            opened.add(call.result)
        calls.append(call)
    return calls
