#!/usr/bin/env python3
"""Many clients at once on one `sockdemo server`: each is served, none waits for
another, and the server's memory is bounded. Prints its memory per client.

run-tests: limit 60
"""
import os
import resource
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
import harness  # noqa: E402
from cells import Cell, exchange_all  # noqa: E402
from harness import LIMIT, Server, Skip, equal, eventually, test  # noqa: E402
from sandbox import descriptors  # noqa: E402

CROWD = 2000
DEFAULT_SOFT_LIMIT = 1024
PER_CLIENT = 4096  # bytes of the server's memory, at most
SLOW = 40
# What a slow client may hold in the server: one read's worth, and some.
PER_SLOW_CLIENT = 128 << 10


def memory(server):
    """VmRSS in bytes."""
    with open(f"/proc/{server.pid}/status", encoding="ascii",
              errors="replace") as text:
        for line in text:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
    raise AssertionError("no VmRSS")


def raise_own_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < CROWD + 100:
        raise Skip(f"the hard limit is {hard} descriptors (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (
        hard if hard != resource.RLIM_INFINITY else CROWD + 100, hard))


def serve_crowd(cell):
    raise_own_limit()
    with Server(*cell.words, *cell.fresh(),
                preexec_fn=descriptors(DEFAULT_SOFT_LIMIT)) as server:
        address = cell.parsed(server.address)
        with cell.contact(address) as first:
            first.send(b"x")
            first.recv(1)
        before = memory(server)
        peers = [cell.contact(address) for _ in range(CROWD)]
        for turn in range(2):
            for i, peer in enumerate(peers):
                peer.send(b"message %d of %d" % (turn, i))
            for i, peer in enumerate(peers):
                equal(peer.recv(1024), b"message %d of %d" % (turn, i))
        after = memory(server)
        for peer in peers:
            peer.close()
        eventually(lambda: server.out.count(b" after ") == CROWD + 1)
    equal(server.out.count(b"connection from "), CROWD + 1)
    equal(server.out.count(b" left after "), CROWD + 1, "who left in order")
    each = (after - before) / CROWD
    print(f"{cell.name}: {CROWD} clients at once, {each:.0f} bytes each "
          f"({before >> 10} KiB before, {after >> 10} KiB with them)")
    assert each <= PER_CLIENT, f"{each} bytes per client"


for crowded in (Cell("inet", "stream"), Cell("inet6", "stream"),
                Cell("unix", "stream", "path"),
                Cell("unix", "seqpacket", "abstract")):
    test(f"{CROWD} clients at once: {crowded.name}")(
        lambda crowded=crowded: serve_crowd(crowded))


def fill(peer, chunk):
    """Sends until nothing more is taken for a while: how much was sent."""
    total = 0
    peer.settimeout(0.2)
    try:
        while True:
            total += peer.send(chunk)
    except TimeoutError:
        peer.settimeout(LIMIT)
        return total


@test("who does not read slows nobody, and costs a bounded amount")
def _():
    for cell in (Cell("inet", "stream"), Cell("unix", "seqpacket", "path")):
        with Server(*cell.words, *cell.fresh()) as server:
            address = cell.parsed(server.address)
            slow = []
            fast = cell.contact(address)
            fast.send(b"x")
            fast.recv(1)
            before = memory(server)
            sent = {}

            def stuff(peer):
                sent[peer] = fill(peer, bytes(range(256)) * 128)
            for _ in range(SLOW):
                slow.append(cell.contact(address))
            threads = [threading.Thread(target=stuff, args=(peer,),
                                        daemon=True) for peer in slow]
            for thread in threads:
                thread.start()
            for number in range(300):  # while they fill up, and after it
                fast.send(b"%d" % number)
                equal(fast.recv(1024), b"%d" % number)
            for thread in threads:
                thread.join(LIMIT)
                assert not thread.is_alive(), "still sending"
            for number in range(300):
                fast.send(b"%d" % number)
                equal(fast.recv(1024), b"%d" % number)
            grown = memory(server) - before
            assert grown <= SLOW * PER_SLOW_CLIENT, f"{grown} bytes more"
            print(f"{cell.name}: {SLOW} that do not read, "
                  f"{grown // SLOW} bytes each")
            # Late, but it reads: nothing is missing.
            peer = slow[0]
            if cell.connected:
                peer.shutdown(socket.SHUT_WR)
            got = b""
            while part := peer.recv(1 << 18):
                got += part
            equal(len(got), sent[peer], "bytes that came back")
            expected = bytes(range(256)) * (len(got) // 256 + 1)
            assert got == expected[:len(got)], "they differ"
            for peer in [fast, *slow]:
                peer.close()


@test("many that send and read megabytes at the same time")
def _():
    cell = Cell("inet6", "stream")
    data = os.urandom(1 << 20)
    digests = []
    with Server(*cell.words, *cell.fresh()) as server:
        peers = [cell.contact(cell.parsed(server.address)) for _ in range(20)]
        threads = [threading.Thread(target=lambda peer=peer: digests.append(
            exchange_all(peer, data)), daemon=True) for peer in peers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
        for peer in peers:
            peer.close()
    equal(len(digests), 20)
    equal(len(set(digests)), 1)


@test("many datagram peers, each gets its own back")
def _():
    for cell in Cell("inet", "dgram"), Cell("unix", "dgram", "abstract"):
        with Server(*cell.words, *cell.fresh()) as server:
            address = cell.parsed(server.address)
            peers = [cell.contact(address) for _ in range(100)]
            for i, peer in enumerate(peers):
                peer.send(b"from %d" % i)
                if i % 5 == 4:  # no more than the server's queue holds
                    for j in range(i - 4, i + 1):
                        equal(peers[j].recv(1024), b"from %d" % j)
            for peer in peers:
                peer.close()


@test("no descriptor is left: who comes later waits, and is served")
def _():
    cell = Cell("inet", "stream")

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    with Server(*cell.words, *cell.fresh(), preexec_fn=few) as server:
        address = cell.parsed(server.address)
        peers = [cell.contact(address) for _ in range(50)]
        for i, peer in enumerate(peers):
            peer.send(b"%d" % i)
        server.expect(b"no descriptor is left", "err")
        for i, peer in enumerate(peers):
            equal(peer.recv(1024), b"%d" % i)
            peer.close()


harness.main()
