"""How a metric's object is made in a worker: with the user's weights, in an environment of its own, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codecbench.api import MetricCard, MetricOptions
from codecbench.errors import Unavailable
from codecbench.metric_weights import given_files, how_to_give
from codecbench.plugins import Registered
from codecbench.run.environments import Environments
from codecbench.store.environments import EnvironmentFacts

WEIGHTS, ENVIRONMENT = "weights_sha256", "environment"
"""Parameters of a planned card, and so of every key: what identifies the user's weights, and the environment. None
without any."""


@dataclass(frozen=True)
class MetricSetup:
    """`options` for its factory, where that takes some; or why the metric cannot be made here, in one line."""

    options: MetricOptions = field(default_factory=MetricOptions)
    unavailable: str = ""


@dataclass(frozen=True)
class PreparedMetric:
    """`card` has what decides the scores here besides the metric itself among its parameters."""

    card: MetricCard
    setup: MetricSetup


def prepare_metric(
    entry: Registered[MetricCard], card: MetricCard, weights: Path | None, environments: Environments
) -> PreparedMetric:
    """The metric of `entry` with `card`, by what the user has given and what is on this machine.

    Raises:
        UsageError: what the user gave cannot be.
    """
    files = None if weights is None else given_files(card, weights)
    parameters: dict[str, Any] = dict(card.parameters)
    unavailable, chosen = "", None
    if card.weights is not None:
        parameters[WEIGHTS] = None if files is None else files.sha256
        unavailable = how_to_give(card) if files is None else ""
    if card.environment is not None:
        try:  # no environment is made for a metric without its weights
            chosen = None if unavailable else environments.of_metric(entry)
        except Unavailable as error:
            unavailable = str(error)
        parameters[ENVIRONMENT] = None if chosen is None else _described(chosen.facts)
    options = MetricOptions(None if files is None else files.path, None if chosen is None else chosen.interpreter)
    return PreparedMetric(replace(card, parameters=parameters), MetricSetup(options, unavailable))


def setup_here(entry: Registered[MetricCard]) -> MetricSetup:
    """Where nobody gives anything: what needs weights, or an environment that is not made, is not available."""
    return prepare_metric(entry, entry.card, None, Environments({})).setup


def _described(facts: EnvironmentFacts) -> Mapping[str, Any]:
    return {"identity": facts.identity, "python": facts.python, "packages": dict(facts.of_requirements)}
