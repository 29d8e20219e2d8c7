"""scratch: folders that are removed again, with names fit for sockets."""
import tempfile

LONGEST = 60


def make(prefix):
    """A new folder. A socket's path has 107 bytes at most: where $TMPDIR takes
    too many of them, /tmp has to do."""
    directory = tempfile.gettempdir()
    if len(directory.encode(errors="surrogateescape")) >= LONGEST:
        directory = "/tmp"
    return tempfile.mkdtemp(prefix=prefix, dir=directory)
