"""Metrics in a scoring process: built once, a group's as one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from math import fsum
from typing import Any, cast

from codecbench.api import (
    Abstain,
    Metric,
    MetricCard,
    MetricGroup,
    Sample,
    Score,
    Unavailable,
    UsageError,
)
from codecbench.plugins import registry
from codecbench.run.metric_setup import MetricSetup, setup_here
from codecbench.run.workers.evidence import failure_of, plain
from codecbench.run.workers.signals import own_copy
from codecbench.store.answers import Failure, ScoreValue
from codecbench.store.repeats import KEY, RepeatedScore

LARGEST = 1e100
"""Sums of squares of anything beyond would not be finite."""


@dataclass(frozen=True)
class MetricJob:
    """What one object scores: a metric, or those of a group that are asked for. `cards` are as planned.

    `name` is an id under which the registry has it: its own, or the group's first.
    """

    name: str
    cards: tuple[MetricCard, ...]
    setup: MetricSetup = field(default_factory=MetricSetup)

    @property
    def uses_recognizer(self) -> bool:
        return any(card.uses_recognizer for card in self.cards)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Of all its cards: a group's share their names."""
        return {name: value for card in self.cards for name, value in card.parameters.items()}


def metric_jobs(cards: Iterable[MetricCard]) -> tuple[MetricJob, ...]:
    """Cards by the objects that score them, in their order, where no user gives them anything."""
    groups: dict[str, list[MetricCard]] = {}
    for card in cards:
        groups.setdefault(registry().scorer_of(card.id), []).append(card)
    entries = registry().metrics
    return tuple(MetricJob(name, tuple(members), setup_here(entries[name])) for name, members in groups.items())


def built(job: MetricJob) -> Metric | MetricGroup:
    """The object, made by its plugin's factory. Raises Unavailable where it cannot be made here."""
    made = made_once(job.name, job.setup)
    if isinstance(made, UsageError):
        raise made
    return made


@cache
def made_once(name: str, setup: MetricSetup) -> Metric | MetricGroup | UsageError:
    """Or why the user's weights are refused: for each sample anew they would be read anew."""
    if setup.unavailable:
        raise Unavailable(setup.unavailable)
    entry = registry().metrics[name]
    card: MetricCard = entry.card
    if card.weights is None and card.environment is None:
        metric: Metric | MetricGroup = entry.factory()
        return metric
    try:
        metric = entry.factory(setup.options)
    except UsageError as error:
        return error
    return metric


def is_group(name: str) -> bool:
    return bool(registry().metrics[name].group)


def scored(job: MetricJob, sample: Sample, cards: Sequence[MetricCard]) -> Mapping[str, Score | Abstain]:
    """What the object scores of `sample`, by metric id; `cards` are those that are asked for, a metric's own alone.

    As often as its card says: then the mean, with each in its detail.
    """
    first = _scored_once(job, sample, cards)
    times = max(card.repetitions for card in cards)
    if times == 1:
        return first
    every = [first, *(_scored_once(job, _anew(sample), cards) for _ in range(times - 1))]
    return {card.id: _mean([one.get(card.id) for one in every[: card.repetitions]]) for card in cards}


def _scored_once(job: MetricJob, sample: Sample, cards: Sequence[MetricCard]) -> Mapping[str, Any]:
    scorer = built(job)
    if is_group(job.name):
        return cast(MetricGroup, scorer).score_all(sample)
    return {cards[0].id: cast(Metric, scorer).score(sample)}


def _anew(sample: Sample) -> Sample:
    """Whoever scored it before may have written into its signals."""
    return replace(
        sample, reference=own_copy(sample.reference), decoded=own_copy(sample.decoded), raw=own_copy(sample.raw)
    )


def _mean(answers: Sequence[Any]) -> Any:
    """One score of several of one sample; an answer that is none stands for all."""
    none = [answer for answer in answers if answer is None or isinstance(answer, Abstain)]
    if none or len(answers) == 1:
        return none[0] if none else answers[0]
    values = tuple(float(answer.numerator / answer.denominator) for answer in answers)
    return Score(fsum(values) / len(values), detail={**answers[0].detail, KEY: RepeatedScore(values).to_json()})


def checked(value: object) -> ScoreValue | Failure:
    """What a metric returned, as the store keeps it."""
    try:
        if isinstance(value, Abstain):
            return failure_of(value)
        if value is None:
            raise ValueError("it returned no score for this metric")
        score = cast(Score, value)  # of another type: the next line says which attribute it lacks
        if not (abs(score.numerator) < LARGEST and 0 < score.denominator < LARGEST):  # NaN is neither
            raise ValueError(f"it returned {score.numerator} / {score.denominator}")
        return ScoreValue(float(score.numerator), float(score.denominator), plain(dict(score.detail)))
    except BaseException as error:  # workers ignore Ctrl-C: whatever it is, it is the plugin's
        return failure_of(error)
