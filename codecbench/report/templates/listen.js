"use strict";
// The section to listen in: keys, the player's bar, spectrograms, and the route to one utterance.
(() => {
  const root = document.getElementById("listening"), at = (id) => document.getElementById(id);
  if (!root) return;
  const articles = [...root.querySelectorAll(".utterance")];
  const embedded = player.mode() === "embed";
  for (const one of document.querySelectorAll(".needs-script")) one.hidden = false;

  // Which operating points are shown: all, or of each codec the one nearest to a bitrate.
  const NEAR = 1.6;
  function nearest(rows, kbps) {
    const best = new Map(), away = (row) => Math.abs(Math.log(Number(row.dataset.kbps) / kbps));
    for (const row of rows) {
      const name = row.cells[0].textContent;
      if (away(row) <= Math.log(NEAR) && (!best.has(name) || away(row) < away(best.get(name)))) best.set(name, row);
    }
    return new Set(best.values());
  }

  function filter() {
    const kbps = at("takes-shown").value;
    for (const article of articles) {
      const rows = [...article.querySelectorAll("tr[data-kbps]")], shown = kbps ? nearest(rows, Number(kbps)) : new Set(rows);
      for (const row of rows) row.hidden = !shown.has(row);
      number(article);
    }
  }

  const visible = (article) => [...article.querySelectorAll(".takes .play")].filter((button) => !button.closest("tr").hidden);
  function number(article) {
    article.querySelectorAll(".hear kbd").forEach((key) => key.remove());
    visible(article).forEach((button, k) => {
      if (k > 9) return;
      const key = document.createElement("kbd");
      key.textContent = k;
      key.setAttribute("aria-hidden", "true");
      button.after(key);
      button.setAttribute("aria-keyshortcuts", k);
    });
  }

  function setUpFilter() {
    if (!articles.length) return;
    const rows = [...articles[0].querySelectorAll("tr[data-kbps]")], rates = [...new Set(rows.map((row) => Number(row.dataset.kbps)))].sort((a, b) => a - b);
    for (const kbps of rates) at("takes-shown").append(new Option(`each codec's point nearest to ${kbps} kbps`, kbps));
    const most = Math.max(...rates.map((kbps) => nearest(rows, kbps).size));
    // Side by side where the most codecs are; of those the middle one.
    const best = rates.filter((kbps) => nearest(rows, kbps).size === most);
    if (most > 1 && rows.length > 9) at("takes-shown").value = best[Math.floor((best.length - 1) / 2)];
    at("takes-shown").addEventListener("change", filter);
    filter();
  }

  // Playing
  const inUse = () => articles.find((one) => player.state.key && visible(one).some((button) => player.utterance(button.dataset.audio) === player.utterance(player.state.key)));
  const open = () => articles.find((one) => one.contains(document.activeElement)) ?? articles.find((one) => one.classList.contains("current")) ?? inUse();
  function press(button) {
    const { key, playing } = player.state;
    if (button.dataset.audio === key && playing) return player.pause();
    return player.play(button.dataset.audio, null, button.dataset.label);
  }

  const seconds = (value) => value.toFixed(2);
  function showPlaying(state) {
    const blind = "blind" in document.documentElement.dataset;
    at("bar").hidden = state.key === null;
    for (const button of document.querySelectorAll(".play[data-audio]")) {
      const mine = button.dataset.audio === state.key && !blind;
      button.classList.toggle("on", mine && state.playing);
      button.closest("tr")?.classList.toggle("on", mine);
    }
    at("bar-play").classList.toggle("on", state.playing);
    if (state.key === null) return;
    const clip = player.clip(state.key), gain = clip.match;
    at("playing").textContent = state.label || "blind test";
    at("bar-matched").textContent = state.problem || (!state.matched ? "level as decoded" : state.key.startsWith("original/") ? "the level to match" :
      clip.gain === null ? gain : `matched: ${gain}`);
    at("bar-match").checked = state.matched;
    at("bar-match").disabled = blind;
    at("bar-seek").max = state.duration;
    at("loop-clear").disabled = !state.loop;
    at("bar-loop").hidden = !state.loop;
    if (state.loop) {
      at("bar-loop").style.left = `${(100 * state.loop[0]) / state.duration}%`;
      at("bar-loop").style.width = `${(100 * (state.loop[1] - state.loop[0])) / state.duration}%`;
    }
    tick();
  }

  let frame = 0;
  function tick() {
    cancelAnimationFrame(frame);
    const { key, playing, duration } = player.state;
    if (key === null) return;
    const now = player.now();
    at("bar-seek").value = now;
    at("bar-seek").setAttribute("aria-valuetext", `${seconds(now)} of ${seconds(duration)} seconds`);
    at("bar-time").textContent = `${seconds(now)} / ${seconds(duration)} s`;
    for (const panes of root.querySelectorAll(".panes:not([hidden])")) panes.place?.(now);
    if (playing) frame = requestAnimationFrame(tick);
  }

  function loopEdge(edge) {
    const { loop, duration } = player.state, now = player.now();
    player.setLoop(edge ? loop?.[0] ?? 0 : now, edge ? now : loop && loop[1] > now ? loop[1] : duration);
  }

  function setUpBar() {
    at("bar-play").addEventListener("click", player.toggle);
    at("bar-seek").addEventListener("input", (event) => player.seek(Number(event.target.value)));
    at("bar-match").addEventListener("change", (event) => player.match(event.target.checked));
    at("loop-from").addEventListener("click", () => loopEdge(0));
    at("loop-to").addEventListener("click", () => loopEdge(1));
    at("loop-clear").addEventListener("click", player.clearLoop);
    at("bar-close").addEventListener("click", player.close);
    at("bar-abx").hidden = !embedded;
    at("bar-abx").addEventListener("click", () => {
      const choices = inUse() ? [...inUse().querySelectorAll(".takes .play")].map((one) => ({ key: one.dataset.audio, label: one.dataset.label })) : [];
      player.pause();
      if (choices.length > 1) abx.open(choices, player.state.key);
    });
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.(".play[data-audio], canvas.thumb");
      if (button) press(button.matches(".play") ? button : button.closest("tr").querySelector(".play"));
    });
    player.watch(showPlaying);
    player.watch((state) => redraw(state));
  }

  // Keys work while something is in the player, or the focus is in an utterance; never while a field takes them.
  function onKey(event) {
    const field = event.target.closest?.("select, textarea, input:not([type=checkbox]):not([type=range]), .chart, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || field || at("abx").open) return;
    const article = open(), { key, playing } = player.state;
    if (!article && key === null) return;
    const takes = article ? visible(article) : [], range = event.target.matches?.("input[type=range]");
    const move = { ArrowLeft: -0.5, ArrowRight: 0.5 }[event.key], step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const near = event.target.closest?.(".utterance, #bar") || event.target === document.body;
    if (/^[0-9]$/.test(event.key) && takes[Number(event.key)]) player.play(takes[Number(event.key)].dataset.audio, null, takes[Number(event.key)].dataset.label);
    else if (event.key === " " && key !== null && !event.target.closest?.("button, summary, a, input")) player.toggle();
    else if (move && key !== null && near && !range) player.seek(player.now() + move);
    else if (step && key !== null && near && !range && playing) {
      const next = takes[takes.findIndex((button) => button.dataset.audio === key) + step];
      if (next) player.play(next.dataset.audio, null, next.dataset.label);
    } else if (event.key === "[" && key !== null) loopEdge(0);
    else if (event.key === "]" && key !== null) loopEdge(1);
    else if (event.key.toLowerCase() === "l" && key !== null) player.clearLoop();
    else if (event.key.toLowerCase() === "m" && key !== null) player.match(!player.state.matched);
    else return;
    event.preventDefault();
  }

  // Spectrograms: of the original and of what is in the player, or the first take.
  function takesOf(article) {
    const buttons = [...article.querySelectorAll(".takes .play")], shown = visible(article);
    const original = buttons.find((one) => one.dataset.audio.startsWith("original/"));
    const played = buttons.find((one) => one.dataset.audio === player.state.key && one !== original);
    const chosen = played ?? buttons.find((one) => one.dataset.audio === article.dataset.spectra) ?? shown.find((one) => one !== original) ?? original;
    return { original: original ?? chosen, chosen };
  }

  function setUpSpectra(article) {
    const button = article.querySelector(".open-spectra");
    button?.addEventListener("click", () => {
      const panes = article.querySelector(".panes"), opened = panes.hidden;
      panes.hidden = !opened;
      button.setAttribute("aria-expanded", String(opened));
      if (opened) drawSpectra(article);
    });
  }

  async function drawSpectra(article) {
    const panes = article.querySelector(".panes"), { original, chosen } = takesOf(article), mine = (panes.request = (panes.request ?? 0) + 1);
    let first, second;
    try {
      first = await player.decode(original.dataset.audio);
      second = await player.decode(chosen.dataset.audio);
    } catch (error) {
      panes.textContent = `No spectrogram: the audio cannot be decoded (${error.message}).`;
      return;
    }
    if (mine !== panes.request) return;
    const a = spectrogram.levels(first.getChannelData(0)), b = spectrogram.levels(second.getChannelData(0));
    const gain = player.state.matched ? player.clip(chosen.dataset.audio).gain ?? 0 : 0;
    for (let k = 0; k < b.db.length; k++) b.db[k] += gain; // as it is heard
    const keys = spectrogram.keys(), loud = [Math.round(a.top - spectrogram.RANGE_DB), Math.round(a.top), " dB"];
    panes.replaceChildren();
    const drawn = [
      pane(panes, "Original", keys.level, loud), pane(panes, chosen.dataset.label + (gain ? ", matched" : ""), keys.level, loud),
      pane(panes, `Difference: ${chosen.dataset.label} less original`, keys.difference, [`lost −${spectrogram.APART_DB}`, `+${spectrogram.APART_DB}`, " dB added"]),
    ];
    const pictures = [spectrogram.level(a, a.top), spectrogram.level(b, a.top), spectrogram.difference(a, b, a.top)];
    const boxes = drawn.map((canvas, k) => spectrogram.pane(canvas, pictures[k], first.duration, first.sampleRate));
    drawn.forEach((canvas, k) => seekable(canvas, boxes[k], first.duration, k ? chosen : original));
    panes.place = (now) => {
      const mark = (name, left, width) => panes.querySelectorAll(name).forEach((one, k) => {
        one.style.left = `${boxes[k].left + left * boxes[k].width}px`;
        if (width !== undefined) one.style.width = `${width * boxes[k].width}px`;
      });
      const { key, loop } = player.state, here = key !== null && player.utterance(key) === player.utterance(chosen.dataset.audio);
      panes.querySelectorAll(".head").forEach((one) => { one.hidden = !here; });
      panes.querySelectorAll(".loop").forEach((one) => { one.hidden = !here || !loop; });
      if (here) mark(".head", now / first.duration);
      if (here && loop) mark(".loop", loop[0] / first.duration, (loop[1] - loop[0]) / first.duration);
    };
    panes.place(player.state.key === null ? 0 : player.now());
  }

  function pane(panes, title, gradient, [low, high, unit]) {
    const heading = document.createElement("h4"), scale = document.createElement("span"), bar = document.createElement("i");
    scale.className = "scale";
    bar.style.background = gradient;
    scale.append(String(low).replace("-", "−"), bar, String(high).replace("-", "−") + unit);
    heading.append(title, scale);
    const box = document.createElement("div"), canvas = document.createElement("canvas"), head = document.createElement("i"), loop = document.createElement("i");
    box.className = "pane";
    head.className = "head";
    loop.className = "loop";
    head.hidden = loop.hidden = true;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Spectrogram. ${title}. Time to the right, frequency upwards to 8 kHz.`);
    box.append(canvas, loop, head);
    panes.append(heading, box);
    return canvas;
  }

  // A click seeks, a drag sets the loop.
  function seekable(canvas, box, duration, button) {
    const time = (event) => Math.max(0, Math.min(duration, ((event.clientX - canvas.getBoundingClientRect().left - box.left) / box.width) * duration));
    let from = null;
    canvas.addEventListener("pointerdown", (event) => { from = { x: event.clientX, time: time(event) }; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointerup", async (event) => {
      if (!from) return;
      const start = from, dragged = Math.abs(event.clientX - start.x) > 6, ends = [start.time, time(event)].sort((a, b) => a - b);
      from = null;
      if (player.utterance(player.state.key) !== player.utterance(button.dataset.audio)) await player.play(button.dataset.audio, ends[0], button.dataset.label);
      if (dragged) player.setLoop(...ends);
      else player.seek(ends[0]);
    });
  }

  function redraw({ key, matched }) {
    if (key === null || "blind" in document.documentElement.dataset) return;
    const article = inUse();
    if (!article || article.querySelector(".panes")?.hidden !== false) return;
    const what = key.startsWith("original/") ? article.dataset.spectra : key, shown = `${what} ${matched}`;
    if (article.dataset.drawn === shown) return;
    if (what) article.dataset.spectra = what;
    article.dataset.drawn = shown;
    drawSpectra(article);
  }

  function setUpThumbnails() {
    const tops = new Map(), waiting = [];
    let busy = false;
    async function work() {
      if (busy) return;
      busy = true;
      for (let canvas = waiting.shift(); canvas; canvas = waiting.shift()) {
        try {
          const key = canvas.dataset.audio, original = `original/${player.utterance(key)}`;
          if (!tops.has(original) && player.has(original)) tops.set(original, spectrogram.levels((await player.decode(original)).getChannelData(0), 512).top);
          spectrogram.thumbnail(canvas, (await player.decode(key)).getChannelData(0), tops.get(original));
          canvas.dataset.drawn = "";
        } catch { canvas.hidden = true; } // the player says why when it is played
      }
      busy = false;
    }
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); waiting.push(entry.target); }
      work();
    }, { rootMargin: "100px" });
    const all = [...root.querySelectorAll("canvas.thumb")];
    const again = () => all.forEach((canvas) => { delete canvas.dataset.drawn; seen.unobserve(canvas); seen.observe(canvas); });
    again();
    new MutationObserver(() => {
      again();
      for (const article of articles) if (article.querySelector(".panes")?.hidden === false) drawSpectra(article);
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  // One utterance alone, at #utterance=ID; the back button leads back.
  const title = document.title;
  let before = null;
  function route() {
    const name = location.hash.slice(1), article = articles.find((one) => one.id === name);
    for (const one of articles) one.classList.toggle("current", one === article);
    if (article) {
      if (before === null) before = { y: scrollY, opened: articles.filter((one) => one.querySelector("details").open) };
      document.body.dataset.view = "utterance";
      article.querySelector("details").open = true;
      document.title = `${article.dataset.utterance} · ${title}`;
      scrollTo(0, 0);
    } else if (document.body.dataset.view) {
      delete document.body.dataset.view;
      document.title = title;
      const target = name && document.getElementById(name);
      if (target && name !== "listen") target.scrollIntoView();
      else scrollTo(0, before.y);
      before = null;
    }
  }

  setUpFilter();
  setUpBar();
  articles.forEach(setUpSpectra);
  if (embedded) setUpThumbnails();
  abx.setUp();
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", route);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const article of articles) if (article.querySelector(".panes")?.hidden === false) drawSpectra(article);
  });
  route();
})();
