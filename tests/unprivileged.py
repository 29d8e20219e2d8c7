#!/usr/bin/env python3
"""As an ordinary user without any capability, and under a seccomp filter that
denies a family: matrix, labs and server tell `denied` or `absent` where it
applies, and nothing is broken.

run-tests: limit 90
"""
import glob
import json
import os
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
import sandbox  # noqa: E402
from harness import Running, Skip, contains, equal, test  # noqa: E402

FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6,
            "unix": socket.AF_UNIX}
CELLS = [("inet", "stream"), ("inet", "dgram"), ("inet6", "stream"),
         ("inet6", "dgram"), ("unix", "stream"), ("unix", "dgram"),
         ("unix", "seqpacket")]
# What a filter may answer, and the verdict that it makes.
ANSWERS = {"EPERM": "denied", "EACCES": "denied", "EAFNOSUPPORT": "absent"}


class Place:
    """A folder that an ordinary user may enter, with the program in it."""

    def __init__(self):
        search = "/usr/local/bin:/usr/bin:/bin"
        if not shutil.which("python3", path=search):
            raise Skip("there is no Python that every user may run")
        self.path = tempfile.mkdtemp(prefix="sd-", dir="/var/tmp")
        os.chmod(self.path, 0o755)
        os.mkdir(self.inside("build"))
        os.mkdir(self.inside("tmp"))
        os.chmod(self.inside("tmp"), 0o777)
        self.sockdemo = shutil.copy(harness.SOCKDEMO,
                                    self.inside("build", "sockdemo"))
        self.scripts = shutil.copytree(os.path.join(harness.ROOT, "scripts"),
                                       self.inside("scripts"))
        harness.run(["chmod", "-R", "a+rX", self.path])
        # The Python of a root may lie where only root may go.
        self.env = dict(harness.LOCALE, TMPDIR=self.inside("tmp"),
                        BUILD=self.inside("build"), PATH=search)

    def inside(self, *names):
        return os.path.join(self.path, *names)

    def run(self, command, preexec):
        result = harness.run(command, env=self.env, preexec_fn=preexec,
                             limit=60)
        equal(os.listdir(self.inside("tmp")), [], "files that are left")
        return result

    def program(self, preexec, *words):
        return self.run([self.sockdemo, *map(str, words)], preexec)

    def matrix(self, preexec, *words):
        """Every cell's report, of a matrix in which nothing is broken."""
        result = self.run([os.path.join(self.scripts, "run-matrix"), *words,
                           "--json", "-"], preexec)
        equal(result.returncode, 0, f"the exit status of {result}")
        cells = json.loads(result.stdout)["cells"]
        assert cells, "no cell"
        for cell in cells:
            assert cell["verdict"] != "broken", cell
            assert not cell["contradiction"], cell
            assert cell["verdict"] == "works" or cell["reason"]["text"], cell
        return cells

    def labs(self, preexec):
        """{number: exit status} of every lab; none of them is red."""
        found = {}
        pages = glob.glob(os.path.join(self.scripts, "labs", "[0-9]*.md"))
        for page in pages:
            number = os.path.basename(page)[:2]
            result = self.run([os.path.join(self.scripts, "lab"), number,
                               "--check"], preexec)
            assert result.returncode in (0, 77), result
            found[number] = result.returncode
        if not found:
            raise Skip("there is no lab yet")
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)


def one(cells, family, kind):
    """The verdicts of a family's type with its default protocol."""
    default = {"stream": "tcp", "dgram": "udp"}
    protocol = "unix" if family == "unix" else default.get(kind)
    return {cell["verdict"] for cell in cells
            if (cell["family"], cell["type"]) == (family, kind)
            and cell["protocol"] == protocol}


@test("an ordinary user: the matrix")
def _():
    with Place() as place:
        cells = place.matrix(sandbox.ordinary_user)
        for family, kind in CELLS:
            equal(one(cells, family, kind), {"works"}, f"{family} {kind}")
        raw = [cell for cell in cells if cell["type"] == "raw"
               and cell["family"] in ("inet", "inet6")]
        equal({cell["verdict"] for cell in raw}, {"denied"}, "raw sockets")
        for cell in raw:
            contains(cell["reason"]["text"], "CAP_NET_RAW")
            equal(cell["reason"]["call"], "socket")
        for cell in cells:
            if (cell["type"], cell["protocol"], cell["verdict"]) == (
                    "dgram", "icmp", "denied"):
                contains(cell["reason"]["text"], "ping_group_range")


@test("an ordinary user: --setup makes it work in a user namespace")
def _():
    with Place() as place:
        cells = place.matrix(sandbox.ordinary_user, "--setup")
        mended = [cell for cell in cells
                  if cell["family"] in ("inet", "inet6")
                  and (cell["type"], cell["protocol"]) in (
                      ("raw", "udp"), ("raw", "icmp"), ("dgram", "icmp"))]
        equal(len(mended), 6, "the cells that need a privilege")
        equal({cell["verdict"] for cell in mended},
              {"works" if sandbox.user_may_make_network() else "denied"},
              "what became of them")


@test("an ordinary user: the labs")
def _():
    with Place() as place:
        equal(set(place.labs(sandbox.ordinary_user).values()), {0})


@test("an ordinary user: a server")
def _():
    with Place() as place:
        for words in (["-P", "0"], ["-f", "inet6", "-P", "0"],
                      ["-f", "unix", "-H", place.inside("tmp", "socket")]):
            with Running([place.sockdemo, "server", *words], env=place.env,
                         preexec_fn=sandbox.ordinary_user) as server:
                server.expect(b"listening on ", "err")
        # What is another's.
        result = place.program(sandbox.ordinary_user, "server", "-f", "unix",
                               "-H", place.inside("socket"))
        if os.geteuid() == 0:
            equal(result.returncode, 77)
            contains(result.stderr, b"denied: bind EACCES: ")
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start",
                  encoding="ascii") as text:
            first = int(text.read())
        if first > 79:
            result = place.program(sandbox.ordinary_user, "server", "-P", 79)
            equal(result.returncode, 77)
            contains(result.stderr, b"denied: bind EACCES: ")


def denied_here(place, family, error):
    """One family is denied; the others are as ever."""
    verdict = ANSWERS[error]
    filtered = sandbox.deny([FAMILIES[family]], error)
    for name, kind in CELLS:
        result = place.program(filtered, "-f", name, "-t", kind,
                               "--format", "json")
        report = json.loads(result.stdout)
        expected = verdict if name == family else "works"
        equal(report["verdict"], expected, f"{name} {kind} under {error}")
        equal(result.returncode, 77 if name == family else 0)
        if name == family:
            equal((report["reason"]["call"], report["reason"]["errno"]),
                  ("socket", error))
            assert report["reason"]["text"], "no reason"
    for words in (["server", "-P", 0], ["client", "-P", 9, "--text", "x"]):
        if family == "unix":
            words = words[:1] + ["-H", "@"] + words[3:]
            if words[0] == "client":
                words[2] = "@x"
        result = place.program(filtered, *words, "-f", family)
        equal(result.returncode, 77, f"{words} under {error}")
        contains(result.stderr, f"{verdict}: socket {error}: ".encode())
    result = place.program(filtered, "list", "-f", family)
    equal(result.returncode, 0)
    contains(result.stdout, error.encode())


for each in FAMILIES:
    for answer in ANSWERS:
        @test(f"a filter: socket(AF_{each.upper()}) fails with {answer}")
        def _(family=each, error=answer):
            if not sandbox.may_filter():
                raise Skip("the number of socket() on this machine's kind "
                           "is not known here")
            with Place() as place:
                denied_here(place, family, error)


@test("a filter: the matrix, and the labs")
def _():
    if not sandbox.may_filter():
        raise Skip("the number of socket() is not known for this machine")
    with Place() as place:
        for family, error in zip(FAMILIES, ANSWERS):
            filtered = sandbox.deny([FAMILIES[family]], error)
            cells = place.matrix(filtered, "-f", family)
            equal({cell["verdict"] for cell in cells}, {ANSWERS[error]},
                  f"the matrix of {family} under {error}")
            others = [word for name in FAMILIES if name != family
                      for word in ("-f", name)]
            cells = place.matrix(filtered, *others, "-t", "stream")
            for name in FAMILIES:
                if name != family:
                    equal(one(cells, name, "stream"), {"works"}, name)
            statuses = place.labs(filtered)
            if family == "inet":
                assert 77 in statuses.values(), statuses


@test("a filter that denies every family, for an ordinary user")
def _():
    if not sandbox.may_filter():
        raise Skip("the number of socket() is not known for this machine")
    with Place() as place:
        deny = sandbox.deny(list(FAMILIES.values()), "EAFNOSUPPORT")

        def both():
            sandbox.ordinary_user()
            deny()
        cells = place.matrix(both, *(word for name in FAMILIES
                                     for word in ("-f", name)))
        equal({cell["verdict"] for cell in cells}, {"absent"})
        for cell in cells:
            contains(cell["reason"]["text"], "CONFIG_")


harness.main()
