"""strace_compare: whether sockdemo's JSON tells what strace's log tells.

Each is turned into the same plain form, per process: (name, arguments, result,
errno). What differs raises Differs.
"""
import errno
import re

import strace_log
from strace_log import Applied, Changed, Quoted, Symbol

# A wrapper of the C library and its system call, with what it passes itself.
WRAPPERS = {"send": ("sendto", [None, 0]), "recv": ("recvfrom", [None, None])}
# More bytes than this, strace is not asked to show.
STRACE_BYTES = 9999
# At least so many bytes of a payload an event has to keep.
KEPT_BYTES = 32


class Differs(AssertionError):
    """The two do not tell the same."""


# What strace wrote, in the plain form.

def plain_field(name, value):
    if isinstance(value, Applied):
        (value,) = value.arguments[1:2] if value.name == "inet_pton" \
            else value.arguments
    if isinstance(value, Quoted):
        text = value.bytes.decode("utf-8", "surrogateescape")
        return name, "@" + text if value.abstract else text
    if isinstance(value, Symbol):
        return name, number_of(value.text)
    return name, value


def number_of(text):
    return int(text, 16) if re.fullmatch("0x[0-9a-f]+", text) else text


def plain(value):
    if isinstance(value, dict):
        return dict(plain_field(*pair) for pair in value.items())
    if isinstance(value, Symbol):
        if value.text == "NULL":
            return None
        if re.fullmatch("0x[0-9a-f]{1,4}", value.text):
            return int(value.text, 16)
        return None if value.text.startswith("0x") else value.text
    if isinstance(value, list):
        (item,) = value
        if isinstance(item, Changed):
            return {"passed": item.before, "returned": item.after}
        return [item]
    return value


def is_length(name, position):
    """Whether strace's [N] is a length there, and not an option's value."""
    return not (name in ("getsockopt", "setsockopt") and position == 3)


def plain_call(call):
    arguments = [plain(value) for value in call.arguments]
    for i, value in enumerate(arguments):
        if isinstance(value, list) and is_length(call.name, i):
            returned = value[0] if call.errno is None else None
            arguments[i] = {"passed": value[0], "returned": returned}
        elif isinstance(value, list) and isinstance(value[0], Symbol):
            # The value of SO_ERROR, by name.
            arguments[i] = getattr(errno, value[0].text)
        elif isinstance(value, list):
            arguments[i] = value[0]
    return call.name, arguments, call.result, call.errno


# What sockdemo recorded, in the plain form.

def plain_argument(value):
    if isinstance(value, dict) and "fields" in value:
        return {"sa_family": value["family"], **value["fields"]}
    if isinstance(value, str) and re.fullmatch("[0-9]+", value):
        return int(value)
    return value


def plain_event(event):
    name, more = WRAPPERS.get(event["call"], (event["call"], []))
    arguments = [plain_argument(value) for value in event["args"]] + more
    return name, arguments, event["result"], event["errno"]


def same_value(seen, told):
    if isinstance(seen, dict) and "filter" in seen:
        # strace follows the pointer, which an event keeps.
        return (isinstance(told, str)
                and told.startswith(f"{{len={seen['len']}, filter=0x"))
    if isinstance(seen, Quoted):
        if not isinstance(told, dict) or "hex" not in told:
            return False
        kept = bytes.fromhex(told["hex"])
        return (seen.bytes.startswith(kept)
                and len(kept) >= min(told["len"], KEPT_BYTES)
                and (told["len"] > STRACE_BYTES if seen.cut
                     else told["len"] == len(seen.bytes)))
    return seen == told and type(seen) is type(told)


def same_call(seen, told):
    return (seen[0] == told[0] and seen[2:] == told[2:]
            and len(seen[1]) == len(told[1])
            and all(map(same_value, seen[1], told[1])))


def compare(logs, report):
    """Raises Differs unless the logs and the report tell the same."""
    told = {}
    for event in report["events"]:
        told.setdefault(event["pid"], []).append(event)
    seen = {pid: strace_log.socket_calls(lines)
            for pid, lines in logs.items()}
    for pid in told:
        if pid not in seen:
            raise Differs(f"strace never saw process {pid}, recorded as "
                          + told[pid][0]["side"])
    for pid, calls in seen.items():
        compare_process(pid, [plain_call(call) for call in calls],
                        told.get(pid, []), report["events_missing"])
    if len({(event["pid"], event["side"]) for event in report["events"]}) \
            != len(told):
        raise Differs("one process was recorded as both sides")


def compare_process(pid, calls, events, missing):
    recorded = [plain_event(event) for event in events]
    times = [event["t_ns"] for event in events]
    if times != sorted(times):
        raise Differs(f"process {pid}: its events are not in order")
    if missing and len(calls) > len(recorded):
        # The first of them are kept, and the last.
        gap = next((i for i, pair in enumerate(zip(calls, recorded))
                    if not same_call(*pair)), len(recorded))
        del calls[gap:gap + len(calls) - len(recorded)]
    for i, (call, event) in enumerate(zip(calls, recorded)):
        if not same_call(call, event):
            raise Differs(f"process {pid}, call {i + 1}:\n  strace: {call}\n"
                          f"  event:  {event}")
    if len(calls) != len(recorded):
        raise Differs(f"process {pid}: strace saw {len(calls)} calls, "
                      f"{len(recorded)} are recorded: "
                      f"{(calls + recorded)[min(len(calls), len(recorded)):]}")
