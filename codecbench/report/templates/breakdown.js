"use strict";
// Fills the two tables with another operating point's figures, which come with the page as text.
{
  const element = document.getElementById("data-breakdown");
  const points = element && JSON.parse(element.textContent);
  const select = document.getElementById("breakdown-point");
  const show = () => {
    document.getElementById("breakdown-of").textContent = points.names[select.value];
    document.querySelectorAll(".breakdown tbody tr").forEach((row, group) => {
      const cells = points.cells[select.value][group].split("|").map((one) => one.split("~"));
      row.querySelectorAll(".figure").forEach((td, k) => {
        const small = document.createElement("small");
        small.textContent = cells[k][1];
        td.replaceChildren(cells[k][0], small);
      });
    });
  };
  if (points) {
    points.names.forEach((name, index) => select.append(new Option(name, index, false, index === points.chosen)));
    document.getElementById("breakdown-controls").hidden = false;
    select.addEventListener("change", show);
  }
}
