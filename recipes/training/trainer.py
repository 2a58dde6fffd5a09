"""One trainer for every reference codec. The loop and the checkpoints are ignite's, the codec and the losses ours.

What an update does depends on the state and on (seed, update) alone, so that a resumed training equals one that was
never stopped, bit by bit, on the same machine and number of threads.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from ignite.engine import Engine, Events
from ignite.handlers import Checkpoint, TimeLimit
from torch import Tensor, nn

from codecbench.errors import CodecBenchError, UsageError
from codecbench.training_speech import SAMPLE_RATE
from recipes.training.checkpoints import MARK, STATE, Keeping, Saver, first_line
from recipes.training.crops import Crops
from recipes.training.data import PROTOCOL, Speech
from recipes.training.losses import SpectralLoss
from recipes.training.optimizer import build_optimizer, set_rate
from recipes.training.progress import Progress, Settings, WeightAverage
from recipes.training.schedule import Leg
from recipes.training.trainee import Trainee

QUANTIZER_WEIGHT = 0.5
LARGEST_GRADIENT = 1.0
SHOWN_EVERY = 50


class Diverged(CodecBenchError):
    """A training's loss is not finite."""


class Training:
    """A codec under training, with all that a checkpoint holds."""

    def __init__(self, trainee: Trainee, speech: Speech, settings: Settings, device: str = "cpu") -> None:
        self.trainee, self.speech, self.settings = trainee.to(device), speech, settings
        self.device = torch.device(device)
        self.criterion = SpectralLoss().to(device)
        self.optimizer = build_optimizer(self.trainee, settings.rate)
        self.average = WeightAverage(trainee.model)
        self.progress = Progress(asdict(settings) | {"manifest_sha256": speech.manifest_sha256, "protocol": PROTOCOL})
        if self.device.type != "cpu":
            self.progress.cpu_seconds = None

    @property
    def state(self) -> dict[str, Any]:
        """What a checkpoint holds, by name."""
        return {
            "trainee": self.trainee, "optimizer": self.optimizer, "average": self.average, "progress": self.progress,
        }  # fmt: skip

    def resume(self, checkpoint: Path) -> None:
        """Go on from `checkpoint`.

        Raises:
            UsageError: it is damaged, or of another training.
        """
        try:
            state = torch.load(checkpoint, map_location=self.device, weights_only=True)
            self.progress.load_state_dict(state["progress"])
            Checkpoint.load_objects(self.state, state)
        except (RuntimeError, KeyError, ValueError, EOFError, OSError, UnpicklingError) as error:
            raise UsageError(
                f"{checkpoint}: not a checkpoint of {self.settings.codec} ({first_line(error)})"
            ) from error

    def start_from(
        self, weights: dict[str, Tensor], updates: int, audio_seconds: float, cpu_seconds: float | None
    ) -> None:
        """Go on from trained weights: the counters too; optimizer and quantizer's statistics start anew."""
        self.trainee.start_from(weights)
        self.average = WeightAverage(self.trainee.model)
        self.progress.started_with, self.progress.audio_seconds = updates, audio_seconds
        if self.progress.cpu_seconds is not None:
            self.progress.cpu_seconds = cpu_seconds

    def restart(self, weights: dict[str, Tensor]) -> None:
        """Go on from this training's own averaged weights, where `progress` is; the rest of the state starts anew."""
        self.trainee.start_from(weights)
        self.average = WeightAverage(self.trainee.model)
        self.progress.restarts = [*self.progress.restarts, self.progress.updates]

    def run(self, leg: Leg, keeping: Keeping, log: Callable[[str], None]) -> bool:
        """Train until `leg` is done or the time is up; returns whether it is done. Leaves a checkpoint in both cases.

        Raises:
            Diverged: the loss is not finite; the last good checkpoint stays.
            UsageError: a checkpoint cannot be written.
        """
        remaining = leg.until - self.progress.updates
        if remaining <= 0:
            return True
        engine = Engine(lambda _, crops: self.update(crops, leg))
        engine.logger.setLevel(logging.CRITICAL)  # it logs every exception that it passes on; the command prints them
        saver = Saver(self.state, keeping.folder, STATE, 1, lambda: self.progress.updates)
        marker = Saver(self.state, keeping.folder, MARK, None, lambda: self.progress.updates)
        clock = _Clock(keeping.minutes)
        shown = _Clock()

        @engine.on(Events.ITERATION_COMPLETED)
        def _(engine: Engine) -> None:
            if self.progress.updates % SHOWN_EVERY == 0:
                # The first line since a start or a resumption is of fewer updates.
                log(self._line(leg, shown.lap() / min(SHOWN_EVERY, engine.state.iteration)))
            if self.progress.updates in keeping.marks:
                marker.save(engine)
            if clock.due():
                saver.save(engine)

        if keeping.stop_after_minutes is not None:
            limit = TimeLimit(max(1, round(60 * keeping.stop_after_minutes)))
            limit.logger.setLevel(logging.CRITICAL)  # that the time is up is told below
            engine.add_event_handler(Events.ITERATION_COMPLETED, limit)
        crops = Crops(self.speech.train, self.settings.crop, self.settings.batch, self.settings.seed)
        engine.run(crops.since(self.progress.updates), max_iters=remaining)
        saver.save(engine)
        return self.progress.updates >= leg.until

    def update(self, crops: np.ndarray, leg: Leg) -> None:
        """One update by `crops` [batch, 1, samples], at the learning rate of `leg`. Raises Diverged."""
        began, update = time.process_time(), self.progress.updates
        reseed(self.trainee, self.settings.seed, update)
        set_rate(self.optimizer, leg.rate(update, self.settings.rate, self.progress.begun))
        audio = torch.from_numpy(crops).to(self.device)
        passed = self.trainee(audio, self._counts(update))
        reconstruction = self.criterion(passed.decoded, audio)
        loss = reconstruction.total + QUANTIZER_WEIGHT * passed.quantizer_loss
        if not torch.isfinite(loss):
            raise Diverged(
                f"{self.settings.codec}: the loss is {float(loss.detach())} at update {update + 1} (rate "
                f"{leg.rate(update, self.settings.rate):.2g}, seed {self.settings.seed}); the last good checkpoint "
                "stays: try a lower --rate"
            )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trainee.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self._count(audio, {
            "mel": float(reconstruction.mel.detach()), "complex": float(reconstruction.complex.detach()),
            "quantizer": float(passed.quantizer_loss.detach()),
        })  # fmt: skip
        if self.progress.cpu_seconds is not None:
            self.progress.cpu_seconds += time.process_time() - began

    def _counts(self, update: int) -> Tensor:
        """Quantizer dropout: half of a batch with all codebooks, the rest at a random operating point."""
        counts = np.random.default_rng((self.settings.seed, update, 1)).choice(self.trainee.counts, self.settings.batch)
        counts[: self.settings.batch // 2] = max(self.trainee.counts)
        return torch.from_numpy(counts).to(self.device)

    def _count(self, audio: Tensor, losses: dict[str, float]) -> None:
        progress = self.progress
        progress.updates += 1
        progress.audio_seconds += audio.shape[0] * audio.shape[-1] / SAMPLE_RATE
        progress.losses = {
            name: loss if name not in progress.losses else 0.98 * progress.losses[name] + 0.02 * loss
            for name, loss in losses.items()
        }
        self.average.update(self.trainee.model, max(0, progress.updates - self.trainee.warm_up))

    def _line(self, leg: Leg, seconds: float) -> str:
        losses = " ".join(f"{name} {value:.3f}" for name, value in self.progress.losses.items())
        return f"update {self.progress.updates} of {leg.until}: {losses}; {seconds:.2f} s an update"


class _Clock:
    def __init__(self, minutes: float = math.inf) -> None:
        self.seconds, self.since = 60 * minutes, time.monotonic()

    def lap(self) -> float:
        since, self.since = self.since, time.monotonic()
        return self.since - since

    def due(self) -> bool:
        if time.monotonic() - self.since < self.seconds:
            return False
        self.since = time.monotonic()
        return True


def reseed(trainee: Trainee, seed: int, update: int) -> None:
    """Set all random generators by (seed, update)."""
    number = int(np.random.SeedSequence((seed, update)).generate_state(1)[0])
    torch.manual_seed(number)
    for index, module in enumerate(trainee.modules()):
        generator = getattr(module, "generator", None)
        if isinstance(generator, torch.Generator):
            generator.manual_seed(number + index)
