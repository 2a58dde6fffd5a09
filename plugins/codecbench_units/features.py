"""What units are clusters of: mel cepstra here, a layer of a self-supervised model where its weights are given.

Mel cepstra stand in for HuBERT's features, which no small network can replace: their clusters are of spectral shapes,
not of phones, and tell words far worse.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from codecbench_layers.mel import mel_filters
from numpy.typing import NDArray
from scipy.fft import dct
from torch.nn import functional as F

from codecbench_units.config import CEPSTRA, HOP, SAMPLE_RATE

WINDOW = 640
BANDS = 40
FLOOR = 1e-4
ACTIVE_DB = 35.0
"""A frame this far below the file's loudest is no speech: it has no part in means."""
SHAPE = 13
"""Cepstral coefficients of a unit, the level's first."""
REACH = 2
"""Frames on either side that a slope is taken over."""
CHANGE = 0.5
"""Of `in_runs`: the penalty, in mean least distances."""

Array = NDArray[np.float32]


class UnitFeatures(Protocol):
    """Where units come from."""

    @property
    def dimension(self) -> int: ...

    def of(self, samples: Array) -> Array:
        """Of whole frames [frames * 320]: [frames, dimension]."""
        ...


class MelCepstra:
    """Mel cepstra less the file's mean, and their slopes."""

    dimension = 2 * SHAPE

    def of(self, samples: Array) -> Array:
        """See `UnitFeatures`. Less the mean of the active frames: a voice and a room are no content."""
        cepstra = mel_cepstra(samples)[:, :SHAPE]
        centred = cepstra - cepstra[active_frames(samples)].mean(0)
        return np.concatenate([centred, slopes(centred)], axis=1)


def mel_cepstra(samples: Array) -> Array:
    """Of whole frames [frames * 320]: [frames, 24], the window of each in the middle of its frame."""
    bands = log_bands(samples, SAMPLE_RATE, WINDOW, HOP, BANDS)
    return np.asarray(dct(bands, norm="ortho")[:, :CEPSTRA], np.float32)


def log_bands(samples: Array, sample_rate: int, window: int, hop: int, bands: int) -> Array:
    """Log mel bands of whole frames [frames * hop]: [frames, bands], the window of each in the middle of its frame."""
    before = (window - hop) // 2
    padded = F.pad(torch.from_numpy(samples)[None], (before, window - hop - before))[0]
    magnitude = torch.fft.rfft(padded.unfold(0, window, hop) * torch.hann_window(window)).abs() / window**0.5
    return np.asarray((magnitude @ mel_filters(sample_rate, window, bands).T + FLOOR).log().numpy(), np.float32)


def active_frames(samples: Array) -> NDArray[np.bool_]:
    """Which frames [frames] are within 35 dB of the loudest; at least one is."""
    level = 10 * np.log10(np.square(samples.reshape(-1, HOP)).mean(1) + 1e-10)
    return np.asarray(level >= level.max() - ACTIVE_DB)


def slopes(features: Array) -> Array:
    """Regression over `REACH` frames to either side: [frames, dimension], as in speech recognition's deltas."""
    padded = np.pad(features, ((REACH, REACH), (0, 0)), mode="edge")
    steps = range(1, REACH + 1)
    total = sum(
        step * (padded[REACH + step :][: len(features)] - padded[REACH - step :][: len(features)]) for step in steps
    )
    return np.asarray(total / (2 * sum(step * step for step in steps)), np.float32)


def nearest(features: Array, centres: Array) -> NDArray[np.int64]:
    """The centre [dimension] nearest to each of `features` [frames, dimension]."""
    return np.asarray(_distances(features, centres).argmin(1))


def in_runs(features: Array, centres: Array) -> NDArray[np.int64]:
    """As `nearest`, at the least sum of squared distances and of a penalty for each change of unit.

    Duration-penalized dynamic programming (Kamper and van Niekerk, "Towards unsupervised phone and word segmentation
    using self-supervised vector-quantized neural networks", Interspeech 2021). The penalty is in proportion to the
    file's mean least distance.
    """
    distance = _distances(features, centres)
    penalty = CHANGE * float(distance.min(1).mean())
    total, back = distance[0], np.zeros(distance.shape, np.int64)
    stay = np.arange(distance.shape[1])
    for frame in range(1, len(distance)):
        best = int(total.argmin())
        changes = total > total[best] + penalty
        back[frame] = np.where(changes, best, stay)
        total = np.where(changes, total[best] + penalty, total) + distance[frame]
    units = np.empty(len(distance), np.int64)
    units[-1] = int(total.argmin())
    for frame in range(len(distance) - 1, 0, -1):
        units[frame - 1] = back[frame, units[frame]]
    return units


def _distances(features: Array, centres: Array) -> NDArray[np.float64]:
    """Squared, [frames, centres]."""
    points, codes = features.astype(np.float64), centres.astype(np.float64)
    squares = np.square(points).sum(1)[:, None] + np.square(codes).sum(1) - 2 * points @ codes.T
    return np.asarray(np.maximum(squares, 0.0))
