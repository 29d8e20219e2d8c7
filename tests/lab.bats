# scripts/lab: with labs made for the purpose, then every lab that there is.
# run-tests: limit 110

setup() {
	bats_require_minimum_version 1.5.0
	LAB=$BATS_TEST_DIRNAME/../scripts/lab
	ROOT=$BATS_TEST_DIRNAME/..
	REAL=${BUILD:-$ROOT/build}
	export BUILD=$BATS_TEST_TMPDIR/fake LABS=$BATS_TEST_TMPDIR/labs
	export TMPDIR=$BATS_TEST_TMPDIR/tmp PIDS=$BATS_TEST_TMPDIR/pids
	mkdir -p "$BUILD" "$LABS" "$TMPDIR"
	: >"$PIDS"
	# A program whose cells work, but for one that the kernel lacks.
	cat >"$BUILD/sockdemo" <<-'FAKE'
		#!/bin/sh
		case $* in
		*"-f rds"*)
			echo '{"reason":{"text":"modprobe rds brings it"}}'
			exit 77 ;;
		*"-f bad"*) exit 1 ;;
		server) echo $$ >>"$PIDS"; echo listening on '[::1]:4711'
			exec sleep 1000 ;;
		esac
		echo "$*"
	FAKE
	chmod +x "$BUILD/sockdemo"
}

# lab NEEDS: makes lab 01 with what stands on the standard input as its Run.
lab() {
	{
		printf -- '---\ntitle: A trial\nneeds: %s\n---\n' "$1"
		printf '# A trial\n## Learn\nSomething.\n## Predict\n'
		printf '```predict\nHow many lines?\nanswer: line ...\n```\n'
		printf '## Run\n```run\nprintf "line %%s\\n" 1 2 3 4 5 6 7\n```\n'
		cat
		printf '## Look\n## Change\n'
		printf '```change\necho "changed"\n```\n## Questions\n1. Why?\n'
	} >"$LABS/01-trial.md"
}

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

@test "what is as the page says passes, in silence" {
	lab inet/stream <<-'LAB'
		```expect
		line 1
		/^line [56]$/
		l...7
		```
	LAB
	run -0 "$LAB" 01 --check
	[ -z "$output" ]
	nothing_left
}

@test "one wrong line turns it red, in the style of diff" {
	lab inet/stream <<-'LAB'
		```expect
		line 1
		line 8
		```
	LAB
	run -1 "$LAB" 01 --check
	[[ ${lines[0]} == *01-trial.md:* ]]
	grep -qx -- '  line 1' <<<"$output"
	grep -qx -- '- line 8' <<<"$output"
	grep -qx -- '+ line 2' <<<"$output"
	nothing_left
}

@test "the order of the lines matters, and a line is a whole line" {
	lab inet/stream <<<$'```expect\nline 2\nline 1\n```'
	run -1 "$LAB" 01 --check
	lab inet/stream <<<$'```expect\nine 2\n```'
	run -1 "$LAB" 01 --check
	# What means something in a regular expression means nothing here.
	lab inet/stream <<<$'```expect\nline .\n```'
	run -1 "$LAB" 01 --check
}

@test "exit statuses: the wrong one is red, the stated one right, 77 a skip" {
	lab inet/stream <<<$'```run\nexit 3\n```'
	run -1 "$LAB" 01 --check
	[[ $output == *'exit status 3, expected 0'* ]]
	lab inet/stream <<<$'```run status=3\nexit 3\n```'
	run -0 "$LAB" 01 --check
	lab inet/stream <<<$'```run\necho no such thing; exit 77\n```'
	run -77 "$LAB" 01 --check
	[[ $output == *'no such thing'* ]]
	lab inet/stream <<<$'```run\nfalse | true\n```'
	run -1 "$LAB" 01 --check
}

@test "what it needs and is not there: 77 and the reason" {
	lab 'inet/stream, rds/seqpacket' </dev/null
	run -77 "$LAB" 01 --check
	[[ $output == *'rds/seqpacket: modprobe rds brings it'* ]]
	run -77 "$LAB" 01 </dev/null
	lab bad/stream </dev/null
	run -1 "$LAB" 01 --check
	lab inet/stream </dev/null
	sed -i '2aprograms: no-such-program' "$LABS/01-trial.md"
	run -77 "$LAB" 01 --check
	[[ $output == *'no-such-program is not installed'* ]]
}

@test "a server runs on in the background; its address is known" {
	lab inet6/stream <<-'LAB'
		```run server
		sockdemo server
		```
		```run
		echo "$ADDRESS $HOST $PORT"
		```
		```expect
		[::1]:4711 ::1 4711
		```
		```expect server
		listening on [::1]:...
		```
	LAB
	run -0 "$LAB" 01 --check
	[ -s "$PIDS" ]
	nothing_left
}

@test "a server that ends badly is red, one that does not end as well" {
	lab inet/stream <<-'LAB'
		```run server
		echo listening on 1.2.3.4:5; exec 2>/dev/null; exit 9
		```
		```expect server
		listening on ...
		```
	LAB
	run -1 "$LAB" 01 --check
	lab inet/stream <<-'LAB'
		```run server
		trap '' TERM; echo $$ >>"$PIDS"; echo listening on 1.2.3.4:5
		while :; do sleep 1; done
		```
	LAB
	run -1 "$LAB" 01 --check
	[[ $output == *'at SIGTERM, it went on'* ]]
	nothing_left
}

@test "a block that takes too long is ended" {
	lab inet/stream <<<$'```run limit=1\necho $$ >>"$PIDS"; sleep 1000\n```'
	run -1 "$LAB" 01 --check
	[[ $output == *'did not end within 1 s'* ]]
	nothing_left
}

@test "--check types what stands in the type block" {
	lab inet/stream <<-'LAB'
		```run keyboard
		read -r one; read -r two; echo "$two $one"
		```
		```type
		world
		hello
		```
		```expect
		hello world
		```
	LAB
	run -0 "$LAB" 01 --check
}

@test "a question that no line answers is red" {
	lab inet/stream </dev/null
	sed -i 's/^answer: .*/answer: nothing like this/' "$LABS/01-trial.md"
	run -1 "$LAB" 01 --check
	[[ $output == *'answers the question'* ]]
}

@test "a page that is no lab says where" {
	echo '# Hello' >"$LABS/01-trial.md"
	run -1 "$LAB" 01 --check
	[[ $output == *'01-trial.md: line 1: '* ]]
	lab inet/stream <<<$'```expect elsewhere\nx\n```'
	run -1 "$LAB" 01 --check
	[[ $output == *'no terminal elsewhere'* ]]
	lab inet/stream <<<$'```run\nno end'
	run -1 "$LAB" 01 --check
	lab inet/stream <<<'## Other'
	run -1 "$LAB" 01 --check
	[[ $output == *'its sections are not Learn, Predict'* ]]
}

@test "it lists the labs; an unknown number is a usage error" {
	lab inet/stream </dev/null
	run -0 "$LAB"
	[ "$output" = '01  A trial' ]
	run -2 "$LAB" 02
	run -2 "$LAB" one
	run -0 "$LAB" --help
}

@test "a person is asked, and shown the prediction beside what happened" {
	lab inet/stream <<<$'```expect\nline 1\n```'
	run -0 "$LAB" 1 < <(printf '\nfour, I think\n\n\n\n\n\n\n')
	[[ $output == *'You predicted:  four, I think'* ]]
	[[ $output == *'What happened:  line 1'* ]]
	[[ $output == *'and 2 more like these'* ]]
	[[ $output == *changed* ]]
	[[ $output == *'1. Why?'* ]]
	[[ $output != *'not what the page expects'* ]]
	nothing_left
}

@test "a person may change a command" {
	lab inet/stream </dev/null
	run -0 "$LAB" 1 < <(printf '\n4\n\n\n\n\necho mine\n\n\n')
	[[ $output == *mine* ]]
}

@test "q ends it, and so does the end of the input" {
	lab inet/stream </dev/null
	run -0 "$LAB" 1 <<<q
	[[ $output != *'How many'* ]]
	run -0 "$LAB" 1 </dev/null
	run -0 "$LAB" 1 < <(printf '\n4\n')
	nothing_left
}

@test "SIGINT at many moments: dies by it, and nothing is left" {
	lab inet/stream <<-'LAB'
		```run server
		sockdemo server
		```
		```run limit=100
		echo $$ >>"$PIDS"; sleep 1000
		```
	LAB
	for moment in 0.02 0.06 0.08 0.09 0.1 0.11 0.12 0.13 0.15 0.2 0.3; do
		status=0
		env --default-signal=INT "$LAB" 1 --check 3>&- \
		    2>"$BATS_TEST_TMPDIR/errors" &
		pid=$!
		sleep "$moment"
		kill -INT "$pid"
		wait "$pid" || status=$?
		[ "$status" -eq 130 ]
		[ ! -s "$BATS_TEST_TMPDIR/errors" ]
		nothing_left
	done
}

# The real labs from here on.

real() {
	unset LABS
	BUILD=$REAL
	[ -x "$BUILD/sockdemo" ] || skip 'sockdemo is not built'
}

# check_real NUMBER
check_real() {
	real
	run "$LAB" "$1" --check
	[ "$status" -ne 77 ] || skip "$output"
	echo "$output"
	[ "$status" -eq 0 ]
	nothing_left
}

@test "lab 01 is true" { check_real 01; }
@test "lab 02 is true" { check_real 02; }
@test "lab 03 is true" { check_real 03; }

@test "every lab has a test here, fits a page and a terminal" {
	for page in "$ROOT"/scripts/labs/[0-9][0-9]-*.md; do
		number=$(basename "$page" | cut -c 1-2)
		grep -q "^@test \"lab $number is true\"" "$BATS_TEST_FILENAME"
		[ "$(wc -l <"$page")" -le 170 ]
		run ! env LC_ALL=C.UTF-8 grep -nE '.{80}' "$page"
	done
}

@test "two labs at the same time do not meet" {
	real
	"$LAB" 01 --check 3>&- & one=$!
	"$LAB" 01 --check 3>&- & two=$!
	status=0
	wait "$one" || status=$?
	wait "$two" || status=$?
	[ "$status" -ne 77 ] || skip 'this kernel cannot do lab 01'
	[ "$status" -eq 0 ]
	nothing_left
}
