"use strict";
// The matrix of Bjøntegaard deltas: picks the lines of an anchor and a metric, all of which come with the page as text.
{
  const element = document.getElementById("data-bd");
  const bd = element && JSON.parse(element.textContent);
  const at = (id) => document.getElementById(id);
  const cell = (text, more) => {
    const td = document.createElement("td"), small = document.createElement("small");
    if (text === "n/a") td.className = "none";
    small.textContent = more;
    td.append(text, small);
    return td;
  };
  const show = () => {
    const metric = at("bd-metric").value, anchor = Number(at("bd-anchor").value);
    at("bd-of").textContent = bd.anchors[anchor];
    at("bd-by").textContent = `${metric} (${bd.better[metric] ? "higher" : "lower"} is better)`;
    at("bd-unit").textContent = `${bd.units[metric] || "score"} at like bitrate`;
    at("bd-table").tBodies[0].replaceChildren(...bd.lines[metric][anchor].map(([series, ...numbers]) => {
      const [rate, ratePlus, quality, qualityPlus] = numbers.map((number) => bd.texts[number]);
      const row = document.createElement("tr"), head = document.createElement("th"), key = document.createElement("span");
      head.scope = "row";
      head.className = "text";
      key.className = `key s${series}`;
      key.append(markerIcon(series));
      head.append(key, bd.series[series]);
      row.append(head, cell(rate, ratePlus), cell(quality, qualityPlus));
      return row;
    }));
  };
  if (bd) {
    bd.anchors.forEach((name, index) => at("bd-anchor").append(new Option(name, index, false, index === bd.anchor)));
    for (const metric of Object.keys(bd.lines)) at("bd-metric").append(new Option(metric, metric));
    at("bd-controls").hidden = false;
    for (const id of ["bd-anchor", "bd-metric"]) at(id).addEventListener("change", show);
    show();
  }
}
