// compare: in what two runs differ.
const KINDS = { cell: ["Cells", "cells"], probe: ["Probes",
  "probe, and its cells"], option: ["Options", "option, and its cells"] };

function differenceRow(row) {
  return tr({ "data-kind": row.kind }, rowHead(row.what &&
    el("code", {}, row.what), row.more && el("span", { class: "remark" },
    row.more), row.timing && el("span", { class: "pill" }, "depends on time"),
  el("span", { class: "in-cells" }, row.names.join(", "))),
  row.sides.map((side, place) => entry("AB"[place], side ||
    el("span", { class: "quiet" }, "–"))));
}

function comparisonTables(found) {
  return Object.entries(KINDS).map(([kind, [title, head]]) => {
    const rows = found.rows.filter((row) => row.kind === kind);
    if (!rows.length) return null;
    const differ = rows.filter((row) => row.only === null);
    const parts = [[`${title} that differ`, differ],
      ...[0, 1].map((place) => [`${title} in ${"AB"[place]} only`,
        rows.filter((row) => row.only === place)])];
    return parts.filter(([, those]) => those.length).map(([name, those]) => [
      el("h3", { class: "group" }, name), table({ class: "rows differences" },
        [head, "A", "B"], [those.map(differenceRow)])]);
  });
}

function drawCompare() {
  const found = results.comparison;
  if (!found) return;
  byId("view-compare").append(
    el("div", { class: "view-head" },
      el("h2", { id: "compare-title" }, "Two runs side by side"),
      el("dl", { class: "runs" }, found.kernels.map((kernels, place) =>
        el("div", {}, el("dt", {}, "AB"[place]), el("dd", {},
          el("strong", {}, kernels.join(", ") || "no cell"),
          el("span", { class: "quiet" }, found.files[place]))))),
      el("p", {}, `${plural(found.compared, "cell")} compared: ${
        found.equal ? "equal." : "they differ."}`)),
    ...comparisonTables(found).flat(Infinity).filter(Boolean));
}
