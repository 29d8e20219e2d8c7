"""labfile: reads a lab, and compares what it says with what happened.

labs/README.md describes what a lab looks like.
"""
import difflib
import re

SECTIONS = ["Learn", "Predict", "Run", "Look", "Change", "Questions"]
BLOCKS = ("run", "change", "type", "expect", "predict")


class Mistake(Exception):
    """A lab that is not written as labs/README.md says."""


class Text:
    """What stands between the blocks, as it is in the file."""

    def __init__(self, lines):
        self.lines = lines


class Run:
    """Commands: ```run or ```change."""

    def __init__(self, line, words, body):
        self.line = line
        self.commands = body
        self.change = words[0] == "change"
        self.terminal = None
        self.keyboard = "keyboard" in words
        self.status = 0
        self.limit = 20.0
        self.typed = ""  # what --check types, from a block after this one
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if equals and name == "status":
                self.status = int(value)
            elif equals and name == "limit":
                self.limit = float(value)
            elif word != "keyboard":
                self.terminal = word


class Expect:
    """Lines that must be in the output, in order."""

    def __init__(self, line, terminal, body):
        self.line = line
        self.terminal = terminal
        self.lines = [one for one in body.splitlines() if one.strip()]


class Predict:
    """A question, and a pattern for the lines that answer it."""

    def __init__(self, line, body):
        self.line = line
        question = []
        self.answer = None
        for one in body.splitlines():
            match = re.fullmatch(r"answer: (.+)", one)
            if match:
                self.answer = pattern(match[1])
            else:
                question.append(one)
        self.question = "\n".join(question).strip()
        self.said = None  # the student's prediction


class Lab:
    def __init__(self, path):
        with open(path, encoding="utf-8") as text:
            lines = text.read().splitlines()
        self.path = path
        self.facts, first = _front_matter(lines)
        self.title = self.facts.get("title", "")
        self.needs = _words(self.facts.get("needs", ""))
        self.programs = _words(self.facts.get("programs", ""))
        self.steps = _steps(lines, first)
        sections = [one[3:].strip() for step in self.steps
                    if isinstance(step, Text) for one in step.lines
                    if one.startswith("## ")]
        if not self.title:
            raise Mistake("line 1: no title in the lines between ---")
        if sections != SECTIONS:
            raise Mistake("its sections are not " + ", ".join(SECTIONS))


def _words(text):
    return [word for word in re.split(r"[,\s]+", text) if word]


def _front_matter(lines):
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise Mistake("line 1: it does not begin with lines between ---")
    end = lines.index("---", 1)
    pairs = (line.partition(":") for line in lines[1:end] if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}, end + 1


def _steps(lines, first):
    """The lab's text and blocks, in order."""
    steps, text, fence = [], [], None
    for number, line in enumerate(lines[first:], first + 1):
        if fence is None:
            words = line[3:].split() if line.startswith("```") else []
            if line.startswith("```"):
                fence, body = (number, words), []
            if not words or words[0] not in BLOCKS:
                text.append(line)
        elif line == "```":
            if fence[1] and fence[1][0] in BLOCKS:
                if text:
                    steps.append(Text(text))
                text = []
                _add(steps, *fence, "\n".join(body))
            else:
                text.append(line)
            fence = None
        else:
            body.append(line)
            if not fence[1] or fence[1][0] not in BLOCKS:
                text.append(line)
    if fence:
        raise Mistake(f"line {fence[0]}: the block has no end")
    return steps + [Text(text)]


def _add(steps, line, words, body):
    """Appends a block, or hangs it on the one it belongs to."""
    runs = [step for step in steps if isinstance(step, Run)]
    if words[0] in ("run", "change"):
        try:
            steps.append(Run(line, words, body))
        except ValueError as error:
            raise Mistake(f"line {line}: {error}") from error
    elif words[0] == "predict":
        steps.append(Predict(line, body))
    elif not runs:
        raise Mistake(f"line {line}: {words[0]} with no run before it")
    elif words[0] == "type":
        runs[-1].typed = body + "\n"
    else:
        terminal = words[1] if len(words) > 1 else None
        if terminal not in [run.terminal for run in runs] + [None]:
            raise Mistake(f"line {line}: no terminal {terminal}")
        steps.append(Expect(line, terminal, body))


def pattern(text):
    """What a line of an expect block stands for, as a regular expression."""
    text = text.strip()
    if len(text) > 2 and text[0] == text[-1] == "/":
        try:
            return re.compile(text[1:-1])
        except re.error as error:
            raise Mistake(f"{text}: {error}") from error
    words = r"\s+".join(re.escape(word) for word in text.split())
    return re.compile(r"^\s*" + words.replace(r"\.\.\.", ".*") + r"\s*$")


def find(lines, output):
    """Where each of the lines is in the output, in order; the first that is
    missing ends the list."""
    found, position = [], 0
    for line in lines:
        wanted = pattern(line)
        while position < len(output) and not wanted.search(output[position]):
            position += 1
        if position == len(output):
            break
        found.append(position)
        position += 1
    return found


def difference(lines, output, limit=40):
    """Expected against seen, in the style of diff; empty if all is there."""
    found = find(lines, output)
    if len(found) == len(lines):
        return []
    start = found[-1] + 1 if found else 0
    rest = output[start:]
    shown = rest if len(rest) <= limit else (
        rest[:limit] + [f"(and {len(rest) - limit} lines more)"])
    near = difflib.get_close_matches(lines[len(found)].strip(),
                                     [one.strip() for one in rest], 1)
    return (["--- the page", "+++ what happened"]
            + [f"  {line}" for line in lines[:len(found)]]
            + [f"- {line}" for line in lines[len(found):]]
            + [f"+ {line}" for line in shown or ["(nothing more)"]]
            + [f"nearest: {line}" for line in near])
