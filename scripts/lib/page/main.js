// main: what is shown follows the address: #map, #semantics, #compare, or a
// cell, #inet/stream/tcp, with one of its probes: #inet/stream/tcp!eof.
const views = [["map", "Map"],
  probed.length > 0 && ["semantics", "Semantics"],
  results.comparison && ["compare", "Comparison"]].filter(Boolean);
let view = "map";

function showView(name) {
  view = name;
  if (name === "semantics") drawSemantics();
  for (const [one] of views) byId(`view-${one}`).hidden = one !== name;
  for (const one of byId("views").children)
    if (one.hash === `#${name}`) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
}

function closeCell() {
  location.hash = view;
}

// Finds what the address names: [cell, probe]. A cell of several variants may
// be named without one.
function named(hash) {
  const [path, probe] = hash.split("!");
  try {
    const id = path.split("/").map(decodeURIComponent).join("/");
    return [cellOf.get(id) || cells.find((cell) =>
      `${cell.family}/${cell.type}/${cell.protocol}` === id),
    probe && decodeURIComponent(probe)];
  } catch {
    return [undefined, undefined];
  }
}

function follow() {
  const hash = location.hash.slice(1);
  const [cell, probe] = named(hash);
  if (cell) return openCell(cell, probe);
  shutCell();
  showView(views.some(([name]) => name === hash) ? hash
    : hash ? view : "map");
}

function count(words, amount, href) {
  return el("div", {}, el("dt", {}, words), el("dd", {}, href
    ? el("a", { href }, amount.toLocaleString("en"))
    : amount.toLocaleString("en")));
}

function drawMasthead() {
  const observed = probed.flatMap((cell) => cell.probes);
  const [here, ...others] = results.kernels;
  const machine = cells.some((cell) => !elsewhere(cell));
  byId("version").textContent = results.version;
  byId("kernel").textContent = machine ? here : others.join(", ") || here;
  if (machine && cells.some(elsewhere)) {
    byId("lab").hidden = false;
    byId("lab").textContent = `and in the lab machine ${others.join(", ")}`;
  }
  byId("counts").append(
    ...[...groupBy(cells, verdictName)].sort((one, other) =>
      Object.keys(VERDICTS).indexOf(one[0]) -
      Object.keys(VERDICTS).indexOf(other[0])).map(([verdict, those]) =>
      count(verdict, those.length)),
    ...observed.length ? [count("observations", observed.filter((probe) =>
      probe.observed !== null).length, "#semantics"),
    count("findings", observed.filter((probe) => probe.finding).length,
      "#semantics")] : []);
  byId("views").append(...views.map(([name, words]) => el("a", {
    href: `#${name}` }, words)));
  byId("views").hidden = views.length < 2;
}

byId("details").addEventListener("cancel", (event) => {
  event.preventDefault();
  closeCell();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && byId("details").open) {
    event.preventDefault();
    closeCell();
  }
});
byId("details").addEventListener("click", (event) => {
  if (event.target === event.currentTarget && narrow.matches) closeCell();
});
addEventListener("hashchange", follow);
drawMasthead();
drawMap();
drawCompare();
showView("map");
follow();
