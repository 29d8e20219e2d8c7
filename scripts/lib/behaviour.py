"""behaviour: what the probes and the options of a matrix came to, in words."""


def describe(reports, slowest=0):
    """Lines on what was observed; none where nothing was asked for."""
    probed = [(report, probe) for report in reports
              for probe in report.get("probes") or []]
    lines = []
    if probed:
        seen = [probe for _, probe in probed if probe["observed"] is not None]
        ids = {probe["id"] for _, probe in probed}
        findings = sum(probe["finding"] for probe in seen)
        cells = {id(report) for report, _ in probed}
        lines.append(f"{len(ids)} probes on {len(cells)} cells: {len(seen)} "
                     f"observations, {findings} of them findings; "
                     f"{len(probed) - len(seen)} could not be made")
    optioned = [report for report in reports if report.get("options")]
    if optioned:
        names = {(option["level"], option["name"]) for report in optioned
                 for option in report["options"]}
        lines.append(f"{len(names)} options on {len(optioned)} cells")
    probed.sort(key=lambda one: -one[1]["elapsed_ns"])
    return lines + [f"{probe['elapsed_ns'] / 1e6:8.1f} ms  {name(report)}  "
                    + probe["id"] for report, probe in probed[:slowest]]


def name(report):
    """family/type/protocol, and the variant behind it."""
    words = [report["family"], report["type"], report["protocol"]]
    return "/".join(words + ([report["variant"]] if report["variant"] else []))
