// semantics: every probe on every cell that it fits, as a table, or answer by
// answer.
const WORDY = 8; // columns for which there is room to write the answers out

const probed = cells.filter((cell) => cell.probes && cell.probes.length);
const chosen = { group: "", family: "", findings: false, form: "" };

// Each probe once: {id, group, question, at: its result in each cell}.
const allProbes = (() => {
  const found = new Map();
  for (const cell of probed)
    for (const probe of cell.probes) {
      if (!found.has(probe.id))
        found.set(probe.id, { id: probe.id, group: probe.group || "others",
          question: probe.question, at: new Map() });
      found.get(probe.id).at.set(cell, probe);
    }
  const order = unique([...found.values()].map((one) => one.group));
  return [...found.values()].sort((one, other) =>
    order.indexOf(one.group) - order.indexOf(other.group));
})();

// The answers of a probe, what is most often observed first.
function answersOf(probe, columns) {
  const there = columns.filter((cell) => probe.at.has(cell));
  const ran = there.filter((cell) => probe.at.get(cell).observed !== null);
  return {
    answers: [...groupBy(ran, (cell) => probe.at.get(cell).observed)]
      .sort((one, other) => other[1].length - one[1].length),
    idle: there.filter((cell) => probe.at.get(cell).observed === null) };
}

const letter = (place) => place < 26 ? String.fromCharCode(97 + place)
  : `${Math.floor(place / 26)}${letter(place % 26)}`;
const answerClass = (place) => `answer answer-${Math.min(place, 6)}`;
const kinName = (cell) => [cell.protocol !== cell.family && cell.protocol,
  cell.type, cell.variant].filter(Boolean).join(" ");
const shortName = (cell) => `${cell.family} ${kinName(cell)}`;

function selection() {
  const columns = probed.filter((cell) => !chosen.family ||
    cell.family === chosen.family);
  const wanted = allProbes.filter((probe) =>
    (!chosen.group || probe.group === chosen.group) &&
    columns.some((cell) => probe.at.has(cell) &&
      (!chosen.findings || probe.at.get(cell).finding)));
  return { columns: columns.filter((cell) => wanted.some((probe) =>
    probe.at.has(cell) && (!chosen.findings || probe.at.get(cell).finding))),
  wanted };
}

function tableEntry(probe, cell, place, wordy) {
  const one = probe.at.get(cell);
  if (!one) return el("td", { class: "none" });
  const words = one.observed === null ? `did not run: ${one.why}`
    : one.observed;
  return el("td", {
    class: one.observed === null ? "idle" : answerClass(place),
    "data-finding": one.finding, "data-cell": cell.id, "data-id": probe.id,
    "aria-label": `${words}${one.finding ? ", finding" : ""}`,
    title: `${cell.id}: ${words}${one.finding && one.documented
      ? `\ndocumented: ${one.documented} (${one.source})` : ""}`,
  }, one.observed === null ? "–" : wordy ? one.observed : letter(place),
  one.finding && findingMark());
}

function tableRow(probe, columns, wordy) {
  const { answers } = answersOf(probe, columns);
  const placeOf = new Map(answers.map(([words], place) => [words, place]));
  return el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "question" },
      probe.question || probe.id), el("code", { class: "id" }, probe.id),
    !wordy && el("span", { class: "key" }, answers.map(([words], place) =>
      el("span", {}, el("b", { class: answerClass(place) }, letter(place)),
        " ", words)))),
    columns.map((cell) => tableEntry(probe, cell, placeOf.get(
      probe.at.has(cell) ? probe.at.get(cell).observed : null), wordy)));
}

function semanticsTable({ columns, wanted }) {
  const wordy = columns.length <= WORDY;
  const grid = el("table", { role: "grid", "aria-label": "Probes and cells",
    class: `semantics ${wordy ? "wordy" : "lettered"}` },
  el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "question"),
    columns.map((cell) => el("th", { scope: "col" }, el("a", {
      href: linkTo(cell.id), tabindex: "-1" }, shortName(cell)))))),
  [...groupBy(wanted, (probe) => probe.group)].map(([group, those]) =>
    el("tbody", {}, el("tr", { class: "group" }, el("th", { scope: "rowgroup",
      colspan: columns.length + 1 }, el("span", {}, group))),
    those.map((probe) => tableRow(probe, columns, wordy)))));
  roving(grid, "td[data-cell]");
  const open = (event) => {
    const target = event.target.closest("td[data-cell]");
    if (target) location.hash = linkTo(target.dataset.cell, target.dataset.id);
  };
  grid.addEventListener("click", open);
  grid.addEventListener("keydown", (event) => {
    if (event.key === "Enter") open(event);
  });
  return el("div", { class: "scroll" }, grid);
}

function cellLinks(those, probe) {
  return el("ul", { class: "cells" }, [...groupBy(those, (cell) =>
    cell.family)].map(([family, kin]) => el("li", {}, el("span", {}, family),
    kin.map((cell) => [" ", el("a", { href: linkTo(cell.id, probe.id) },
      kinName(cell)), probe.at.get(cell).finding && findingMark()]))));
}

function documentedOnce(probe, columns) {
  const said = groupBy(columns.filter((cell) => probe.at.has(cell))
    .map((cell) => probe.at.get(cell)).filter((one) =>
      one.documented !== null), (one) => `${one.documented}\n${one.source}`);
  return [...said.values()].slice(0, 6).map(([one]) => el("li", {},
    one.documented, " ", sourceOf(one.source)));
}

function answerBlock(probe, all, only) {
  const columns = only ? all.filter((cell) => probe.at.has(cell) &&
    probe.at.get(cell).finding) : all;
  const { answers, idle } = answersOf(probe, columns);
  const papers = documentedOnce(probe, columns);
  const reasons = unique(columns.filter((cell) => probe.at.has(cell))
    .map((cell) => probe.at.get(cell)).filter((one) => one.explained)
    .map((one) => one.explained.filter(Boolean).join(", ")));
  return el("article", { class: "answers" },
    el("h4", {}, probe.question || probe.id, " ", el("code", { class: "id" },
      probe.id)),
    papers.length > 0 && el("div", { class: "papers" },
      el("span", {}, "documented"), el("ul", {}, papers)),
    el("dl", {}, answers.map(([words, those], place) => [
      el("dt", {}, el("b", { class: answerClass(place), "aria-hidden": "true",
      }, letter(place)), " ", words), el("dd", {}, cellLinks(those, probe))]),
    idle.length > 0 && [el("dt", { class: "quiet" }, "did not run"),
      el("dd", {}, cellLinks(idle, probe))]),
    reasons.map((words) => el("p", { class: "explained" }, el("b", {},
      "Explained: "), words)));
}

function semanticsAnswers({ columns, wanted }, only) {
  return el("div", {}, [...groupBy(wanted, (probe) => probe.group)].map(
    ([group, those]) => [el("h3", { class: "group" }, group),
      el("div", { class: "answer-blocks" }, those.map((probe) =>
        answerBlock(probe, columns, only)))]));
}

function redraw() {
  const found = selection();
  const amount = found.wanted.reduce((sum, probe) => sum + found.columns
    .filter((cell) => probe.at.has(cell) && probe.at.get(cell).finding)
    .length, 0);
  byId("semantics-said").textContent =
    `${plural(found.wanted.length, "probe")}, ${
      plural(found.columns.length, "cell")}, ${plural(amount, "finding")}`;
  byId("semantics-place").replaceChildren(!found.wanted.length
    ? el("p", { class: "quiet" }, "No probe fits these filters.")
    : (chosen.form || (narrow.matches ? "answers" : "table")) === "answers"
      ? semanticsAnswers(found, chosen.findings) : semanticsTable(found));
}

function choice(label, name, words) {
  return el("label", {}, `${label} `, el("select", { name, change: (event) => {
    chosen[name] = event.target.value;
    redraw();
  } }, words.map(([value, text]) => el("option", { value }, text))));
}

let drawn = false;
function drawSemantics() {
  if (drawn) return;
  drawn = true;
  const named = (values) => values.map((value) => [value, value]);
  byId("view-semantics").append(
    el("div", { class: "view-head" },
      el("h2", { id: "semantics-title" }, "What the sockets really do"),
      el("p", {}, "Every probe, on every cell that it fits. ", findingMark(),
        " marks an answer that differs from what the documents say."),
      el("form", { class: "filters", submit: (event) =>
        event.preventDefault() },
      choice("Group", "group", [["", "all groups"], ...named(unique(
        allProbes.map((probe) => probe.group)))]),
      choice("Family", "family", [["", "all families"], ...named(unique(
        probed.map((cell) => cell.family)))]),
      choice("Show", "form", [["", "as it fits"], ["table", "a table"],
        ["answers", "answer by answer"]]),
      el("label", {}, el("input", { type: "checkbox", name: "findings",
        change: (event) => {
          chosen.findings = event.target.checked;
          redraw();
        } }), " only findings"),
      el("span", { role: "status", id: "semantics-said", class: "quiet" }))),
    el("div", { id: "semantics-place" }));
  redraw();
}
