// cell: all that is known of one cell.
function verdictLine(cell) {
  return el("div", { class: "verdict", "data-verdict": verdictName(cell) },
    el("p", {}, el("span", { class: "tile sample", "aria-hidden": "true",
      "data-verdict": verdictName(cell), "data-lab": elsewhere(cell) },
    signOf(cell)), el("strong", {}, cell.verdict), el("span", {
      class: "where" }, elsewhere(cell) ? "in the lab machine, on "
      : "on ", results.kernels[cell.kernel])),
    cell.reason && el("p", { class: "reason" }, cell.reason),
    cell.contradiction && el("p", { class: "reason wrong-words" },
      mark("! "), "unexpected: ", cell.contradiction));
}

function part(id, name, title, ...children) {
  return el("section", { class: "part", id: `part-${id}`,
    "data-name": name, "aria-labelledby": `head-${id}` },
  el("h3", { id: `head-${id}`, tabindex: "-1" }, title), children);
}

const list = (texts) => el("ul", { class: "plain" }, texts.map((text) =>
  el("li", {}, el("code", {}, text))));

function cellParts(cell) {
  return [
    part("exchange", "Exchange", "The exchange",
      command(`${cell.run} ${cell.words}`),
      el("dl", { class: "figures" }, cell.figures.map(([what, amount]) =>
        el("div", {}, el("dt", {}, what), el("dd", {}, amount)))),
      drawLadder(cell),
      cell.notes.length > 0 && [el("h4", {}, "Noted"), list(cell.notes)],
      cell.setup.length > 0 && [el("h4", {}, "Set up for it, and taken away " +
        "again"), list(cell.setup)]),
    cell.probes && cell.probes.length > 0 && part("probes", "Probes",
      "Observed and documented", drawProbes(cell)),
    cell.options && cell.options.length > 0 && part("options", "Options",
      "Options", drawOptions(cell))].filter(Boolean);
}

const areKin = (one, other) => one.family === other.family &&
  one.type === other.type && one.protocol === other.protocol;

function variants(cell) {
  const kin = cells.filter((one) => areKin(one, cell));
  return kin.length > 1 && el("nav", { class: "variants",
    "aria-label": "Variants" }, kin.map((one) => el("a", {
    href: linkTo(one.id), "aria-current": one === cell ? "page" : null,
  }, signOf(one), " ", one.variant || "plain")));
}

// Parts of a cell to jump to; no links, for the address names the cell.
function jumps(parts) {
  return parts.length > 1 && el("nav", { class: "jumps",
    "aria-label": "Parts" }, parts.map((one) => el("button", {
    type: "button", click: () => {
      const head = one.querySelector("h3");
      one.scrollIntoView({ block: "start" });
      head.focus({ preventScroll: true });
    } }, one.dataset.name)));
}

function drawCell(cell) {
  const parts = cellParts(cell);
  return [
    el("header", { class: "cell-head" },
      el("div", { class: "bar" },
        el("h2", { id: "cell-title", tabindex: "-1" },
          [cell.family, cell.type, cell.protocol].map((word, place) => [
            place > 0 && el("span", { class: "slash" }, "/"), word])),
        el("button", { type: "button", class: "close", "aria-label": "close",
          click: closeCell }, mark("✕"))),
      variants(cell), jumps(parts)),
    el("div", { class: "cell-body" }, verdictLine(cell), parts)];
}

const narrow = matchMedia("(max-width: 1099px)");
let opener = null;

function openCell(cell, probe) {
  const dialog = byId("details");
  const was = dialog.open && dialog.dataset.cell;
  if (!dialog.open) opener = document.activeElement;
  if (was !== cell.id) {
    dialog.replaceChildren(...drawCell(cell).filter(Boolean));
    dialog.dataset.cell = cell.id;
    dialog.scrollTop = 0;
  }
  if (!dialog.open) {
    if (narrow.matches) dialog.showModal();
    else dialog.show();
  }
  document.body.classList.add("opened");
  for (const one of document.querySelectorAll(".tile[aria-current]"))
    one.removeAttribute("aria-current");
  const mine = [...document.querySelectorAll("a.tile")].find((one) =>
    areKin(cellOf.get(one.dataset.cell), cell));
  if (mine) mine.setAttribute("aria-current", "true");
  const row = probe && [...dialog.querySelectorAll("[data-probe]")].find(
    (one) => one.dataset.probe === probe);
  if (row) {
    const folded = row.closest("details");
    if (folded) folded.open = true;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  } else {
    byId("cell-title").focus({ preventScroll: true });
  }
}

// Shuts what shows the cell, and goes back to where it was opened.
function shutCell() {
  const dialog = byId("details");
  if (!dialog.open) return;
  const mine = document.querySelector(".tile[aria-current]");
  dialog.close();
  document.body.classList.remove("opened");
  if (mine) mine.removeAttribute("aria-current");
  const back = opener && opener.isConnected && opener !== document.body
    ? opener : mine;
  if (back) back.focus();
}
