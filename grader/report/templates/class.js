"use strict";
// Sorting and searching of the students' table. Without this script the page shows the same table, unsorted.
const table = document.getElementById("students-table");
if (table) {
  const body = table.tBodies[0];
  const heads = [...table.querySelectorAll("th[data-sort]")];
  const collator = new Intl.Collator(undefined, { numeric: true });

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", other === head ? direction : "none"));
      const sign = direction === "ascending" ? 1 : -1;
      body.append(...[...body.rows].sort((a, b) => sign * compare(key(a, column), key(b, column))));
    });
  });

  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  search.closest("[hidden]").hidden = false;
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      visible += !row.hidden;
    }
    shown.textContent = words.length ? shown.dataset.text.replace("{0}", visible).replace("{1}", body.rows.length) : "";
  });
}
