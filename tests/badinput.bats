# What is asked for wrongly, or cannot be: a clear error, status 2 or 1, nothing
# left behind. No host here is a name that would be looked up.
# run-tests: limit 60

setup() {
	bats_require_minimum_version 1.5.0
	SOCKDEMO=${SOCKDEMO:-$BATS_TEST_DIRNAME/../build/sockdemo}
	WORK=$BATS_TEST_TMPDIR/work
	export TMPDIR=$BATS_TEST_TMPDIR/tmp NO_COLOR=
	export MARK="sd-$BATS_TEST_NUMBER-$BATS_SUITE_TMPDIR"
	mkdir -p "$WORK" "$TMPDIR"
	unset BASH_ENV
}

# Nothing that a test started may be left: no file, no process.
teardown() {
	[ -z "$(ls -A "$TMPDIR")" ] || { ls -lR "$TMPDIR"; return 1; }
	local found
	found=$(grep -lszxF "MARK=$MARK" /proc/[0-9]*/environ) || true
	for found in $found; do
		# Bats has the mark as well.
		[ "${found%/environ}/exe" -ef "$SOCKDEMO" ] || continue
		echo "left running: ${found%/environ}"
		return 1
	done
}

# fails STATUS WORDS ARGUMENT...: it ends with the status, and tells the words
# in one line.
fails() {
	local expected=$1 words=$2 stderr
	shift 2
	status=0
	timeout 20 "$SOCKDEMO" "$@" </dev/null >"$WORK/out" 2>"$WORK/err" ||
	    status=$?
	stderr=$(<"$WORK/err")
	echo "sockdemo $*: status $status, stderr: $stderr"
	[[ $status -eq $expected && $stderr == "sockdemo: "*"$words"* ]]
	[[ $expected -ne 2 || ! -s $WORK/out ]]
	[[ $stderr != *$'\n'* || $* == *$'\n'* ]]
}

every() { # every command that talks
	local command
	for command in exchange server client; do
		fails 2 "$1" "$command" "${@:2}"
	done
}

@test "unknown names list what there is" {
	fails 2 nosuch nosuch
	fails 2 "''" ''
	fails 2 'inet inet6 unix' --family nosuch
	fails 2 'stream' --type nosuch
	fails 2 'udplite' --protocol nosuch
	fails 2 'unix' -f unix --protocol tcp
	fails 2 'ladder text strace json' --format xml
	fails 2 'auto always never' --color sometimes
	fails 2 'unknown' --nosuch
	fails 2 "'-z'" -z
	fails 2 "'-z'" -Vz
	every nosuch -f nosuch
	every nosuch -t nosuch
	every nosuch -p nosuch
	fails 2 nosuch list -f nosuch
	fails 2 nosuch list -t nosuch
	fails 2 nosuch list -p nosuch
	fails 2 'unexpected' exchange extra
	fails 2 '' -f ''
	fails 2 '' -t ''
	fails 2 '' --format ''
}

@test "numbers of types and protocols that are none" {
	fails 2 '' -t 1
	fails 2 '' -p -1
	fails 2 '' -p 99999999999999999999
	fails 2 '' -p 1x
	fails 2 '' -p ''
}

@test "a value that is missing" {
	local option
	for option in -f --family -t --type -p --protocol -H --host -P --port \
	    --messages --size --text --file --timeout --format --color; do
		fails 2 "'$option': needs a value" "$option"
	done
	fails 2 '--chat' server --chat=yes
}

@test "options that exclude each other, or belong to another command" {
	echo x >"$WORK/file"
	fails 2 'exclude' --text a --file "$WORK/file"
	fails 2 '--size' --text a --size 3
	fails 2 '--size' --file "$WORK/file" --size 3
	fails 2 '--messages' --file "$WORK/file" --messages 3
	fails 2 'exclude' client --text a --file "$WORK/file"
	fails 2 'server has none' server --text a
	fails 2 'server has none' server --file "$WORK/file"
	fails 2 'client has none' client --chat
	fails 2 'client has none' client --messages 2
	fails 2 'list has none' list -P 1
	fails 2 'exchange has none' --known
	fails 2 'no port' -f unix -H "$WORK/socket" -P 80
}

@test "ports that are none" {
	local port
	for port in -1 65536 text '' 1.5 80x 0x 99999999999999999999; do
		every "$port" -P "$port"
		fails 2 "$port" -f inet6 -P "$port"
	done
}

@test "addresses of another family" {
	every '::1' -H ::1
	every '127.0.0.1' -f inet6 -H 127.0.0.1
	every '' -H ''
	every '' -f inet6 -H ''
	every '' -f unix -H ''
	local command
	for command in exchange server client; do
		fails 77 'no-device: ENODEV: no interface' "$command" \
		    -f inet6 -H fe80::1%nosuchif
	done
	fails 2 '@' client -f unix -H @ --text x
}

@test "a path and a name that are too long" {
	local long
	long=$WORK/$(printf 'x%.0s' {1..110})
	every 107 -f unix -H "$long"
	every 107 -f unix -H "@$long"
	TMPDIR=$long fails 2 107 -f unix
}

@test "numbers that are none, or too large" {
	local number
	for number in 0 -1 '' x nan inf 1e99 -0 1x; do
		fails 2 "'$number'" --timeout "$number"
	done
	for number in 0 -1 '' x 1.5 4294967296 99999999999999999999 1T; do
		fails 2 "'$number'" --messages "$number"
	done
	for number in -1 '' x 1.5 99999999999999999999 18446744073709551615K 1T \
	    ' 1' +1; do
		fails 2 "'$number'" --size "$number"
	done
}

@test "bytes that are no words" {
	local word
	for word in $'\e[31m' $'\xff\xfe' $'\u202e' '%s%n%s' $'a\nb' \
	    "$(printf 'x%.0s' {1..5000})"; do
		fails 2 '' "$word"
		fails 2 '' -f "$word"
		fails 2 '' -t "$word"
		fails 2 '' -p "$word"
		fails 2 '' -P "$word"
		fails 2 '' "--$word"
		fails 2 '' --format "$word"
		fails 2 '' --timeout "$word"
		fails 2 '' --size "$word"
		fails 2 '' x "$word"
	done
}

@test "messages that are larger than the cell carries name the limit" {
	fails 2 65507 -t dgram --size 65508
	fails 2 65507 -t dgram --size 1M
	fails 2 65527 -f inet6 -t dgram --size 65528
	fails 2 'at most' -f unix -t dgram --size 100M
	fails 2 'at most' -f unix -t dgram --size 1024G
	fails 2 'at most' -f unix -t seqpacket --size 100M
	fails 2 65507 -t dgram --text "$(printf 'x%.0s' {1..65508})"
	fails 2 65507 client -t dgram -P 9 --text "$(printf 'x%.0s' {1..65508})"
	# The largest one works.
	"$SOCKDEMO" -t dgram --size 65507 >/dev/null
	"$SOCKDEMO" -f inet6 -t dgram --size 65527 >/dev/null
}

@test "the limit that is named is the limit" {
	local type limit
	for type in dgram seqpacket; do
		run --separate-stderr "$SOCKDEMO" -f unix -t "$type" --size 1G
		limit=$(grep -o 'at most [0-9]*' <<<"$stderr" | tr -dc 0-9)
		[ "$limit" -gt 1000 ]
		fails 2 "$limit" -f unix -t "$type" --size $((limit + 1))
		"$SOCKDEMO" -f unix -t "$type" --size "$limit" >/dev/null
	done
}

@test "files that are missing, directories, or no files" {
	local command
	mkfifo "$WORK/fifo"
	for command in exchange client; do
		fails 1 "$WORK/none" "$command" --file "$WORK/none"
		fails 1 "$WORK" "$command" --file "$WORK"
		fails 1 "$WORK/fifo" "$command" --file "$WORK/fifo"
		fails 1 /dev/null "$command" --file /dev/null
		fails 1 '' "$command" --file ''
	done
}

@test "a file that may not be read" {
	[ "$(id -u)" -eq 0 ] || skip 'not root: no other user to be'
	command -v setpriv >/dev/null || skip 'setpriv is not installed'
	local place
	place=$(mktemp -d -p /var/tmp)
	cp "$SOCKDEMO" "$place/sockdemo"
	chmod 755 "$place"
	echo secret >"$place/file"
	chmod 600 "$place/file"
	for command in exchange client; do
		run --separate-stderr setpriv --reuid 65534 --regid 65534 \
		    --clear-groups "$place/sockdemo" "$command" \
		    --file "$place/file"
		echo "$status $stderr"
		[ "$status" -eq 1 ] || break
		[[ $stderr == 'sockdemo: '*"$place/file"*'ermission'* ]] || break
		status=0
	done
	rm -r "$place"
	[ "$status" -eq 0 ]
}

@test "a path that is there already is left alone" {
	local what
	echo precious >"$WORK/file"
	mkdir "$WORK/directory"
	ln -s nowhere "$WORK/link"
	for what in file directory link; do
		fails 1 'bind EADDRINUSE' -f unix -H "$WORK/$what"
		fails 1 'bind EADDRINUSE' server -f unix -H "$WORK/$what"
	done
	[ "$(cat "$WORK/file")" = precious ]
	[ -d "$WORK/directory" ]
	[ -L "$WORK/link" ]
	fails 1 'mkdir' -f unix -H "$WORK/none/socket"
}

@test "nobody is there" {
	fails 1 'connect ENOENT' client -f unix -H "$WORK/none" --text x
	fails 1 'connect ECONNREFUSED' client -f unix -H "@$WORK" --text x
	fails 1 'sendto ENOENT' client -f unix -t dgram -H "$WORK/none" --text x
}

@test "an output that is full, or closed" {
	local arguments
	while read -ra arguments; do
		run -1 bash -c '"$0" "$@" >/dev/full' "$SOCKDEMO" "${arguments[@]}"
		echo "${arguments[*]}: $output"
		[[ $output == *'sockdemo: cannot write the output: No space'* ]]
		run -1 bash -c '"$0" "$@" >&-' "$SOCKDEMO" "${arguments[@]}"
		[[ $output == *'sockdemo: cannot write the output: '* ]]
		run -1 bash -c '"$0" "$@" >&- 2>&- <&-' "$SOCKDEMO" \
		    "${arguments[@]}"
	done <<-'EACH'
		--help
		--version
		list
		list --known --format json
		--format ladder
		--format text
		--format strace
		--format json
		-f unix --format json
		-f unix -t dgram --messages 1000 --format strace
	EACH
}

@test "no standard descriptor at all: sockets do not take their place" {
	run -0 bash -c '"$0" -f unix --format json 2>&- <&-' "$SOCKDEMO"
	[[ $output == *'"verdict": "works"'* ]]
}
