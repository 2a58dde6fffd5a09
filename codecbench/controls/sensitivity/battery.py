"""The battery: what is done to the originals, and the inaudible changes that a reaction is measured against.

A metric need not see everything: the first group is hardly audible. What it sees is measured so that its figure is not
read as more than it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from codecbench import degradations
from codecbench.api import Audio
from codecbench.audio import SOURCE_RATE
from codecbench.controls.sensitivity import changes
from codecbench.controls.sensitivity.changes import Signal
from codecbench.controls.sensitivity.clips import SAY_AFTER_S, OriginalClip

Group = Literal["control", "hardly heard", "sound", "voice", "words"]
Apply = Callable[[OriginalClip, np.random.Generator], Signal]

CUT_S = 0.1
IDENTITY = "identity"


@dataclass(frozen=True)
class Distortion:
    """`title` says what was done, `matters` what it means that a metric does not see it (empty: nothing)."""

    id: str
    title: str
    group: Group
    apply: Apply
    matters: str = ""


def _say_in_pause(clip: OriginalClip, _: np.random.Generator) -> Signal:
    start = clip.speech + round(SAY_AFTER_S * SOURCE_RATE)
    said = clip.signal.copy()
    said[start : start + len(clip.word)] += clip.word
    return said


def _cut_tail(clip: OriginalClip, _: np.random.Generator) -> Signal:
    cut = clip.signal.copy()
    cut[clip.speech - round(CUT_S * SOURCE_RATE) :] = clip.room[clip.speech - round(CUT_S * SOURCE_RATE) :]
    return cut


def _resampled_twice(clip: OriginalClip) -> Signal:
    audio = degradations.resampled_twice(Audio.mono(clip.signal, SOURCE_RATE), 48000)
    samples: Signal = audio.samples[0].astype(np.float64)
    return samples


def _high_passed(clip: OriginalClip) -> Signal:
    return degradations.butterworth(clip.signal, 20.0, SOURCE_RATE, 2, "highpass")


BATTERY: tuple[Distortion, ...] = (
    Distortion(IDENTITY, "nothing was changed", "control", lambda clip, _: clip.signal),
    Distortion(
        "late_8", "8 samples (0.5 ms) late", "hardly heard", lambda clip, _: degradations.delayed(clip.signal, 8),
        "Under 1 ms nothing is taken out: a metric that compares waveforms sample by sample punishes the inaudible.",
    ),
    Distortion(
        "level", "1 dB softer", "hardly heard", lambda clip, _: degradations.louder(clip.signal, -1.0),
        "A codec may play too soft or too loud and keep its figure.",
    ),
    Distortion(
        "polarity", "polarity inverted", "hardly heard", lambda clip, _: -clip.signal,
        "Nobody hears it in one channel; mixed with the original, the two cancel.",
    ),
    Distortion(
        "phase", "all phases turned by 90°", "hardly heard", lambda clip, _: changes.phase_rotated(clip.signal),
        "It sounds the same: here blindness is right, and a metric that sees it punishes codecs for nothing heard.",
    ),
    Distortion(
        "low_pass", "low-pass at 2 kHz", "sound",
        lambda clip, _: degradations.low_passed(clip.signal, 2000.0, SOURCE_RATE), "Dull speech passes for good.",
    ),
    Distortion(
        "noise", "white noise, 20 dB below the speech", "sound",
        lambda clip, g: degradations.with_noise(clip.signal, 20.0, g), "A noisy codec passes for a clean one.",
    ),
    Distortion(
        "hum", "hum of 50 Hz, 30 dB below the speech", "sound", lambda clip, _: changes.with_hum(clip.signal, 30.0),
        "Hum in the pauses goes unnoticed.",
    ),
    Distortion(
        "clipping", "peaks clipped at a quarter of full swing", "sound",
        lambda clip, _: changes.clipped(clip.signal, 0.25), "A decoder that overloads passes for a clean one.",
    ),
    Distortion(
        "gaps", "three gaps of 20 ms", "sound", lambda clip, _: changes.with_gaps(clip.signal, clip.speech, 3, 0.02),
        "Lost frames go unnoticed.",
    ),
    Distortion(
        "reverb", "reverberation of 0.5 s", "sound",
        lambda clip, g: changes.reverberated(clip.signal, 0.5, 3.0, g), "A decoder that smears speech in time passes.",
    ),
    Distortion(
        "band_swap", "1 to 3 kHz upside down", "sound",
        lambda clip, _: changes.band_inverted(clip.signal, 1000.0, 3000.0),
        "Formants are mirrored: a wrong sign in a band-wise codec goes unnoticed.",
    ),
    Distortion(
        "stretch", "2 % slower, same pitch", "voice", lambda clip, _: changes.stretched(clip.signal, 1.02),
        "A decoder that loses time passes.",
    ),
    Distortion(
        "pitch", "pitch and formants up one semitone", "voice",
        lambda clip, _: changes.voice_raised(clip.signal, 2 ** (1 / 12)), "The speaker's voice drifts unnoticed.",
    ),
    Distortion(
        "voice", "pitch and formants up a quarter: someone else", "voice",
        lambda clip, _: changes.voice_raised(clip.signal, 1.25), "The words come back in somebody else's voice.",
    ),
    Distortion(
        "cut_tail", "the last 100 ms of speech cut off", "words", _cut_tail, "The end of a sentence is lost unnoticed.",
    ),
    Distortion(
        "spliced_word", "one word replaced by another", "words", lambda clip, _: clip.spliced,
        "The codec says another word, and the figure stays.",
    ),
    Distortion(
        "word_in_pause", "a word said in the pause", "words", _say_in_pause,
        "The codec says what nobody said, and the figure stays.",
    ),
    Distortion(
        "other_utterance", "another utterance of the same voice", "words", lambda clip, _: clip.other,
        "Anything at all could have been said.",
    ),
)  # fmt: skip

NULLS: tuple[Distortion, ...] = (
    Distortion(
        "null_noise", "white noise, 50 dB below the speech", "control",
        lambda clip, g: degradations.with_noise(clip.signal, 50.0, g),
    ),
    Distortion(
        "null_resampling", "16 to 48 to 16 kHz", "control", lambda clip, _: _resampled_twice(clip)
    ),
    Distortion(
        "null_rounding", "16 bits, dithered", "control", lambda clip, g: changes.dithered(clip.signal, 16, g)
    ),
    Distortion(
        "null_high_pass", "high-pass at 20 Hz", "control", lambda clip, _: _high_passed(clip)
    ),
    Distortion("null_level", "0.1 dB louder", "control", lambda clip, _: degradations.louder(clip.signal, 0.1)),
    Distortion("null_delay", "one sample late", "control", lambda clip, _: degradations.delayed(clip.signal, 1)),
)  # fmt: skip
"""Below hearing. The last two are there so that a metric of level or delay is not said to see what is under them."""
