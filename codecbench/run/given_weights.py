"""`--weights NAME=PATH`: which are for a codec, which for a metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import MetricCard
from codecbench.errors import UsageError
from codecbench.plugins import Registry
from codecbench.weights import given_path


@dataclass(frozen=True)
class GivenWeights:
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


def split_weights(weights: Mapping[str, Path], registry: Registry) -> GivenWeights:
    """Raises UsageError for a name that is neither a codec's nor a metric's, naming what is allowed."""
    codecs, metrics = {}, {}
    for name, path in weights.items():
        if name in registry.metrics:
            metrics[name] = path
        elif name.partition(":")[0] in registry.codec_names():
            codecs[registry.codec(name).card.spec] = path
        else:
            raise UsageError(
                f"--weights {name}: no codec or metric of that name; codecs: {', '.join(registry.codec_names())}; "
                f"metrics that take weights: {', '.join(_takers(registry)) or 'none'}"
            )
    return GivenWeights(codecs, metrics)


def refuse_unused(given: Iterable[str], cards: Iterable[MetricCard], registry: Registry) -> None:
    """Raises UsageError for weights of a metric that takes none, or is not in the run."""
    chosen = [card.id for card in cards]
    for name in given:
        if registry.metrics[name].card.weights is None:
            raise UsageError(
                f"--weights {name}: this metric takes no weights; these do: {', '.join(_takers(registry)) or 'none'}"
            )
        if name not in chosen:
            raise UsageError(f"--weights {name}: that metric is not in --metrics; in the run: {', '.join(chosen)}")


def _takers(registry: Registry) -> list[str]:
    return [name for name, entry in registry.metrics.items() if entry.card.weights is not None]
