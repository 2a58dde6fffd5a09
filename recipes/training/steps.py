"""A small training, step by step: gone on with where it was stopped, by whoever says what an update does.

Of the parts of codecs that `recipes.training.trainer` does not fit, which trains a whole codec on crops of audio.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codecbench.errors import UsageError
from recipes.training.checkpoints import first_line
from recipes.training.optimizer import build_optimizer, set_rate
from recipes.training.progress import WeightAverage, require_same
from recipes.training.schedule import Leg
from recipes.training.trainer import LARGEST_GRADIENT, SHOWN_EVERY

STATE = "state.pt"
CHECKPOINT_S = 120.0


class StepTraining(ABC):
    """`model` under training. `settings`, a dataclass with `updates`, `rate` and `seed`, decides the result besides the
    speech; `value` is the loss as a moving average.
    """

    def __init__(self, model: nn.Module, settings: Any) -> None:
        self.model, self.settings = model, settings
        self.optimizer = build_optimizer(model, settings.rate)
        self.average = WeightAverage(model)
        self.updates, self.cpu_seconds, self.value = 0, 0.0, float("nan")

    @abstractmethod
    def loss(self, update: int) -> Tensor:
        """Of an update, which depends on the model and on (seed, update) alone."""

    @abstractmethod
    def told(self) -> str:
        """The moving average, for a reader."""

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
                log(f"update {self.updates} of {self.settings.updates}: {self.told()}; {self.cpu_seconds:.0f} s")
            if time.monotonic() - saved > CHECKPOINT_S:
                self._save(state)
                saved = time.monotonic()
        self._save(state)
        return bool(self.updates >= self.settings.updates)

    def _update(self, leg: Leg) -> None:
        began = time.process_time()
        set_rate(self.optimizer, leg.rate(self.updates, self.settings.rate))
        loss = self.loss(self.updates)
        if not torch.isfinite(loss):
            raise UsageError(f"the loss is {float(loss.detach())} at update {self.updates + 1}: try a lower --rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.updates += 1
        value = float(loss.detach())
        self.value = value if np.isnan(self.value) else 0.98 * self.value + 0.02 * value
        self.average.update(self.model, self.updates)
        self.cpu_seconds += time.process_time() - began

    @property
    def _parts(self) -> Mapping[str, Any]:
        """What has a state of its own."""
        return {"model": self.model, "optimizer": self.optimizer, "average": self.average}

    def _save(self, path: Path) -> None:
        partial = path.with_suffix(".partial")
        numbers = {"updates": self.updates, "cpu_seconds": self.cpu_seconds, "value": self.value}
        states = {name: part.state_dict() for name, part in self._parts.items()}
        torch.save({"settings": asdict(self.settings), **numbers, **states}, partial)
        partial.replace(path)

    def _resume(self, path: Path) -> None:
        try:
            state: dict[str, Any] = torch.load(path, weights_only=True)
            require_same(state["settings"], asdict(self.settings))
            for name, part in self._parts.items():
                part.load_state_dict(state[name])
        except (RuntimeError, KeyError, ValueError, EOFError, OSError) as error:
            raise UsageError(f"{path}: not a state of this training ({first_line(error)})") from error
        self.updates, self.cpu_seconds, self.value = state["updates"], state["cpu_seconds"], state["value"]
