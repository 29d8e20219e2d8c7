# scripts/setup, with a dpkg and an apt-get that only pretend.
# run-tests: fast

setup() {
	bats_require_minimum_version 1.5.0
	SETUP=$BATS_TEST_DIRNAME/../scripts/setup
	export FAKE=$BATS_TEST_TMPDIR/bin LOG=$BATS_TEST_TMPDIR/log
	mkdir "$FAKE"
	: >"$LOG"
	for tool in sh cat sed tr echo env; do
		ln -s "$(command -v "$tool")" "$FAKE/$tool"
	done
	# A dpkg-query that knows every package but those in $ABSENT; as the
	# real one, it says nothing of what it does not know and then fails.
	fake dpkg-query '
		status=0
		shift 2
		for name; do
			case " $ABSENT " in
			*" $name "*) status=1 ;;
			*) printf "installed:%s " "$name" ;;
			esac
		done
		exit $status'
	fake apt-get 'echo "apt-get $*" >>"$LOG"'
	fake id 'echo "${FAKE_UID:-0}"'
	export ABSENT=
}

# fake NAME SCRIPT: a command of that name.
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$FAKE/$1"
	chmod +x "$FAKE/$1"
}

# run_setup [STATUS] [WORD]
run_setup() {
	run "-$1" env PATH="$FAKE" "$SETUP" "${@:2}"
}

@test "all is there: quiet, and apt-get is not asked" {
	run_setup 0
	[ -z "$output" ]
	[ ! -s "$LOG" ]
}

@test "what is missing is installed, and nothing else" {
	ABSENT='bats socat'
	run_setup 0
	grep -q '^apt-get install .*--no-install-recommends.* bats socat$' "$LOG"
}

@test "what vm takes is asked for" {
	ABSENT='kmod iproute2 busybox-static qemu-system-x86 can-utils'
	run_setup 0
	for name in $ABSENT; do
		grep -q "^apt-get install .* $name\( \|$\)" "$LOG"
	done
}

@test "lint asks for its tools as well" {
	ABSENT='cppcheck'
	run_setup 0
	[ ! -s "$LOG" ]
	run_setup 0 lint
	grep -q 'install .* cppcheck$' "$LOG"
}

@test "page asks for the browser, and nobody else does" {
	ABSENT='chromium chromium-driver'
	run_setup 0
	run_setup 0 lint
	[ ! -s "$LOG" ]
	run_setup 0 page
	grep -q 'install .* chromium chromium-driver$' "$LOG"
}

@test "a package that is removed but configured is missing" {
	fake dpkg-query 'shift 2; for name; do
		case $name in make) s=config-files ;; *) s=installed ;; esac
		printf "%s:%s " "$s" "$name"; done'
	run_setup 0
	grep -q 'install .* make$' "$LOG"
}

@test "without package lists it updates first" {
	fake apt-get 'echo "apt-get $*" >>"$LOG"
		case $* in *--simulate*) exit 100 ;; esac'
	ABSENT='make'
	run_setup 0
	grep -v simulate "$LOG" | sed -n '1s/ -.*//p;2s/ -.*//p' |
	    diff - <(printf 'apt-get update\napt-get install\n')
}

@test "lists that are too old are updated, and the install repeated" {
	fake apt-get 'echo "apt-get $*" >>"$LOG"
		case $* in
		*--simulate*) ;;
		update*) : >"$LOG.updated" ;;
		*) [ -e "$LOG.updated" ] || exit 100 ;;
		esac'
	ABSENT='make'
	run_setup 0
}

@test "an install that fails fails" {
	fake apt-get 'case $* in *--simulate*|update*) ;; *) exit 100 ;; esac'
	ABSENT='make'
	run_setup 1
	[[ $output == *'apt-get install failed'* ]]
}

@test "an ordinary user goes through sudo" {
	fake sudo 'echo "sudo $*" >>"$LOG"; "$@"'
	ABSENT='make'
	export FAKE_UID=1000
	run_setup 0
	grep -q '^sudo .*apt-get install .* make$' "$LOG"
}

@test "neither root nor sudo: says what to do" {
	ABSENT='make'
	export FAKE_UID=1000
	run_setup 1
	[[ $output == *'no sudo'*'as root'* ]]
	run ! grep -v simulate "$LOG"
}

@test "no Debian: lists what is needed" {
	rm "$FAKE/dpkg-query"
	run_setup 1
	[[ $output == *'no Debian'*libjansson-dev* ]]
}

@test "an unknown word is a usage error; --help helps" {
	run_setup 2 everything
	[[ $output == *'unknown word: everything'* ]]
	run_setup 0 --help
	[[ $output == *'scripts/setup lint'* ]]
}

@test "with the real dpkg it is quick, and quiet where nothing is missing" {
	command -v dpkg-query >/dev/null || skip 'no dpkg'
	rm "$FAKE/dpkg-query"
	PATH=$FAKE:$PATH run -0 timeout 2 "$SETUP"
	[ -z "$output" ] || skip "missing here: ${output#*installing }"
}

@test "an unknown word is shown without its control characters" {
	run_setup 2 $'\e[1mbold'
	[ "$output" = 'setup: unknown word: ?[1mbold (there is: lint bluetooth page)' ]
}
