"""The conditions of the pair probe: degradations that blur a word without turning it into another.

Its low-pass is the Butterworth filter that the flip threshold was calibrated with; another would need another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from codecbench.api import Audio
from codecbench.controls.degradations import CODERS, coded, with_noise
from codecbench.degradations import Change, butterworth

ORDER = 4


def low_pass(cutoff_hz: float, audio: Audio) -> Audio:
    return Audio.mono(
        butterworth(audio.samples[0], cutoff_hz, audio.sample_rate, ORDER, "lowpass"), audio.sample_rate
    )  # fmt: skip


BLURS: Mapping[str, Change] = {
    "Opus 6k": partial(coded, *CODERS["Opus 6k"]),
    "noise 5 dB": partial(with_noise, 5.0),
    "Codec 2 700": partial(coded, *CODERS["Codec 2 700"]),
    "low-pass 2 kHz": partial(low_pass, 2000.0),
    "low-pass 1 kHz": partial(low_pass, 1000.0),
}
FLOOR: Mapping[str, Change] = {"Opus 32k": partial(coded, *CODERS["Opus 32k"])}
