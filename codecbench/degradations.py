"""Changes of a signal, each in one place: what the null floor does to originals, and control experiments to speech.

Arrays are floating point [..., samples] and stay in their precision; noise and filters are double precision. Figures
that are printed depend on these samples: an edit that changes them changes a metric's or a control's version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Codec, CodecCard
from codecbench.audio import fit_length, resample, with_channels

Samples: TypeAlias = NDArray[Any]
Change: TypeAlias = Callable[[Audio], Audio]

TAPS = 511
"""Of the linear-phase filters: a transition of about 100 Hz at 16 kHz."""


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def louder(samples: Samples, decibels: float) -> Samples:
    """In the precision of `samples`; softer where `decibels` is negative."""
    gained: Samples = samples * samples.dtype.type(10 ** (decibels / 20))
    return gained


def delayed(samples: Samples, count: int) -> Samples:
    """`count` samples later, with silence before it; the surplus at the end is cut."""
    silence = np.zeros((*samples.shape[:-1], count), samples.dtype)
    return np.concatenate([silence, samples], axis=-1)[..., : samples.shape[-1]]


def with_noise(samples: Samples, snr_db: float, g: np.random.Generator, *, measured: bool = False) -> Samples:
    """White noise `snr_db` below the power of `samples`: on average over draws, or in this very draw (`measured`)."""
    noise = g.standard_normal(samples.shape)
    level = rms(samples) * 10 ** (-snr_db / 20)
    return samples + (level / rms(noise) if measured else level) * noise


def mnru(samples: Samples, q_db: float, g: np.random.Generator) -> Samples:
    """Through a modulated noise reference unit (ITU-T P.810, without its output filter): noise that follows the signal,
    `q_db` (its Q) below it at every instant.
    """
    return samples * (1.0 + 10 ** (-q_db / 20) * g.standard_normal(samples.shape))


def low_passed(samples: Samples, hertz: float, sample_rate: int) -> Samples:
    """By a linear-phase filter, without delay; [samples] alone."""
    from scipy.signal import firwin

    return filtered(samples, firwin(TAPS, hertz, fs=sample_rate))


def filtered(samples: Samples, taps: Samples) -> Samples:
    """[samples] through a symmetric filter, without its delay."""
    from scipy.signal import fftconvolve

    passed: Samples = fftconvolve(samples, taps, "same")
    return passed


def butterworth(
    samples: Samples, hertz: float, sample_rate: int, order: int, kind: Literal["lowpass", "highpass"]
) -> Samples:
    """A Butterworth filter of `order`, forwards and backwards: no delay, no phase."""
    from scipy.signal import butter, sosfiltfilt

    sections = butter(order, hertz, kind, fs=sample_rate, output="sos")
    passed: Samples = sosfiltfilt(sections, samples.astype(np.float64))
    return passed


def resampled_twice(audio: Audio, sample_rate: int) -> Audio:
    """To `sample_rate` and back, as long as it was."""
    return fit_length(resample(resample(audio, sample_rate), audio.sample_rate), audio.length).audio


def through(codec: Codec, card: CodecCard, label: str, audio: Audio) -> Audio:
    """`audio` through a codec at the operating point with this label, at the rate and length it had."""
    point = card.point(label)
    payload = codec.encode(with_channels(resample(audio, card.sample_rate), card.channels), point)
    return fit_length(resample(codec.decode(payload, point), audio.sample_rate), audio.length).audio
