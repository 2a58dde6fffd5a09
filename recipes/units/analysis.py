"""The training speech as the units codec sees it: centres and grid are found, then each recording is coded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from codecbench_layers.training import kmeans
from codecbench_units.checkpoint import Model, UnitsNetwork
from codecbench_units.codec import Analysis, Received, analyze, coded
from codecbench_units.config import HOP, UNITS
from codecbench_units.features import MelCepstra, UnitFeatures, active_frames, mel_cepstra
from codecbench_units.payload import Layout
from numpy.typing import NDArray

from codecbench.training_speech import Signal

BLOCK = 8 * HOP
"""Whole F0 blocks of either rate."""
LAYOUTS = tuple(Layout(runs, frames) for runs in (False, True) for frames in (4, 8))
"""All operating points: one decoder serves them all."""
CLUSTERED = 120_000
"""Frames that k-means sees, 40 minutes."""
ROUNDS = 40

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Recorded:
    """A recording: `samples` of whole F0 blocks, and what a decoder receives of it by each of `LAYOUTS`."""

    samples: Array
    received: tuple[Received, ...]

    @property
    def frames(self) -> int:
        return len(self.samples) // HOP


def fit(network: UnitsNetwork, features: UnitFeatures, signals: Sequence[Signal], seed: int) -> None:
    """Set the centres of units, and the grid of the speaker vector, by `signals`."""
    recordings = [whole(signal) for signal in signals]
    rows = np.concatenate([features.of(samples)[active_frames(samples)] for samples in recordings])
    voices = np.stack([mel_cepstra(samples)[active_frames(samples)].mean(0) for samples in recordings])
    middle, spread = voices.mean(0), voices.std(0)
    points = rows[np.random.default_rng(seed).permutation(len(rows))[:CLUSTERED]]
    deviation = _deviation(points, features)
    mean = points.mean(0)
    centres = kmeans(
        torch.from_numpy((points - mean) / deviation), UNITS, torch.Generator().manual_seed(seed), ROUNDS
    )  # fmt: skip
    with torch.no_grad():
        for name, value in (
            ("mean", mean), ("deviation", deviation), ("centres", centres.numpy()), ("low", middle - 3 * spread),
            ("high", middle + 3 * spread),
        ):  # fmt: skip
            # As they will be shipped: units are searched among these.
            network.get_buffer(name).copy_(torch.from_numpy(np.asarray(value, np.float32)).half().float())


def _deviation(points: Array, features: UnitFeatures) -> Array:
    """The square root of each deviation for mel cepstra, whose first vary most and say most; 1 for hidden states."""
    if isinstance(features, MelCepstra):
        return np.asarray(np.sqrt(points.std(0)), np.float32)
    return np.ones(points.shape[1], np.float32)


def analyzed(signals: Sequence[Signal], model: Model) -> list[Recorded]:
    found = []
    for signal in signals:
        samples = whole(signal)
        analysis: Analysis = analyze(samples, model)
        received = tuple(Received.of(coded(analysis, layout, model), layout, model) for layout in LAYOUTS)
        found.append(Recorded(samples, received))
    return found


def whole(signal: Signal) -> Array:
    """As floats, with zeros up to whole F0 blocks."""
    return np.asarray(np.pad(signal, (0, -len(signal) % BLOCK)) / 32768, np.float32)
