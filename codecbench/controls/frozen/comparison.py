"""Scores of now beside those that were recorded: what differs, and which libraries do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codecbench.controls.frozen.record import FrozenMetric, FrozenScores

TOLERANCE = 1e-6
"""Of a score, or of its share where it is larger than 1."""


@dataclass(frozen=True)
class FrozenDifference:
    """A score that is another one, as texts: a figure, or the status of what has none."""

    metric: str
    signal: str
    here: str
    recorded: str


@dataclass(frozen=True)
class Comparison:
    """`equal` metrics agree on every signal. `libraries` differ, by name: the version here and the recorded one.

    `renewed` are metrics of another version than recorded, and those that the record lacks: they are not compared.
    """

    equal: tuple[str, ...]
    differences: tuple[FrozenDifference, ...]
    renewed: tuple[str, ...]
    missing: Mapping[str, str]
    libraries: Mapping[str, tuple[str, str]]


def compare(here: FrozenScores, recorded: FrozenScores) -> Comparison:
    known = {name: one for name, one in here.metrics.items() if _version(recorded, name) == one.version}
    differences = tuple(
        difference for name, one in known.items() for difference in _differences(name, one, recorded.metrics[name])
    )
    off = {difference.metric for difference in differences}
    names = dict.fromkeys([*recorded.libraries, *here.libraries])
    versions = {name: (here.libraries.get(name, "none"), recorded.libraries.get(name, "none")) for name in names}
    return Comparison(
        equal=tuple(name for name in known if name not in off),
        differences=differences,
        renewed=tuple(name for name in here.metrics if name not in known),
        missing=here.missing,
        libraries={name: pair for name, pair in versions.items() if pair[0] != pair[1]},
    )


def _version(scores: FrozenScores, metric: str) -> str | None:
    return scores.metrics[metric].version if metric in scores.metrics else None


def _differences(name: str, here: FrozenMetric, recorded: FrozenMetric) -> Iterator[FrozenDifference]:
    for signal in dict.fromkeys([*here.values, *here.without, *recorded.values, *recorded.without]):
        a, b = here.values.get(signal), recorded.values.get(signal)
        if a is None or b is None:
            same = a is b and here.without.get(signal) == recorded.without.get(signal)
        else:
            same = abs(a - b) <= TOLERANCE * max(1.0, abs(b))
        if not same:
            yield FrozenDifference(name, signal, _told(here, signal), _told(recorded, signal))


def _told(one: FrozenMetric, signal: str) -> str:
    value = one.values.get(signal)
    return one.without.get(signal, "not there") if value is None else f"{value:.9g}"
