from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest
from made_samples import paired

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score
from codecbench.plugins import registry
from codecbench.plugins.registered import Registered
from codecbench.run.workers.metrics import built, checked, is_group, made_once, metric_jobs, scored
from codecbench.store.answers import ScoreValue
from codecbench.store.repeats import RepeatedScore


def jobs(*names: str) -> list[tuple[str, list[str]]]:
    found = metric_jobs(registry().metrics[name].card for name in names)
    return [(job.name, [card.id for card in job.cards]) for job in found]


def test_metrics_of_a_group_are_one_job_under_the_groups_first_name() -> None:
    assert jobs("cf_wer", "si_sdr", "hallucinated_wer") == [
        ("ci_wer", ["cf_wer", "hallucinated_wer"]), ("si_sdr", ["si_sdr"]),
    ]  # fmt: skip
    assert (is_group("ci_wer"), is_group("si_sdr")) == (True, False)


def test_a_job_listens_if_one_of_its_metrics_does_and_has_all_their_parameters() -> None:
    group, plain = metric_jobs(registry().metrics[name].card for name in ("ci_wer", "hallucinated_wer", "si_sdr"))
    assert (group.uses_recognizer, plain.uses_recognizer) == (True, False)
    assert {"null_floor", "calibrations"} <= set(group.parameters)


def test_an_object_is_built_once() -> None:
    (job,) = metric_jobs([registry().metrics["si_sdr"].card])
    assert built(job) is built(job)


class Differing:
    """Another figure each time, and a hand in the signal that it was given."""

    def __init__(self, scores: Iterator[Score | Abstain]) -> None:
        self.scores, self.peaks = scores, list[float]()

    def prepare(self, reference: Audio) -> None: ...

    def score(self, sample: Sample) -> Score:
        self.peaks.append(float(sample.reference.samples.max()))
        score = next(self.scores)
        if isinstance(score, Abstain):
            raise score
        return score


CARD = MetricCard("differing", "1", "", repetitions=3)


def repeated(monkeypatch: pytest.MonkeyPatch, metric: Differing) -> object:
    monkeypatch.setitem(registry().metrics, CARD.id, Registered(CARD, lambda: metric, "test"))
    made_once.cache_clear()
    (job,) = metric_jobs([CARD])
    return checked(scored(job, paired(np.full(800, 0.5), np.zeros(800)), [CARD])[CARD.id])


def test_a_score_of_several_repetitions_is_their_mean_and_keeps_each(monkeypatch: pytest.MonkeyPatch) -> None:
    metric = Differing(Score(float(n), 2.0, {"call": n}) for n in count(1))
    answer = repeated(monkeypatch, metric)
    assert isinstance(answer, ScoreValue)
    assert (answer.numerator, answer.denominator) == (1.0, 1.0)
    assert answer.detail["call"] == 1
    assert RepeatedScore.from_detail(answer.detail) == RepeatedScore((0.5, 1.0, 1.5))
    assert metric.peaks == [0.5, 0.5, 0.5]


def test_one_repetition_without_a_figure_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Score | Abstain] = [Score(1.0), Abstain("not this time")]
    with pytest.raises(Abstain, match="not this time"):
        repeated(monkeypatch, Differing(iter(answers)))


def test_repetitions_are_of_means_alone() -> None:
    with pytest.raises(ValueError, match="repetitions are of metrics that are pooled as a mean"):
        MetricCard("m", "1", "", repetitions=2, pooling="ratio")
    with pytest.raises(ValueError, match="repetitions must be a whole number of times, 1 or more"):
        MetricCard("m", "1", "", repetitions=0)
