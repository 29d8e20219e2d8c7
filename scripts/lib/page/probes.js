// probes: what was observed, beside what the documents say.
const sourceOf = (source) => source && el("cite", {}, `(${source})`);

function documented(probe) {
  if (probe.documents.length > 1)
    return el("ul", { class: "documents" }, probe.documents.map(
      ([answer, source, differs]) => el("li", {}, answer, " ",
        sourceOf(source), " ", differs
          ? el("span", { class: "differs" }, "differs")
          : el("span", { class: "agrees" }, "agrees"))));
  if (probe.documented === null)
    return el("span", { class: "quiet" }, "no document says");
  return [probe.documented, " ", sourceOf(probe.source)];
}

function explanation(probe) {
  if (!probe.explained) return null;
  const [text, source, versions] = probe.explained;
  return el("p", { class: "explained" }, el("b", {}, "Explained: "), text, " ",
    sourceOf([source, versions].filter(Boolean).join(", ") || null));
}

function probeRow(cell, probe) {
  const row = tr({ class: probe.finding ? "finding" : null,
    "data-probe": probe.id, tabindex: "-1" },
  rowHead(el("span", { class: "question" }, probe.question || probe.id),
    el("code", { class: "id" }, probe.id),
    probe.timing && el("span", { class: "pill" }, "depends on time")),
  entry("observed", el("strong", {}, probe.observed),
    probe.finding && el("span", { class: "pill finding-pill" }, mark("▲ "),
      probe.explained ? "finding, explained" : "finding"),
    probe.note && el("p", { class: "remark" }, probe.note)),
  entry("documented", documented(probe)));
  return probe.finding ? [row, proofRow(cell, probe)] : row;
}

// Below a finding: why it is none to wonder at, and how to see it oneself.
function proofRow(cell, probe) {
  return tr({ class: "finding proof" }, el("td", { role: "cell", colspan: 3 },
    explanation(probe), command(`${cell.run} probe ${probe.word} ${
      cell.words} --ladder`)));
}

function notRun(probes) {
  const reasons = [...groupBy(probes, (probe) => probe.why)];
  return el("details", { class: "not-run" },
    el("summary", {}, `${plural(probes.length, "probe")} did not run`),
    el("dl", {}, reasons.map(([why, those]) => [el("dt", {}, why),
      el("dd", {}, those.map((probe) => el("code", { title: probe.question,
        "data-probe": probe.id, tabindex: "-1" }, probe.id)))])));
}

function drawProbes(cell) {
  const ran = cell.probes.filter((probe) => probe.observed !== null);
  const idle = cell.probes.filter((probe) => probe.observed === null);
  const found = findings(cell);
  return [
    command(`${cell.run} probe ${cell.words}`),
    el("p", { class: "sum" }, plural(ran.length, "observation"),
      found.length > 0 && `, ${plural(found.length, "finding")}: what was ` +
        "observed differs from what is documented"),
    [...groupBy(ran, (probe) => probe.group || "others")].map(
      ([group, those]) => [el("h4", {}, group),
        table({ class: "rows probes" }, ["question", "observed",
          "documented"], [those.map((probe) => probeRow(cell, probe))])]),
    idle.length > 0 && notRun(idle)];
}
