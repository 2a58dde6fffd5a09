"""The decoder's training: crops of recordings whose codes are known, and the distance of log mel spectra.

`recipes.training.trainer` does not fit: it trains encoder, quantizer and decoder on the audio of a crop, and its second
term asks for the original's phases; here codes are fixed, belong to whole recordings, and no phase is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from codecbench_units.codec import Received
from codecbench_units.config import HOP
from codecbench_units.decoder import Conditions, UnitDecoder
from codecbench_units.prosody import Contour
from torch import Tensor

from codecbench.errors import UsageError
from recipes.training.losses import SpectralLoss
from recipes.training.steps import StepTraining
from recipes.units.analysis import Recorded

CROP = 64
"""Frames, 1.28 s."""


@dataclass(frozen=True)
class UnitsSettings:
    """What decides a training's result, besides the speech."""

    updates: int
    rate: float
    seed: int
    batch: int
    manifest_sha256: str


@dataclass(frozen=True, eq=False)
class Batch:
    conditions: Conditions
    source: Tensor
    audio: Tensor
    """[batch, 1, samples]"""


class DecoderTraining(StepTraining):
    """`decoder` under training on `recordings`."""

    def __init__(self, decoder: UnitDecoder, recordings: Sequence[Recorded], settings: UnitsSettings) -> None:
        self.recordings = [one for one in recordings if one.frames >= CROP]
        if not self.recordings:
            raise UsageError(f"no recording is as long as a crop of {CROP} frames of 20 ms")
        self.decoder, self.criterion = decoder.train().requires_grad_(True), SpectralLoss()
        super().__init__(decoder, settings)

    def loss(self, update: int) -> Tensor:
        batch = self.batch(update)
        mel: Tensor = self.criterion(self.decoder(batch.conditions, batch.source), batch.audio).mel
        return mel

    def told(self) -> str:
        return f"mel {self.value:.3f}"

    def batch(self, update: int) -> Batch:
        rng = np.random.default_rng((self.settings.seed, update))
        share = np.array([one.frames for one in self.recordings], np.float64)
        chosen = rng.choice(len(share), self.settings.batch, p=share / share.sum())
        items = [self._crop(self.recordings[index], rng) for index in chosen]
        return Batch(
            Conditions(
                torch.cat([one.conditions.units for one in items]),
                torch.cat([one.conditions.pitch for one in items]),
                torch.cat([one.conditions.speaker for one in items]),
            ),
            torch.cat([one.source for one in items]),
            torch.cat([one.audio for one in items]),
        )

    def _crop(self, recording: Recorded, rng: np.random.Generator) -> Batch:
        kind = int(rng.integers(len(recording.received)))
        conditions, line = recording.received[kind].conditions, recording.received[kind].contour
        start = int(rng.integers(recording.frames - CROP + 1))
        frames, samples = slice(start, start + CROP), slice(start * HOP, (start + CROP) * HOP)
        part = Received(
            Conditions(conditions.units[:, frames], conditions.pitch[:, :, frames], conditions.speaker),
            Contour(line.log_pitch[frames], line.voicing[frames]),
        )
        return Batch(
            part.conditions,
            part.source(int(rng.integers(2**31))),
            torch.from_numpy(recording.samples[None, None, samples]),
        )
