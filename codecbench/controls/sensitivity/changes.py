"""The changes that only the battery makes; those that others make too are in `codecbench.degradations`.

Each signal is float64 [samples] at 16 kHz, as long as it came unless it says otherwise.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from codecbench.api import Audio
from codecbench.audio import SOURCE_RATE, fit_length, resample
from codecbench.degradations import TAPS, filtered, louder, rms

Signal = NDArray[np.float64]
"""[samples]"""

FADE = 160
"""Samples: 10 ms at each end of what is cut in, so that the cut itself makes no click."""
WINDOW, SEARCH = 640, 160
"""Of the time stretch: 40 ms, moved by up to 10 ms to fit: a period of a voice of 100 Hz either way."""


def phase_rotated(signal: Signal) -> Signal:
    """Every frequency by 90 degrees; magnitudes stay."""
    rotated: Signal = np.imag(scipy.signal.hilbert(signal))
    return rotated


def with_hum(signal: Signal, decibels: float) -> Signal:
    """50 Hz and its odd harmonics, `decibels` below the signal's power."""
    time = np.arange(len(signal)) / SOURCE_RATE
    hum = np.sum([np.sin(2 * np.pi * 50 * k * time + k) / k for k in (1, 3, 5)], axis=0)
    return signal + louder(hum, -decibels) * (rms(signal) / rms(hum))


def band_inverted(signal: Signal, low: float, high: float) -> Signal:
    """What is at f between `low` and `high` Hz goes to low + high − f."""
    band = scipy.signal.firwin(TAPS, [low, high], pass_zero=False, fs=SOURCE_RATE)
    inside = filtered(signal, band)
    carrier = 2 * np.cos(2 * np.pi * (low + high) * np.arange(len(signal)) / SOURCE_RATE)
    return signal - inside + filtered(inside * carrier, band)


def clipped(signal: Signal, share: float) -> Signal:
    """At `share` of the largest sample."""
    limit = share * float(np.abs(signal).max())
    return np.clip(signal, -limit, limit)


def with_gaps(signal: Signal, speech: int, count: int, seconds: float) -> Signal:
    """`count` silent gaps of `seconds`, evenly over the first `speech` samples."""
    size = round(seconds * SOURCE_RATE)
    holed = signal.copy()
    for k in range(count):
        start = round(speech * (k + 1) / (count + 1)) - size // 2
        holed[start : start + size] = 0.0
    return holed


def reverberated(signal: Signal, rt60_s: float, direct_db: float, g: np.random.Generator) -> Signal:
    """Direct sound, and `direct_db` below it noise that decays by 60 dB in `rt60_s`, from 5 ms on."""
    time = np.arange(round(rt60_s * SOURCE_RATE)) / SOURCE_RATE
    tail = g.standard_normal(len(time)) * 10 ** (-3 * time / rt60_s) * (time >= 0.005)
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    room: Signal = scipy.signal.fftconvolve(signal, tail)[: len(signal)]
    return room


def dithered(signal: Signal, bits: int, g: np.random.Generator) -> Signal:
    """Rounded to `bits` with triangular dither of two steps."""
    steps = 2 ** (bits - 1)
    noise = g.random(len(signal)) - g.random(len(signal))
    rounded: Signal = np.rint(signal * steps + noise) / steps
    return rounded


def stretched(signal: Signal, factor: float) -> Signal:
    """`factor` times as long at the same pitch: overlap-add of the best fitting windows.

    WSOLA (Verhelst and Roelands, ICASSP 1993): each window is taken where it continues the one before it best.
    """
    hop = WINDOW // 2
    length = round(len(signal) * factor)
    padded = np.pad(signal, (SEARCH, 2 * WINDOW + 2 * SEARCH + hop))
    window = np.hanning(WINDOW + 1)[:WINDOW]
    out = np.zeros(length + 2 * WINDOW)
    place = SEARCH
    for start in range(0, length + hop, hop):
        wanted = SEARCH + min(round(start / factor), len(signal))
        if start:
            target = padded[place + hop : place + hop + WINDOW]
            area = padded[wanted - SEARCH : wanted + SEARCH + WINDOW]
            place = wanted - SEARCH + int(np.argmax(np.correlate(area, target, "valid")))
        out[start : start + WINDOW] += window * padded[place : place + WINDOW]
    return out[:length]


def voice_raised(signal: Signal, factor: float) -> Signal:
    """Pitch and formants by `factor`, at the same tempo."""
    slow = stretched(signal, factor)
    raised = resample(Audio.mono(slow, round(SOURCE_RATE * factor)), SOURCE_RATE)
    raised_samples: Signal = fit_length(raised, len(signal)).audio.samples[0].astype(np.float64)
    return raised_samples


def put_in(signal: Signal, piece: Signal, start: int, room: int) -> Signal:
    """`piece`, cut to `room` samples or centred in them, in place of what was there; both faded."""
    piece = piece[:room]
    slot = np.zeros(room)
    before = (room - len(piece)) // 2
    slot[before : before + len(piece)] = piece * _faded(len(piece))
    changed = signal.copy()
    changed[start : start + room] *= 1 - _faded(room)
    changed[start : start + room] += slot
    return changed


def _faded(length: int) -> Signal:
    """1, with ramps at both ends."""
    index = np.arange(length)
    ramp: Signal = np.clip(np.minimum(index, length - 1 - index) / FADE, 0.0, 1.0)
    return ramp
