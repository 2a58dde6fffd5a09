"""A metric in another process is a metric like any other: its figures, its exceptions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from made_samples import paired
from made_side_metrics import WEIGHTS, write_side_metric

from codecbench.api import (
    Abstain,
    Audio,
    Environment,
    Interpreter,
    MetricCard,
    MetricOptions,
    Sample,
    Unavailable,
    Utterance,
)
from codecbench.environments.metric import LOSSES, SideMetric
from codecbench.environments.process import SideError
from codecbench.errors import ProcessLost
from codecbench.plugins import registry
from codecbench.plugins.given import add_file

NUMBERS = count()
HERE = Interpreter(Path(sys.executable), "")
RNG = np.random.default_rng(0)
X, Y = (0.1 * RNG.standard_normal(16000) for _ in range(2))
Open = Callable[..., SideMetric]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    made: list[SideMetric] = []

    def make(mode: str = "", rate: int = 16000, weights: Path | None = None) -> SideMetric:
        name = f"far_in_metric_tests_{next(NUMBERS)}"
        add_file(write_side_metric(tmp_path, name, (), mode, rate, WEIGHTS if weights else "None"))
        metric = registry().metrics[name].factory(MetricOptions(weights, HERE))
        assert isinstance(metric, SideMetric)
        made.append(metric)
        return metric

    yield make
    for metric in made:
        metric.close()


def test_it_scores_what_it_is_given(opened: Open) -> None:
    score = opened().score(paired(X, Y))
    assert score.value == pytest.approx(np.abs(X - Y).mean(), rel=1e-5)
    assert score.detail == {"lengths": [16000, 16000], "rate": 16000, "python": sys.version_info[1]}


def test_signals_are_at_the_cards_rate(opened: Open) -> None:
    score = opened(rate=48000).score(paired(X, X))
    assert (score.value, score.detail["lengths"], score.detail["rate"]) == (0, [48000, 48000], 48000)


def test_it_gets_the_users_weights(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "scale.txt").write_text("2")
    score = opened(weights=tmp_path / "scale.txt").score(paired(X, Y))
    assert score.value == pytest.approx(2 * np.abs(X - Y).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("abstains", Abstain, "^nothing to hear$"),
        ("raises", SideError, "^ValueError: this is not speech$"),
        ("unavailable", Unavailable, "^its model is not here; load it$"),
        ("unopened", SideError, "^RuntimeError: no model here$"),
        ("nan", ValueError, "its side returned nan, expected a finite number"),
        ("text", SideError, "could not convert string to float"),
        ("array", SideError, "not JSON serializable"),
        ("crashes", ProcessLost, r"its process in the environment died \(Segmentation fault\)"),
    ],
)
def test_what_goes_wrong_is_told(opened: Open, mode: str, kind: type[Exception], says: str) -> None:
    metric = opened(mode)
    for _ in range(2):
        with pytest.raises(kind, match=says):
            metric.score(paired(X, Y))


def test_a_process_that_is_lost_is_replaced_three_times(opened: Open) -> None:
    metric = opened("crashes once")
    with pytest.raises(ProcessLost):
        metric.score(paired(X, Y))
    assert metric.score(paired(X, X)).value == 0
    hopeless = opened("crashes")
    for _ in range(LOSSES):
        with pytest.raises(ProcessLost):
            hopeless.score(paired(X, Y))
    with pytest.raises(RuntimeError, match="not attempted: its process in the environment ended 3 times before"):
        hopeless.score(paired(X, Y))


def test_what_it_prints_is_no_answer(opened: Open) -> None:
    assert opened("prints").score(paired(X, X)).value == 0


def test_stereo_is_one_clear_line(opened: Open) -> None:
    both = Audio(np.stack([X, X]).astype(np.float32), 16000)
    with pytest.raises(ValueError, match="takes mono, got 2 channels"):
        opened().score(Sample(Utterance("u", Path("u.wav")), both, both, both))


def test_without_an_environment_it_says_how_to_make_one(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    name = "far_without"
    add_file(write_side_metric(tmp_path, name))
    with pytest.raises(Unavailable, match=f"`codecbench environments create {name}`.*`--python {name}=PATH`"):
        registry().metrics[name].factory(MetricOptions())


@pytest.mark.parametrize("more", [{"gpu": True}, {"checkout": "https://example.org"}])
def test_a_metric_has_neither_gpu_nor_checkout(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="the environment of a metric has neither gpu nor checkout"):
        MetricCard("far", "1", "", environment=Environment((), **more))  # type: ignore[arg-type]
