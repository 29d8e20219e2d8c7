# scripts/run-matrix: with a program that misbehaves in every way, and with the
# real one.
# run-tests: limit 100

setup() {
	bats_require_minimum_version 1.5.0
	MATRIX=$BATS_TEST_DIRNAME/../scripts/run-matrix
	REAL=${BUILD:-$BATS_TEST_DIRNAME/../build}
	export BUILD=$BATS_TEST_TMPDIR/fake PIDS=$BATS_TEST_TMPDIR/pids
	export TMPDIR=$BATS_TEST_TMPDIR/tmp NO_COLOR=
	mkdir -p "$BUILD" "$TMPDIR"
	: >"$PIDS"
	make_fake
}

# A program whose families are named after what they do.
make_fake() {
	cat >"$BUILD/sockdemo" <<'FAKE'
#!/bin/bash
echo $$ >>"$PIDS"
kernel='"kernel":{"sysname":"Linux","release":"9.9","machine":"m68k"}'
cell() {
	printf '{"family":"%s","type":"%s","protocol":"%s","alone":%s,' "${@:1:4}"
	printf '"variants":[%s]}' "$5"
}
report() { # VERDICT REASON STATUS
	printf '{"sockdemo":"1.2",%s,"family":"%s","type":"%s",' "$kernel" \
	    "$family" "$type"
	printf '"protocol":"%s","variant":null,"verdict":"%s",' "$protocol" "$1"
	printf '"reason":%s,"contradiction":%s,"events":[{"call":"socket"}],' \
	    "$2" "${contradiction:-null}"
	printf '"summary":{"round_trips":1,"bytes":2,"elapsed_ns":3}}\n'
	exit "$3"
}
if [ "$1" = list ]; then
	printf '{"sockdemo":"1.2",%s,"cells":[' "$kernel"
	for family in hang deaf crash killed garbage flood silent mute lies \
	    another strange littering; do
		cell $family stream tcp false; printf ','
	done
	for type in stream dgram; do
		for protocol in a b; do
			cell good $type $protocol false; printf ','
			cell refused $type $protocol false; printf ','
			cell lonely $type $protocol true; printf ','
		done
	done
	cell contradicting stream tcp false; printf ','
	cell absent stream tcp false; printf ','
	cell forms stream x false '{"variant":"one","host":null},{"variant":"two","host":"@two"}'
	printf ']}'
	exit
fi
while [ $# -gt 1 ]; do
	case $1 in
	-f) family=$2 ;; -t) type=$2 ;; -p) protocol=$2 ;; --variant) variant=$2 ;;
	esac
	shift
done
refusal='{"call":"socket","errno":"EPROTONOSUPPORT","text":"it will not"}'
case $family in
hang) echo file >"$TMPDIR/file"; sleep 1000 & echo $! >>"$PIDS"; wait ;;
deaf) trap '' INT TERM; sleep 1000 & echo $! >>"$PIDS"
	while :; do wait; done ;;
crash) kill -SEGV $$ ;;
killed) sleep 1000 & echo $! >>"$PIDS"; kill -KILL $$ ;;
garbage) printf 'Segm\033[31mentation\n'; echo 'why: because' >&2; exit 1 ;;
flood) yes ;;
silent) exit 0 ;;
mute) report denied null 77 ;;
lies) report works null 1 ;;
another) family=good; report works null 0 ;;
strange) report splendid null 0 ;;
littering) : >"$TMPDIR/a.sock"; report works null 0 ;;
leaving) sleep 1000 & report works null 0 ;;
refused) report refused "$refusal" 77 ;;
absent) report absent '{"call":"socket","errno":"EAFNOSUPPORT","text":"none"}' 77 ;;
lonely) mkdir "$PIDS.lock" || report broken "$refusal" 1
	sleep 0.05; rmdir "$PIDS.lock"; report works null 0 ;;
contradicting) contradiction='"says EPERM"' report refused "$refusal" 77 ;;
forms) [ "$variant" = one ] || report refused "$refusal" 77; report works null 0 ;;
*) report works null 0 ;;
esac
FAKE
	chmod +x "$BUILD/sockdemo"
}

# Whether a process is gone; one that only waits to be reaped is.
gone() {
	local state
	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || return 0
	[ "$state" = Z ]
}

nothing_left() {
	local pid
	while read -r pid; do
		gone "$pid" || { echo "still there: $pid"; return 1; }
	done <"$PIDS"
	[ -z "$(ls -A "$TMPDIR")" ] || { ls -lR "$TMPDIR"; return 1; }
}

# reason FAMILY: what the JSON says of its first cell.
reason() {
	python3 -c '
import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["family"] == sys.argv[2]:
        print(cell["verdict"], cell["reason"] and cell["reason"]["text"])
        break' "$BATS_TEST_TMPDIR/json" "$1"
}

@test "cells that work: exit 0, a table, a count" {
	run -0 "$MATRIX" -f good
	[[ $output == *'sockdemo 1.2 on Linux 9.9 m68k'* ]]
	[[ $output == *'4 cells: 4 works in '* ]]
	nothing_left
}

@test "cells that are refused or absent: exit 0, and each reason once" {
	run -0 "$MATRIX" -f good -f refused -f absent
	[ "$(grep -c 'it will not' <<<"$output")" -eq 1 ]
	[[ $output == *'refused EPROTONOSUPPORT: refused/*'* ]]
	[[ $output == *'absent EAFNOSUPPORT: absent/stream/tcp'* ]]
}

@test "the forms of a cell are runs of their own" {
	run -0 "$MATRIX" -f forms
	[[ $output == *'1 of 2'* ]]
	[[ $output == *'refused EPROTONOSUPPORT: forms/stream/x (two)'* ]]
	[[ $output == *'1 cell, 2 runs: 1 works, 1 refused'* ]]
}

@test "a cell that contradicts its table is marked, and exit 1" {
	run -1 "$MATRIX" -f contradicting -f good
	[[ $output == *'contradicts its table: contradicting/stream/tcp: says EPERM'* ]]
}

@test "cells that end badly are broken, each with its reason" {
	run -1 "$MATRIX" --limit 1 --jobs 8 --json "$BATS_TEST_TMPDIR/json" \
	    -f hang -f deaf -f crash -f killed -f garbage -f flood -f silent \
	    -f mute -f lies -f another -f strange -f littering
	[ "$(reason hang)" = 'broken did not end within 1 s' ]
	[ "$(reason deaf)" = 'broken did not end within 1 s' ]
	[ "$(reason crash)" = 'broken was killed by SIGSEGV' ]
	[ "$(reason killed)" = 'broken was killed by SIGKILL' ]
	[[ $(reason garbage) == 'broken printed no report; '*'why: because' ]]
	[[ $(reason flood) == 'broken printed more than '* ]]
	[[ $(reason silent) == 'broken printed no report'* ]]
	[[ $(reason mute) == 'broken says denied and gives no reason' ]]
	[[ $(reason lies) == 'broken says works, but ended with status 1' ]]
	[[ $(reason another) == 'broken reported another cell: good/stream/tcp' ]]
	[[ $(reason strange) == 'broken reported an unknown verdict: splendid' ]]
	[[ $(reason littering) == 'broken left behind: a.sock' ]]
	[[ $output != *$'\033'* ]]
	nothing_left
}

@test "cells that want to be alone never run beside each other" {
	run -0 "$MATRIX" -f lonely -f good --jobs 8
}

@test "the JSON has the cells in order; events where they are asked for" {
	run -0 "$MATRIX" -f good -f refused --json "$BATS_TEST_TMPDIR/json"
	python3 -c '
import json, sys
matrix = json.load(open(sys.argv[1]))
assert list(matrix) == ["sockdemo", "kernel", "kernels", "cells"], matrix
assert matrix["kernels"] == [matrix["kernel"]]
assert matrix["kernel"]["machine"] == "m68k"
assert len(matrix["cells"]) == 8
assert "events" not in matrix["cells"][0]' "$BATS_TEST_TMPDIR/json"
	run -0 --separate-stderr "$MATRIX" -f good --events --json -
	python3 -c '
import json, sys
assert json.load(sys.stdin)["cells"][0]["events"]' <<<"$output"
	[[ $stderr == *'4 cells: 4 works'* ]]
}

@test "filters choose; an unknown word is a usage error that lists them" {
	run -0 "$MATRIX" -f good -t dgram -p a -p b
	[[ $output == *'2 cells: 2 works'* ]]
	run -2 "$MATRIX" -f nosuch
	[[ $output == *'no family nosuch; there is: hang deaf '* ]]
	run -2 "$MATRIX" -f good -t rdm
	run -2 "$MATRIX" --jobs 0
	run -2 "$MATRIX" --nonsense
}

@test "a matrix in which nothing ran fails" {
	cat >"$BUILD/sockdemo" <<-'FAKE'
		#!/bin/sh
		echo '{"sockdemo":"1","kernel":{},"cells":[]}'
	FAKE
	run -1 "$MATRIX"
	[[ $output == *'nothing ran'* ]]
}

@test "a program that is missing, fails, hangs or talks nonsense" {
	rm "$BUILD/sockdemo"
	run -1 "$MATRIX"
	[[ $output == *'make builds it'* ]]
	printf '#!/bin/sh\necho "sockdemo: no" >&2; exit 3\n' >"$BUILD/sockdemo"
	chmod +x "$BUILD/sockdemo"
	run -1 "$MATRIX"
	[[ $output == *'ended with status 3: sockdemo: no'* ]]
	printf '#!/bin/sh\necho "[]"\n' >"$BUILD/sockdemo"
	run -1 "$MATRIX"
	[[ $output == *'not what was expected'* ]]
}

@test "ASCII in the C locale, UTF-8 elsewhere; 80 columns; no colour in a file" {
	run -0 env LC_ALL=C "$MATRIX" -f good -f refused
	[[ $output == *'# works'* ]]
	shown=$output
	run ! env LC_ALL=C grep '[^ -~]' <<<"$shown"
	run -0 env LC_ALL=C.UTF-8 "$MATRIX" -f good -f refused
	[[ $output == *'● works'* ]]
	[[ $output != *$'\033'* ]]
	shown=$output
	run ! env LC_ALL=C.UTF-8 grep -E '.{81}' <<<"$shown"
}

@test "narrower, down to 40 columns, and never wider than 80" {
	for columns in 20 40 50 60 70 80 200; do
		width=$((columns < 40 ? 40 : columns > 80 ? 80 : columns))
		run -1 env LC_ALL=C.UTF-8 COLUMNS=$columns "$MATRIX" \
		    -f good -f refused -f absent -f forms -f contradicting
		shown=$output
		run ! env LC_ALL=C.UTF-8 grep -E ".{$((width + 1))}" <<<"$shown"
	done
	run -0 env LC_ALL=C.UTF-8 COLUMNS=40 "$MATRIX" -f good
	[[ $output == *'●'* ]]
	run -0 env COLUMNS=nonsense "$MATRIX" -f good
}

@test "a command in a reason is not broken" {
	export WHY="ping sockets are for the groups that a sysctl names: sysctl -w net.ipv4.ping_group_range='0 2147483647'"
	sed -i 's/"text":"it will not"/"text":"'"$(sed 's/[&/]/\\&/g' <<<"$WHY" | sed "s/'/'\"'\"'/g")"'"/' "$BUILD/sockdemo"
	for columns in 40 80; do
		run -0 env COLUMNS=$columns "$MATRIX" -f refused
		grep -qx " *sysctl -w net.ipv4.ping_group_range='0 2147483647'" \
		    <<<"$output"
	done
}

@test "what the user typed cannot drive the terminal" {
	for word in -f -t --no --jobs; do
		run -2 "$MATRIX" "$word" $'\e[1mx\nunder'
		[[ $output != *$'\e'* ]]
		[[ $output == *'x1b[1mx'* ]]
	done
}

# on_terminal COMMAND...: its output on a terminal that does not exist.
on_terminal() {
	python3 -c '
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], lambda fd:
    os.read(fd, 4096), lambda fd: b"")))' "$@" </dev/null
}

@test "on a terminal: colour and progress; NO_COLOR is obeyed" {
	python3 -c 'import pty; pty.openpty()' 2>/dev/null ||
	    skip 'no pseudo-terminals here: mount -t devpts devpts /dev/pts'
	TERM=xterm run -0 on_terminal "$MATRIX" -f good
	[[ $output == *$'\033[32m'* ]]
	[[ $output == *'1 of 4: good/'* ]]
	TERM=xterm NO_COLOR=1 run -0 on_terminal "$MATRIX" -f good
	[[ $output != *$'\033[32m'* ]]
}

@test "a TMPDIR that is too long for sockets is not used" {
	TMPDIR=$TMPDIR/$(printf 'long%.0s' {1..20})
	mkdir "$TMPDIR"
	run -0 "$MATRIX" -f good
	BUILD=$REAL
	[ -x "$BUILD/sockdemo" ] || return 0
	run -0 "$MATRIX" -f unix
}

@test "an output that takes nothing is an error" {
	run -1 bash -c '"$0" -f good >/dev/full' "$MATRIX"
	[[ $output == *'No space left'* ]]
	for words in '-f good' '-f good --json -' --help; do
		run -1 bash -c '"$0" $1 >&-' "$MATRIX" "$words"
		[ "$output" = \
		    'run-matrix: cannot write the output: Bad file descriptor' ] ||
		    [[ $words == *json* && ${lines[-1]} == *'Bad file descriptor' ]]
	done
	run -0 bash -c '"$0" -f good <&- 2>&-' "$MATRIX"
	run -0 bash -c '"$0" -f good | head -n 1' "$MATRIX"
	[ "${#lines[@]}" -eq 1 ]
	run -1 "$MATRIX" -f good --json /nonexistent/file
	[[ $output == *'No such file'* ]]
	nothing_left
}

# interrupt SIGNAL SECONDS FAMILY...: starts a matrix that hangs and interrupts
# it; the shell would have a command in the background ignore SIGINT.
interrupt() {
	local signal=$1 moment=$2 arguments=() pid status=0
	shift 2
	for family; do arguments+=(-f "$family"); done
	env --default-signal=INT "$MATRIX" "${arguments[@]}" --jobs 4 \
	    >/dev/null 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
	pid=$!
	sleep "$moment"
	kill -"$signal" "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq $((128 + $(kill -l "$signal"))) ] || {
		echo "status $status after $moment s"
		cat "$BATS_TEST_TMPDIR/errors"
		return 1
	}
	[ ! -s "$BATS_TEST_TMPDIR/errors" ]
	nothing_left
}

@test "SIGINT at many moments: dies by it, and nothing is left" {
	for moment in 0.01 0.03 0.05 0.06 0.07 0.08 0.09 0.10 0.11 0.12 0.13 \
	    0.14 0.15 0.17 0.2 0.3; do
		interrupt INT "$moment" hang good lonely
	done
}

@test "SIGTERM and SIGHUP are no different" {
	interrupt TERM 0.15 hang good
	interrupt HUP 0.25 hang killed
}

@test "cells that do not obey are killed after a second" {
	SECONDS=0
	interrupt INT 0.3 deaf hang
	[ "$SECONDS" -le 3 ]
}

# The real program from here on.

real() {
	BUILD=$REAL
	[ -x "$BUILD/sockdemo" ] || skip 'sockdemo is not built'
}

@test "the real matrix: exit 0, nothing broken, every verdict has its reason" {
	real
	run -0 "$MATRIX" --json "$BATS_TEST_TMPDIR/json"
	python3 -c '
import json, sys
cells = json.load(open(sys.argv[1]))["cells"]
assert len(cells) > 100, len(cells)
for cell in cells:
    assert cell["verdict"] == "works" or cell["reason"]["text"], cell
    assert cell["verdict"] != "broken" and not cell["contradiction"], cell
' "$BATS_TEST_TMPDIR/json"
	nothing_left
}

@test "the real matrix, interrupted: nothing is left" {
	real
	for moment in 0.1 0.15 0.2 0.25 0.3 0.4; do
		env --default-signal=INT "$MATRIX" >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "$moment"
		kill -INT "$pid" || true
		wait "$pid" || true
		[ -z "$(ls -A "$TMPDIR")" ]
	done
	# Sides that were orphaned would still have this test's TMPDIR.
	for process in /proc/[0-9]*; do
		[ "$(cat "$process/comm" 2>/dev/null)" = sockdemo ] || continue
		run ! grep -qsF "TMPDIR=$TMPDIR" "$process/environ"
	done
}
