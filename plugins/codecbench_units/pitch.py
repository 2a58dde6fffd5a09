"""F0 by YIN's difference function and a path through it.

The cumulative mean normalized difference is equation 8 of de Cheveigné and Kawahara, "YIN, a fundamental frequency
estimator for speech and music", JASA 111(4), 2002. Its minima are not taken frame by frame: a path of least cost over
lags and an unvoiced state is (as in Talkin, "A robust algorithm for pitch tracking", 1995), which avoids most octave
errors. No weights, NumPy alone: an encoder must run everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from codecbench_units.config import HIGHEST_HZ, LOWEST_HZ, SAMPLE_RATE

PITCH_HOP = 160
WINDOW = 640
"""Samples that are compared, 40 ms: over two periods of the lowest F0."""
STATES_PER_OCTAVE = 48
UNVOICED = 0.36
"""The difference at which a frame is as well called unvoiced."""
PER_OCTAVE = 3.0
"""Cost of a jump by an octave between two frames of 10 ms."""
SWITCH = 0.25
"""Cost of a change between voiced and unvoiced."""
LONGER = 0.02
"""Cost of a lag twice as long: of one period and two, which fit alike, one is taken."""
QUIET_DB = -35.0
"""Below the file's loudest frame by more: unvoiced."""
SILENT_DB = -80.0
"""Re full scale: unvoiced, whatever the file."""

"""Constants were chosen on training speech against SwiftF0: 15 % of frames differ in voicing, 0.3 % of the pitched ones
by over 20 %."""

Track = NDArray[np.float64]


def track_pitch(samples: NDArray[np.float32]) -> Track:
    """F0 in Hz of `samples` [samples] at 16 kHz, one each 160 samples, the last one's perhaps cut; 0: unvoiced."""
    frames = -(-len(samples) // PITCH_HOP)
    if not frames:
        return np.zeros(0)
    lags = SAMPLE_RATE / (LOWEST_HZ * 2 ** (np.arange(_states()) / STATES_PER_OCTAVE))
    difference, level = _differences(samples.astype(np.float64), frames)
    cost = _between(difference, lags) + LONGER * np.log2(lags / lags[-1])  # [frames, states]
    quiet = level < max(level.max() + QUIET_DB, SILENT_DB)
    path = _least_path(np.where(quiet[:, None], 10.0, cost))
    found = np.zeros(frames)
    voiced = path >= 0
    found[voiced] = SAMPLE_RATE / lags[path[voiced]]
    return found


def _states() -> int:
    return int(np.log2(HIGHEST_HZ / LOWEST_HZ) * STATES_PER_OCTAVE) + 1


def _differences(samples: Track, frames: int) -> tuple[Track, Track]:
    """The normalized difference [frames, lags from 0 on], and each frame's level in dB."""
    longest = int(np.ceil(SAMPLE_RATE / LOWEST_HZ)) + 2
    lowered = _without_rumble(samples)
    reach = WINDOW + longest
    before = (reach - PITCH_HOP) // 2  # a frame's block is in the middle of what it looks at
    padded = np.pad(lowered, (before, reach + PITCH_HOP))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, reach)[::PITCH_HOP][:frames]
    size = 2 ** int(np.ceil(np.log2(reach + WINDOW)))
    spectrum = np.fft.rfft(blocks, size)
    head = np.fft.rfft(blocks[:, :WINDOW], size)
    correlation = np.fft.irfft(spectrum * head.conj(), size)[:, : longest + 1]
    energy = np.cumsum(np.pad(np.square(blocks), ((0, 0), (1, 0))), axis=1)
    moved = energy[:, WINDOW : WINDOW + longest + 1] - energy[:, : longest + 1]
    difference = np.maximum(energy[:, WINDOW, None] + moved - 2 * correlation, 0.0)
    total = np.cumsum(difference[:, 1:], axis=1)
    normalized = difference[:, 1:] * np.arange(1, longest + 1) / np.maximum(total, 1e-9)
    level = 10 * np.log10(energy[:, -1] / reach + 1e-10)
    return np.pad(normalized, ((0, 0), (1, 0)), constant_values=1.0), level


def _between(difference: Track, lags: Track) -> Track:
    """`difference` [frames, whole lags] at `lags` [states], by cubic convolution (Keys 1981) of four values."""
    below = np.floor(lags).astype(int)
    t = lags - below
    weights = (
        -0.5 * t + t**2 - 0.5 * t**3, 1 - 2.5 * t**2 + 1.5 * t**3, 0.5 * t + 2 * t**2 - 1.5 * t**3,
        -0.5 * t**2 + 0.5 * t**3,
    )  # fmt: skip
    parts = [weight * difference[:, below + place] for place, weight in enumerate(weights, -1)]
    return np.asarray(np.maximum(sum(parts[1:], parts[0]), 0.0))


def _without_rumble(samples: Track) -> Track:
    """50 Hz to 1 kHz: hum and fricatives are no pitch."""
    return np.asarray(sosfiltfilt(BAND, samples)) if len(samples) > FILTER_LEAST else samples


BAND = butter(2, (50.0, 1000.0), "bandpass", fs=SAMPLE_RATE, output="sos")
FILTER_LEAST = 64
"""Samples that filtering to and fro needs."""


def _least_path(cost: Track) -> NDArray[np.int64]:
    """The state of each frame on the path of least cost over `cost` [frames, states]; -1: unvoiced."""
    frames, states = cost.shape
    place = np.arange(states) / STATES_PER_OCTAVE
    jump = PER_OCTAVE * np.abs(place[:, None] - place[None])
    total = np.append(cost[0], UNVOICED)
    back = np.zeros((frames, states + 1), np.int64)
    for frame in range(1, frames):
        voiced, unvoiced = total[:-1], total[-1]
        moved = jump + voiced
        best = moved.argmin(1)
        reached = moved[np.arange(states), best]
        entered = unvoiced + SWITCH
        back[frame, :-1] = np.where(reached <= entered, best, states)
        lowest = int(voiced.argmin())
        left = voiced[lowest] + SWITCH
        back[frame, -1] = states if unvoiced <= left else lowest
        total = np.append(np.minimum(reached, entered) + cost[frame], min(unvoiced, left) + UNVOICED)
    path = np.empty(frames, np.int64)
    path[-1] = int(total.argmin())
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return np.where(path == states, -1, path)
