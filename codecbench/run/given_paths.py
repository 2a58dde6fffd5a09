"""`--weights NAME=PATH` and `--python NAME=PATH`: which are for a codec, which for a metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import MetricCard
from codecbench.errors import UsageError
from codecbench.plugins import Registry
from codecbench.weights import given_path

Option: TypeAlias = Literal["--weights", "--python"]
TAKEN: Mapping[Option, str] = {"--weights": "weights", "--python": "interpreter"}


@dataclass(frozen=True)
class GivenPaths:
    """`codecs` by `name:checkpoint`, `metrics` by id."""

    codecs: Mapping[str, Path]
    metrics: Mapping[str, Path]


def parse_weights(typed: str) -> tuple[str, Path]:
    """`NAME=PATH` of `--weights`. Raises UsageError for what is not of that form.

    >>> parse_weights("encodec=random")
    ('encodec', PosixPath('random'))
    """
    name, separator, path = typed.partition("=")
    if not separator or not name or not path:
        raise UsageError(
            f"--weights '{typed}': expected NAME=PATH, for example encodec:facebook-24khz=model.safetensors"
        )
    return name, given_path(path)


def split_paths(given: Mapping[str, Path], registry: Registry, option: Option) -> GivenPaths:
    """Raises UsageError for a name that is neither a codec's nor a metric's, naming what is allowed."""
    codecs, metrics = {}, {}
    for name, path in given.items():
        if name in registry.metrics:
            metrics[name] = path
        elif name.partition(":")[0] in registry.codec_names():
            codecs[registry.codec(name).card.spec] = path
        else:
            raise UsageError(
                f"{option} {name}: no codec or metric of that name; codecs: {', '.join(registry.codec_names())}; "
                f"metrics that take {TAKEN[option]}: {_takers(registry, option)}"
            )
    return GivenPaths(codecs, metrics)


def refuse_unused(given: Iterable[str], cards: Iterable[MetricCard], registry: Registry, option: Option) -> None:
    """Raises UsageError for what is given to a metric that takes none, or is not in the run."""
    chosen = [card.id for card in cards]
    for name in given:
        if not _takes(registry.metrics[name].card, option):
            raise UsageError(
                f"{option} {name}: this metric takes no {TAKEN[option]}; these do: {_takers(registry, option)}"
            )
        if name not in chosen:
            raise UsageError(f"{option} {name}: that metric is not in --metrics; in the run: {', '.join(chosen)}")


def _takes(card: MetricCard, option: Option) -> bool:
    return (card.weights if option == "--weights" else card.environment) is not None


def _takers(registry: Registry, option: Option) -> str:
    return ", ".join(name for name, entry in registry.metrics.items() if _takes(entry.card, option)) or "none"
