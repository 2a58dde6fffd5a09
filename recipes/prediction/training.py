"""The training of a predictor: the codes' own bits are the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from codecbench.errors import UsageError
from recipes.prediction.network import PredictorNetwork
from recipes.training.steps import StepTraining

CROP = 100
"""Frames, 2 s."""
BOOKS = 3
"""Codebooks that an update predicts, drawn from those in use."""

Codes = NDArray[np.int16]
"""[codebooks, frames]"""


@dataclass(frozen=True)
class PredictionSettings:
    """What decides a training's result, besides the speech."""

    codec: str
    updates: int
    rate: float
    seed: int
    batch: int
    manifest_sha256: str
    codec_sha256: str


class PredictorTraining(StepTraining):
    """`network` under training on recordings' codes, with `counts` of codebooks in use."""

    def __init__(
        self, network: PredictorNetwork, recordings: Sequence[Codes], counts: Sequence[int],
        settings: PredictionSettings,
    ) -> None:  # fmt: skip
        self.recordings = [codes for codes in recordings if codes.shape[1] >= CROP]
        if not self.recordings:
            raise UsageError(f"no recording is as long as a crop of {CROP} frames")
        self.network, self.counts = network, tuple(counts)
        self._start_biases()
        super().__init__(network, settings)

    def loss(self, update: int) -> Tensor:
        bits: Tensor = self.network(*self.batch(update)).mean()
        return bits

    def told(self) -> str:
        return f"{self.value:.3f} bits a code"

    def batch(self, update: int) -> tuple[Tensor, Tensor]:
        """Codes [batch, codebooks in use, frames], and which of the codebooks are predicted."""
        rng = np.random.default_rng((self.settings.seed, update))
        share = np.array([codes.shape[1] for codes in self.recordings], np.float64)
        count = int(rng.choice(self.counts))
        crops = []
        for index in rng.choice(len(share), self.settings.batch, p=share / share.sum()):
            start = int(rng.integers(self.recordings[index].shape[1] - CROP + 1))
            crops.append(self.recordings[index][:count, start : start + CROP])
        chosen = rng.permutation(count)[:BOOKS]
        return torch.from_numpy(np.stack(crops).astype(np.int64)), torch.from_numpy(np.sort(chosen))

    def _start_biases(self) -> None:
        """Logarithms of the codes' frequencies: prediction begins where the order-0 model ends."""
        size = self.network.configuration.size
        counts = np.stack([
            sum(np.bincount(codes[book], minlength=size) for codes in self.recordings)
            for book in range(self.network.configuration.codebooks)
        ]) + 1.0  # fmt: skip
        bias = np.log2(counts / counts.mean(1, keepdims=True))
        with torch.no_grad():
            self.network.get_parameter("code_bias").copy_(torch.from_numpy(bias))
