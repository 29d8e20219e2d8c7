# tests/compare: the pair written by hand works, and makes the same calls as
# sockdemo. (How fast the two are is tests/compare/compare's to say: nothing
# here measures time.)

setup_file() {
	bats_require_minimum_version 1.5.0
	"${CC:-cc}" -std=c17 -D_GNU_SOURCE -Wall -Wextra -O2 \
	    -o "$BATS_FILE_TMPDIR/pair" "$BATS_TEST_DIRNAME/compare/pair.c"
}

setup() {
	bats_require_minimum_version 1.5.0
	SOCKDEMO=${SOCKDEMO:-$BATS_TEST_DIRNAME/../build/sockdemo}
	PAIR=$BATS_FILE_TMPDIR/pair
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
}

# The network calls of each process of a command, one file a process in the
# order of their first call; what differs from run to run is taken out.
calls_of() { # NAME COMMAND...
	local name=$1
	shift
	# A leak sanitizer cannot work under strace.
	ASAN_OPTIONS=detect_leaks=0 strace -ff -qq -e trace=network \
	    -e signal=none \
	    -o "$BATS_TEST_TMPDIR/$name" "$@" >/dev/null
	for file in "$BATS_TEST_TMPDIR/$name".*; do
		[ -s "$file" ] || continue
		sed -E -e 's/^([a-z0-9]+)\([0-9]+/\1(FD/' \
		    -e 's/= [0-9]+$/= N/' -e 's/#[0-9a-f]{6}/#RUN/' \
		    -e 's/htons\([1-9][0-9]*\)/htons(PORT)/' \
		    -e 's/sun_path="[^"]*\.client\.sock"/sun_path="CLIENT"/' \
		    -e 's/sun_path="[^"]*\.sock"/sun_path="SERVER"/' \
		    -e 's/, \[[0-9]+ => [0-9]+\]/, [LENGTH]/' \
		    -e 's/\}, [0-9]+\)/}, LENGTH)/' "$file" \
		    >"$BATS_TEST_TMPDIR/calls"
		if grep -q '^\(listen\|recvfrom.*hello from client\)' \
		    "$BATS_TEST_TMPDIR/calls"; then
			mv "$BATS_TEST_TMPDIR/calls" \
			    "$BATS_TEST_TMPDIR/server-$name"
		else
			mv "$BATS_TEST_TMPDIR/calls" \
			    "$BATS_TEST_TMPDIR/client-$name"
		fi
		rm "$file"
	done
}

same_calls() { # FAMILY TYPE
	local side
	command -v strace >/dev/null || skip 'no strace on this machine'
	strace -qq -o /dev/null true 2>/dev/null ||
		skip 'strace may not trace here'
	calls_of pair "$PAIR" "$1" "$2"
	calls_of sockdemo "$SOCKDEMO" -f "$1" -t "$2"
	for side in client server; do
		[ -s "$BATS_TEST_TMPDIR/$side-pair" ]
		diff "$BATS_TEST_TMPDIR/$side-pair" \
		    "$BATS_TEST_TMPDIR/$side-sockdemo"
	done
	# Neither left a socket file.
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "compare: inet stream" { same_calls inet stream; }
@test "compare: inet dgram" { same_calls inet dgram; }
@test "compare: inet6 stream" { same_calls inet6 stream; }
@test "compare: inet6 dgram" { same_calls inet6 dgram; }
@test "compare: unix stream" { same_calls unix stream; }
@test "compare: unix dgram" { same_calls unix dgram; }
@test "compare: unix seqpacket" { same_calls unix seqpacket; }

@test "compare: the pair refuses what it does not know" {
	run -2 "$PAIR" inet rdm
	run -2 "$PAIR"
}

@test "compare: the command prints a row for each cell" {
	run -0 "$BATS_TEST_DIRNAME/compare/compare" 2
	[ "${#lines[@]}" -eq 8 ]
	for line in "${lines[@]:1}"; do
		[[ $line =~ ^[a-z0-9]+/[a-z]+\ .*\ us\ .*\ KiB ]]
	done
}
