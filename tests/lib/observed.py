"""observed: what the probes saw on a kernel, as a table that people can read
and a test can compare.

    eof.read
        0 bytes: inet/stream/tcp unix/stream/unix/path
        ECONNRESET: llc/stream/llc

A probe that could not be made has the answer `-`, and one whose answer depends
on time is left out.
"""
import textwrap

NOT_MADE = "-"


def cell_of(report):
    """family/type/protocol, and the variant behind it."""
    words = [report["family"], report["type"], report["protocol"]]
    return "/".join(words + ([report["variant"]] if report["variant"] else []))


def of_matrix(cells, wanted=lambda report: True):
    """{(probe, cell): answer} of the cells of a matrix's JSON."""
    return {(probe["id"], cell_of(report)):
            NOT_MADE if probe["observed"] is None else probe["observed"]
            for report in cells if wanted(report)
            for probe in report.get("probes") or []
            if not probe.get("timing")}


def write(path, table, heading):
    probes = {}
    for (probe, cell), answer in sorted(table.items()):
        probes.setdefault(probe, {}).setdefault(answer, []).append(cell)
    with open(path, "w", encoding="utf-8") as out:
        for line in heading.splitlines():
            out.write(f"# {line}".rstrip() + "\n")
        for probe, answers in probes.items():
            out.write(f"\n{probe}\n")
            for answer, cells in sorted(answers.items()):
                out.write(f"    {answer}:\n")
                out.write("\n".join(textwrap.wrap(
                    " ".join(cells), 78, initial_indent=" " * 8,
                    subsequent_indent=" " * 8, break_long_words=False,
                    break_on_hyphens=False)) + "\n")


def read(path):
    table, probe, answer = {}, None, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            if line.startswith(" " * 8):
                for cell in text.split():
                    table[probe, cell] = answer
            elif line.startswith(" " * 4):
                answer = text.removesuffix(":")
            else:
                probe = text
    return table


def differences(expected, seen):
    """Lines on where two tables differ, among the cells that both have."""
    cells = {cell for _, cell in expected} & {cell for _, cell in seen}
    lines = []
    for key in sorted(expected.keys() | seen.keys()):
        if key[1] in cells and expected.get(key) != seen.get(key):
            lines.append(f"{key[0]} on {key[1]}: {seen.get(key, 'not asked')}"
                         f" (listed: {expected.get(key, 'nothing')})")
    return lines
