"""lab_kernel: the lab machine's kernel and its modules.

Debian's, fetched as a package and unpacked, or one that a person gives. It is
made ready to boot: the kernel itself unpacked, which a machine without KVM
would take seconds for, and of its modules those that the lab has a use for.
"""
import bz2
import fnmatch
import glob
import lzma
import os
import re
import shutil
import struct
import zlib

import cpio
from lab_store import Unavailable, digest, stamp, words

MODULES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "guest",
                       "modules")
# The note by which QEMU finds a kernel's entry, and so needs no firmware.
ENTRY_NOTE = struct.pack("<I", 18) + b"Xen\0"

UNPACKERS = {
    b"\x1f\x8b": lambda: zlib.decompressobj(31),
    b"\xfd7zXZ": lzma.LZMADecompressor,
    b"\x5d\0\0": lzma.LZMADecompressor,
    b"BZh": bz2.BZ2Decompressor,
}


class NoKernel(Exception):
    """What a person gave is no kernel, or its modules are another's."""


class Kernel:
    """A kernel that is ready to boot."""

    def __init__(self, folder):
        self.image = os.path.join(folder, "kernel")
        self.modules = os.path.join(folder, "modules.cpio")
        with open(os.path.join(folder, "release"), encoding="ascii") as text:
            self.release = text.read().strip()
        with open(os.path.join(folder, "names"), encoding="ascii") as text:
            self.names = text.read().split()


def find(store, given=None, modules=None):
    """The Kernel: a package's, or a file's with the modules of a folder."""
    path = given or _debian(store)
    for name in filter(None, (path, modules)):
        if not os.path.exists(name):
            raise NoKernel(f"{name}: not there")
    if modules and not os.path.isdir(modules):
        raise NoKernel(f"{modules}: no folder")
    if not path.endswith(".deb"):
        _release(path, _read(path))
    name = digest(os.path.realpath(path), stamp(path), words(MODULES), 1,
                  modules and (os.path.realpath(modules), stamp(modules),
                               stamp(os.path.join(modules, "modules.dep"))))
    return Kernel(store.part(
        "kernel", name, os.path.isdir,
        lambda ready, new: _make(store, path, modules, ready, new)))


def _debian(store):
    """The package of Debian's kernel; it is fetched once."""
    pattern = store.place("linux-image-*.deb")
    there = sorted(glob.glob(pattern), key=os.path.getmtime)
    if there:
        return there[-1]
    for tool in ("apt-cache", "apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise Unavailable(f"no kernel: there is no {tool} to fetch one "
                              "with; give one with --kernel")
    with store.making() as new:
        there = glob.glob(pattern)
        if there:
            return there[-1]
        text = store.run(["apt-cache", "depends", "linux-image-amd64"], 60)
        name = re.search(rb"Depends: (linux-image-[0-9]\S+)", text)
        if not name:
            raise Unavailable("no kernel: apt knows no linux-image-amd64; "
                              "run apt-get update, or give one with --kernel")
        store.run(["apt-get", "download", "--quiet=2", name[1].decode()], 600,
                  new)
        fetched = glob.glob(os.path.join(new, "linux-image-*.deb"))[0]
        path = store.place(os.path.basename(fetched))
        os.rename(fetched, path)
        return path


def _make(store, path, modules, ready, new):
    """Makes the folder of a Kernel. What lies in new is dropped."""
    if path.endswith(".deb"):
        root = os.path.join(new, "root")
        store.run(["dpkg-deb", "-x", path, root], 120)
        images = glob.glob(f"{root}/boot/vmlinu[xz]-*")
        if not images:
            raise NoKernel(f"{path}: no kernel in this package")
        path = images[0]
        if not modules:
            trees = [one for place in ("lib", "usr/lib")
                     for one in glob.glob(f"{root}/{place}/modules/*")]
            modules = trees[0] if trees else None
    store.check()
    data = _read(path)
    release = _release(path, data)
    with open(os.path.join(ready, "kernel"), "wb") as out:
        out.write(_unpacked(store, data))
    store.check()
    names = []
    with open(os.path.join(ready, "modules.cpio"), "wb") as out:
        if modules:
            names = _pack_modules(store, modules, release, new, out)
    for name, text in (("release", release), ("names", "\n".join(names))):
        with open(os.path.join(ready, name), "w", encoding="ascii") as out:
            out.write(text + "\n")


def _read(path):
    try:
        with open(path, "rb") as data:
            return data.read()
    except OSError as error:
        raise NoKernel(f"{path}: {error.strerror}") from None


def _release(path, data):
    """What `uname -r` will print."""
    if data[0x202:0x206] == b"HdrS":
        at = struct.unpack_from("<H", data, 0x20e)[0] + 0x200
        said = re.match(rb"[!-~]+", data[at:at + 128])
    elif data.startswith(b"\x7fELF"):
        said = re.search(rb"(?<=Linux version )[0-9][!-~]*(?= )", data)
    else:
        raise NoKernel(f"{path}: no kernel (neither bzImage nor vmlinux)")
    return said[0].decode("ascii") if said else "?"


def _unpacked(store, data):
    """The kernel inside of a bzImage, where QEMU can start that directly."""
    if data[0x202:0x206] != b"HdrS":
        return data
    start, length = struct.unpack_from("<II", data, 0x248)
    start += (data[0x1f1] + 1) * 512
    packed = data[start:start + length]
    for magic, unpacker in UNPACKERS.items():
        if packed.startswith(magic):
            kernel = _unpack(store, packed, unpacker())
            if kernel.startswith(b"\x7fELF") and ENTRY_NOTE in kernel:
                return kernel
    return data


def _unpack(store, packed, unpacker):
    pieces = []
    for at in range(0, len(packed), 1 << 18):
        store.check()
        try:
            pieces.append(unpacker.decompress(packed[at:at + (1 << 18)]))
        except (OSError, ValueError, zlib.error, lzma.LZMAError):
            return b""
        if unpacker.eof:
            break
    return b"".join(pieces)


def _pack_modules(store, tree, release, new, out):
    """Writes an archive of the modules that are wanted, with their indices
    for modprobe; their names."""
    if not shutil.which("depmod"):
        raise Unavailable("no depmod, which lists a kernel's modules: "
                          "./scripts/setup installs it (kmod)")
    if release not in ("?", os.path.basename(os.path.realpath(tree))):
        raise NoKernel(f"{tree}: modules of another kernel; its own are in a "
                       f"folder {release}")
    release = os.path.basename(os.path.realpath(tree))
    needs = _dependencies(store, tree, release, new)
    chosen = _closure(needs, words(MODULES))
    base = os.path.join(new, "pruned")
    pruned = os.path.join(base, "lib", "modules", release)
    for path in chosen:
        target = os.path.join(pruned, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.join(tree, path), target)
    for name in ("modules.builtin", "modules.builtin.modinfo",
                 "modules.order"):
        if os.path.exists(os.path.join(tree, name)):
            os.makedirs(pruned, exist_ok=True)
            shutil.copyfile(os.path.join(tree, name),
                            os.path.join(pruned, name))
    store.run(["depmod", "-b", base, release], 60)
    archive = cpio.Archive(out)
    # /lib is a link to usr/lib there.
    archive.tree(f"usr/lib/modules/{release}", pruned)
    archive.finish()
    return sorted(_name(path) for path in chosen)


def _dependencies(store, tree, release, new):
    """{path: the paths of all that a module needs}, as depmod lists them."""
    index = os.path.join(tree, "modules.dep")
    if os.path.exists(index):
        with open(index, encoding="utf-8") as text:
            lines = text.read()
    else:
        base = os.path.join(new, "linked")
        os.makedirs(os.path.join(base, "lib", "modules"))
        os.symlink(os.path.abspath(tree),
                   os.path.join(base, "lib", "modules", release))
        lines = store.run(["depmod", "-n", "-b", base, release], 120).decode()
        lines = lines.partition("\n# ")[0]
    pairs = [line.partition(":")[::2] for line in lines.splitlines()
             if ".ko" in line]
    return {path: needed.split() for path, needed in pairs}


def _closure(needs, patterns):
    """The paths of the modules with such names, and of those they need."""
    by_name = {_name(path): path for path in needs}
    chosen = {}
    for pattern in patterns:
        for name in fnmatch.filter(by_name, pattern.replace("-", "_")):
            path = by_name[name]
            chosen.update(dict.fromkeys([path, *needs[path]]))
    return sorted(chosen)


def _name(path):
    return os.path.basename(path).partition(".ko")[0].replace("-", "_")
