"""Which metrics a plan has: those that are asked for, with what of their plugins is part of their scores' identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codecbench.api import Dataset, MetricCard
from codecbench.conditions import band_of
from codecbench.environments.making import Say
from codecbench.errors import UsageError
from codecbench.names import names
from codecbench.plugins import Registered, Registry, describe_error, foreign_source_hash
from codecbench.run import keys
from codecbench.run.environments import Environments
from codecbench.run.given_paths import refuse_unused, split_paths
from codecbench.run.metric_setup import MetricSetup, prepare_metric
from codecbench.run.planned import PlannedMetric
from codecbench.run.request import Request
from codecbench.store.rows import SkipRow

NULL_FLOOR = "null_floor"
"""The parameter by which a metric's card asks for `Request.null_floor`."""


@dataclass(frozen=True)
class ChosenMetric:
    """A metric to score by, its card with the run's own options. `source_sha256` as in `PlannedMetric`."""

    card: MetricCard
    group: str
    source_sha256: str
    distribution: str
    setup: MetricSetup = field(default_factory=MetricSetup)

    def planned(self, recognizer: str | None) -> PlannedMetric:
        """`recognizer` is the key of the run's."""
        key = keys.metric_key(self.card, recognizer, self.source_sha256)
        return PlannedMetric(self.card, key, self.group, self.source_sha256, self.setup)


@dataclass(frozen=True)
class MetricSelection:
    """What is to be scored by; and what breaks when it is looked at, which is its plugin's fault."""

    chosen: tuple[ChosenMetric, ...]
    broken: tuple[SkipRow, ...]

    @property
    def cards(self) -> Sequence[MetricCard]:
        return [metric.card for metric in self.chosen]


def select_metrics(request: Request, registry: Registry, dataset: Dataset, say: Say | None = None) -> MetricSelection:
    """Those of `--metrics`; or all but those on request, and those that read columns which the dataset does not have.

    Environments of metrics that are asked for by name are made where they are not, and told of by `say`.

    Raises:
        UsageError: a name is not known, a metric refuses the dataset, or what it is given (weights, a Python) cannot
            be.
    """
    band = band_of(request.condition)
    if request.metrics is None:
        every = [entry for entry in registry.metrics.values() if entry.card.is_default(band)]
        entries = [entry for entry in every if _has_columns(entry.card, dataset)]
    else:
        entries = [registry.find("metrics", name) for name in names(request.metrics, "--metrics")]
    weights = split_paths(request.weights, registry, "--weights").metrics
    pythons = split_paths(request.pythons, registry, "--python").metrics
    if request.utterances is None:  # of `score` they may be of the run that made the folder
        cards = [entry.card for entry in entries]
        refuse_unused(weights, cards, registry, "--weights")
        refuse_unused(pythons, cards, registry, "--python")
    environments = Environments(pythons, None if request.metrics is None else say)
    chosen, broken = [], []
    for entry in entries:
        card = entry.card
        if band not in card.conditions:
            having = [one.card.id for one in registry.metrics.values() if band in one.card.conditions]
            raise UsageError(
                f"metric '{card.id}' has no figures in condition {request.condition}; these have: {', '.join(having)}"
            )
        _check(entry, dataset)
        try:
            source = foreign_source_hash(entry)
        except Exception as error:  # what an import system does with a plugin's name is not enumerable
            reason = f"metric '{card.id}' cannot be planned: {describe_error(error)}"
            broken.append(SkipRow(entry.plugin, "", None, reason))
            continue
        made = prepare_metric(entry, _as_asked(card, request), weights.get(card.id), environments)
        scorer = registry.scorer_of(card.id)
        chosen.append(ChosenMetric(made.card, scorer, source, entry.distribution, made.setup))
    return MetricSelection(tuple(chosen), tuple(broken))


def _check(entry: Registered[MetricCard], dataset: Dataset) -> None:
    """What the metric itself asks of the dataset. Raises UsageError, also for a check that breaks."""
    if entry.check is None:
        return
    try:
        entry.check(dataset)
    except UsageError:
        raise
    except Exception as error:  # a plugin's: its name instead of a traceback
        raise UsageError(f"metric '{entry.card.id}' could not check the dataset ({describe_error(error)})") from error


def _has_columns(card: MetricCard, dataset: Dataset) -> bool:
    if not card.columns:
        return True
    return any(utterance.extra.get(column) for utterance in dataset.utterances for column in card.columns)


def _as_asked(card: MetricCard, request: Request) -> MetricCard:
    """The card with the run's own options among its parameters: they are part of its key."""
    if NULL_FLOOR not in card.parameters:
        return card
    return replace(card, parameters={**card.parameters, NULL_FLOOR: request.null_floor})
