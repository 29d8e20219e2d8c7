// paper: what is printed: the open cell in full, or the view that is shown;
// the map with its findings, for what a click opens is not on paper.
function fillPaper() {
  const dialog = byId("details");
  const paper = byId("paper");
  paper.replaceChildren();
  if (dialog.open) {
    paper.append(...[...dialog.children].map((one) => one.cloneNode(true)));
    for (const one of paper.querySelectorAll("details")) one.open = true;
    for (const one of paper.querySelectorAll("[id]"))
      one.removeAttribute("id");
    document.body.classList.add("paper-cell");
    return;
  }
  if (!byId("view-map").hidden || !byId("view-semantics").hidden) {
    const map = !byId("view-map").hidden;
    const found = !map ? selection()
      : { columns: probed, wanted: allProbes.filter((probe) =>
        [...probe.at.values()].some((one) => one.finding)) };
    if (found.wanted.length)
      paper.append(el("h2", {}, map
        ? "Where they differ from the documents"
        : "What the sockets really do"),
      semanticsAnswers(found, map || chosen.findings));
  }
}

function emptyPaper() {
  byId("paper").replaceChildren();
  document.body.classList.remove("paper-cell");
}

addEventListener("beforeprint", fillPaper);
addEventListener("afterprint", emptyPaper);
