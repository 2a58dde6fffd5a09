from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_samples import RATE, eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain
from codecbench.metrics.edges import Edges


@pytest.fixture(scope="module")
def clip(shared: Path) -> Any:
    return eval_signals(shared, 1)[0]


def distances(reference: Any, decoded: Any) -> tuple[float, ...]:
    """Start, end, inside."""
    return tuple(score.value for score in Edges().score_all(paired(reference, decoded)).values())


def test_a_copy_has_none(clip: Any) -> None:
    assert distances(clip, clip) == (0, 0, 0)


def test_a_click_is_seen_at_the_end_where_it_is(clip: Any) -> None:
    early, late = clip.copy(), clip.copy()
    early[200:230] += 0.5
    late[-230:-200] += 0.5
    start, end, inside = distances(clip, early)
    assert start > 5
    assert (end, inside) == (0, pytest.approx(0, abs=0.05))
    start, end, inside = distances(clip, late)
    assert end > 5
    assert (start, inside) == (0, pytest.approx(0, abs=0.05))


def test_a_beginning_that_is_cut_is_seen(clip: Any) -> None:
    loud = clip[RATE:]
    cut = loud.copy()
    cut[:1600] = 0
    start, end, inside = distances(loud, cut)
    assert start > 10 * max(end, inside)


def test_noise_everywhere_is_no_fault_of_the_edges(clip: Any) -> None:
    loud = clip[RATE : 3 * RATE]
    start, end, inside = distances(loud, degradations.with_noise(loud, 10, np.random.default_rng(0)))
    assert max(start, end) < 3 * inside


def test_rounding_noise_in_silence_is_not_heard(clip: Any) -> None:
    padded = np.pad(clip, 3200)
    noisy = padded + 1e-6 * np.random.default_rng(0).standard_normal(len(padded))
    assert distances(padded, noisy)[:2] == (0, 0)


@pytest.mark.parametrize(("signal", "why"), [(np.zeros(RATE), "silent"), (np.ones(7999), "too short")])
def test_nothing_to_compare_has_no_figure(signal: Any, why: str) -> None:
    with pytest.raises(Abstain, match=why):
        Edges().score_all(paired(signal, signal))
