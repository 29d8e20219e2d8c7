"""terminal: what a stream can show, text made fit for it, and a program's end
when its output takes no more."""
import errno
import io
import os
import re
import signal
import sys

COLORS = {"red": "1;31", "green": "32", "yellow": "33", "bold": "1",
          "dim": "2"}


def locale_is_utf8():
    """Whether the user's locale is a UTF-8 one.

    Python changes a C locale to a UTF-8 one for itself and its children
    (PEP 538); how the program was started still stands in /proc.
    """
    try:
        with open("/proc/self/environ", "rb") as environ:
            pairs = environ.read().decode(errors="replace").split("\0")
    except OSError:
        pairs = [f"{name}={value}" for name, value in os.environ.items()]
    environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if environment.get(name):
            return "utf8" in environment[name].lower().replace("-", "")
    return False


def printable(text):
    """The text with its control characters written as \\xNN."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
                  r"\u061c\u200e\u200f]",
                  lambda match: "".join(f"\\x{byte:02x}" for byte
                                        in match.group().encode()), text)


def word(text):
    """What the user typed, made fit to stand in a line of ours."""
    return printable(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def length(text):
    """How many columns the text takes; colours take none."""
    return len(re.sub(r"\033\[[0-9;]*m", "", text))


def width(stream=None):
    """How many columns to use: $COLUMNS, or the terminal's; 40 to 80."""
    columns = os.environ.get("COLUMNS", "")
    if re.fullmatch("[0-9]{1,6}", columns) and int(columns):
        number = int(columns)
    else:
        try:
            number = os.get_terminal_size(stream.fileno()).columns or 80
        except (AttributeError, OSError, ValueError):
            number = 80
    return max(40, min(80, number))


def wrap(text, first="", rest="", columns=80, after=" "):
    """The text in lines of at most `columns`, each with its indent. It is
    broken after one of the characters `after`, never inside of a word."""
    lines, line, empty = [], first, True
    for piece in re.split(f"(?<=[{after}])", re.sub(r"\s", " ", text)):
        if not empty and length(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line, empty = rest, True
        line, empty = line + piece, False
    return "\n".join(lines + [line.rstrip()])


COMMAND = re.compile(r"(sysctl|modprobe|ip|mount|setcap) ")


def wrap_command(text, indent="", columns=80):
    """As wrap(); what stands behind a colon, a command often, is not broken
    where it fits into a line of its own, or certainly is a command."""
    text = re.sub(r"\s", " ", text)
    for match in re.finditer(": ", text):
        tail = text[match.end():]
        if length(indent + tail) <= columns or COMMAND.match(tail):
            whole = wrap(text, indent, indent, columns)
            if tail in whole:
                return whole
            return (wrap(text[:match.end()], indent, indent, columns)
                    + "\n" + indent + tail)
    return wrap(text, indent, indent, columns)


class Style:
    """What a stream shows: UTF-8 or ASCII, colour or none."""

    def __init__(self, stream):
        self.terminal = stream.isatty()
        self.utf8 = locale_is_utf8()
        self.color = (self.terminal and not os.environ.get("NO_COLOR")
                      and os.environ.get("TERM") != "dumb")

    def pick(self, utf8, ascii_text):
        return utf8 if self.utf8 else ascii_text

    def paint(self, text, *colors):
        codes = ";".join(COLORS[color] for color in colors if color)
        return f"\033[{codes}m{text}\033[m" if self.color and codes else text


class Progress:
    """One line at the bottom of a terminal; nothing elsewhere."""

    def __init__(self, stream):
        self.stream = stream if stream.isatty() else None

    def show(self, text):
        if self.stream:
            self.stream.write(f"\r\033[K{text[:79]}")
            self.stream.flush()

    def clear(self):
        if self.stream:
            self.stream.write("\r\033[K")
            self.stream.flush()


class CannotWrite(Exception):
    """The standard output takes no more."""


class Output(io.TextIOWrapper):
    """The standard output, whose errors cannot be mistaken for others."""

    def write(self, text):
        try:
            return super().write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotWrite(error.strerror) from None

    def flush(self):
        try:
            super().flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotWrite(error.strerror) from None


def repair_streams():
    """Puts something in the place of a standard stream that was closed, lest
    a file of ours gets its number: what can't be read, or written."""
    for number, name, mode in ((0, "stdin", os.O_WRONLY),
                               (1, "stdout", os.O_RDONLY),
                               (2, "stderr", os.O_WRONLY)):
        try:
            os.fstat(number)
            continue
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
        opened = os.open(os.devnull, mode)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        os.set_inheritable(number, True)
        setattr(sys, name, open(number, "w" if number else "r",
                                encoding="utf-8", errors="replace",
                                closefd=False))
    old = sys.stdout
    encoding, errors, lines = old.encoding, old.errors, old.line_buffering
    sys.stdout = Output(old.detach(), encoding=encoding, errors=errors,
                        line_buffering=lines)


def run_program(name, main):
    """Runs main() and ends with its status. Where the standard output takes
    no more, that is one line and status 1; a reader that went away ends us
    by SIGPIPE, and nothing is said."""
    repair_streams()
    try:
        try:
            status = main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
    except CannotWrite as reason:
        drop_output()
        print(f"{name}: cannot write the output: {reason}", file=sys.stderr)
        status = 1
    sys.exit(status)


def drop_output():
    """What could not be written is not tried again when we end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
