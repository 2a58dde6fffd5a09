"""The training of a predictor: the codes' own bits are the loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from codecbench.errors import UsageError
from recipes.prediction.network import PredictorNetwork
from recipes.training.checkpoints import first_line
from recipes.training.optimizer import build_optimizer, set_rate
from recipes.training.progress import WeightAverage, require_same
from recipes.training.schedule import Leg
from recipes.training.trainer import LARGEST_GRADIENT, SHOWN_EVERY

CROP = 100
"""Frames, 2 s."""
BOOKS = 3
"""Codebooks that an update predicts, drawn from those in use."""
STATE = "state.pt"
CHECKPOINT_S = 120.0

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


class PredictorTraining:
    """`network` under training on recordings' codes, with `counts` of codebooks in use."""

    def __init__(
        self, network: PredictorNetwork, recordings: Sequence[Codes], counts: Sequence[int],
        settings: PredictionSettings,
    ) -> None:  # fmt: skip
        self.recordings = [codes for codes in recordings if codes.shape[1] >= CROP]
        if not self.recordings:
            raise UsageError(f"no recording is as long as a crop of {CROP} frames")
        self.network, self.counts, self.settings = network, tuple(counts), settings
        self._start_biases()
        self.optimizer = build_optimizer(network, settings.rate)
        self.average = WeightAverage(network)
        self.updates, self.cpu_seconds, self.bits = 0, 0.0, float("nan")

    def run(self, folder: Path, minutes: float | None, log: Callable[[str], None]) -> bool:
        """Train, or go on after the state in `folder`; returns whether it is done.

        Raises UsageError where the folder holds another training, or the loss is not finite.
        """
        folder.mkdir(parents=True, exist_ok=True)
        state = folder / STATE
        if state.is_file():
            self._resume(state)
            log(f"going on after {self.updates} updates")
        began = saved = time.monotonic()
        leg = Leg.whole(self.settings.updates)
        while self.updates < self.settings.updates:
            if minutes is not None and time.monotonic() - began > 60 * minutes:
                break
            self._update(leg)
            if self.updates % SHOWN_EVERY == 0:
                log(
                    f"update {self.updates} of {self.settings.updates}: {self.bits:.3f} bits a code; "
                    f"{self.cpu_seconds:.0f} s"
                )
            if time.monotonic() - saved > CHECKPOINT_S:
                self._save(state)
                saved = time.monotonic()
        self._save(state)
        return self.updates >= self.settings.updates

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

    def _update(self, leg: Leg) -> None:
        began = time.process_time()
        set_rate(self.optimizer, leg.rate(self.updates, self.settings.rate))
        bits = self.network(*self.batch(self.updates)).mean()
        if not torch.isfinite(bits):
            raise UsageError(f"the loss is not finite at update {self.updates + 1}: try a lower --rate")
        self.optimizer.zero_grad(set_to_none=True)
        bits.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.updates += 1
        value = float(bits.detach())
        self.bits = value if np.isnan(self.bits) else 0.98 * self.bits + 0.02 * value
        self.average.update(self.network, self.updates)
        self.cpu_seconds += time.process_time() - began

    def _save(self, path: Path) -> None:
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "settings": asdict(self.settings), "network": self.network.state_dict(),
                "optimizer": self.optimizer.state_dict(), "average": self.average.state_dict(),
                "updates": self.updates, "cpu_seconds": self.cpu_seconds, "bits": self.bits,
            },
            partial,
        )  # fmt: skip
        partial.replace(path)

    def _resume(self, path: Path) -> None:
        try:
            state: dict[str, Any] = torch.load(path, weights_only=True)
            require_same(state["settings"], asdict(self.settings))
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average.load_state_dict(state["average"])
        except (RuntimeError, KeyError, ValueError, EOFError, OSError) as error:
            raise UsageError(f"{path}: not a state of this training ({first_line(error)})") from error
        self.updates, self.cpu_seconds, self.bits = state["updates"], state["cpu_seconds"], state["bits"]
