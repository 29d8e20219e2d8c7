#!/usr/bin/env python3
"""What Python's socket module sees of the life, the names and the options of
sockets, on cells of inet, inet6 and unix, beside what the probes say of them.

Each experiment is made again here, and its word comes from what Python saw.
"""
import errno
import fcntl
import os
import select
import socket
import struct
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
from again import (CONNECTED, FAMILIES, TYPES, compare_all,  # noqa: E402
                   experiment, name_of, outcome)
from harness import Skip  # noqa: E402

SURE = 10  # seconds
PENDING = 0.1


def read(one):
    """What one recv() says."""
    one.settimeout(SURE)
    data = one.recv(64)
    return "data" if data else "0"


def readable(one, limit):
    return bool(select.select([one], [], [], limit)[0])


@experiment("sock-as-file.lseek")
def _(stage):
    return outcome(os.lseek, stage.socket().fileno(), 0, os.SEEK_CUR)


@experiment("sock-as-file.fsync")
def _(stage):
    return outcome(os.fsync, stage.socket().fileno())


@experiment("sock-as-file.open")
def _(stage):
    path = f"/proc/self/fd/{stage.socket().fileno()}"
    return outcome(os.open, path, os.O_RDWR)


@experiment("sock-as-file.sendfile")
def _(stage):
    client, server = stage.pair()
    with tempfile.TemporaryFile() as file:
        file.write(b"abcdef")
        file.seek(0)
        os.sendfile(client.fileno(), file.fileno(), None, 6)
    server.settimeout(SURE)
    return "arrives" if server.recv(64) == b"abcdef" else "other bytes arrive"


@experiment("socketpair")
def _(stage):
    try:
        one, other = socket.socketpair(FAMILIES[stage.family],
                                       TYPES[stage.kind])
    except OSError as error:
        return name_of(error)
    stage.keep(one).send(b"abcdef")
    stage.keep(other).settimeout(SURE)
    return "they talk" if other.recv(64) == b"abcdef" else "another message"


@experiment("accept-inherit.nonblock", *CONNECTED)
def _(stage):
    listener = stage.listening()
    listener.setblocking(False)
    stage.socket().connect(listener.getsockname())
    assert readable(listener, SURE)
    accepted = stage.keep(listener.accept()[0])
    flags = fcntl.fcntl(accepted.fileno(), fcntl.F_GETFL)
    return "inherited" if flags & os.O_NONBLOCK else "not inherited"


@experiment("accept-inherit.keepalive", *CONNECTED)
def _(stage):
    listener = stage.listening()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    stage.socket().connect(listener.getsockname())
    accepted = stage.keep(listener.accept()[0])
    value = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    return "inherited" if value else "not inherited"


@experiment("dup-close", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    second = client.dup()
    client.close()
    second.send(b"abc")
    first = read(server)
    second.close()
    return f"{first}, then {read(server)}" if first == "data" else first


@experiment("close-wakes.listener", *CONNECTED)
def _(stage):
    listener = stage.listening()
    words = []
    thread = threading.Thread(daemon=True, target=lambda: words.append(
        outcome(listener.accept)))
    thread.start()
    while thread.is_alive() and not asleep(thread):
        thread.join(0.001)
    refused = outcome(listener.shutdown, socket.SHUT_RDWR)
    thread.join(SURE if refused == "ok" else PENDING)
    word = words[0] if words else "waits on"
    return word if refused == "ok" else f"{word}, though {refused}"


def asleep(thread):
    """Whether a thread sleeps in accept4() (proc(5), syscall)."""
    if not thread.native_id:
        return False
    try:
        with open(f"/proc/self/task/{thread.native_id}/syscall",
                  encoding="ascii") as file:
            return file.read().split()[0] in ("288", "242")
    except OSError as error:
        raise Skip(f"/proc/self/task/N/syscall: {error}") from error


@experiment("peer-name", *CONNECTED)
def _(stage):
    client, server = stage.pair()
    return "the same" if client.getsockname() == server.getpeername() \
        else "another"


@experiment("auto-name.listen", *CONNECTED)
def _(stage):
    one = stage.socket()
    fresh = one.getsockname()
    word = outcome(one.listen)
    if word != "ok":
        return f"listen: {word}"
    return "as it was" if one.getsockname() == fresh else "has a name"


@experiment("bind-rules")
def _(stage):
    return outcome(stage.bound().bind, stage.name())


@experiment("bind-rules.in-use")
def _(stage):
    return outcome(stage.socket().bind, stage.bound().getsockname())


@experiment("bind-rules.closed")
def _(stage):
    one = stage.bound()
    name = one.getsockname()
    one.close()
    return outcome(stage.socket().bind, name)


@experiment("bind-rules.late", *CONNECTED)
def _(stage):
    client, _ = stage.pair()
    return outcome(client.bind, stage.name())


@experiment("backlog", *CONNECTED)
def _(stage):
    listener = stage.listening(2)
    count = 0
    while True:
        client = stage.socket()
        client.setblocking(False)
        word = outcome(client.connect, listener.getsockname())
        if word == "EINPROGRESS":
            if not select.select([], [client], [], PENDING)[1]:
                return f"{count}, then they wait"
            word = "ok"
        if word != "ok":
            return f"{count}, then {word}"
        count += 1


@experiment("option-unknown.level")
def _(stage):
    return outcome(stage.socket().getsockopt, 9999, 1)


@experiment("option-length.short")
def _(stage):
    value = stage.socket().getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2)
    return f"{len(value)} bytes"


@experiment("option-value.linger")
def _(stage):
    one = stage.socket()
    value = struct.pack("ii", 1, 7)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, value)
    return "the same" if one.getsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, 8) == value else "another"


@experiment("option-error", *CONNECTED)
def _(stage):
    vacant = stage.bound()
    name = vacant.getsockname()
    vacant.close()
    if stage.family == "unix":
        os.unlink(name)
    client = stage.socket()
    client.setblocking(False)
    word = outcome(client.connect, name)
    if word != "EINPROGRESS":
        return f"connect() itself: {word}"
    assert select.select([], [client], [], SURE)[1]
    codes = [client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
             for _ in range(2)]
    return ", then ".join(errno.errorcode.get(code, "0") for code in codes)


compare_all()
