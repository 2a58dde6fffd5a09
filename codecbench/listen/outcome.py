"""What listeners said of each condition: a codec at a point, an anchor, the hidden reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from codecbench.analysis.proportions import exact_proportion
from codecbench.listen.answers import Answer
from codecbench.listen.design import Kind
from codecbench.listen.screening import ScreenedAnswers

HIDDEN = "hidden reference"
DRAWS = 2000
TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class ConditionResult:
    """A condition's mean with its 95 % interval (None where it cannot be said) over `count` answers.

    Of MUSHRA in points; of ABX the share of answers that found the reference, with `p` of as many or more by guessing.
    """

    condition: str
    mean: float
    low: float | None
    high: float | None
    count: int
    p: float | None = None


def outcomes(heard: ScreenedAnswers, kind: Kind) -> tuple[ConditionResult, ...]:
    """By condition, the best first."""
    groups: dict[str, list[Answer]] = {}
    for answer in heard.answers:
        groups.setdefault(answer.stimulus.name if answer.stimulus else HIDDEN, []).append(answer)
    made = [(_rated if kind == "mushra" else _guessed)(name, answers) for name, answers in groups.items()]
    return tuple(sorted(made, key=lambda one: one.mean, reverse=kind == "mushra"))


def _rated(condition: str, answers: Sequence[Answer]) -> ConditionResult:
    """The interval is over listeners and utterances at once: both are drawn anew, independently of each other.

    Owen, Annals of Applied Statistics 1, 2007: the variance of such a mean of crossed factors is not underestimated.
    """
    table = _table(answers)
    mean = float(np.nanmean(table))
    if min(table.shape) < 2:
        return ConditionResult(condition, mean, None, None, len(answers))
    g = np.random.default_rng(0)
    people, trials = table.shape
    drawn = [table[np.ix_(g.integers(people, size=people), g.integers(trials, size=trials))] for _ in range(DRAWS)]
    low, high = np.nanpercentile([np.nanmean(one) for one in drawn if not np.isnan(one).all()], TAILS)
    return ConditionResult(condition, mean, float(low), float(high), len(answers))


def _guessed(condition: str, answers: Sequence[Answer]) -> ConditionResult:
    right, count = sum(int(answer.value) for answer in answers), len(answers)
    share = exact_proportion(right, count)
    p = float(binomtest(right, count, 0.5, alternative="greater").pvalue)
    return ConditionResult(condition, share.value, share.low, share.high, count, p)


def _table(answers: Sequence[Answer]) -> NDArray[np.float64]:
    """[listeners, trials], NaN where there is no answer."""
    people = {name: row for row, name in enumerate(dict.fromkeys(answer.listener for answer in answers))}
    trials = {name: column for column, name in enumerate(dict.fromkeys(answer.trial.id for answer in answers))}
    table = np.full((len(people), len(trials)), np.nan)
    for answer in answers:
        table[people[answer.listener], trials[answer.trial.id]] = answer.value
    return table
