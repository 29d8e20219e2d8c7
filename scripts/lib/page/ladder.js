// ladder: the calls of both sides in two lanes, and a rung where bytes crossed.
function ladderRow(row) {
  const other = row.side === "client" ? "server" : "client";
  const from = row.rung && (row.rung.way === "in" ? "from" : "to");
  return el("li", { class: `step ${row.side} ${row.tone}` },
    el("span", { class: "time" }, row.t_ns === null ? ""
      : row.t_ns < 1e9 ? (row.t_ns / 1e6).toFixed(2)
        : (row.t_ns / 1e9).toFixed(1) + " s"),
    el("span", { class: "call" }, unseen(`${row.side}: `),
      el("code", {}, row.call, " ", el("span", { class: "gave" }, row.gave)),
      row.note && el("span", { class: "remark" }, row.note)),
    row.rung && el("span", { class: `rung ${row.rung.way}` },
      unseen(" ("), el("span", { class: "crossed" }, row.rung.text),
      unseen(` ${from} the ${other})`)));
}

function drawLadder(cell) {
  if (!cell.ladder.length)
    return el("p", { class: "quiet" }, "The calls are not in the file from " +
      "which this page was made (run-matrix --events keeps them).");
  const single = cell.lanes.includes(null);
  const lanes = cell.lanes.filter((name) => name !== null);
  const only = single && (cell.lanes[0] === null ? "server" : "client");
  return el("div", { class: `ladder${single ? " single" : ""}` },
    el("div", { class: "lanes", "aria-hidden": "true" },
      el("span", { class: "time" }, "ms"),
      lanes.map((name) => el("span", {}, name))),
    el("ol", { "aria-label": "The calls, in the order of time" },
      cell.ladder.filter((row) => !only || row.side === only).map(ladderRow)),
    cell.missing > 0 && el("p", { class: "quiet" },
      `${plural(cell.missing, "call")} did not fit and are missing.`));
}
