"use strict";
// The page: which charts are shown, the sortable table, the theme. All figures and their texts come with the page.
// The JSON that a section brought along; null where the section is not there.
const read = (section) => JSON.parse(document.getElementById(`data-${section}`)?.textContent ?? "null");
const fronts = read("cost")?.fronts ?? {};
const data = read("quality");
const hidden = new Set();
const byId = (id) => document.getElementById(id);

// What stands for a codec in the charts: its line, dashed as it is drawn, and its marker.
function markerIcon(series) {
  const svg = node("svg", { width: 26, height: 14, viewBox: "-15 -8 30 16", "aria-hidden": "true" });
  node("path", { class: "line", d: "M-15 0L15 0", "stroke-dasharray": dashes(series) }, svg);
  node("path", { class: "mark", d: mark(series, 5) }, svg);
  return svg;
}

function option(select, value, text) { select.append(new Option(text, value)); }

function describe(name) {
  const metric = data.metrics[name];
  const better = { true: "higher is better", false: "lower is better" }[metric.better];
  return [metric.unit, better].filter(Boolean).join(", ");
}

// Bitrates that codecs really have; those that more of them share are labelled first.
function rateTicks(points) {
  const shared = new Map();
  for (const p of points.filter((one) => one.nominal !== null)) shared.set(p.nominal, (shared.get(p.nominal) || 0) + 1);
  return [...shared].map(([value, weight]) => ({ value, weight, text: String(value) }));
}

function toPoint(p, name, x, extra) {
  const score = p.scores[name];
  const unit = data.metrics[name].unit ? " " + data.metrics[name].unit : "";
  const lines = [`${data.series[p.series]} at ${p.point_text}`, `${name} ${score.text}${unit}`];
  if (score.interval) lines.push(`95 %: ${score.interval}`);
  if (score.coverage) lines.push(score.coverage);
  return { x, y: score.mean, low: score.low, high: score.high, series: p.series, lines: [...lines, extra], label: p.point };
}

function drawQuality() {
  const box = byId("quality-charts"), chosen = byId("metric").value;
  const names = chosen ? [chosen] : data.primary;
  charts(box, names.map((name) => {
    const shown = data.points.filter((p) => !hidden.has(p.series) && p.scores[name] && p.kbps);
    return {
      title: data.metrics[name].title, detail: describe(name), xTitle: "kbps", ticks: rateTicks(shown), height: chosen ? 420 : 280,
      linear: byId("rate-axis").value === "linear", hollow: publishedPoints(name, shown),
      points: shown.map((p) => toPoint(p, name, p.kbps, `measured ${p.kbpsText} kbps`)),
      floor: data.metrics[name].floor, floorText: data.metrics[name].floorText,
    };
  }));
}

// Of the codecs shown, and of those that only a paper has.
function publishedPoints(name, shown) {
  if (!byId("published").checked) return [];
  const drawn = new Set(shown.map((p) => p.series));
  return data.published.filter((p) => p.metric === name && !hidden.has(p.series) && (p.guest || drawn.has(p.series)))
    .map((p) => ({ x: p.kbps, y: p.value, low: null, high: null, series: p.series, lines: p.lines }));
}

// In a chart that has a front: the point's standing, and a line for its tooltip.
function standing(p, key) {
  const by = fronts[key]?.[`${p.series} ${p.point}`];
  if (by === undefined) return {};
  return { front: by === "", line: by ? `dominated by ${by}` : "not dominated at like bitrate" };
}

function showFront(key) {
  const text = [...document.querySelectorAll("[data-front]")].find((one) => one.dataset.front === key)?.textContent;
  byId("front").hidden = !text;
  byId("front").textContent = text ? `Pareto front (ringed; what is dominated is faint). ${text}` : "";
}

function drawCost() {
  const box = byId("cost-charts"), name = byId("cost-metric").value, axis = byId("cost-axis").value;
  const shown = data.points.filter((p) => !hidden.has(p.series) && p.scores[name]);
  const drawn = shown.filter((p) => p.cost[axis].value > 0);
  charts(box, [{
    title: name, detail: describe(name), xTitle: data.axes[axis], height: 420, labels: true,
    points: drawn.map((p) => {
      const on = standing(p, `${name}/${axis}`), cost = `${p.cost[axis].text}, ${data.axes[axis].split(" (")[0]}`;
      return { ...toPoint(p, name, p.cost[axis].value, on.line ? `${cost}\n${on.line}` : cost), front: on.front };
    }),
    floor: data.metrics[name].floor, floorText: data.metrics[name].floorText,
  }]);
  byId("cost-missing").textContent = missing(shown, drawn, axis);
  showFront(`${name}/${axis}`);
}

function missing(shown, drawn, axis) {
  const reasons = new Map(), partly = new Set(drawn.map((p) => p.series));
  for (const p of shown.filter((p) => !drawn.includes(p))) {
    const why = p.cost[axis].reason || `${p.cost[axis].text} has no place on a logarithmic axis`;
    const what = `${partly.has(p.series) ? "other points" : "all points"} (${why})`;
    if (!reasons.has(what)) reasons.set(what, new Set());
    reasons.get(what).add(data.series[p.series]);
  }
  return reasons.size ? "Not drawn: " + [...reasons].map(([what, who]) => `${[...who].join(", ")}: ${what}`).join("; ") + "." : "";
}

function draw() { drawQuality(); drawCost(); }

function setUpCharts() {
  for (const name of Object.keys(data.metrics)) { option(byId("metric"), name, name); option(byId("cost-metric"), name, name); }
  byId("metric").prepend(new Option(data.primary.length > 1 ? "primary metrics" : data.primary[0], "", true, true));
  for (const [axis, title] of Object.entries(data.axes)) option(byId("cost-axis"), axis, title);
  const drawn = new Set(data.points.map((p) => p.series));
  const known = (axis) => new Set(data.points.filter((p) => p.cost[axis].value > 0).map((p) => p.series)).size;
  // The axis that most codecs have a place on.
  byId("cost-axis").value = Object.keys(data.axes).reduce((best, axis) => (known(axis) > known(best) ? axis : best));
  const guests = new Set(data.published.filter((p) => p.guest).map((p) => p.series));
  for (const legend of document.querySelectorAll(".legend"))
    for (const series of drawn) legend.append(legendButton(series));
  for (const series of guests) document.querySelector("#quality .legend").append(legendButton(series));
  byId("published-label").hidden = byId("published-note").hidden = !data.published.length;
  for (const id of ["metric", "cost-metric", "cost-axis", "rate-axis", "published"]) byId(id).addEventListener("change", draw);
  let width = 0;
  new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - width) < 2) return;
    width = entry.contentRect.width;
    draw();
  }).observe(byId("quality-charts"));
}

function legendButton(series) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `s${series}`;
  button.dataset.series = series;
  button.setAttribute("aria-pressed", "true");
  const name = document.createElement("span");
  name.textContent = data.series[series];
  name.style.color = "var(--ink)";
  button.append(markerIcon(series), name);
  button.addEventListener("click", () => {
    if (!hidden.delete(series)) hidden.add(series);
    for (const one of document.querySelectorAll(`.legend [data-series="${series}"]`))
      one.setAttribute("aria-pressed", String(!hidden.has(series)));
    draw();
  });
  return button;
}

function setUpSorting(table) {
  const headings = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.tagName === "TH" ? cell.textContent : cell.dataset.sort === undefined ? null : Number(cell.dataset.sort);
  };
  headings.forEach((heading, column) => heading.firstElementChild.addEventListener("click", () => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const x = key(a, column), y = key(b, column);
      if (x === null || y === null) return (x === null) - (y === null); // what is unknown stays last
      return (typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y) * (down ? -1 : 1);
    });
    table.tBodies[0].append(...rows);
  }));
}

function setUpTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (dark) => { document.documentElement.dataset.theme = dark ? "dark" : "light"; };
  apply(system.matches);
  system.addEventListener("change", (event) => apply(event.matches));
  byId("theme").addEventListener("click", () => apply(document.documentElement.dataset.theme !== "dark"));
}

setUpTheme();
for (const key of document.querySelectorAll(".key")) key.append(markerIcon(Number(key.dataset.marker)));
if (data) setUpCharts();
document.querySelectorAll(".sortable").forEach(setUpSorting);
