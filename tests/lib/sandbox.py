"""sandbox: what a child does to itself before it runs a program: a network of
its own, no privileges, a family denied. Each is for preexec_fn of subprocess.
"""
import ctypes
import errno
import fcntl
import os
import platform
import resource
import socket
import struct

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ERRNO = 0x00050000
SECCOMP_RET_ALLOW = 0x7fff0000
# Opcodes of classic BPF: load a word of seccomp_data; jump if equal; return.
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, DOMAIN_AT = 0, 16  # offsets in struct seccomp_data
SOCKET_NUMBER = {"x86_64": 41, "aarch64": 198, "riscv64": 198}
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def own_network():
    """A network of its own: loopback up, ping sockets for everybody."""
    _check(_libc.unshare(CLONE_NEWNET), "unshare")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                    struct.pack("16sh22x", b"lo", IFF_UP))
    with open("/proc/sys/net/ipv4/ping_group_range", "w",
              encoding="ascii") as text:
        text.write("0 2147483647")


def may_make_network():
    """Whether own_network() works; asked in a child."""
    pid = os.fork()
    if pid == 0:
        try:
            own_network()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def ordinary_user():
    """An ordinary user: no capability, and no way to get one."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def user_may_make_network():
    """Whether an ordinary user may make a network in a user namespace."""
    pid = os.fork()
    if pid == 0:
        try:
            ordinary_user()
            _check(_libc.unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare")
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def deny(families, error):
    """socket() fails with this errno, by name, for these families."""
    rows = [(LOAD, 0, 0, NUMBER_AT),
            (JUMP_EQUAL, 0, len(families) + 1,
             SOCKET_NUMBER[platform.machine()]),
            (LOAD, 0, 0, DOMAIN_AT)]
    for i, family in enumerate(families):
        rows.append((JUMP_EQUAL, len(families) - i, 0, int(family)))
    rows += [(RETURN, 0, 0, SECCOMP_RET_ALLOW),
             (RETURN, 0, 0, SECCOMP_RET_ERRNO | getattr(errno, error))]
    code = b"".join(struct.pack("HBBI", *row) for row in rows)

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    def apply():
        program = Program(len(rows), code)
        _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        _check(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
                           ctypes.byref(program), 0, 0), "seccomp")
    return apply


def may_filter():
    return platform.machine() in SOCKET_NUMBER


def descriptors(soft):
    """A soft limit to the number of descriptors; the hard one stays."""
    def apply():
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return apply
