"use strict";
document.documentElement.classList.add("js");

// A heading sorts its table by what the cells say, or by the number behind it.
const key = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
};
const compare = (a, b) => {
  const numbers = [typeof a === "number", typeof b === "number"];
  if (numbers[0] && numbers[1]) return a - b;
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
};
for (const table of document.querySelectorAll("table[data-interactive]")) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("n") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sorted = [...rows].sort((a, b) => compare(key(a, column), key(b, column)));
      table.tBodies[0].append(...(order === "ascending" ? sorted : sorted.reverse()));
    });
  });
}

// Filters of the league: a scenario, a family, a part of a name.
const filters = document.querySelector(".filters");
if (filters) {
  const { scenario, family, learner } = filters.elements;
  const filter = () => {
    for (const part of document.querySelectorAll("[data-scenario]")) {
      part.hidden = scenario.value !== "" && part.dataset.scenario !== scenario.value;
    }
    const words = learner.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.querySelectorAll("[data-scenario] tbody tr")) {
      const [name, group] = [row.cells[0], row.cells[row.cells.length - 1]].map((cell) => cell.textContent);
      const named = words.length === 0 || words.some((word) => name.toLowerCase().includes(word));
      row.hidden = !named || (family.value !== "" && group !== family.value);
    }
  };
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

// A table that is wider than its place says so until it has been scrolled.
const hint = () => document.querySelectorAll(".scroll, figure").forEach((box) => {
  box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 8);
});
for (const box of document.querySelectorAll(".scroll, figure")) {
  box.addEventListener("scroll", hint, { passive: true });
}
addEventListener("resize", hint);
hint();
