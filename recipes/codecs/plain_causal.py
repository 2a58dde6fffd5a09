"""The control for causal codecs: `plain` without look-ahead, at 40 ms of latency."""

from __future__ import annotations

from recipes.codecs.plain import PlainConfiguration, build_plain, nominal_kbps
from recipes.training.trainee import Trainee

__all__ = ["build", "nominal_kbps"]


def build(seed: int) -> Trainee:
    return build_plain(PlainConfiguration.causal_40ms(), seed)
