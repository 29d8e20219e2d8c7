// options: what can be read and set, in which state of a socket.
const refusedEverywhere = (option) =>
  (!option.get || option.get[0] === "none") &&
  (!option.set || option.set[0] === "none") && (option.get || option.set);

const stateWords = (states, untried) => states
  ? el("span", { class: `allowed ${states[0]}` }, states[1].split("; ").map(
    (part) => el("span", {}, part)))
  : el("span", { class: "quiet" }, untried);

function optionRow(option) {
  return tr({ "data-name": option.name },
    rowHead(el("code", {}, option.name || "?"),
      option.value && el("span", { class: "kind" }, option.value),
      option.note && el("p", { class: "remark" }, option.note)),
    entry("default", el("code", {}, option.default === null ? "–"
      : option.default)),
    entry("tried → read back", option.tried === null ? "–"
      : [el("code", {}, option.tried), " → ",
        el("code", {}, option.read_back === null ? "–" : option.read_back)]),
    entry("read", stateWords(option.get, "not tried")),
    entry("set", stateWords(option.set, "not tried")));
}

function refusedList(options) {
  const why = (option) => unique([option.get, option.set].filter(Boolean)
    .map((states) => states[1])).join(", ");
  return el("dl", { class: "refused-options" },
    [...groupBy(options, why)].map(([errno, those]) => [
      el("dt", {}, `refused in every state: ${errno}`),
      el("dd", {}, those.map((option) => el("code", {
        "data-name": option.name }, option.name)))]));
}

function levelBlock(level, options, open) {
  const taken = options.filter((option) => !refusedEverywhere(option));
  const refused = options.filter(refusedEverywhere);
  return el("details", { class: "level", open },
    el("summary", {}, el("span", { class: "level-name" }, level), " ",
      el("span", { class: "quiet" }, `${taken.length} of ${
        plural(options.length, "option")}`)),
    taken.length > 0 && table({ class: "rows options" }, ["option", "default",
      "tried → read back", "read", "set"], [taken.map(optionRow)]),
    refused.length > 0 && refusedList(refused));
}

// Shows the options whose names hold the text, and opens their levels.
function filterOptions(place, text) {
  const wanted = text.trim().toUpperCase();
  let shown = 0;
  for (const level of place.querySelectorAll(".level")) {
    let any = 0;
    for (const one of level.querySelectorAll("[data-name]")) {
      one.hidden = !(one.dataset.name || "").toUpperCase().includes(wanted);
      any += !one.hidden;
    }
    level.hidden = !any;
    if (wanted && any) level.open = true;
    shown += any;
  }
  return shown;
}

function drawOptions(cell) {
  const levels = [...groupBy(cell.options, (option) => option.level || "?")];
  const said = el("span", { role: "status", class: "quiet" });
  const place = el("div", { class: "levels" }, levels.map(
    ([level, options], number) => levelBlock(level, options, number === 0)));
  return [command(`${cell.run} options ${cell.words}`),
    el("p", { class: "filter" }, el("label", {}, "Find an option ",
      el("input", { type: "search", autocomplete: "off", spellcheck: "false",
        input: (event) => {
          said.textContent = event.target.value ? plural(filterOptions(place,
            event.target.value), "option") : (filterOptions(place, ""), "");
        } })), said), place];
}
