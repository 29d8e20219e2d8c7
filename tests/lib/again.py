"""again: experiments of the probes made again with Python's socket module, on
cells of inet, inet6 and unix. The word comes from what Python saw, and has to
be that of the probe.

    @experiment("eof", *CONNECTED)
    def _(stage):
        client, server = stage.pair()
        ...
        return "0"

    compare_all()
"""
import errno
import functools
import json
import os
import socket
import tempfile

import harness
from harness import equal, test

FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6,
            "unix": socket.AF_UNIX}
TYPES = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM,
         "seqpacket": socket.SOCK_SEQPACKET}
CELLS = [("inet", "stream"), ("inet", "dgram"), ("inet6", "stream"),
         ("inet6", "dgram"), ("unix", "stream"), ("unix", "dgram"),
         ("unix", "seqpacket")]
CONNECTED = "stream", "seqpacket"
EXPERIMENTS = {}


def experiment(name, *types):
    """The experiment of that probe, on cells of these types (none: of all)."""
    def register(function):
        EXPERIMENTS[name] = function, types or tuple(TYPES)
        return function
    return register


class Stage:
    """Sockets of one cell, closed at the end."""

    def __init__(self, family, kind):
        self.family, self.kind = family, kind
        self.folder = tempfile.TemporaryDirectory()
        self.names = 0
        self.open = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.open:
            one.close()
        self.folder.cleanup()

    def keep(self, one):
        self.open.append(one)
        return one

    def socket(self):
        return self.keep(socket.socket(FAMILIES[self.family],
                                       TYPES[self.kind]))

    def name(self):
        self.names += 1
        return {"inet": ("127.0.0.1", 0), "inet6": ("::1", 0)}.get(
            self.family, f"{self.folder.name}/{self.names}")

    def bound(self):
        one = self.socket()
        one.bind(self.name())
        return one

    def listening(self, backlog=8):
        """A server: it listens where the cell is a connected one."""
        one = self.bound()
        if self.kind != "dgram":
            one.listen(backlog)
        return one

    def vacant(self):
        """A name that nobody has any more."""
        one = self.bound()
        address = one.getsockname()
        one.close()
        if self.family == "unix":
            os.unlink(address)
        return address

    def pair(self):
        """A client that is connected, and its peer."""
        server = self.listening()
        client = self.socket() if self.kind != "dgram" else self.bound()
        client.connect(server.getsockname())
        if self.kind != "dgram":
            server = self.keep(server.accept()[0])
        return client, server


def name_of(error):
    """Python calls 95 ENOTSUP, which is EOPNOTSUPP on Linux."""
    return errno.errorcode[error.errno].replace("ENOTSUP", "EOPNOTSUPP")


def outcome(call, *arguments):
    """"ok", or the name of the errno."""
    try:
        call(*arguments)
    except OSError as error:
        return name_of(error)
    return "ok"


def observed(names, family, kind, *words):
    """What these probes say of a cell: a word for each."""
    result = harness.sockdemo("probe", *names, "-f", family, "-t", kind,
                              *words, "--format", "json")
    equal(result.returncode, 0, result.stderr)
    return {one["id"]: one["observed"]
            for one in json.loads(result.stdout)["probes"]}


@functools.cache
def probed(family, kind):
    return observed(EXPERIMENTS, family, kind)


def _compare(probe, stage):
    make, types = EXPERIMENTS[probe]
    for family, kind in CELLS:
        if kind not in types:
            continue
        with stage(family, kind) as made:
            seen = make(made)
        equal(probed(family, kind)[probe], seen,
              f"{probe} on {family} {kind}")


def compare_all(stage=Stage):
    """A test for each experiment; then runs them."""
    for each in EXPERIMENTS:
        test(f"{each}: Python sees the same")(
            functools.partial(_compare, each, stage))
    harness.main()
