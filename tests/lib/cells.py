"""cells: the cells that Python's socket module can be the other end of."""
import hashlib
import itertools
import os
import socket
import threading

from harness import LIMIT, Skip

_numbers = itertools.count(1)
IPPROTO_UDPLITE = 136
IPPROTO_MPTCP = 262


class Cell:
    """A cell in one of its forms, and its addresses."""

    def __init__(self, family, kind, form=None, protocol=None, number=0):
        self.family = family
        self.kind = kind
        self.form = form
        self.domain = getattr(socket, "AF_" + family.upper())
        self.type = getattr(socket, "SOCK_" + kind.upper())
        self.number = number
        self.connected = kind != "dgram"
        self.records = kind != "stream"
        self.words = ["-f", family, "-t", kind]
        if protocol:
            self.words += ["-p", protocol]
        self.name = " ".join(filter(None, (family, kind, protocol, form)))

    def socket(self):
        try:
            made = socket.socket(self.domain, self.type, self.number)
        except OSError as error:
            raise Skip(f"socket(): {error.strerror}") from error
        made.settimeout(LIMIT)
        return made

    def fresh(self):
        """--host or --port for an address that nobody uses."""
        word = f"s{next(_numbers)}"
        if self.family != "unix":
            return ["-P", "0"]
        return ["-H", {"path": os.path.join(os.environ["TMPDIR"], word),
                       "abstract": f"@sd-{os.getpid()}-{word}",
                       "autobind": "@"}[self.form]]

    def parsed(self, text):
        """What Python calls an address that sockdemo printed."""
        if self.family == "unix":
            return "\0" + text[1:] if text[0] == "@" else text
        host, _, port = text.rpartition(":")
        return host.strip("[]"), int(port)

    def words_for(self, address):
        """The client's words for an address of Python's."""
        if self.family == "unix":
            if isinstance(address, bytes):
                address = address.decode()
            return ["-H", address.replace("\0", "@")]
        return ["-P", str(address[1])]

    def contact(self, address):
        """A Python client of that server."""
        client = self.socket()
        if self.family == "unix" and not self.connected:
            client.bind("")
        client.connect(address)
        return client

    def bound(self):
        """A Python server's socket, bound."""
        server = self.socket()
        if self.family == "unix":
            host = self.fresh()[1]
            server.bind({"autobind": ""}.get(self.form, self.parsed(host)))
        else:
            server.bind(("::1" if self.family == "inet6" else "127.0.0.1", 0))
        if self.connected:
            server.listen(256)
        return server


class PythonServer:
    """A server in Python, in a thread; the `with` ends when it has ended.

    serve(server) is called with the bound socket. What it raises, the end of
    the `with` raises.
    """

    def __init__(self, cell, serve):
        self.cell = cell
        self.socket = cell.bound()
        self.address = self.socket.getsockname()
        self.words = cell.words_for(self.address)
        self.failure = None
        self.thread = threading.Thread(target=self._run, args=(serve,),
                                       daemon=True)

    def _run(self, serve):
        try:
            serve(self.socket)
        except BaseException as error:  # handed on to the test
            self.failure = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.thread.join(LIMIT)
        self.socket.close()
        if self.cell.form == "path":
            os.unlink(self.address)
        if kind is None:
            assert not self.thread.is_alive(), "the server did not end"
            if self.failure:
                raise self.failure


def echo_one(server):
    """Accepts one client and sends back what comes, until it ends."""
    peer, _ = server.accept()
    with peer:
        peer.settimeout(LIMIT)
        while data := peer.recv(1 << 18):
            peer.sendall(data)


def echo_datagrams(count):
    def serve(server):
        for _ in range(count):
            data, address = server.recvfrom(1 << 18)
            server.sendto(data, address)
    return serve


def exchange_all(peer, data, chunk=1 << 16):
    """Sends bytes over a stream while reading: the SHA-256 of what came."""
    def send():
        with memoryview(data) as view:
            for start in range(0, len(view), chunk):
                peer.sendall(view[start:start + chunk])
        peer.shutdown(socket.SHUT_WR)
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    digest = hashlib.sha256()
    while part := peer.recv(1 << 18):
        digest.update(part)
    sender.join(LIMIT)
    return digest.hexdigest()


def ip_cells():
    return [Cell(family, kind) for family in ("inet", "inet6")
            for kind in ("stream", "dgram")]


def unix_cells():
    return [Cell("unix", kind, form)
            for kind in ("stream", "dgram", "seqpacket")
            for form in ("path", "abstract", "autobind")]


def rare_cells():
    """Cells that not every kernel has."""
    return [Cell(family, *words) for family in ("inet", "inet6")
            for words in (("stream", None, "mptcp", IPPROTO_MPTCP),
                          ("dgram", None, "udplite", IPPROTO_UDPLITE))]


def bound_port(pid):
    """The port that a process is bound to."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for table in "tcp", "tcp6", "udp", "udp6":
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as rows:
            for row in rows:
                words = row.split()
                if words[9] in inodes:
                    return int(words[1].rpartition(":")[2], 16)
    return None
