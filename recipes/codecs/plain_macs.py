"""The control for costlier codecs: `plain`, as wide as to cost what the median of them does."""

from __future__ import annotations

from recipes.codecs.plain import PlainConfiguration, build_plain, nominal_kbps
from recipes.training.trainee import Trainee

__all__ = ["build", "nominal_kbps"]


def build(seed: int) -> Trainee:
    return build_plain(PlainConfiguration.median_macs(), seed)
