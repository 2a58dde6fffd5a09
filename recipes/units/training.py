"""The decoder's training: crops of recordings whose codes are known, and the distance of log mel spectra.

As in `recipes.training.trainer`, an update depends on the state and on (seed, update) alone. That trainer itself does
not fit: it trains encoder, quantizer and decoder on the audio of a crop, and its second term asks for the original's
phases; here codes are fixed, belong to whole recordings, and no phase is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from codecbench_units.codec import Received
from codecbench_units.config import HOP
from codecbench_units.decoder import Conditions, UnitDecoder
from codecbench_units.prosody import Contour
from torch import Tensor, nn

from codecbench.errors import UsageError
from recipes.training.checkpoints import first_line
from recipes.training.losses import SpectralLoss
from recipes.training.optimizer import build_optimizer, set_rate
from recipes.training.progress import WeightAverage, require_same
from recipes.training.schedule import Leg
from recipes.training.trainer import LARGEST_GRADIENT, SHOWN_EVERY
from recipes.units.analysis import Recorded

CROP = 64
"""Frames, 1.28 s."""
STATE = "state.pt"
CHECKPOINT_S = 120.0


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


class WithDecoder(Protocol):
    """A checkpoint's network."""

    @property
    def decoder(self) -> UnitDecoder: ...

    def state_dict(self) -> dict[str, Any]: ...


class DecoderTraining:
    """The `decoder` of a network (a UnitDecoder) under training on `recordings`."""

    def __init__(self, network: WithDecoder, recordings: Sequence[Recorded], settings: UnitsSettings) -> None:
        self.recordings = [one for one in recordings if one.frames >= CROP]
        if not self.recordings:
            raise UsageError(f"no recording is as long as a crop of {CROP} frames of 20 ms")
        self.network, self.settings = network, settings
        self.decoder = network.decoder.train().requires_grad_(True)
        self.criterion = SpectralLoss()
        self.optimizer = build_optimizer(self.decoder, settings.rate)
        self.average = WeightAverage(self.decoder)
        self.updates, self.cpu_seconds, self.loss = 0, 0.0, float("nan")

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
                log(f"update {self.updates} of {self.settings.updates}: mel {self.loss:.3f}; {self.cpu_seconds:.0f} s")
            if time.monotonic() - saved > CHECKPOINT_S:
                self._save(state)
                saved = time.monotonic()
        self._save(state)
        return self.updates >= self.settings.updates

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

    def _update(self, leg: Leg) -> None:
        began = time.process_time()
        set_rate(self.optimizer, leg.rate(self.updates, self.settings.rate))
        batch = self.batch(self.updates)
        loss = self.criterion(self.decoder(batch.conditions, batch.source), batch.audio).mel
        if not torch.isfinite(loss):
            raise UsageError(f"the loss is {float(loss.detach())} at update {self.updates + 1}: try a lower --rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.decoder.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.updates += 1
        value = float(loss.detach())
        self.loss = value if np.isnan(self.loss) else 0.98 * self.loss + 0.02 * value
        self.average.update(self.decoder, self.updates)
        self.cpu_seconds += time.process_time() - began

    def _save(self, path: Path) -> None:
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "settings": asdict(self.settings), "decoder": self.decoder.state_dict(),
                "optimizer": self.optimizer.state_dict(), "average": self.average.state_dict(),
                "network": self.network.state_dict(), "updates": self.updates, "cpu_seconds": self.cpu_seconds,
                "loss": self.loss,
            },
            partial,
        )  # fmt: skip
        partial.replace(path)

    def _resume(self, path: Path) -> None:
        try:
            state: dict[str, Any] = torch.load(path, weights_only=True)
            require_same(state["settings"], asdict(self.settings))
            self.decoder.load_state_dict(state["decoder"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average.load_state_dict(state["average"])
        except (RuntimeError, KeyError, ValueError, EOFError, OSError) as error:
            raise UsageError(f"{path}: not a state of this training ({first_line(error)})") from error
        self.updates, self.cpu_seconds, self.loss = state["updates"], state["cpu_seconds"], state["loss"]
