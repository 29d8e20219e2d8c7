// map: families x types x protocols, a table for each family.
const VERDICTS = {
  works: ["●", "bytes went both ways and were verified"],
  refused: ["·", "the kernel has the family, and refuses this type or " +
    "protocol"],
  absent: ["○", "the kernel has no such family"],
  denied: ["⊘", "a privilege is missing"],
  "no-device": ["◌", "an interface or a peer is missing"],
  broken: ["✕", "the conversation failed"],
};
const verdictName = (cell) => Object.hasOwn(VERDICTS, cell.verdict)
  ? cell.verdict : "unknown";
const signOf = (cell) => elsewhere(cell) && cell.verdict === "works" ? "◆"
  : (VERDICTS[verdictName(cell)] || ["?"])[0];
const SHORT = { stream: "str", dgram: "dgr", seqpacket: "seq" };

function tileWords(those) {
  const found = those.reduce((sum, one) => sum + findings(one).length, 0);
  return [unique(those.map((one) => one.verdict)).join(" and "),
    those.length > 1 && `${those.length} variants`,
    those.some(elsewhere) && "in the lab machine",
    found && plural(found, "finding"),
    those.some((one) => one.contradiction) && "unexpected"]
    .filter(Boolean).join(", ");
}

function tile(those) {
  const [first] = those;
  const name = `${first.family} ${first.type} ${first.protocol}`;
  const worst = those.find((one) => one.verdict !== "works") || first;
  const found = those.reduce((sum, one) => sum + findings(one).length, 0);
  return el("a", {
    class: "tile", href: linkTo(first.id), "data-verdict": verdictName(worst),
    "data-lab": those.some(elsewhere), "data-cell": first.id,
    "aria-label": `${name}: ${tileWords(those)}`,
    title: `${name}: ${tileWords(those)}`,
  }, el("span", { class: "signs" }, those.map(signOf).slice(0, 3).join("")),
  those.some((one) => one.contradiction) &&
    el("span", { class: "wrong" }, "!"),
  found > 0 && el("span", { class: "badge" }, found));
}

// A name that is shortened where there is no room for it.
const typeName = (type) => SHORT[type] ? [
  el("span", { class: "long" }, type),
  el("span", { class: "short", "aria-hidden": "true" }, SHORT[type])] : type;

function familyCard(family, mine, types) {
  const rows = [...groupBy(mine, (cell) => cell.protocol)];
  const working = unique(mine.filter((cell) => cell.verdict === "works")
    .map((cell) => `${cell.type} ${cell.protocol}`)).length;
  const grid = el("table", { role: "grid", class: "heat",
    "aria-label": `${family}: protocols and types` },
  el("thead", {}, el("tr", {}, el("td", {}), types.map((type) =>
    el("th", { scope: "col", "aria-label": type }, typeName(type))))),
  el("tbody", {}, rows.map(([protocol, row]) => el("tr", {},
    el("th", { scope: "row" }, protocol),
    types.map((type) => {
      const those = row.filter((cell) => cell.type === type);
      return el("td", {}, those.length > 0 && tile(those));
    })))));
  return el("section", { class: "card", "aria-label": family },
    el("header", {}, el("h3", {}, family), el("p", {},
      working ? `${working} of ${unique(mine.map((cell) =>
        `${cell.type} ${cell.protocol}`)).length} work`
        : unique(mine.map((cell) => cell.verdict)).join(", "))), grid);
}

function legend() {
  const used = unique(cells.map(verdictName));
  const signs = Object.entries(VERDICTS).filter(([name]) =>
    used.includes(name)).map(([name, [sign, words]]) => [name, sign, name,
    words]);
  if (cells.some((cell) => elsewhere(cell) && cell.verdict === "works"))
    signs.splice(1, 0, ["lab", "◆", "works in the lab machine",
      "on another kernel, in a virtual machine"]);
  return el("ul", { class: "legend", "aria-label": "The signs" },
    signs.map(([name, sign, words, more]) => el("li", { title: more },
      el("span", { class: "tile sample", "aria-hidden": "true",
        "data-verdict": name === "lab" ? "works" : name,
        "data-lab": name === "lab" }, sign), words)),
    cells.some((cell) => findings(cell).length) && el("li", {},
      el("span", { class: "badge", "aria-hidden": "true" }, "3"),
      "findings: differs from the documents"));
}

function drawMap() {
  const families = [...groupBy(cells, (cell) => cell.family)];
  const cards = families.map(([family, mine]) =>
    familyCard(family, mine, results.types));
  byId("view-map").append(
    el("div", { class: "view-head" },
      el("h2", { id: "map-title" }, "Families, types and protocols"),
      el("p", {}, "Each was put through the same conversation. Choose one to " +
        "see its calls, what was observed, and its options."), legend()),
    el("div", { class: "cards" }, cards));
  const grids = [];
  cards.forEach((card, place) => {
    grids.push(roving(card.querySelector("table"), ".tile", (way, x) =>
      grids[place + way] && grids[place + way].enter(way, x)));
  });
}
