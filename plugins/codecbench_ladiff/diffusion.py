"""The diffusion's schedule and its two samplers (Ho et al. 2020; cosine schedule of Nichol and Dhariwal 2021)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

STEPS = 1000
OFFSET = 0.008
LARGEST_BETA = 0.999

Predict = Callable[[Tensor, int], Tensor]
"""Noise in latents [1, dimension, frames] at a step."""


@cache
def kept_signal() -> Tensor:
    """What share of the signal's power is left after each step, alpha-bar: [STEPS]."""
    time = torch.arange(STEPS + 1, dtype=torch.float64) / STEPS
    curve = torch.cos((time + OFFSET) / (1 + OFFSET) * math.pi / 2) ** 2
    betas = (1 - curve[1:] / curve[:-1]).clamp(0, LARGEST_BETA)
    return torch.cumprod(1 - betas, dim=0)


@dataclass(frozen=True)
class Schedule:
    """The steps that are taken, from the first to 0, and the noise that is added after each."""

    steps: tuple[int, ...]
    generator: torch.Generator
    clip: float = 1.0
    """Largest magnitude of a clean latent."""

    @classmethod
    def evenly(cls, start: int, count: int, seed: int, clip: float = 1.0) -> Schedule:
        """`count` of the steps below `start`, the highest and 0 among them; all of them where `count` is `start`."""
        places = torch.linspace(start - 1, 0, count).round().int().tolist() if count > 1 else [start - 1]
        return cls(tuple(places), torch.Generator().manual_seed(seed), clip)

    def sample(self, noisy: Tensor, index: int, predict: Predict) -> Tensor:
        """One ancestral step from the `index`-th step to the one after (Ho et al. 2020, eq. 6 and 7, and 15)."""
        kept = kept_signal()
        now = kept[self.steps[index]]
        later = kept[self.steps[index + 1]] if index + 1 < len(self.steps) else torch.ones((), dtype=torch.float64)
        noise = predict(noisy, self.steps[index])
        clean = (noisy / now.sqrt() - (1 / now - 1).sqrt() * noise).float().clamp(-self.clip, self.clip)
        alpha = now / later
        mean = later.sqrt() * (1 - alpha) / (1 - now) * clean + alpha.sqrt() * (1 - later) / (1 - now) * noisy
        if index + 1 == len(self.steps):
            return mean.float()
        deviation = ((1 - alpha) * (1 - later) / (1 - now)).sqrt()
        fresh = torch.randn(noisy.shape, generator=self.generator).to(noisy.device)
        return (mean + deviation * fresh).float()


def halfway(start: Tensor, schedule: Schedule, predict: Predict) -> Tensor:
    """From the condition itself, taken for latents at the schedule's first step; no noise is added to it."""
    for index in range(len(schedule.steps)):
        start = schedule.sample(start, index, predict)
    return start


def infilling(target: Tensor, schedule: Schedule, predict: Predict, blend: float) -> Tensor:
    """From uniform noise; at every step drawn towards the target, itself denoised one step more: two calls a step."""
    latents = torch.rand(target.shape, generator=schedule.generator).to(target.device)
    for index in range(len(schedule.steps)):
        latents = schedule.sample(latents, index, predict)
        latents = (1 - blend) * latents + blend * target
        target = schedule.sample(target, index, predict)
        latents = (1 - blend) * latents + blend * target
    return latents
