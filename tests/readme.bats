# README.md says what happens, and scripts/readme finds out where it does not.
# run-tests: lock port-12345
# run-tests: limit 240

setup() {
	bats_require_minimum_version 1.5.0
	ROOT=$BATS_TEST_DIRNAME/..
	README=$ROOT/scripts/readme
	export BUILD=${BUILD:-$ROOT/build}
	[ -x "$BUILD/sockdemo" ] || skip 'sockdemo is not built'
	PAGE=$BATS_TEST_TMPDIR/page.md
}

# The README with a small matrix in the place of what takes the lab machine.
small_page() {
	awk '/^<!-- run.*(--vm|scripts\/vm)/ { skip = 1 }
		!skip
		/^<!-- end -->/ { skip = 0 }' "$ROOT/README.md" >"$PAGE"
	printf '<!-- run on this kernel: scripts/run-matrix -f unix -->\n%s\n' \
	    '<!-- end -->' >>"$PAGE"
	"$README" "$PAGE"
}

@test "its examples are what the commands print" {
	run "$README" --check
	[ "$status" -ne 77 ] || skip "$output"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "it begins with the two commands" {
	sed -n '3,4s/ *#.*//p' "$ROOT/README.md" | diff - <(
		echo '    ./scripts/setup && make matrix'
		echo '    ./scripts/setup && make test')
}

@test "what the pages link to is there" {
	for page in README.md .github/CONTRIBUTING.md scripts/labs/README.md; do
		cd "$ROOT/$(dirname "$page")"
		for path in $(grep -oE '\]\([^)#:]+\)' "${page##*/}" |
		    tr -d '])('); do
			[ -e "$path" ] || { echo "$page: $path"; false; }
		done
		cd "$OLDPWD"
	done
}

@test "the conversation in two terminals is as it shows" {
	cd "$BATS_TEST_TMPDIR"
	echo 'good morning' | timeout 20 "$BUILD/sockdemo" server --chat \
	    >server 2>&1 3>&- &
	server=$!
	timeout 5 sh -c 'until grep -q "^listening on 127.0.0.1:12345$" server; do
		kill -0 '"$server"' || exit 1; done' || {
		grep -q EADDRINUSE server && skip 'port 12345 is taken'
		cat server
		false
	}
	# The second line waits until the first has been answered.
	mkfifo words
	timeout 20 "$BUILD/sockdemo" client <words >client 2>&1 3>&- &
	client=$!
	exec 4>words
	echo hello >&4
	timeout 5 sh -c 'until grep -q "Received" client; do
		kill -0 '"$client"' || exit 1; done'
	echo q >&4
	exec 4>&-
	wait "$client"
	kill "$server" 2>/dev/null || true
	wait "$server" || true
	grep -q 'Received from server: good morning$' client
	grep -q 'connection request from: 127\.0\.0\.1:[0-9]*$' server
	grep -q 'from connected user: hello$' server
}

@test "a changed example is found, and put right" {
	small_page
	sed -i 's/works: 1 message/works: 7 messages/' "$PAGE"
	run -1 "$README" --check "$PAGE"
	[[ $output == *'-works: 7 messages each way'* ]]
	[[ $output == *'+works: 1 message each way'* ]]
	run -0 "$README" "$PAGE"
	run -0 "$README" --check "$PAGE"
}

@test "pids, ports, times and the kernel may differ; a call may not" {
	small_page
	sed -i 's/(pid [0-9]*)/(pid 1)/; s/\[::1\]:[0-9]*/[::1]:54321/
		s/in [0-9.]* ms/in 99.9 ms/; s/ on Linux .*/ on Linux 1.0 x/' "$PAGE"
	run -0 "$README" --check "$PAGE"
	sed -i 's/recvfrom(/recvmsg(/' "$PAGE"
	run -1 "$README" --check "$PAGE"
}

@test "a command that fails leaves the page as it is" {
	printf '<!-- run: false -->\nbefore\n<!-- end -->\n' >"$PAGE"
	run -1 "$README" "$PAGE"
	grep -qx before "$PAGE"
	printf '<!-- run: exit 77 -->\nbefore\n<!-- end -->\n' >"$PAGE"
	run -77 "$README" --check "$PAGE"
	echo 'no example' >"$PAGE"
	run -1 "$README" --check "$PAGE"
	run -2 "$README" --nonsense
}

@test "a page that is not there, an output that takes nothing: one line" {
	run -1 "$README" --check "$BATS_TEST_TMPDIR/nothing.md"
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'No such file'* ]]
	for output in '>&-' '>/dev/full'; do
		run -1 bash -c "\"\$0\" --help $output" "$README"
		[[ $output == 'readme: cannot write the output: '* ]]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "a page shows what a person sees on a terminal" {
	printf '<!-- run: test -t 1 && test -t 2 && echo yes -->\n<!-- end -->\n' \
	    >"$PAGE"
	run "$README" "$PAGE"
	[ "$status" -ne 77 ] || skip "$output"
	grep -qx yes "$PAGE"
}
