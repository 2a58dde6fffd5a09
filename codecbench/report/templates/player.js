"use strict";
// Plays what the report carries. Takes of one utterance are switched at one position of one clock, without a gap.
const player = (() => {
  const RATE = 16000, LEAD = 0.02, FADE = 0.01, KEPT = 60;
  const state = { key: null, label: "", playing: false, loop: null, matched: true, duration: 0, problem: "" };
  const listeners = new Set();
  let listening = null, engine = null, position = 0, request = 0;

  const all = () => (listening ??= JSON.parse(document.getElementById("data-listen")?.textContent || '{"mode":"none","clips":{}}'));
  const has = (key) => Object.hasOwn(all().clips, key);
  const clip = (key) => { const [content, seconds, gain, match] = all().clips[key]; return { content, seconds, gain, match }; };
  const utterance = (key) => (key === null ? null : key.slice(key.lastIndexOf("/") + 1));
  const decibels = (value) => 10 ** (value / 20);
  const changed = () => { for (const listener of listeners) listener(state); };
  // Loops are played to their end and from their start again.
  const wrapped = (at, loop) => (loop && at >= loop[1] ? loop[0] + ((at - loop[0]) % (loop[1] - loop[0])) : at);

  function bytes(key) { return Uint8Array.from(atob(clip(key).content), (character) => character.charCodeAt(0)).buffer; }

  // At the files' own rate: the browser then resamples once, for the loudspeaker, and not per signal.
  function decode(key) { return new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes(key)); }

  function webAudio() {
    const buffers = new Map();
    let context = null, voice = null, clock = null;
    const at = (time) => wrapped(clock.from + Math.max(0, time - clock.at), clock.loop);
    function make(key, when, from, loop, level) {
      const source = context.createBufferSource(), gain = context.createGain();
      source.buffer = buffers.get(key);
      if (loop) Object.assign(source, { loop: true, loopStart: loop[0], loopEnd: loop[1] });
      gain.gain.setValueAtTime(0, when);
      gain.gain.linearRampToValueAtTime(level, when + FADE);
      source.connect(gain).connect(context.destination);
      source.start(when, from);
      source.onended = () => { if (voice && voice.source === source) finished(); };
      return { source, gain, level };
    }
    function end(when) {
      if (!voice) return;
      voice.source.onended = null;
      voice.gain.gain.cancelScheduledValues(when);
      voice.gain.gain.setValueAtTime(voice.level, when);
      voice.gain.gain.linearRampToValueAtTime(0, when + FADE);
      voice.source.stop(when + 2 * FADE);
      voice = null;
    }
    return {
      async load(key) {
        if (buffers.has(key)) return;
        const buffer = await decode(key);
        if (buffers.size >= KEPT) buffers.delete(buffers.keys().next().value);
        buffers.set(key, buffer);
      },
      play(key, from, loop, level) {
        context ??= new AudioContext({ sampleRate: RATE });
        context.resume();
        const when = context.currentTime + LEAD;
        end(when);
        clock = { at: when, from, loop };
        voice = make(key, when, from, loop, level);
      },
      swap(key, level) { // both are heard at the same place of the same clock, one fading into the other
        const when = context.currentTime + LEAD, from = at(when), loop = clock.loop;
        if (from >= clip(key).seconds) return;
        end(when);
        voice = make(key, when, from, loop, level);
      },
      level(value) { if (voice) { voice.level = value; voice.gain.gain.setTargetAtTime(value, context.currentTime, FADE); } },
      position: () => at(context.currentTime),
      stop() { if (context) end(context.currentTime); },
      loudest: () => 0,
    };
  }

  // Linked files: an audio element can play them, but nothing may read them. It can only turn down.
  function linked() {
    const element = new Audio();
    let loop = null, current = null;
    element.preload = "auto";
    element.addEventListener("ended", () => finished());
    element.addEventListener("timeupdate", () => { if (loop && element.currentTime >= loop[1]) element.currentTime = loop[0]; });
    const begin = (key, from, level) => {
      if (current !== key) element.src = clip(key).content;
      current = key;
      element.currentTime = from;
      element.volume = Math.min(1, level);
      element.play().catch((error) => { if (error.name !== "AbortError") failed(error); });
    };
    return {
      load: async () => {},
      play(key, from, region, level) { loop = region; begin(key, from, level); },
      swap(key, level) { begin(key, element.currentTime, level); },
      level(value) { element.volume = Math.min(1, value); },
      position: () => element.currentTime,
      stop() { element.pause(); },
      loudest: (key) => Math.max(...Object.keys(all().clips).filter((other) => utterance(other) === utterance(key)).map((other) => clip(other).gain ?? 0)),
    };
  }

  function level(key) {
    return state.matched ? decibels((clip(key).gain ?? 0) - engine.loudest(key)) : decibels(-Math.max(0, engine.loudest(key)));
  }

  function finished() { state.playing = false; position = 0; changed(); }
  function failed(error) { state.playing = false; state.problem = `cannot be played: ${error.message || error.name}`; changed(); }
  const now = () => (state.playing ? Math.min(engine.position(), state.duration) : position);

  async function play(key, start = null, label = key) {
    if (!has(key)) return false;
    const mine = ++request, same = utterance(state.key) === utterance(key);
    engine ??= all().mode === "link" ? linked() : webAudio();
    try { await engine.load(key); } catch (error) {
      if (mine === request) { Object.assign(state, { key, label }); engine.stop(); failed(error); }
      return false;
    }
    if (mine !== request) return false; // overtaken by another
    if (!same) { state.loop = null; if (!state.playing) position = 0; }
    const goesOn = same && state.playing && start === null;
    const from = start ?? (same ? now() : 0);
    Object.assign(state, { key, label, duration: clip(key).seconds, problem: "" });
    if (goesOn) engine.swap(key, level(key));
    else begin(from);
    state.playing = true;
    changed();
    return true;
  }

  function begin(from) {
    position = Math.max(0, Math.min(from, state.duration - 0.01));
    if (state.loop && (position >= state.loop[1] || position < state.loop[0])) position = state.loop[0];
    engine.play(state.key, position, state.loop, level(state.key));
  }

  function pause() {
    if (!state.playing) return;
    position = now();
    state.playing = false;
    request++;
    engine.stop();
    changed();
  }

  function seek(seconds) {
    position = Math.max(0, Math.min(seconds, state.duration));
    if (state.loop && (position < state.loop[0] || position >= state.loop[1])) state.loop = null;
    if (state.playing) begin(position);
    changed();
  }

  function setLoop(from, to) {
    const at = now();
    state.loop = to - from >= 0.05 ? [Math.max(0, from), Math.min(to, state.duration)] : null;
    if (state.playing) begin(at);
    else if (state.loop) position = state.loop[0];
    changed();
  }

  return {
    state, play, pause, seek, setLoop, now, has, clip, decode, utterance,
    mode: () => document.getElementById("listening")?.dataset.mode ?? "none",
    toggle() { if (state.key) state.playing ? pause() : play(state.key, position >= state.duration ? 0 : position, state.label); },
    // Decoded before they are asked for.
    async prepare(keys) { engine ??= all().mode === "link" ? linked() : webAudio(); for (const key of keys) await engine.load(key); },
    rename(label) { state.label = label; changed(); },
    clearLoop() { setLoop(0, 0); },
    match(on) { state.matched = on; if (engine && state.key) engine.level(level(state.key)); changed(); },
    close() { pause(); request++; state.key = null; changed(); },
    watch(listener) { listeners.add(listener); },
  };
})();

// For other sections: begin at a word, `seconds` into an utterance. False where this file has no such audio.
window.codecbench = Object.assign(window.codecbench ?? {}, {
  play: (key, seconds = 0, label = key) => player.play(key, seconds, label),
  has: (key) => player.has(key),
});
