#!/usr/bin/env python3
# run-tests: limit 180
"""valgrind finds nothing: no leak, no error, and no descriptor that is open at
the end of any process but those it was started with. On seven cells: the
exchange, with all its processes; the server, ended by SIGTERM; its client.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
SOCKDEMO = os.environ.get("SOCKDEMO") or os.path.join(HERE,
                                                      "../build/sockdemo")
CELLS = ["inet/stream", "inet/dgram", "inet6/stream", "inet6/dgram",
         "unix/stream", "unix/dgram", "unix/seqpacket"]
PATIENCE = 60
# Who dies by a signal leaves the buffer of its stdout to the kernel.
SUPPRESSION = """{
   the buffer of a stream
   Memcheck:Leak
   ...
   fun:malloc
   fun:_IO_file_doallocate
}
"""


def valgrind(log):
    known = os.path.join(os.path.dirname(log), "known")
    with open(known, "w", encoding="utf-8") as file:
        file.write(SUPPRESSION)
    return ["valgrind", "--quiet", "--trace-children=yes",
            "--child-silent-after-fork=no", "--leak-check=full",
            "--show-leak-kinds=all", "--errors-for-leak-kinds=all",
            "--track-fds=yes", "--error-exitcode=99",
            f"--suppressions={known}", f"--log-file={log}.%p", SOCKDEMO]


def complaints(log):
    """What the logs of a run's processes say that they may not say."""
    found, folder = [], os.path.dirname(log)
    names = [name for name in os.listdir(folder)
             if name.startswith(os.path.basename(log) + ".")]
    for name in sorted(names):
        with open(os.path.join(folder, name), encoding="utf-8") as text:
            found += judge(name, text.read())
    return len(names), found


def judge(name, text):
    """A descriptor that is inherited is told of in two lines; any other in
    more. Every other word of valgrind's is a complaint."""
    lines = [re.sub(r"^==\d+==\s?", "", line) for line in text.splitlines()]
    found, i = [], 0
    while i < len(lines):
        line, i = lines[i].strip(), i + 1
        opened = re.match(r"Open (?:\w+ )*(?:file )?descriptor (\d+)", line)
        if opened:
            inherited = i < len(lines) and "inherited" in lines[i]
            i += inherited
            if inherited:
                continue
        elif not line or re.match(r"FILE DESCRIPTORS: \d+ open", line):
            continue
        found.append(f"{name}: {line}")
    return found


def check(what, good, said=""):
    print(("ok      " if good else "FAILED  ") + what)
    if not good and said:
        print(said)
    return bool(good)


def exchange(cell, folder):
    family, kind = cell.split("/")
    log = os.path.join(folder, "exchange")
    done = subprocess.run(
        valgrind(log) + ["-f", family, "-t", kind, "--messages", "3",
                         "--size", "3000"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    processes, found = complaints(log)
    return check(f"{cell}: exchange, {processes} processes",
                 done.returncode == 0 and processes == 3 and not found,
                 "\n".join(found) + done.stderr.decode())


def read_address(server):
    """The address behind `listening on`, as --host and --port."""
    line = server.stderr.readline().decode().strip()
    name = line.removeprefix("listening on ")
    match = re.fullmatch(r"\[?([0-9a-f.:]+?)\]?:(\d+)", name)
    if match:
        return ["-H", match[1], "-P", match[2]]
    return ["-H", name]


def talk(cell, folder):
    family, kind = cell.split("/")
    logs = [os.path.join(folder, side) for side in ("server", "client")]
    arguments = ["-f", family, "-t", kind]
    server = subprocess.Popen(
        valgrind(logs[0]) + ["server", "-P", "0"] + arguments,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    command = valgrind(logs[1]) + ["client"] + arguments
    try:
        client = subprocess.run(
            command + read_address(server) + ["--text", "hello"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
    finally:
        server.kill()
        server.wait()
        server.stderr.close()
    ok = True
    for log, status, wanted in ((logs[0], server.returncode,
                                 -signal.SIGTERM),
                                (logs[1], client.returncode, 0)):
        processes, found = complaints(log)
        said = "\n".join(found) + client.stdout.decode()
        ok &= check(f"{cell}: {os.path.basename(log)}, status {status}",
                    status == wanted and processes == 1 and not found, said)
    return ok


def usable():
    """Why valgrind cannot be used, or None."""
    if shutil.which("valgrind") is None:
        return "no valgrind on this machine"
    with open(SOCKDEMO, "rb") as program:
        if b"__asan_init" in program.read():
            return "the program has a sanitizer built in"
    tried = subprocess.run(["valgrind", "--quiet", "true"], check=False,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    return None if tried.returncode == 0 else "valgrind does not run here"


def main():
    why = usable()
    if why is not None:
        print(why)
        return 77
    results = []
    for cell in CELLS:
        for test in (exchange, talk):
            folder = tempfile.mkdtemp(prefix="v")
            try:
                results.append(test(cell, folder))
            finally:
                shutil.rmtree(folder)
    print(f"{results.count(True)} passed, {results.count(False)} failed, "
          "0 skipped")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
