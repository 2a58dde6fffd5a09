"""Metrics in a scoring process: built once, a group's as one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from codecbench.api import Metric, MetricCard, MetricGroup
from codecbench.plugins import registry


@dataclass(frozen=True)
class MetricJob:
    """What one object scores: a metric, or those of a group that are asked for. `cards` are as planned.

    `name` is an id under which the registry has it: its own, or the group's first.
    """

    name: str
    cards: tuple[MetricCard, ...]

    @property
    def uses_recognizer(self) -> bool:
        return any(card.uses_recognizer for card in self.cards)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Of all its cards: a group's share their names."""
        return {name: value for card in self.cards for name, value in card.parameters.items()}


def metric_jobs(cards: Iterable[MetricCard]) -> tuple[MetricJob, ...]:
    """Cards by the objects that score them, in their order."""
    groups: dict[str, list[MetricCard]] = {}
    for card in cards:
        groups.setdefault(registry().scorer_of(card.id), []).append(card)
    return tuple(MetricJob(name, tuple(members)) for name, members in groups.items())


@cache
def built(name: str) -> Metric | MetricGroup:
    """The object, made by its plugin's factory."""
    metric: Metric | MetricGroup = registry().metrics[name].factory()
    return metric


def is_group(name: str) -> bool:
    return bool(registry().metrics[name].group)
