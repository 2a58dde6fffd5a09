"use strict";
// Blind ABX: X is A or B by chance; right answers are counted, and only told when all trials are done.
const abx = (() => {
  const at = (id) => document.getElementById(`abx-${id}`);
  let takes = [], test = null;

  const coin = () => (crypto.getRandomValues(new Uint8Array(1))[0] & 1 ? "a" : "b");

  // One-sided exact binomial: the chance of at least `right` of `trials` by guessing.
  function pValue(right, trials) {
    let sum = 0, term = 1; // term = trials choose k
    for (let k = 0; k <= trials; k++) {
      if (k >= right) sum += term;
      term = (term * (trials - k)) / (k + 1);
    }
    return sum / 2 ** trials;
  }

  function show(part) { for (const name of ["setup", "trial", "result"]) at(name).hidden = name !== part; }

  // `choices`: {key, label} of one utterance, the original first; `current` is the key that is played.
  function open(choices, current) {
    takes = choices;
    for (const [name, chosen] of [["a", takes[0].key], ["b", current === takes[0].key ? takes.at(-1).key : current]]) {
      at(name).replaceChildren(...takes.map((take) => new Option(take.label, take.key)));
      at(name).value = chosen;
    }
    at("same").hidden = true;
    test = null;
    show("setup");
    document.getElementById("abx").showModal();
  }

  function start() {
    const a = at("a").value, b = at("b").value;
    at("same").hidden = a !== b;
    if (a === b) return;
    test = { a, b, trials: Number(at("count").value), answers: [], x: coin(), heard: new Set() };
    document.documentElement.dataset.blind = "";
    player.prepare([a, b]); // a wait would tell, as would a level
    player.match(true);
    player.rename("");
    show("trial");
    progress();
  }

  function progress() {
    at("progress").textContent = `Trial ${test.answers.length + 1} of ${test.trials}`;
    for (const button of document.querySelectorAll("#abx [data-answer]")) button.disabled = !test.heard.has("x");
    for (const button of document.querySelectorAll("#abx [data-hear]")) button.classList.remove("on");
    document.querySelector("#abx [data-hear=x]").focus();
  }

  function hear(which) {
    const key = which === "x" ? test[test.x] : test[which];
    test.heard.add(which);
    for (const button of document.querySelectorAll("#abx [data-answer]")) button.disabled = !test.heard.has("x");
    for (const button of document.querySelectorAll("#abx [data-hear]")) button.classList.toggle("on", button.dataset.hear === which);
    // All three begin anew where they have ended, and go on from the same place while they play.
    return player.play(key, null, which.toUpperCase());
  }

  function answer(which) {
    if (!test.heard.has("x")) return;
    test.answers.push({ x: test.x, said: which });
    if (test.answers.length === test.trials) return finish();
    player.pause();
    player.seek(player.state.loop?.[0] ?? 0);
    player.rename("");
    test.x = coin();
    test.heard = new Set();
    progress();
  }

  function finish() {
    const done = test.answers.length, right = test.answers.filter((one) => one.x === one.said).length;
    player.pause();
    const name = (key) => takes.find((take) => take.key === key).label;
    const p = pValue(right, done);
    at("verdict").textContent = !done ? "No trial was answered." :
      `${right} of ${done} right, p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)} (exact binomial, one-sided). ` +
      (done < test.trials ? "Stopped early: the p-value does not hold." : p < 0.05 ? "You heard a difference." :
        "No difference was shown; that is no proof that there is none.");
    at("answers").textContent = `A: ${name(test.a)} · B: ${name(test.b)}` + (done ? ` · ${test.answers.map((one) => (one.x === one.said ? "✓" : "✗")).join("")}` : "");
    leave();
    show("result");
  }

  function leave() {
    if (!test) return;
    delete document.documentElement.dataset.blind;
    player.close();
    test = null;
  }

  function setUp() {
    const dialog = document.getElementById("abx");
    at("start").addEventListener("click", start);
    at("stop").addEventListener("click", finish);
    at("again").addEventListener("click", () => show("setup"));
    for (const button of dialog.querySelectorAll("[data-hear]")) button.addEventListener("click", () => hear(button.dataset.hear));
    for (const button of dialog.querySelectorAll("[data-answer]")) button.addEventListener("click", () => answer(button.dataset.answer));
    dialog.addEventListener("close", leave);
    document.addEventListener("keydown", (event) => {
      if (!test || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (["a", "b", "x"].includes(key)) hear(key);
      else if (key === "1") answer("a");
      else if (key === "2") answer("b");
    });
  }

  return { open, setUp, pValue };
})();
