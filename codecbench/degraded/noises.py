"""Noise behind speech: generated (babble of the synthetic voices that ship), or of the user's recordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from codecbench.api import Audio
from codecbench.audio import SOURCE_RATE, source_signal
from codecbench.degraded.recorded import excerpt
from codecbench.levels import active_rms

KINDS: Mapping[str, str] = {
    "white": "white noise",
    "babble": "babble of eight voices",
    "car": "the rumble of a car, most of it below 200 Hz",
    "street": "street noise: pink, with cars that pass",
}
VOICES = 8
Noise = NDArray[np.float64]
Maker: TypeAlias = Callable[[int, np.random.Generator], Noise]


class WithNoise:
    """Noise of a kind at `snr_db` below the level of active speech; or of `recordings`, where there are any."""

    def __init__(self, kind: str, snr_db: float | None, recordings: Sequence[Path] = ()) -> None:
        self.snr_db = float(snr_db or 0.0)
        self.make: Maker = partial(excerpt, tuple(recordings)) if recordings else _MAKERS[kind]

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        samples = audio.samples[0].astype(np.float64)
        noise = self.make(len(samples), g)
        power = float(np.sqrt(np.mean(np.square(noise)))) if len(noise) else 0.0
        level = active_rms(samples, audio.sample_rate) * 10 ** (-self.snr_db / 20)
        return Audio.mono((samples + noise * (level / power if power else 0.0)).astype(np.float32), audio.sample_rate)


def factory(kind: str) -> Callable[..., WithNoise]:
    return partial(WithNoise, kind)


def _white(length: int, g: np.random.Generator) -> Noise:
    return g.standard_normal(length)


def _babble(length: int, g: np.random.Generator) -> Noise:
    """Each voice begins somewhere in its recordings, and goes round."""
    total = np.zeros(length)
    for voice in _voices()[:VOICES]:
        total += np.take(voice, np.arange(length) + g.integers(len(voice)), mode="wrap")
    return total


def _car(length: int, g: np.random.Generator) -> Noise:
    """White noise through a low-pass of 80 Hz, with a little of 600 Hz: engine and tyres."""
    low, high = (sosfilt(butter(2, hertz, fs=SOURCE_RATE, output="sos"), _white(length, g)) for hertz in (80, 600))
    mixed: Noise = low / (low.std() or 1.0) + 0.25 * high / (high.std() or 1.0)
    return mixed


def _street(length: int, g: np.random.Generator) -> Noise:
    """Pink noise (power falls as 1 / f) that swells for each car that passes, about one in four seconds."""
    spectrum = np.fft.rfft(_white(length, g))
    hertz = np.fft.rfftfreq(length, 1 / SOURCE_RATE)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 30.0)), length)
    seconds = np.arange(length) / SOURCE_RATE
    swell = np.ones(length)
    for passing in g.uniform(0, max(1.0, length / SOURCE_RATE), 1 + length // (4 * SOURCE_RATE)):
        swell += 2.0 * np.exp(-0.5 * np.square((seconds - passing) / 0.7))
    noise: Noise = pink * swell
    return noise


@cache
def _voices() -> list[NDArray[Any]]:
    """Of the probe set, a voice's utterances one after the other, all at one level."""
    folder = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    clips = [source_signal(path).samples[0] for path in sorted(folder.rglob("*.flac"))]
    each = [np.concatenate(clips[start::VOICES]) for start in range(VOICES)]
    return [voice / active_rms(voice, SOURCE_RATE) for voice in each]


_MAKERS: Mapping[str, Maker] = {
    "white": _white, "babble": _babble, "car": _car, "street": _street,
}  # fmt: skip
