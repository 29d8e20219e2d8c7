#!/usr/bin/env python3
"""The tables of socket options know every option that this system's headers
know: a header that gains one makes this fail, until a table has it or it is
told here why not. MRT_*, MRT6_*, IPT_SO_*, IP6T_SO_* and EBT_SO_*, which are
numbers of the same levels, configure the kernel's routing and its filters, not
a socket: they are not looked for.

run-tests: fast
"""
import glob
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "lib"))
from harness import Skip, equal, main, sockdemo, test  # noqa: E402

INCLUDE = "/usr/include"
# A header, the level whose options it defines, and how these are named.
HEADERS = (
    ("asm-generic/socket.h", "SOL_SOCKET", r"SO_\w+"),
    ("linux/in.h", "SOL_IP", r"(IP|MCAST)_\w+"),
    ("*/bits/in.h", "SOL_IP", r"(IP|MCAST)_\w+"),
    ("linux/in6.h", "SOL_IPV6", r"(IPV6|MCAST)_\w+"),
    ("*/bits/in.h", "SOL_IPV6", r"IPV6_\w+"),
    ("linux/icmp.h", "SOL_RAW", r"ICMP_FILTER"),
    ("linux/icmpv6.h", "SOL_ICMPV6", r"ICMPV6_FILTER\w*"),
    ("linux/tcp.h", "SOL_TCP", r"TCP_\w+"),
    ("netinet/tcp.h", "SOL_TCP", r"TCP_\w+"),
    ("linux/tls.h", "SOL_TLS", r"TLS_[RT]X\w*"),
    ("linux/mptcp.h", "SOL_MPTCP", r"MPTCP_\w+"),
    ("linux/udp.h", "SOL_UDP", r"UDP_\w+"),
    ("netinet/udp.h", "SOL_UDP", r"UDP_\w+"),
    ("linux/sctp.h", "SOL_SCTP", r"SCTP_\w+"),
    ("linux/dccp.h", "SOL_DCCP", r"DCCP_SOCKOPT_\w+"),
    ("linux/vm_sockets.h", "AF_VSOCK", r"SO_VM_\w+"),
    ("linux/tipc.h", "SOL_TIPC", r"TIPC_\w+"),
    ("linux/can/raw.h", "SOL_CAN_RAW", r"CAN_RAW_\w+"),
    ("linux/can/isotp.h", "SOL_CAN_ISOTP", r"CAN_ISOTP_\w+"),
    ("linux/can/j1939.h", "SOL_CAN_J1939", r"SO_J1939_\w+"),
    ("linux/rds.h", "SOL_RDS", r"(SO_)?RDS_\w+"),
    ("linux/netlink.h", "SOL_NETLINK", r"NETLINK_\w+"),
    ("linux/if_packet.h", "SOL_PACKET", r"PACKET_\w+"),
    ("linux/if_xdp.h", "SOL_XDP", r"XDP_\w+"),
    ("linux/if_alg.h", "SOL_ALG", r"ALG_\w+"),
    ("linux/kcm.h", "SOL_KCM", r"KCM_\w+"),
    ("linux/smc.h", "SOL_SMC", r"SMC_LIMIT\w+"),
    ("linux/phonet.h", "SOL_PNPIPE", r"PNPIPE_\w+"),
    ("linux/llc.h", "SOL_LLC", r"LLC_OPT_\w+"),
)
# What is named so and is none of them, and why.
OTHERS = (
    # The same option by another name.
    r"SO_(RCV|SND)TIMEO_OLD|SO_TIMESTAMP(NS|ING)?_OLD|SO_GET_FILTER"
    r"|SO_DETACH_BPF|IP_RECVRETOPTS|IP_ORIGDSTADDR|IPV6_ORIGDSTADDR"
    r"|TCP_CM_INQ|SCTP_DELAYED_ACK(_TIME)?|SCTP_EXPOSE_PF_STATE"
    r"|SO_VM_SOCKETS_CONNECT_TIMEOUT|IPV6_(JOIN|LEAVE)_GROUP"
    r"|IPV6_RXHOPOPTS|IPV6_RXDSTOPTS|NETLINK_INET_DIAG|IP_PMTUDISC",
    # Types of control messages.
    r"SO_DEVMEM_(LINEAR|DMABUF)|RDS_CMSG_\w+|TIPC_(ERRINFO|RETDATA|DESTNAME)"
    r"|TLS_(SET|GET)_RECORD_TYPE|SCTP_(INIT|SNDRCV|SNDINFO|RCVINFO|NXTINFO"
    r"|PRINFO|AUTHINFO|DSTADDRV[46])",
    # Values, flags and limits.
    r"IP_PMTUDISC_\w+|IPV6_PMTUDISC_\w+|MCAST_(EXCLUDE|INCLUDE)"
    r"|IP_DEFAULT_MULTICAST_\w+|IP_MAX_MEMBERSHIPS|IP_MSFILTER_SIZE"
    r"|IPV6_FL_\w+|IPV6_FLOWINFO_(FLOWLABEL|PRIORITY)|IPV6_PRIORITY_\w+"
    r"|IPV6_TLV_\w+|IPV6_PREFER_SRC_\w+|IPV6_RTHDR_\w+"
    r"|ICMPV6_FILTER_(BLOCK|PASS)\w*"
    r"|TCP_MSS(_\w+)?|TCP_REPAIR_O(N|FF)\w*|TCP_MD5SIG_(MAXKEYLEN|FLAG_\w+)"
    r"|TCP_RECEIVE_\w+|TCP_(NO|RECV|SEND)_QUEUE|TCP_QUEUES_NR|TCP_NLA_\w+|TCP_CA_\w+"
    r"|TCP_FLAG_\w+|TCP_(RESERVED|DATA_OFFSET)\w*"
    r"|TCP_(ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT[12]|TIME_WAIT|CLOSE"
    r"|CLOSE_WAIT|LAST_ACK|LISTEN|CLOSING|MAX_WINDOW|MAX_WINSHIFT|MAXOLEN"
    r"|MAXWIN|COOKIE_(MIN|MAX|PAIR_SIZE|IN_ALWAYS|OUT_NEVER)|S_DATA_\w+|ENCAP_\w+|AO_KEYF_\w+"
    r"|AO_MAXKEYLEN|TFO_\w+)"
    r"|TLS_\w+_(MAJOR|MINOR|NUMBER|CONF_\w+)|TLS_[RT]X_?CONF"
    r"|MPTCP_(RST|SUBFLOW_(FLAG|ATTR)|INFO_FLAG|PM|ATTR|EVENT)_\w+"
    r"|UDP_ENCAP_\w+"
    r"|CAN_ISOTP_(LISTEN_MODE|\w+_ADDR|\w+_PADDING|CHK_\w+|HALF_DUPLEX"
    r"|FORCE_\w+|WAIT_TX_DONE|\wF_BROADCAST|DEFAULT_\w+|FRAME_TXTIME_ZERO"
    r"|DYN_FC_PARMS)|CAN_RAW_XL_VCID_(TX|RX)_\w+|CAN_RAW_FILTER_MAX"
    r"|RDS_(TRANS|INFO_\w+_FLAG|MSG|RDMA|IB|RX|MAX|CONG_MONITOR)_\w+|RDS_INFO_(FIRST|LAST)"
    r"|RDS_CMSG_\w+"
    r"|PACKET_(HOST|BROADCAST|MULTICAST|OTHERHOST|OUTGOING|LOOPBACK|USER"
    r"|KERNEL|FASTROUTE|MR_\w+|FANOUT_(?!DATA)\w+)"
    r"|XDP_(SHARED_UMEM|COPY|ZEROCOPY|USE_\w+|UMEM_UNALIGNED\w+|UMEM_TX_\w+"
    r"|RING_\w+|OPTIONS_\w+|PGOFF_\w+|UMEM_PGOFF_\w+|TXMD_\w+|PKT_\w+"
    r"|TX_METADATA|UMEM_SG_\w+)|XDP_UMEM_TX_\w+"
    r"|ALG_OP_(DE|EN)CRYPT|KCM_KERNEL_H|PNPIPE_ENCAP_(NONE|IP)"
    r"|LLC_OPT_(UNKNOWN|MAX|MAX_\w+)"
    # Of netlink the protocols.
    r"|NETLINK_(ROUTE|UNUSED|USERSOCK|FIREWALL|SOCK_DIAG|NFLOG|XFRM|SELINUX"
    r"|ISCSI|AUDIT|FIB_LOOKUP|CONNECTOR|NETFILTER|IP6_FW|DNRTMSG"
    r"|KOBJECT_UEVENT|GENERIC|SCSITRANSPORT|ECRYPTFS|RDMA|CRYPTO|SMC"
    r"|UNCONNECTED|CONNECTED)"
    # Of TIPC and SCTP the rest of their headers, which is long: below.
)
# Options have numbers from here, and all else of the header lies outside.
RANGES = {"SOL_TIPC": range(127, 1000)}
# SCTP's options are defined as numbers, all else as enumerators and the like.
SCTP_OTHERS = (r"SCTP_(FUTURE|CURRENT|ALL)_ASSOC|SCTP_PR_(SCTP_\w+|INDEX"
               r"|POLICY|SET_POLICY|\w+_ENABLED)|SCTP_(ENABLE|STREAM|ASSOC)_"
               r"(RESET|CHANGE)_\w+|SCTP_ENABLE_(CHANGE|STRRESET)_\w+"
               r"|SCTP_ADDR_PF|SCTP_AUTH_NEWKEY|SCTP_STREAM_CHANGE_\w+"
               r"|SCTP_ASSOC_CHANGE_\w+|SCTP_STREAM_RESET_\w+"
               r"|SCTP_ENABLE_RESET_\w+|SCTP_\w+_EVENT|SCTP_ASSOC_CHANGE"
               r"|SCTP_PEER_ADDR_CHANGE|SCTP_SEND_FAILED|SCTP_REMOTE_ERROR"
               r"|SCTP_ADAPTATION_INDICATION|SCTP_AUTHENTICATION_\w+"
               r"|SCTP_AUTHENTICATION_INDICATION|SCTP_SEND_FAILED_EVENT"
               r"|SCTP_AUTH_NO_AUTH|SCTP_AUTH_FREE_KEY|SCTP_SS_\w+"
               r"|SCTP_AUTH_HMAC_ID_\w+|SCTP_SN_TYPE_MAX|SCTP_POTENTIALLY_FAILED"
               r"|SCTP_BINDX_\w+_ADDR")


def known():
    """{level: {name: number}} of the tables."""
    tables = {}
    found = json.loads(sockdemo("options", "--known", "--format",
                                "json").stdout)
    for option in found["options"]:
        tables.setdefault(option["level"], {})[option["name"]] = \
            option["number"]
    return tables


def code(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
    return re.sub(r"//.*|\\\n", " ", text)


def defined(path):
    """The macros and enumerators of a header: {name: number, or None}."""
    text = code(path)
    names = {}
    for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\(?)(.*)$",
                             text, re.M):
        value = match[3].strip().strip("()")
        names[match[1]] = int(value, 0) if not match[2] and \
            re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", value) else None
    for body in re.findall(r"enum(?:\s+\w+)?\s*\{(.*?)\}", text, re.S):
        number = -1
        for row in re.sub(r"^[ \t]*#.*$", "", body, flags=re.M).split(","):
            match = re.match(r"\s*(\w+)\s*(?:=\s*(\w+))?\s*$", row)
            if not match:
                number = None
                continue
            if match[2]:
                number = int(match[2], 0) if re.fullmatch(
                    r"0[xX][0-9a-fA-F]+|\d+", match[2]) else None
            elif number is not None:
                number += 1
            names.setdefault(match[1], number)
    return names


def is_other(level, name, number):
    if any(re.fullmatch(words, name) for words in OTHERS):
        return True
    if level == "SOL_SCTP" and re.fullmatch(SCTP_OTHERS, name):
        return True
    return level in RANGES and number not in RANGES[level]


def headers():
    for pattern, level, words in HEADERS:
        for path in glob.glob(os.path.join(INCLUDE, pattern)):
            names = {name: number for name, number in defined(path).items()
                     if re.fullmatch(words, name)}
            if level == "SOL_SCTP":
                # What is an enumerator there is none.
                text = code(path)
                names = {name: number for name, number in names.items()
                         if re.search(rf"#\s*define\s+{name}\b", text)}
            yield path, level, names


@test("every option of the headers is in a table")
def _():
    tables = known()
    missing, seen = [], 0
    for path, level, names in headers():
        for name, number in names.items():
            seen += name in tables[level]
            if name not in tables[level] and \
                    not is_other(level, name, number):
                missing.append(f"{path}: {level} {name} = {number}")
    if not seen:
        raise Skip(f"{INCLUDE} has none of the headers")
    equal(missing, [], "options that no table has")


@test("the numbers are those of the headers")
def _():
    tables = known()
    for path, level, names in headers():
        for name, number in names.items():
            if number is not None and name in tables[level]:
                equal(tables[level][name], number, f"{name} of {path}")


@test("what is no option is in no table")
def _():
    for level, names in known().items():
        for name, number in names.items():
            assert not is_other(level, name, number), f"{level} {name}"


@test("an option of a header that no table has is found")
def _():
    path = os.path.join(os.environ["TMPDIR"], "header.h")
    with open(path, "w", encoding="ascii") as file:
        file.write("#define SO_NEW 4711\nenum { LLC_OPT_OLD = 1,\n"
                   "\tLLC_OPT_NEWER, /* a, b */\n};\n")
    equal(defined(path), {"SO_NEW": 4711, "LLC_OPT_OLD": 1,
                          "LLC_OPT_NEWER": 2})
    os.unlink(path)
    assert not is_other("SOL_SOCKET", "SO_NEW", 4711)


main()
