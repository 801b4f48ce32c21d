"use strict";
document.documentElement.classList.add("js");
const activate = (table) => {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const box = table.closest("details");
  const input = box.querySelector("input");
  const output = box.querySelector("output");
  const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    output.textContent = `${shown} of ${rows.length} rows`;
  };
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
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const sorted = [...rows].sort((a, b) => compare(key(a, column), key(b, column)));
      body.append(...(up ? sorted : sorted.reverse()));
    });
  });
  input.addEventListener("input", filter);
  filter();
};
const activateAll = (place) => place.querySelectorAll("table[data-interactive]").forEach(activate);

// The folded parts of a heavy page lie compressed in one block, and are unpacked when one is opened.
const unpacked = async () => {
  const text = JSON.parse(document.getElementById("parts").textContent);
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};
let parts = null;
const fill = async (part) => {
  if (!part.hasAttribute("data-part")) return;
  part.removeAttribute("data-part");
  const body = part.querySelector(".body");
  try {
    parts ??= unpacked();
    body.innerHTML = (await parts)[part.id];
    activateAll(body);
    hint(body);
  } catch (error) {
    body.textContent = `This browser cannot unfold this part (${error}); its numbers are in the CSV files.`;
  }
};

// A table that is wider than its place says so until it has been scrolled.
const hint = (place) => place.querySelectorAll(".scroll, figure").forEach((box) => {
  const mark = () => box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 8);
  box.addEventListener("scroll", mark, { passive: true });
  mark();
});

const open = async () => {
  const name = decodeURIComponent(location.hash.slice(1));
  const part = document.getElementById(name.startsWith("card-") ? "cards" : name);
  if (!part || part.tagName !== "DETAILS") return;
  part.open = true;
  await fill(part);
  document.getElementById(name).scrollIntoView();
};
for (const part of document.querySelectorAll("details.part")) {
  part.addEventListener("toggle", async () => {
    if (!part.open) return;
    await fill(part);
    hint(part);
  });
}
addEventListener("hashchange", open);
addEventListener("resize", () => hint(document));
addEventListener("beforeprint", () => document.querySelectorAll("details.part").forEach((part) => { part.open = true; fill(part); }));
activateAll(document);
hint(document);
open();
