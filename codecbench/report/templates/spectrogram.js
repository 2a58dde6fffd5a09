"use strict";
// Spectrograms drawn from the audio itself: 512-sample Hann windows, 128 apart, in dB re full scale.
const spectrogram = (() => {
  const SIZE = 512, HOP = 128, BINS = SIZE / 2 + 1, RANGE_DB = 70, APART_DB = 30;
  const hann = Float32Array.from({ length: SIZE }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SIZE));
  const cosines = Float64Array.from({ length: SIZE / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / SIZE));
  const sines = Float64Array.from({ length: SIZE / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / SIZE));
  const reversed = Uint16Array.from({ length: SIZE }, (_, k) => { let r = 0; for (let b = 1; b < SIZE; b <<= 1) r = (r << 1) | ((k & b) ? 1 : 0); return r; });

  // In place, radix 2 (Cooley and Tukey 1965).
  function transform(re, im) {
    for (let k = 0; k < SIZE; k++) {
      const r = reversed[k];
      if (r > k) { [re[k], re[r]] = [re[r], re[k]]; [im[k], im[r]] = [im[r], im[k]]; }
    }
    for (let half = 1; half < SIZE; half *= 2) {
      const stride = SIZE / (2 * half);
      for (let start = 0; start < SIZE; start += 2 * half)
        for (let k = 0; k < half; k++) {
          const c = cosines[k * stride], s = sines[k * stride], a = start + k, b = a + half;
          const x = re[b] * c + im[b] * s, y = im[b] * c - re[b] * s;
          re[b] = re[a] - x; im[b] = im[a] - y;
          re[a] += x; im[a] += y;
        }
    }
  }

  // Levels in dB, frame by frame; a frame is centred on its time. `hop` may be a multiple, for thumbnails.
  function levels(samples, hop = HOP) {
    const frames = Math.max(1, Math.ceil(samples.length / hop)), db = new Float32Array(frames * BINS);
    const re = new Float64Array(SIZE), im = new Float64Array(SIZE);
    for (let frame = 0; frame < frames; frame++) {
      const first = frame * hop - SIZE / 2;
      for (let n = 0; n < SIZE; n++) { re[n] = (samples[first + n] || 0) * hann[n]; im[n] = 0; }
      transform(re, im);
      for (let k = 0; k < BINS; k++) db[frame * BINS + k] = 10 * Math.log10((re[k] * re[k] + im[k] * im[k]) / (SIZE / 4) ** 2 + 1e-12);
    }
    let top = -120;
    for (const value of db) if (value > top) top = value;
    return { frames, db, top };
  }

  // OKLCH to sRGB (Ottosson 2020, "A perceptual color space for image processing").
  function colour(light, chroma, hue) {
    const a = chroma * Math.cos((hue * Math.PI) / 180), b = chroma * Math.sin((hue * Math.PI) / 180);
    const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3, m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const linear = [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s];
    return linear.map((v) => Math.round(255 * Math.min(1, Math.max(0, v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055))));
  }

  const ramp = (at) => Array.from({ length: 256 }, (_, k) => at(k / 255));
  const mix = (a, b, t) => a + (b - a) * t;
  // Lightness alone tells the level, in colour and in grey: louder is further from the page.
  const light = ramp((t) => colour(mix(0.99, 0.22, t), 0.14 * Math.sin(Math.PI * Math.min(1, t * 0.85)) + 0.02 * t, mix(110, 300, t)));
  const dark = ramp((t) => colour(mix(0.19, 0.98, t), 0.16 * Math.sin(Math.PI * Math.min(1, 0.12 + t * 0.85)), mix(290, 90, t)));
  const apart = ramp((t) => colour(mix(0.28, 0.96, t), 0.16 * Math.abs(2 * t - 1), t < 0.5 ? 262 : 75));
  const isDark = () => document.documentElement.dataset.theme === "dark";

  function raster(shown, value, map) {
    const image = new ImageData(shown.frames, BINS);
    for (let frame = 0; frame < shown.frames; frame++)
      for (let k = 0; k < BINS; k++) {
        const [r, g, b] = map[Math.max(0, Math.min(255, Math.round(255 * value(frame * BINS + k))))];
        image.data.set([r, g, b, 255], 4 * ((BINS - 1 - k) * shown.frames + frame));
      }
    const canvas = document.createElement("canvas");
    canvas.width = shown.frames;
    canvas.height = BINS;
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  const level = (shown, top) => raster(shown, (k) => 1 + (shown.db[k] - top) / RANGE_DB, isDark() ? dark : light);

  // What both have below the range is no difference.
  function difference(original, decoded, top) {
    const floor = top - RANGE_DB, frames = Math.min(original.frames, decoded.frames);
    const value = (k) => 0.5 + (Math.max(decoded.db[k], floor) - Math.max(original.db[k], floor)) / (2 * APART_DB);
    return raster({ frames }, value, apart);
  }

  function thumbnail(canvas, samples, top) {
    const shown = levels(samples, 4 * HOP);
    canvas.getContext("2d").drawImage(level(shown, top ?? shown.top), 0, 0, canvas.width, canvas.height);
  }

  const LEFT = 34, BOTTOM = 18;
  // With axes; returns the left edge and width, in CSS pixels, of what is drawn.
  function pane(canvas, picture, seconds, rate) {
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
    pen.scale(scale, scale);
    pen.drawImage(picture, LEFT, 0, width - LEFT, height - BOTTOM);
    pen.fillStyle = pen.strokeStyle = style.color;
    pen.font = `11px ${style.fontFamily}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (let khz = 0; khz <= rate / 2000; khz += 2) {
      const y = (height - BOTTOM) * (1 - khz / (rate / 2000));
      pen.fillText(khz === 0 ? "0" : khz === rate / 2000 ? `${khz} kHz` : khz, LEFT - 5, Math.min(height - BOTTOM - 5, Math.max(6, y)));
      pen.fillRect(LEFT - 3, Math.min(y, height - BOTTOM - 1), 3, 1);
    }
    pen.textBaseline = "top";
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60].find((s) => (s / seconds) * (width - LEFT) >= 55) ?? 120;
    for (let k = 0; k * step <= seconds; k++) {
      const x = LEFT + ((k * step) / seconds) * (width - LEFT);
      pen.fillRect(Math.min(x, width - 1), height - BOTTOM, 1, 4);
      pen.textAlign = x > width - 20 ? "right" : k ? "center" : "left";
      pen.fillText(`${+(k * step).toFixed(1)}${k ? "" : " s"}`, x, height - BOTTOM + 6);
    }
    return { left: LEFT, width: width - LEFT };
  }

  const gradient = (map) => `linear-gradient(to right, ${map.filter((_, k) => k % 15 === 0).map((c) => `rgb(${c})`).join(", ")})`;
  return {
    RANGE_DB, APART_DB, levels, level, difference, thumbnail, pane,
    keys: () => ({ level: gradient(isDark() ? dark : light), difference: gradient(apart) }),
  };
})();
