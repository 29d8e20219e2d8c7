// dom: elements, made of text and of each other. Nothing is ever parsed as
// markup.
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter(
    (child) => child !== null && child !== undefined && child !== false));
  return node;
}

const byId = (id) => document.getElementById(id);
const unseen = (text) => el("span", { class: "unseen" }, text);

// A mark is for the eye; beside it stands, or is said, what it means.
const mark = (sign) => el("span", { "aria-hidden": "true", class: "mark" },
  sign);
const findingMark = () => el("span", { class: "finding-mark" }, mark("▲"),
  unseen("finding"));

// A table that stays one for a screen reader where a narrow screen shows its
// rows as blocks.
function table(attributes, heads, bodies) {
  return el("table", { role: "table", ...attributes },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads.map(
      (head) => el("th", { scope: "col", role: "columnheader" }, head)))),
    bodies.map((rows) => el("tbody", { role: "rowgroup" }, rows)));
}
const tr = (attributes, ...entries) => el("tr", { role: "row", ...attributes },
  entries);
const rowHead = (...children) => el("th", { scope: "row", role: "rowheader" },
  children);
const entry = (label, ...children) => el("td",
  { role: "cell", "data-label": label }, el("div", {}, children));

// A command, and a button that copies it.
function command(words) {
  const said = el("span", { role: "status", class: "unseen" });
  const copy = navigator.clipboard && el("button", {
    type: "button", class: "copy", "aria-label": `copy: ${words}`,
    click: (event) => {
      const button = event.currentTarget;
      navigator.clipboard.writeText(words).then(() => {
        button.textContent = said.textContent = "copied";
      }, () => { button.textContent = "select it"; });
    },
  }, "copy");
  return el("div", { class: "command" }, el("code", {}, words), copy, said);
}

// Makes the entries of a table one stop of the Tab key; the arrow keys, Home
// and End move among them. `leave` is asked where to go from an edge.
function roving(grid, selector, leave) {
  const rows = () => [...grid.querySelectorAll("tr")].map((row) =>
    [...row.children].map((one) => one.matches(selector) ? one
      : one.querySelector(selector)));
  const stop = (target) => {
    for (const one of grid.querySelectorAll(selector))
      if (one.tabIndex === 0) one.tabIndex = -1;
    target.tabIndex = 0;
  };
  const go = (target) => {
    if (!target) return;
    stop(target);
    target.focus();
  };
  for (const one of grid.querySelectorAll(selector)) one.tabIndex = -1;
  const first = grid.querySelector(selector);
  if (first) first.tabIndex = 0;
  grid.addEventListener("focusin", (event) => {
    const target = event.target.closest(selector);
    if (target) stop(target);
  });
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1],
      ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity],
    }[event.key];
    const target = event.target.closest(selector);
    if (!step || !target || event.ctrlKey || event.altKey || event.metaKey)
      return;
    event.preventDefault();
    const all = rows();
    const y = all.findIndex((row) => row.includes(target));
    const x = all[y].indexOf(target);
    if (step[0]) {
      for (let at = y + step[0]; all[at]; at += step[0])
        if (all[at][x]) return go(all[at][x]);
      if (leave) leave(step[0], x);
      return;
    }
    const there = all[y].map((one, at) => one && at)
      .filter((at) => at !== null && (step[1] < 0 ? at < x : at > x));
    const near = Math.abs(step[1]) === 1 ? step[1] < 0 : step[1] > 0;
    go(all[y][near ? there[there.length - 1] : there[0]]);
  });
  return { enter: (way, x) => {
    const list = rows().filter((row) => row[x]);
    go((way > 0 ? list[0] : list[list.length - 1] || [])?.[x]
      || grid.querySelector(selector));
  } };
}
