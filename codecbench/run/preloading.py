"""What the fork server imports once, so that no worker has to: torch alone takes seconds, in each process anew.

A module in which a codec's or metric's factory is defined may say so of the libraries that it takes long to import:
`PRELOAD = ("torch",)`. It is a hint: what cannot be imported is left out, and workers import what they need as ever.
Other people's plugins are never imported there: what one does to its process must not reach all others.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codecbench.plugins.sources import module_of

if TYPE_CHECKING:  # the fork server imports this module and needs none of it
    from codecbench.plugins import Registry
    from codecbench.run.planned import Plan

VARIABLE = "CODECBENCH_PRELOAD"
ALWAYS = ("codecbench.run.workers", "scipy.fft", "scipy.signal", "soundfile", "soxr")
"""What reading, aligning and scoring any signal takes."""


def libraries(factories: Iterable[Callable[..., Any]]) -> tuple[str, ...]:
    """The modules to import for workers that will call `factories`."""
    wanted = dict.fromkeys((*ALWAYS, *own_plugins()))
    for factory in factories:
        module = sys.modules.get(module_of(factory))
        # Of a plugin that is not imported here, what stands for the factory says it.
        asked: Any = getattr(factory, "preload", None) or getattr(module, "PRELOAD", ())
        wanted |= dict.fromkeys(asked)
    return tuple(wanted)


def own_plugins() -> tuple[str, ...]:
    """The modules that codecbench itself registers: only cards, but each worker would import all of them."""
    points = entry_points(group="codecbench")
    return tuple(
        sorted({point.module for point in points if point.dist is not None and point.dist.name == "codecbench"})
    )


def plan_libraries(plan: Plan, registry: Registry) -> tuple[str, ...]:
    """The modules to import for the codecs and metrics of a plan."""
    entries = [codec.entry for codec in plan.codecs]
    metrics = [registry.metrics[metric.card.id] for metric in plan.metrics]
    return libraries(entry.factory for entry in (*entries, *metrics))


def import_all() -> None:
    """In the fork server: import what the variable names. Nothing that goes wrong here may end it, or be printed."""
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for name in filter(None, os.environ.get(VARIABLE, "").split(",")):
            with contextlib.suppress(BaseException):
                importlib.import_module(name)
