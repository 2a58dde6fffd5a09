"use strict";
// Draws line charts as SVG. A point is {x, y, low, high, series, lines, label}: `lines` is the text of its tooltip.
const SVG = "http://www.w3.org/2000/svg";
const MARKS = [
  (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (r) => polygon(4, r * 1.25, Math.PI / 4), (r) => polygon(3, r * 1.35, -Math.PI / 2), (r) => polygon(4, r * 1.3, 0),
  (r) => polygon(3, r * 1.35, Math.PI / 2), (r) => star(5, r * 1.45), (r) => star(4, r * 1.5),
  (r) => polygon(6, r * 1.2, 0), (r) => polygon(5, r * 1.25, -Math.PI / 2), (r) => cross(r * 1.1),
];

function polygon(corners, r, turn) {
  const at = (k) => [r * Math.cos(turn + (2 * Math.PI * k) / corners), r * Math.sin(turn + (2 * Math.PI * k) / corners)];
  return "M" + Array.from({ length: corners }, (_, k) => at(k).map((v) => v.toFixed(2)).join(" ")).join("L") + "Z";
}

function star(tips, r) {
  const at = (k) => {
    const angle = -Math.PI / 2 + (Math.PI * k) / tips, size = k % 2 ? r * 0.45 : r;
    return `${(size * Math.cos(angle)).toFixed(2)} ${(size * Math.sin(angle)).toFixed(2)}`;
  };
  return "M" + Array.from({ length: 2 * tips }, (_, k) => at(k)).join("L") + "Z";
}

function cross(r) {
  const w = r * 0.42, d = r;
  const quarter = [[0, -w], [d - w, -d], [d, w - d], [w, 0]], corners = [];
  for (let turn = 0; turn < 4; turn++)
    for (const [x, y] of quarter) corners.push([[x, y], [-y, x], [-x, -y], [y, -x]][turn]);
  return "M" + corners.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L") + "Z";
}

const looks = JSON.parse(document.getElementById("looks").textContent);
const DASHES = ["none", "6 3", "2 2", "7 2 2 2"];

function mark(series, r) { return MARKS[looks[series].marker](r); }
function dashes(series) { return DASHES[looks[series].dash % DASHES.length]; }

function node(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function niceTicks(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0));
  return ticks.map((value) => ({ value, text: value.toFixed(decimals).replace(/^-(0(\.0+)?)$/, "$1") }));
}

function logTicks(low, high) {
  const ticks = [], weights = { 1: 3, 2: 2, 5: 2, 3: 1, 7: 1 };
  const steps = high / low > 30 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
    for (const m of steps) ticks.push({ value: m * 10 ** e, text: prefixed(m * 10 ** e), weight: weights[m] || 0 });
  return ticks;
}

function prefixed(value) {
  for (const [size, letter] of [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"]])
    if (value >= size * 0.999) return +(value / size).toPrecision(3) + letter;
  return String(+value.toPrecision(3));
}

// Labels by weight as long as they do not touch; what is left out keeps its grid line.
function thin(ticks, position) {
  const kept = [], room = (a, b) => 3.6 * (a.text.length + b.text.length) + 8;
  for (const tick of [...ticks].sort((a, b) => (b.weight || 0) - (a.weight || 0) || a.value - b.value))
    if (kept.every((other) => Math.abs(position(other.value) - position(tick.value)) >= room(other, tick))) kept.push(tick);
  return kept;
}

function yRange(points, spec) {
  const means = points.map((p) => p.y);
  let low = Math.min(...means), high = Math.max(...means);
  const reach = Math.max(high - low, Math.abs(high) * 0.02, 1e-6);
  // A wild interval of a few speakers must not flatten the curves: it is cut at the frame.
  low = Math.max(low - reach, Math.min(...points.map((p) => p.low ?? p.y)));
  high = Math.min(high + reach, Math.max(...points.map((p) => p.high ?? p.y)));
  if (spec.floor !== null && spec.floor !== undefined) { low = Math.min(low, spec.floor); high = Math.max(high, spec.floor); }
  const pad = Math.max((high - low) * 0.06, reach * 0.03);
  return [low - pad, high + pad];
}

// Frames first: a chart's width is known once all of its row are there.
// spec: {title, detail, xTitle, ticks (optional), points, labels (optional), floor, floorText, height, linear (optional),
// hollow (optional: points of other sources, no line through them)}. A point with `front` is drawn as on the front or off.
function charts(parent, specs) {
  parent.replaceChildren();
  const figures = specs.map((spec) => emptyFigure(parent, spec));
  specs.forEach((spec, k) => fill(figures[k], spec));
}

function emptyFigure(parent, spec) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.append(spec.title + " ");
  const detail = document.createElement("span");
  detail.textContent = spec.detail;
  caption.append(detail);
  figure.append(caption);
  parent.append(figure);
  return figure;
}

function fill(figure, spec) {
  const points = spec.points.filter((p) => p.x > 0 && Number.isFinite(p.y)), all = [...points, ...(spec.hollow || [])];
  if (!points.length) {
    const none = document.createElement("p");
    none.className = "dim";
    none.textContent = "Nothing to draw.";
    figure.append(none);
    return;
  }
  const width = Math.max(280, figure.clientWidth), height = spec.height;
  const svg = node("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, height, tabindex: 0, role: "img",
    "aria-label": `${spec.title} against ${spec.xTitle}; the figures are in the table` }, figure);
  const frame = { left: 50, right: width - 14, top: 12, bottom: height - 40 };
  const axis = horizontal(all.map((p) => p.x), spec.linear);
  const X = (v) => frame.left + axis.share(v) * (frame.right - frame.left), span = axis.span;
  const [low, high] = yRange(all, spec);
  const Y = (v) => frame.bottom - ((v - low) / (high - low)) * (frame.bottom - frame.top);
  drawAxes(svg, spec, frame, X, Y, span, [low, high]);
  const placed = [...drawSeries(svg, spec, points, frame, X, Y), ...drawHollow(svg, spec.hollow || [], X, Y)];
  if (spec.floorText) // over the curves, so that it can be read
    node("text", { class: "halo", x: frame.right, y: Y(spec.floor) - 6, "text-anchor": "end" }, svg, `original ${spec.floorText}`);
  tooltip(figure, svg, placed, width);
}

// Where a value lies between the ends of the axis, and the values at its ends.
function horizontal(values, linear) {
  const ends = [Math.min(...values), Math.max(...values)];
  if (linear) {
    const pad = Math.max(ends[1] - ends[0], ends[1] * 0.1) * 0.04, span = [Math.max(0, ends[0] - pad), ends[1] + pad];
    return { span, share: (v) => (v - span[0]) / (span[1] - span[0]) };
  }
  const spread = Math.max(Math.log(ends[1] / ends[0]), 0.7), middle = Math.log(ends[0] * ends[1]) / 2;
  const logs = [middle - spread * 0.54, middle + spread * 0.54];
  return { span: logs.map(Math.exp), share: (v) => (Math.log(v) - logs[0]) / (logs[1] - logs[0]) };
}

function drawHollow(svg, points, X, Y) {
  return points.map((p) => {
    const at = { x: X(p.x), y: Y(p.y), lines: p.lines, series: p.series };
    at.mark = node("path", { class: "mark hollow", d: mark(p.series, 4.5), transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})` },
      node("g", { class: `s${p.series}` }, svg));
    return at;
  });
}

function drawAxes(svg, spec, frame, X, Y, span, range) {
  for (const tick of niceTicks(range[0], range[1], Math.max(3, (frame.bottom - frame.top) / 48))) {
    node("line", { class: "grid", x1: frame.left, x2: frame.right, y1: Y(tick.value), y2: Y(tick.value) }, svg);
    node("text", { x: frame.left - 8, y: Y(tick.value) + 4, "text-anchor": "end" }, svg, tick.text);
  }
  const given = spec.linear ? niceTicks(span[0], span[1], Math.max(3, (frame.right - frame.left) / 70)) : spec.ticks;
  const all = (given || logTicks(span[0], span[1]))
    .filter((tick) => X(tick.value) >= frame.left - 1 && X(tick.value) <= frame.right + 1);
  for (const tick of thin(all, X)) {
    node("line", { class: "grid", x1: X(tick.value), x2: X(tick.value), y1: frame.top, y2: frame.bottom + 4 }, svg);
    node("text", { x: X(tick.value), y: frame.bottom + 18, "text-anchor": "middle" }, svg, tick.text);
  }
  node("line", { class: "axis", x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom }, svg);
  // What stands in brackets is left out where it would run over the edge.
  const xTitle = 6.2 * spec.xTitle.length > frame.right - frame.left ? spec.xTitle.split(" (")[0] : spec.xTitle;
  node("text", { x: (frame.left + frame.right) / 2, y: frame.bottom + 35, "text-anchor": "middle" }, svg, xTitle);
  if (spec.floor === null || spec.floor === undefined) return;
  node("line", { class: "floor", x1: frame.left, x2: frame.right, y1: Y(spec.floor), y2: Y(spec.floor) }, svg);
}

// The bitrates at both ends of a codec's line, where the axis does not tell them.
function labelEnds(group, points, X, Y) {
  for (const p of new Set([points[0], points[points.length - 1]]))
    node("text", { class: "label", x: X(p.x) + 9, y: Y(p.y) + 4 }, group, p.label);
}

function drawSeries(svg, spec, points, frame, X, Y) {
  const inside = (y) => Math.min(frame.bottom, Math.max(frame.top, y));
  const placed = [];
  for (const series of new Set(points.map((p) => p.series))) {
    const mine = points.filter((p) => p.series === series);
    const group = node("g", { class: `s${series}` }, svg);
    const path = mine.map((p) => `${X(p.x).toFixed(1)} ${Y(p.y).toFixed(1)}`).join("L");
    node("path", { class: "line", d: "M" + path, "stroke-dasharray": dashes(series) }, group);
    if (spec.labels) labelEnds(group, mine, X, Y);
    for (const p of mine) {
      const at = { x: X(p.x), y: Y(p.y), lines: p.lines, series };
      if (p.low !== null && p.high !== null)
        node("line", { class: "bar", x1: at.x, x2: at.x, y1: inside(Y(p.low)), y2: inside(Y(p.high)) }, group);
      at.mark = node("path", { class: "mark", d: mark(series, 4.5), transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})` }, group);
      if (p.front !== undefined) at.mark.classList.add(p.front ? "front" : "dominated");
      placed.push(at);
    }
  }
  return placed;
}

// The nearest point under the pointer; with the keyboard, left and right walk through all of them.
function tooltip(figure, svg, placed, width) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "status");
  figure.append(tip);
  let current = -1;
  const show = (index) => {
    if (current >= 0) placed[current].mark.classList.remove("on");
    current = index;
    tip.hidden = index < 0;
    if (index < 0) return;
    const at = placed[index], scale = svg.clientWidth / width;
    at.mark.classList.add("on");
    tip.textContent = at.lines.join("\n");
    const left = at.x * scale + 12, room = figure.clientWidth - tip.offsetWidth;
    tip.style.left = `${left > room ? Math.max(0, at.x * scale - tip.offsetWidth - 12) : left}px`;
    tip.style.top = `${svg.getBoundingClientRect().top - figure.getBoundingClientRect().top + at.y - 10}px`;
  };
  const nearest = (event) => {
    const box = svg.getBoundingClientRect(), scale = width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    const distances = placed.map((p) => Math.hypot(p.x - x, p.y - y));
    const best = distances.indexOf(Math.min(...distances));
    show(distances[best] < 40 ? best : -1);
  };
  svg.addEventListener("pointermove", nearest);
  svg.addEventListener("pointerdown", nearest);
  svg.addEventListener("pointerleave", () => show(-1));
  svg.addEventListener("blur", () => show(-1));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") show(-1);
    if (!step) return;
    event.preventDefault();
    show((Math.max(current, step > 0 ? -1 : 0) + step + placed.length) % placed.length);
  });
}
