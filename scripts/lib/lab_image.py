"""lab_image: the files of the lab machine: a userland made of this machine's
own programs, and the checkout's part that a command there may want."""
import glob
import json
import os
import re
import shutil
import sys

import cpio
from lab_store import Unavailable, digest, stamp, words

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GUEST = os.path.join(HERE, "guest")
PROGRAMS = os.path.join(GUEST, "programs")
HOME = "/sockdemo"  # where the checkout is in the machine
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Of Python's library, what no program without a screen or a network needs.
NO_PYTHON = {"test", "tests", "idlelib", "lib2to3", "ensurepip", "tkinter",
             "turtledemo", "turtle.py", "pydoc_data", "distutils", "venv",
             "site-packages", "dist-packages", "lib-tk", "idle_test"}
ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\n"
              "student:x:1000:1000:student:/home/student:/bin/sh\n"
              "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    "group": "root:x:0:\ntty:x:5:\nstudent:x:1000:\nnogroup:x:65534:\n",
    "shadow": "root::19000::::::\nstudent::19000::::::\n",
    "hosts": "127.0.0.1\tlocalhost lab\n::1\tlocalhost ip6-localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "hostname": "lab\n",
    "os-release": 'NAME="sockdemo lab machine"\nID=lab\n',
    "shells": "/bin/sh\n/bin/bash\n",
}


class Userland:
    """An archive of the programs, and what is in it."""

    def __init__(self, path, programs, left_out):
        self.path = path
        self.programs = programs
        self.left_out = left_out


def userland(store):
    """The Userland; made anew when a program or a library has changed."""
    found = {name: shutil.which(name, path=SEARCH)
             for name in ["busybox", *words(PROGRAMS)]}
    if not found["busybox"]:
        raise Unavailable("no busybox: ./scripts/setup installs it")
    found["python3"] = shutil.which("python3", path=SEARCH) or sys.executable
    name = digest(sorted(found.items(), key=str), ETC, sorted(NO_PYTHON), 1)
    folder = store.part("userland", name, _fresh,
                        lambda ready, _: _make(store, found, ready))
    return Userland(os.path.join(folder, "files.cpio"),
                    sorted(name for name in found if found[name]),
                    sorted(name for name in found if not found[name]))


def _fresh(folder):
    """Whether all that was packed is still the same."""
    try:
        with open(os.path.join(folder, "sources"), encoding="utf-8") as text:
            sources = json.load(text)
    except (OSError, ValueError):
        return False
    return all(stamp(path) == then for path, then in sources.items())


class _Recording(cpio.Archive):
    """An archive that notes what it was made of."""

    def __init__(self, out, store):
        super().__init__(out)
        self.store = store
        self.sources = {}

    def file(self, path, source, mode=None):
        self.store.check()
        super().file(path, source, mode)
        self.sources[source] = stamp(source)

    def tree(self, path, source, wanted=lambda name: True):
        super().tree(path, source, wanted)
        self.sources[source] = stamp(source)


def _make(store, found, ready):
    with open(os.path.join(ready, "files.cpio"), "wb") as out:
        archive = _Recording(out, store)
        _skeleton(archive)
        binaries = _python(archive, store, found["python3"])
        for name, path in found.items():
            if path and name != "python3":
                _program(archive, name, path)
                binaries.append(path)
        _libraries(archive, store, binaries)
        for applet in store.run([found["busybox"], "--list"], 10).split():
            if f"usr/sbin/{applet.decode()}" not in archive:
                archive.link(f"usr/bin/{applet.decode()}", "busybox")
        archive.finish()
    with open(os.path.join(ready, "sources"), "w", encoding="utf-8") as out:
        json.dump(archive.sources, out)


def _skeleton(archive):
    for name in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "proc", "sys",
                 "dev", "etc", "root", "run", "home/student", "var/log"):
        archive.folder(name)
    for name in ("bin", "sbin", "lib", "lib64"):
        archive.link(name, f"usr/{name}")
    archive.folder("tmp", 0o1777)
    archive.link("var/run", "/run")
    archive.link("var/tmp", "/tmp")
    # The kernel opens it for init before there is a devtmpfs.
    archive.device("dev/console", 0o600, 5, 1)
    for name, text in ETC.items():
        archive.text(f"etc/{name}", text, 0o600 if name == "shadow" else 0o644)
    for path in ("/etc/protocols", "/etc/services",
                 *(f"/lib/terminfo/{name[0]}/{name}" for name in (
                     "linux", "screen", "screen-256color", "tmux",
                     "tmux-256color", "vt100", "vt220", "xterm",
                     "xterm-256color"))):
        if os.path.exists(path):
            archive.file(_merged(path), path)


def _merged(path):
    """The path, in a system where /bin, /sbin and /lib are links to /usr."""
    return re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path)


def _program(archive, name, path):
    """A program under its own name; what it is a link to, once."""
    real, path = _merged(os.path.realpath(path)), _merged(path)
    archive.file(real, real)
    if real != path:
        archive.link(path, real)
    if os.path.basename(path) != name:
        archive.link(f"/usr/bin/{name}", path)


def _python(archive, store, python):
    """Python and its library; the binaries whose libraries it needs."""
    said = store.run([python, "-I", "-c", "import os, sys, sysconfig\n"
        "print(os.path.realpath(sys.executable))\n"
        "print(sysconfig.get_path('stdlib'))"], 20).decode().split("\n")
    real, library = said[:2]
    archive.file(_merged(real), real)
    archive.link("/usr/bin/python3", _merged(real))
    archive.tree(_merged(library), library, _wanted_of_python)
    return [real, *glob.glob(f"{library}/lib-dynload/*.so")]


def _wanted_of_python(name):
    return not (name in NO_PYTHON or name.startswith("config-")
                or name.endswith((".opt-1.pyc", ".opt-2.pyc", ".a"))
                or "_test" in name and name.endswith(".so"))


def _libraries(archive, store, binaries):
    """The shared libraries of programs, each at its place. ldd fails for
    a static program."""
    text = store.run(["sh", "-c", 'ldd "$@" 2>/dev/null || :', "ldd",
                      *binaries], 60).decode(errors="replace")
    found = re.findall(r"^\t(?:\S+ => )?(/\S+) \(0x", text, re.MULTILINE)
    for path in dict.fromkeys(found):
        archive.file(_merged(path), path)


def checkout(store, build, out):
    """Writes an archive of what is this checkout's: the program, the agent,
    the scripts and the tests."""
    archive = cpio.Archive(out)
    for name in ("sockdemo", "lab-agent"):
        if not os.access(os.path.join(build, name), os.X_OK):
            raise FileNotFoundError(f"{os.path.join(build, name)}: not there; "
                                    "make builds it")
    archive.file("etc/modprobe.d/lab.conf",
                 os.path.join(GUEST, "modprobe.conf"))
    archive.file("init", os.path.join(GUEST, "init"), 0o755)
    archive.file("usr/sbin/agent", os.path.join(build, "lab-agent"), 0o755)
    archive.folder(HOME)
    archive.file(f"{HOME}/build/sockdemo", os.path.join(build, "sockdemo"))

    def wanted(name):
        store.check()
        return name != "__pycache__"
    for name in ("scripts", "tests"):
        if os.path.isdir(os.path.join(ROOT, name)):
            archive.tree(f"{HOME}/{name}", os.path.join(ROOT, name), wanted)
    _libraries(archive, store, [os.path.join(build, name)
                                for name in ("sockdemo", "lab-agent")])
    archive.finish()
