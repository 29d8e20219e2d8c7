# scripts/run-tests: how it counts what passed, failed and was skipped.
# run-tests: fast

setup() {
	bats_require_minimum_version 1.5.0
	# A tree of its own, with the real runner in it.
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir -p "$TREE/scripts" "$TREE/tests" "$TREE/build/tests/unit"
	cp -r "$BATS_TEST_DIRNAME/../scripts/run-tests" \
	    "$BATS_TEST_DIRNAME/../scripts/lib" "$TREE/scripts"
	export BUILD=$TREE/build PIDS=$BATS_TEST_TMPDIR/pids
	: >"$PIDS"
	unset JOBS
}

# program NAME: an executable test with what stands on the standard input.
program() {
	cat >"$TREE/tests/$1"
	chmod +x "$TREE/tests/$1"
}

# run_tests STATUS [all|fast]
run_tests() {
	run "-$1" "$TREE/scripts/run-tests" "${2:-all}"
	echo "$output"
}

closing_line() {
	[ "${lines[-1]}" = "$1" ]
}

# unit ROW...: a real cmocka program; its tests do what their names say.
unit() {
	{
		cat <<-'C'
			#include <setjmp.h>
			#include <stdarg.h>
			#include <stddef.h>
			#include <stdint.h>
			#include <stdlib.h>
			#include <cmocka.h>
			static void passes(void **state) { (void)state; }
			static void fails(void **state) { (void)state; assert_true(0); }
			static void skips(void **state)
			{ (void)state; print_message("no such device\n"); skip(); }
			static void hides(void **state) { (void)state; skip(); }
			static void crashes(void **state) { (void)state; abort(); }
			static void leaves(void **state) { (void)state; exit(0); }
			int main(void)
			{
				const struct CMUnitTest tests[] = {
		C
		printf 'cmocka_unit_test(%s),\n' "$@"
		echo '}; return cmocka_run_group_tests(tests, NULL, NULL); }'
	} >"$TREE/unit.c"
	cc -o "$BUILD/tests/unit/some_test" "$TREE/unit.c" -lcmocka
}

@test "cmocka: passed, failed and skipped, with the reason" {
	unit passes skips passes hides
	run_tests 0
	[[ $output == *'skipped: some_test: skips: no such device'* ]]
	[[ $output == *'skipped: some_test: hides: no reason given'* ]]
	[[ $output != *'[ RUN'* ]]
	closing_line '2 passed, 0 failed, 2 skipped'
	unit passes fails skips
	run_tests 1
	[[ $output == *'failed: fails'* ]]
	[[ $output == *'[ RUN'* ]]
	closing_line '1 passed, 1 failed, 1 skipped'
}

@test "cmocka: a crash, or an exit, takes the tests after it along" {
	unit passes crashes passes passes
	run_tests 1
	[[ $output == *'failed: crashes (the program ended in it)'* ]]
	[[ $output == *'failed: 2 that never ran'* ]]
	[[ $output == *'ended: killed by SIGABRT'* ]]
	unit passes leaves passes
	run_tests 1
	[[ $output == *'failed: leaves'* ]]
}

@test "bats: passed, failed and skipped, with the reason" {
	# Not at the beginning of a line: bats would take them for its own.
	printf '%s { true; }\n%s { skip "no root"; }\n' \
	    '@test "one"' '@test "two"' | program some.bats
	run_tests 0
	[[ $output == *'skipped: some.bats: two: no root'* ]]
	closing_line '1 passed, 0 failed, 1 skipped'
	printf '%s { false; }\n' '@test "three"' | program some.bats
	run_tests 1
	[[ $output == *'failed: three'* ]]
	echo 'no ( bats' | program some.bats
	run_tests 1
}

@test "scripts: one test, or as many as they say" {
	program check-one <<<$'#!/bin/sh\ntrue'
	program many.py <<-'SCRIPT'
		#!/bin/sh
		echo 'skipped: vsock: no loopback'
		echo '500 passed, 0 failed, 1 skipped'
	SCRIPT
	program check-none <<<$'#!/bin/sh\necho needs root; exit 77'
	echo 'not executable' >"$TREE/tests/helper.py"
	run_tests 0
	[[ $output == *'skipped: many.py: vsock: no loopback'* ]]
	[[ $output == *'skipped: check-none: all of it: needs root'* ]]
	closing_line '501 passed, 0 failed, 2 skipped'
}

@test "a script that fails, lies, is killed or leaves a process is red" {
	program check-a <<<$'#!/bin/sh\nexit 3'
	program check-b <<<$'#!/bin/sh\necho 7 passed, 0 failed, 0 skipped; exit 1'
	program check-c <<<$'#!/bin/sh\nkill -9 $$'
	program check-d <<<$'#!/bin/sh\nsleep 1000 & echo $! >>"$PIDS"'
	run_tests 1
	[[ $output == *'ended: exit status 3'* ]]
	[[ $output == *'ended: killed by SIGKILL'* ]]
	[[ $output == *'failed: it left a process running'* ]]
	closing_line '8 passed, 4 failed, 0 skipped'
}

@test "what takes too long is ended, and all of it" {
	program check-slow <<-'SCRIPT'
		#!/bin/sh
		# run-tests: limit 1
		sleep 1000 & echo $! >>"$PIDS"
		wait
	SCRIPT
	run_tests 1
	[[ $output == *'ended: did not end within 1 s'* ]]
	read -r pid <"$PIDS"
	[ ! -e "/proc/$pid" ] || grep -q ') Z ' "/proc/$pid/stat"
}

@test "fast runs what says so, and the unit tests" {
	unit passes
	program check-slow <<<$'#!/bin/sh\nfalse'
	program check-fast <<<$'#!/bin/sh\n# run-tests: fast\ntrue'
	run_tests 0 fast
	closing_line '2 passed, 0 failed, 0 skipped'
	run_tests 1 all
}

@test "locks are kept, and who wants to be alone is" {
	for name in a b c; do
		program "check-$name" <<-'SCRIPT'
			#!/bin/sh
			# run-tests: lock one
			mkdir "$BUILD/lock" && sleep 0.1 && rmdir "$BUILD/lock"
		SCRIPT
	done
	program check-alone <<-'SCRIPT'
		#!/bin/sh
		# run-tests: alone
		[ ! -e "$BUILD/lock" ]
	SCRIPT
	JOBS=4 run_tests 0
}

@test "a program has a TMPDIR of its own, no terminal and no input" {
	program check-place <<-'SCRIPT'
		#!/bin/sh
		[ -z "$(cat)" ] && [ -d "$TMPDIR" ] && echo "$TMPDIR" >>"$PIDS" &&
		    [ "$SOCKDEMO" = "$BUILD/sockdemo" ] && : >"$TMPDIR/file" &&
		    ! (: </dev/tty) 2>/dev/null
	SCRIPT
	run_tests 0
	[ ! -e "$(cat "$PIDS")" ]
}

@test "a run in which nothing passed is red; a wrong word is usage" {
	run_tests 1
	program check-none <<<$'#!/bin/sh\necho no; exit 77'
	run_tests 1
	run_tests 2 some
	run_tests 0 --help
}

@test "SIGINT ends the programs, and it dies by it" {
	program check-hang <<<$'#!/bin/sh\nsleep 1000 & echo $! >>"$PIDS"; wait'
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	env --default-signal=INT "$TREE/scripts/run-tests" all >/dev/null 2>&1 3>&- &
	runner=$!
	timeout 10 sh -c 'until [ -s "$PIDS" ]; do :; done'
	kill -INT "$runner"
	wait "$runner" || status=$?
	[ "$status" -eq 130 ]
	read -r pid <"$PIDS"
	[ ! -e "/proc/$pid" ] || grep -q ') Z ' "/proc/$pid/stat"
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "a closed or full output: one line, status 1" {
	program good.py <<<$'#!/bin/sh\nexit 0'
	for words in all --help; do
		run -1 bash -c '"$0" $1 >&-' "$TREE/scripts/run-tests" "$words"
		[ "$output" = \
		    'run-tests: cannot write the output: Bad file descriptor' ]
		run -1 bash -c '"$0" $1 >/dev/full' "$TREE/scripts/run-tests" \
		    "$words"
		[ "$output" = \
		    'run-tests: cannot write the output: No space left on device' ]
	done
}
