"""ladder: the recorded calls of an exchange as rows of two lanes, from the
events that results.read() found. The words are those of `sockdemo --format
ladder`.
"""
import re

import results
import terminal

DATA = 32  # columns of a payload that are quoted
# Calls that fill in what they are given a place for.
FILLS = {"recv", "recvfrom", "recvmsg", "recvmmsg", "read", "accept",
         "accept4", "getsockname", "getpeername", "getsockopt"}
RECEIVES = {"recv", "recvfrom", "recvmsg", "recvmmsg", "read"}
SENDS = {"send", "sendto", "sendmsg", "sendmmsg", "write"}
ACCEPTS = {"accept", "accept4"}
# Calls that a conversation needs and that say little about it.
HOUSEKEEPING = {"setsockopt", "getsockopt", "close"}
PASSING = {"EAGAIN", "EINTR", "EINPROGRESS", "EALREADY"}
PLUMBING = re.compile(r"(?:^|\|)SOCK_CLOEXEC")


def quote(payload):
    """Bytes of the JSON, {len, hex}, as text in quotes."""
    try:
        data = bytes.fromhex(payload["hex"])
    except (TypeError, ValueError):
        data = b""
    length = payload.get("len")
    # A character that was cut by the recording is not a broken one.
    if isinstance(length, int) and length > len(data):
        data = re.sub(rb"[\xc0-\xff][\x80-\xbf]{0,2}$", b"", data)
    data = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    shown = terminal.word(data.decode(errors="backslashreplace"))
    if len(shown) > DATA or (isinstance(length, int)
                             and length > len(payload["hex"]) // 2):
        shown = re.sub(r"\\(x[0-9a-f]?)?$", "", shown[:DATA - 1]) + "…"
    return f'"{shown}"'


def is_data(value):
    return isinstance(value, dict) and isinstance(value.get("hex"), str)


def is_address(value):
    return isinstance(value, dict) and "text" in value and "fields" in value


def describe(value):
    """An argument as text, or None for what a reader can do without."""
    if value is None:
        return None
    if is_data(value):
        return quote(value) if value.get("len") else None
    if is_address(value):
        return str(value["text"])
    if isinstance(value, dict) and "msg_iov" in value:
        parts = [describe(value["msg_iov"]), describe(value.get("msg_name"))]
        parts += [str(one.get("cmsg_level")) + " control message"
                  for one in results.dicts(value.get("msg_control"))]
        return ", ".join(filter(None, parts)) or None
    if isinstance(value, dict) and "passed" in value:
        return None
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={describe(one)}"
                               for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(describe(one) or "NULL"
                               for one in value) + "]"
    if isinstance(value, str):
        return PLUMBING.sub("", value) or None
    return str(value)


def phrase(event):
    """(what was called, with what; what it gave)."""
    call, arguments = event["call"] or "?", event["args"]
    passed, filled = [], []
    for place, value in enumerate(arguments):
        before = arguments[place - 1] if place else None
        sized = is_data(before) or is_address(before)
        if sized and isinstance(value, int):
            continue  # the length of what stands before it
        if value == "0" and not call.startswith("socket"):
            continue  # no flags
        words = describe(value)
        if words is None:
            continue
        option = call == "getsockopt" and place == 3
        if option or (call in FILLS and isinstance(value, dict)):
            filled.append(words if is_data(value) or option
                          else f"from {words}")
        else:
            passed.append(words)
    result, errno = event["result"], event["errno"]
    if result is None:
        gave = "…"
    elif errno:
        gave = f"{'…' if errno in PASSING else '✗'} {errno}"
    elif filled and result == 0 and call not in RECEIVES:
        gave, filled = "→ " + " ".join(filled).removeprefix("from "), []
    else:
        gave = f"= {result}"
    return f"{call}({', '.join(passed)})", " ".join([gave, *filled])


def count(amount, noun):
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def rung(event, alone):
    """What crossed from the other side, or to it: (direction, words)."""
    call, result = event["call"], event["result"]
    if result is None or result < 0:
        return None
    if call in ACCEPTS:
        return "in", "connection"
    if call in RECEIVES:
        return "in", count(result, "byte") if result else "end, or 0 bytes"
    if alone and call in SENDS:
        return "out", count(result, "byte")
    return None


def tone(event):
    if event["errno"]:
        return "passes" if event["errno"] in PASSING else "fails"
    return "dim" if event["call"] in HOUSEKEEPING else "plain"


def rows(events):
    """A row for each event, and the names of the two lanes."""
    sides = {event["side"] for event in events}
    alone = len(sides & {"client", "server"}) < 2
    crossed, made = False, []
    for event in events:
        called, gave = phrase(event)
        across = rung(event, alone)
        crossed = crossed or across is not None
        made.append({
            "side": "server" if event["side"] == "server" else "client",
            "call": called, "gave": gave, "tone": tone(event),
            # That nothing more comes is said on the rung.
            "note": event["note"] if event["result"]
            or event["call"] not in RECEIVES else None,
            "t_ns": event["t_ns"],
            "rung": across and {"way": across[0], "text": across[1]}})
    other = "the kernel" if crossed else None
    return made, [lane("client", events) or other,
                  lane("server", events) or other]


def lane(side, events):
    for event in events:
        if event["side"] == side:
            return f"{side} (process {event['pid']})"
    return None
