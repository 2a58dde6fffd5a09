"""What is trained, by name: a module for each, with `build(seed)` for a network that is ready for its first update.

A module named as a plugin of codecbench is that codec's recipe; its `KNOWN_FAILURES` go into the model card: what was
seen in spectrograms of real speech that was not trained on. Any other is a control, trained to be compared with the
codecs and never exported; it states its `nominal_kbps()`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from codecbench.plugins import listed_points

if TYPE_CHECKING:
    from recipes.training.trainee import Trainee


@cache
def codecs() -> tuple[str, ...]:
    """Codecs that have a recipe, in the order of their plugins."""
    plugins = [point.name for point in listed_points()]
    return tuple(name for name in plugins if name in _modules())


@cache
def controls() -> tuple[str, ...]:
    return tuple(name for name in _modules() if name not in codecs())


def trained() -> tuple[str, ...]:
    """Codecs and controls."""
    return (*codecs(), *controls())


def build(name: str, seed: int) -> Trainee:
    """A codec or a control, ready for its first update."""
    trainee: Trainee = _recipe(name).build(seed)
    return trainee


def known_failures(codec: str) -> str:
    text: str = _recipe(codec).KNOWN_FAILURES
    return text


def nominal_kbps(name: str) -> dict[int, float]:
    """By number of codebooks, at every operating point of a codec or a control."""
    if name in controls():
        rates: dict[int, float] = _recipe(name).nominal_kbps()
        return rates
    points = import_module(f"codecbench_{name}").REFERENCE.points
    return {point.settings["codebooks"]: round(point.nominal_kbps, 6) for point in points}  # 3 x 0.8 is 2.4


@cache
def _modules() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def _recipe(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
