// data: the value that pack.py wrote. What is the same is one object here, so
// nothing may change it.
function unpack(packed) {
  const { atoms, shapes, nodes, root } = packed;
  const made = new Map();
  const value = (part) => {
    if (part < atoms.length) return atoms[part];
    if (!made.has(part)) {
      const [shape, ...parts] = nodes[part - atoms.length];
      made.set(part, shape < 0 ? parts.map(value) : Object.fromEntries(
        parts.map((one, place) => [shapes[shape][place], value(one)])));
    }
    return made.get(part);
  };
  return value(root);
}

const results = unpack(JSON.parse(
  document.getElementById("data").textContent));
const cells = results.cells;
const cellOf = new Map(cells.map((cell) => [cell.id, cell]));

// The list in groups, in the order in which they come up.
function groupBy(list, key) {
  const groups = new Map();
  for (const one of list) {
    const name = key(one);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(one);
  }
  return groups;
}

const unique = (list) => [...new Set(list)];
const elsewhere = (cell) => cell.kernel !== 0;
const findings = (cell) => (cell.probes || []).filter((one) => one.finding);
const plural = (count, noun) =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const inAddress = (text) => encodeURIComponent(text).replaceAll("!", "%21");
const linkTo = (id, probe) => "#" + id.split("/").map(inAddress).join("/") +
  (probe ? "!" + inAddress(probe) : "");
