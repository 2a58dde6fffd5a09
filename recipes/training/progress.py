"""What a checkpoint holds besides the codec and its optimizer: settings, how far it is, and averaged weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from codecbench.errors import UsageError
from codecbench.training_speech import SAMPLE_RATE

AVERAGE_DECAY = 0.999


@dataclass(frozen=True)
class Settings:
    """What decides a training's result, besides the speech and the leg. Equal for all codecs but for the rate."""

    codec: str
    rate: float
    seed: int = 0
    batch: int = 4
    crop_seconds: float = 0.8

    @property
    def crop(self) -> int:
        return round(self.crop_seconds * SAMPLE_RATE)


@dataclass
class Progress:
    """What has been trained so far, in a form that ignite keeps. `losses` are moving averages by name."""

    settings: dict[str, Any]
    updates: int = 0
    audio_seconds: float = 0.0
    started_with: int = 0
    """Updates of the weights that this training started from."""
    cpu_seconds: float | None = field(default=0.0, compare=False)
    """Of this process's CPU, all threads, by all updates so far; None where that is not known: on another device, or
    where the weights that it started from do not say. No two trainings take the same."""
    losses: dict[str, float] = field(default_factory=dict)
    restarts: list[int] = field(default_factory=list)
    """Updates after which it went on from averaged weights alone, on another machine."""

    def state_dict(self) -> dict[str, Any]:
        return asdict(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        require_same(state["settings"], self.settings)
        for name in ("updates", "audio_seconds", "started_with", "cpu_seconds", "losses"):
            setattr(self, name, state[name])
        self.restarts = state.get("restarts", [])

    @property
    def begun(self) -> int:
        """The update that the optimizer began with."""
        return self.restarts[-1] if self.restarts else 0


def require_same(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    """Raises UsageError where a folder's training has other settings than what is asked for; more do not matter."""
    different = [name for name in ours if theirs.get(name) != ours[name]]
    if different:
        told = ", ".join(f"{name} {theirs.get(name)} instead of {ours[name]}" for name in different)
        raise UsageError(f"this folder holds another training: {told}; choose another --out, or those settings")


class WeightAverage:
    """Exponential moving average of parameters and codebooks, with a faster decay at the start."""

    def __init__(self, model: nn.Module) -> None:
        self.values = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, updates: int) -> None:
        decay = min(AVERAGE_DECAY, (1 + updates) / (10 + updates))
        for name, value in model.state_dict().items():
            self.values[name].lerp_(value, 1 - decay)

    def state_dict(self) -> dict[str, Tensor]:
        return dict(self.values)

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.values = {name: state[name].to(value.device) for name, value in self.values.items()}
