"use strict";
// Transcripts with their changed words, and the confusion matrix. The data: transcripts.py and probes.py.
(() => {
  const found = read("hallucination");
  const REASONS = {
    deletion: "nothing was heard in its place", loop: "the recognizer repeats a phrase of its own accord",
    "no word": "what was heard is no word of the lexicon", unsure: "the recognizer is not sure of what it heard",
    "no better": "what was heard does not fit the decoded audio clearly better than what was said",
  };

  function make(name, className, text, parent) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  // One option per codec × point, grouped by codec; `usable` says which have something to show.
  function fillPlaces(select, usable, first) {
    const groups = new Map();
    found.places.forEach(({ name, point }, index) => {
      if (!usable(index)) return;
      if (!groups.has(name)) {
        const group = document.createElement("optgroup");
        group.label = name;
        select.append(group);
        groups.set(name, group);
      }
      groups.get(name).append(new Option(`${name} at ${point}`, index, index === first, index === first));
    });
  }

  function withSaid(change, words) {
    const said = change.inserted ? null : words.get(change.position) ?? null;
    return { repeats: 0, ...change, said };
  }

  function title(change) {
    if (change.mark === "F") return `“${change.said ?? change.heard}” is right here${change.heard && change.said ? `; on the original “${change.heard}” was heard` : ""}`;
    if (change.said === null) return `“${change.heard}” was heard where nothing was said${change.repeats ? `, and ${change.repeats} more words` : ""}`;
    return change.heard == null ? `“${change.said}” was lost` : `“${change.heard}” was heard for “${change.said}”`;
  }

  function sureness(change) {
    if (change.probability == null) return null;
    const text = `word probability ${change.probability.toFixed(3)}`;
    const original = change.original == null ? "" : `; the right word had ${change.original.toFixed(3)} on the original`;
    return change.sureFrom == null ? text + original : `${text} (sure from ${change.sureFrom.toFixed(3)} on)${original}`;
  }

  function fit(change) {
    if (change.mark === "F" || change.mark === "C" || change.heard == null) return null;
    if (change.margin == null) return "likelihood margin not measured: the verdict did not hang on it, or no place was found";
    const needed = found.clearlyFrom == null ? "" : ` (clearly better from ${found.clearlyFrom} on)`;
    return `likelihood margin ${change.margin > 0 ? "+" : ""}${change.margin.toFixed(2)} nats per word${needed}`;
  }

  function evidence(change) {
    const verdict = `${change.mark}: ${found.marks[change.mark]}`;
    const why = change.mark === "H" ? "a real word, said with confidence, that fits the decoded audio clearly better" : REASONS[change.reason];
    return [
      title(change), verdict, why && `why: ${why}`, sureness(change), fit(change),
      change.near && `a phone became its near neighbour: ${change.near}`,
      change.audit && `PocketSphinx, forced through both words: ${change.audit}`,
      change.begins == null ? null : `heard at ${change.begins.toFixed(2)} s`,
    ].filter(Boolean);
  }

  // A lost word has no place in the decoded audio: it is guessed from its place in the text.
  function start(change, { total, seconds }) {
    if (change.begins != null && change.mark !== "F") return { at: Math.max(0, change.begins - 0.25), about: "" };
    if (seconds == null) return { at: 0, about: "" };
    return { at: Math.max(0, (seconds * change.position) / Math.max(1, total) - 0.4), about: "about " };
  }

  // The player has what is embedded; what was kept may have been too much for one file.
  const playable = (keys, place) => Boolean(keys?.[place]) && Boolean(window.codecbench?.has?.(keys[place]));

  function players(parent, change, text, keys, place) {
    if (!playable(keys, place)) return;
    const { at, about } = start(change, text), box = make("div", "", undefined, parent);
    const { name, at: where } = found.places[place];
    for (const [key, label] of [[keys[""], "original"], [keys[place], `${name} at ${where}`]]) {
      if (!window.codecbench.has(key)) continue;
      const button = make("button", "", `▶ ${label} from ${about}${at.toFixed(1)} s`, box);
      button.type = "button";
      button.addEventListener("click", () => window.codecbench.play(key, at, `${label}, ${text.id}`));
    }
  }

  function wordButton(change) {
    const button = make("button", `h-word h-${change.mark}`);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    const wrong = change.mark === "F" ? change.heard : change.said, right = change.mark === "F" ? change.said : change.heard;
    if (wrong != null) make("del", "", undefined, button).append(make("bdi", "", wrong));
    if (right != null) make("ins", "", undefined, button).append(make("bdi", "", right));
    if (change.repeats) make("span", "h-gap", ` … ${change.repeats} more`, button);
    make("sup", "", change.mark, button);
    return button;
  }

  const tip = make("div", "h-tip");
  tip.id = "h-tip";
  tip.hidden = true;
  tip.setAttribute("role", "tooltip");

  function showTip(button, change) {
    const box = byId("h-transcripts");
    tip.textContent = evidence(change).join("\n");
    tip.hidden = false;
    button.setAttribute("aria-describedby", "h-tip");
    const at = button.getBoundingClientRect(), frame = box.getBoundingClientRect();
    tip.style.left = "0"; // measured at its full width
    tip.style.left = `${Math.max(0, Math.min(at.left - frame.left, frame.width - tip.offsetWidth))}px`;
    const above = at.top - tip.offsetHeight - 6 > 0 && at.bottom + tip.offsetHeight > innerHeight;
    tip.style.top = `${above ? at.top - frame.top - tip.offsetHeight - 6 : at.bottom - frame.top + 6}px`;
  }

  function hideTip(button) { tip.hidden = true; button.removeAttribute("aria-describedby"); }

  function wire(button, change, text, keys, place, item) {
    for (const event of ["mouseenter", "focus"]) button.addEventListener(event, () => showTip(button, change));
    for (const event of ["mouseleave", "blur"]) button.addEventListener(event, () => hideTip(button));
    button.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(button); });
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      for (const other of item.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", "false");
      item.querySelector(".h-evidence")?.remove();
      hideTip(button);
      if (open) return;
      button.setAttribute("aria-expanded", "true");
      const panel = make("div", "h-evidence", evidence(change).join("\n"), item);
      panel.setAttribute("role", "status");
      players(panel, change, text, keys, place);
    });
  }

  // The words near a change, short texts whole; and how many are left out between them.
  function drawText(parent, words, { total, whole }, changes, add) {
    const at = new Map();
    for (const change of changes) {
      if (!at.has(change.position)) at.set(change.position, []);
      at.get(change.position).push(change);
    }
    const near = (n) => whole || changes.some((change) => Math.abs(change.position - n) <= found.around);
    let skipped = 0;
    const gap = () => { if (skipped) make("span", "h-gap", ` [… ${skipped} words …] `, parent); skipped = 0; };
    for (let n = 0; n <= total; n++) {
      const here = at.get(n) || [];
      if (here.length) gap();
      for (const change of here) { parent.append(add(change), " "); }
      if (n === total || here.some((change) => change.said !== null)) continue;
      if (!near(n) || !words.has(n)) { skipped++; continue; }
      gap();
      make("bdi", "", words.get(n), parent);
      parent.append(" ");
    }
    gap();
  }

  function drawCell(list, cell, place, seeds) {
    const { utterance, seed, more, cut } = cell, text = found.utterances[utterance], { id: name, total, runs, standIn } = text;
    const words = new Map(runs.flatMap(({ first, words }) => words.map((word, k) => [first + k, word])));
    const changes = cell.changes.map((change) => withSaid(change, words));
    const item = make("li", "", undefined, list), head = make("header", "", undefined, item);
    make("b", "", name, head);
    const counts = [...new Set(changes.map((c) => c.mark))].map((mark) => `${changes.filter((c) => c.mark === mark).reduce((sum, c) => sum + 1 + c.repeats, 0)} ${mark}`);
    make("span", "", counts.join(" · ") + ` in ${total} words`, head);
    if (seeds) make("span", "", `seed ${seed}`, head);
    if (standIn) make("span", "", "no transcript: what was heard in the original", head);
    if (cut) make("span", "", `${cut} words of recognizer loops cut`, head);
    if (more) make("span", "", `${more} further changes are not shown`, head);
    const keys = found.audio[utterance];
    if (playable(keys, place)) make("span", "", "♪ click a word to listen", head);
    const paragraph = make("p", "h-text", undefined, item);
    paragraph.dir = "auto";
    drawText(paragraph, words, text, changes, (change) => {
      const button = wordButton(change);
      wire(button, change, text, keys, place, item);
      return button;
    });
  }

  function drawPlace() {
    const place = Number(byId("h-place").value), list = byId("h-texts"), left = found.left[place];
    list.replaceChildren();
    tip.hidden = true;
    const cells = found.cells[place], seeds = cells.some((cell) => cell.seed !== cells[0].seed);
    for (const cell of cells) drawCell(list, cell, place, seeds);
    if (!cells.length) make("li", "", "No word changed here.", list);
    byId("h-left").textContent = left.utterances ? `The ${cells.length} worst; ${left.utterances} more with ${left.changed} changed words, ${left.hallucinated} of them hallucinated.` : "";
  }

  // Where hallucinated words are the largest part of what changed: of several words, and not where everything is lost.
  function fluent() {
    const changes = (index) => found.cells[index].flatMap((cell) => cell.changes);
    const invented = (index) => changes(index).filter((change) => change.mark === "H").length;
    const order = (index) => (invented(index) >= 3 ? 1000 : 0) + invented(index) / Math.max(1, changes(index).length);
    const indices = found.places.map((_, index) => index).filter((index) => found.cells[index].length);
    return indices.reduce((best, index) => (order(index) > order(best) ? index : best), indices[0]);
  }

  function setUpTranscripts() {
    const box = byId("h-transcripts");
    if (!box) return;
    fillPlaces(byId("h-place"), (index) => found.cells[index].length > 0, fluent());
    const used = new Set(found.cells.flat().flatMap((cell) => cell.changes.map((change) => change.mark)));
    [...byId("h-marks").children].forEach((one, index) => { one.hidden = !used.has(Object.keys(found.marks)[index]); });
    box.append(tip);
    box.hidden = false;
    byId("h-place").addEventListener("change", drawPlace);
    drawPlace();
  }

  function drawMatrix() {
    const table = found.confusions.tables[byId("h-phones").value], feature = byId("h-feature").value;
    const names = found.confusions.classes[feature], counts = table.counts[feature], lost = table.lost[feature];
    const box = byId("h-matrix"), head = make("tr");
    box.replaceChildren();
    make("th", "", "original ↓ heard →", head).scope = "col";
    for (const name of [...names, "lost"]) make("th", "", name, head).scope = "col";
    make("thead", "", undefined, box).append(head);
    const body = make("tbody", "", undefined, box);
    names.forEach((name, i) => {
      const row = make("tr", "", undefined, body), all = counts[i].reduce((a, b) => a + b, 0) + lost[i];
      make("th", "", name, row).scope = "row";
      [...counts[i], lost[i]].forEach((count, j) => {
        const cell = make("td", i === j ? "same" : count ? "" : "none", count || "·", row);
        cell.title = `${name} → ${names[j] || "lost"}: ${count} of ${all}` + (i === j ? `, ${table.within[feature][i]} of them another phone of the same ${feature}` : "");
        if (i !== j && count) cell.style.setProperty("--heat", `${Math.round(12 + (68 * count) / all)}%`);
      });
    });
    byId("h-phones-note").textContent = `Consonants. ${table.phones} phones in all: ${table.substitutions} became another, ${table.deletions} were lost, ${table.insertions} added`
      + (table.distance === null ? "." : `; mean articulatory distance of substitutions ${table.distance.toFixed(2)} (0 to 1).`) + " Shaded by share of the row.";
  }

  function setUpConfusions() {
    const box = byId("h-confusions");
    if (!box) return;
    const { tables, classes } = found.confusions;
    const first = fluent();
    fillPlaces(byId("h-phones"), (index) => index in tables, first in tables ? first : Number(Object.keys(tables)[0]));
    for (const name of Object.keys(classes)) byId("h-feature").append(new Option(name, name));
    for (const id of ["h-phones", "h-feature"]) byId(id).addEventListener("change", drawMatrix);
    box.hidden = false;
    drawMatrix();
  }

  // The player's script may come after this one.
  document.addEventListener("DOMContentLoaded", () => { setUpTranscripts(); setUpConfusions(); });
})();
