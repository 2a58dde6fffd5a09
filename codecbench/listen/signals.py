"""The signals of a trial: at one level, of one length, with the anchors that BS.1534-3 asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.api import Audio
from codecbench.audio import fit_length, resample, with_channels
from codecbench.degradations import low_passed, mnru
from codecbench.levels import frame_powers, is_active
from codecbench.report.loudness import SILENT

LEVEL_DB = -26.0
"""Level of active speech re full scale, as in ITU-T P.800's tests. Ours is that of frames within 30 dB of the loudest,
not P.56's."""
PEAK = 0.98
"""No stimulus goes beyond it: a trial that would is softer as a whole."""
LONGEST_S = 12.0
"""BS.1534-3: about 10 s, 12 at most; webMUSHRA holds to it."""


class SilentTrial(Exception):
    """A signal of a trial has no level that another could be brought to; the message names it."""


def anchor(reference: Audio, hertz: float) -> Audio:
    """Low-passed at `hertz`: BS.1534-3's low (3.5 kHz) or mid-range (7 kHz) anchor."""
    filtered = [low_passed(channel, hertz, reference.sample_rate) for channel in reference.samples]
    return Audio(np.stack(filtered).astype(np.float32), reference.sample_rate)


def modulated(reference: Audio, snr_db: float, seed: int) -> Audio:
    """Through a modulated noise reference unit (ITU-T P.810) at `snr_db`, its Q."""
    g = np.random.default_rng([seed, round(1000 * abs(snr_db))])
    return Audio(mnru(reference.samples, snr_db, g).astype(np.float32), reference.sample_rate)


def fitted(audio: Audio, reference: Audio) -> Audio:
    """At the rate, the number of channels and the length of `reference`."""
    return fit_length(resample(with_channels(audio, reference.channels), reference.sample_rate), reference.length).audio


def levelled(reference: Audio, others: Sequence[tuple[str, Audio]]) -> list[NDArray[np.float32]]:
    """The reference's samples and those of `others` (by name), [channels, samples], each at LEVEL_DB.

    Levels are RMS over the frames in which the reference speaks. Raises SilentTrial.
    """
    active = is_active(frame_powers(reference.samples, reference.sample_rate))
    target = 10 ** (LEVEL_DB / 20)
    gained = []
    for name, audio in (("the original", reference), *others):
        level = float(np.sqrt(frame_powers(audio.samples, audio.sample_rate)[active].mean()))
        if level < SILENT:
            raise SilentTrial(f"{name} is silent")
        gained.append(audio.samples * np.float32(target / level))
    loudest = max(float(np.abs(samples).max()) for samples in gained)
    return [np.asarray(samples * np.float32(min(1.0, PEAK / loudest)), np.float32) for samples in gained]


def read(path: Path) -> Audio:
    """Raises soundfile.SoundFileError or OSError."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Audio(samples.T, int(rate))


def write(samples: NDArray[np.float32], sample_rate: int, path: Path) -> None:
    """[channels, samples] as WAV of 16 bits, which every browser decodes."""
    soundfile.write(path, samples.T, sample_rate, format="WAV", subtype="PCM_16")
