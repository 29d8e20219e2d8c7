#!/usr/bin/env bats
# run-tests: fast
#
# sockdemo probe at the command line: what is named, listed, shown and refused.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit 1
	sockdemo=${SOCKDEMO:-${BUILD:-build}/sockdemo}
	bats_require_minimum_version 1.5.0
}

topics='sock-types socketpair accept-inherit fork-accept dup-close close-wakes
sock-as-file unbound-name bind-rules auto-name priv-name nonlocal-bind
unix-path unix-perm abstract-netns dual-stack connect-any connect-nobody
connect-nb connect-self reconnect disconnect third-party sendto-connected
connect-listener unconnected-io boundaries short-read trunc-len peek zero-send
zero-recv waitall eor more max-message mmsg-flags full-buffer rds-congestion
poll-lies ux-qlen drop-counter bufsize rcvlowat fionread sndtimeo vs-seq-wedge
eof write-closed close-unread linger shut-wr shut-rd early-close udp-async
timeouts oob efault scm-rights creds pktinfo timestamp gso-gro broadcast
multicast group-other reuse backlog fallback-id tcp-special tap raw-ping
udplite-cov filter-trunc dead-letter'

@test "every topic has a probe, and --list tells it" {
	list=$("$sockdemo" probe --list)
	for topic in $topics; do
		grep -qE "^$topic(\.| |\$)" <<<"$list" || {
			echo "no probe of $topic"
			false
		}
	done
}

@test "--list of a cell has only its own" {
	run "$sockdemo" probe --list -f unix
	[ "$status" -eq 0 ]
	grep -q '^scm-rights' <<<"$output"
	[[ "$output" != *multicast* ]]
}

@test "a topic runs all of it, an id that one" {
	run "$sockdemo" probe zero-recv -t dgram
	[ "$status" -eq 0 ]
	grep -q 'zero-recv.pending' <<<"$output"
	run "$sockdemo" probe zero-recv.read -t dgram
	[[ "$output" != *zero-recv.pending* ]]
	grep -q '^1 probe: 1 observed' <<<"$output"
}

@test "an unknown probe is a mistake that is told" {
	run -2 --separate-stderr "$sockdemo" probe nosuch
	[ -z "$output" ]
	[[ "$stderr" == *"no probe 'nosuch'"*"--list"* ]]
}

@test "what is behind the options is escaped" {
	run -2 --separate-stderr "$sockdemo" probe $'a\e[31m'
	[[ "$stderr" == *'a\x1b[31m'* ]]
}

@test "probe has no strace format, and other commands no probes" {
	run -2 "$sockdemo" probe --format strace
	run -2 "$sockdemo" exchange eof
	run -2 "$sockdemo" exchange --ladder
}

@test "a cell that does not work has nothing to be probed" {
	run -77 --separate-stderr "$sockdemo" probe -t rdm
	[ -z "$output" ]
	[[ "$stderr" == *"refused"*ESOCKTNOSUPPORT* ]]
}

@test "a probe that is no question to the cell: none, and 77" {
	run -77 "$sockdemo" probe scm-rights
	[[ "$output" == *"0 probes"* ]]
}

@test "the calls that prove it" {
	run -0 "$sockdemo" probe boundaries --ladder
	[[ "$output" == *"socket(AF_INET, SOCK_STREAM"* ]]
	[[ "$output" == *"observed: merged"* ]]
	[[ "$output" == *"documented: merged (socket(2)"* ]]
	ladder=${output//[0-9]/}
	run -0 "$sockdemo" probe boundaries --format ladder
	[ "${output//[0-9]/}" = "$ladder" ]
}

@test "no line is wider than the terminal" {
	for columns in 60 80 120; do
		COLUMNS=$columns "$sockdemo" probe -f unix | python3 -c "
import sys
for line in sys.stdin.buffer.read().decode().splitlines():
    assert len(line) <= $columns, line"
	done
}

@test "JSON: each with its words, its documents and their sources" {
	"$sockdemo" probe --format json | python3 -c '
import json, sys
cell = json.load(sys.stdin)
assert cell["verdict"] == "works" and cell["events"]
probes = cell["probes"]
assert len(probes) > 100, len(probes)
for probe in probes:
    assert probe["id"] and probe["group"] and probe["question"], probe
    assert isinstance(probe["finding"], bool), probe
    assert (probe["documented"] is None) == (probe["source"] is None), probe
    assert probe["observed"] or probe["reason"]["text"] \
        or probe["reason"]["errno"], probe
    assert not probe["finding"] or probe["documented"], probe
    for document in probe.get("documents", []):
        assert document["source"], probe
    assert "events" not in probe
'
	"$sockdemo" probe boundaries --format json --ladder | python3 -c '
import json, sys
for probe in json.load(sys.stdin)["probes"]:
    assert probe["events"][0]["call"] == "socket", probe
'
}

@test "a signal ends it, and nothing is left" {
	TMPDIR=$BATS_TEST_TMPDIR timeout -s INT 0.2 "$sockdemo" probe -f unix \
	    >/dev/null || true
	[ -z "$(ls -A "$BATS_TEST_TMPDIR")" ]
}
