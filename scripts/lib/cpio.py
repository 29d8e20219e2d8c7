"""cpio: writes the archive that a kernel takes as its first file system.

The format is "newc". Everything belongs to root, whoever writes it.
"""
import os
import stat

BLOCK = 4


class Archive:
    """An archive under construction. Folders are made as they are needed."""

    def __init__(self, out):
        self.out = out
        self.offset = 0
        self.number = 0
        self.there = {""}

    def __contains__(self, path):
        return path.strip("/") in self.there

    def folder(self, path, mode=0o755):
        self._entry(path, stat.S_IFDIR | mode)

    def link(self, path, target):
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def device(self, path, mode, major, minor):
        self._entry(path, stat.S_IFCHR | mode, device=(major, minor))

    def text(self, path, text, mode=0o644):
        self._entry(path, stat.S_IFREG | mode, text.encode())

    def file(self, path, source, mode=None):
        """Copies a file with its time and, unless told, its mode."""
        with open(source, "rb") as data:
            about = os.fstat(data.fileno())
            self._entry(path, stat.S_IFREG | (mode or about.st_mode & 0o755),
                        data.read(), int(about.st_mtime))

    def tree(self, path, source, wanted=lambda name: True):
        """Copies a folder and what is in it; wanted() is asked by name."""
        self.folder(path)
        for entry in sorted(os.scandir(source), key=lambda one: one.name):
            inside = f"{path}/{entry.name}"
            if not wanted(entry.name):
                continue
            if entry.is_symlink():
                self.link(inside, os.readlink(entry.path))
            elif entry.is_dir():
                self.tree(inside, entry.path, wanted)
            elif entry.is_file():
                self.file(inside, entry.path)

    def finish(self):
        self._write("TRAILER!!!", 0, b"", 0, (0, 0))
        self._pad(512)

    def _entry(self, path, mode, data=b"", time=0, device=(0, 0)):
        """An entry, once: what is there already stays."""
        path = path.strip("/")
        if path in self.there:
            return
        above = os.path.dirname(path)
        if above not in self.there:
            self.folder(above)
        self.there.add(path)
        self._write(path, mode, data, time, device)

    def _write(self, path, mode, data, time, device):
        self.number += 1
        name = os.fsencode(path) + b"\0"
        fields = (self.number, mode, 0, 0, 1, time & 0xffffffff, len(data),
                  0, 0, *device, len(name), 0)
        header = "070701" + "".join(f"{field:08x}" for field in fields)
        self._put(header.encode() + name)
        self._pad(BLOCK)
        self._put(data)
        self._pad(BLOCK)

    def _put(self, data):
        self.out.write(data)
        self.offset += len(data)

    def _pad(self, to):
        self._put(bytes(-self.offset % to))
