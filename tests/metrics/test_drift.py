from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from made_samples import RATE, eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain
from codecbench.metrics.drift import Drift


@pytest.fixture(scope="module")
def clip(shared: Path) -> Any:
    return eval_signals(shared, 1)[0]


def played(clip: Any, ppm: float) -> Any:
    """`clip` by a decoder whose time runs slower by `ppm`, cut or filled to its length as the harness does."""
    slow = soxr.resample(clip, RATE, RATE * (1 + ppm * 1e-6), "VHQ")
    return np.pad(slow, (0, max(0, len(clip) - len(slow))))[: len(clip)]


def drift(clip: Any, raw: Any, decoded: Any = None) -> float:
    return Drift().score(paired(clip, clip if decoded is None else decoded, raw)).value


@pytest.mark.parametrize("ppm", [0, -20, -1000, 100, -12000, 12000])
def test_time_that_runs_slower_or_faster_is_measured_to_10_ppm(clip: Any, ppm: float) -> None:
    assert drift(clip, played(clip, ppm)) == pytest.approx(ppm, abs=10)


def test_it_is_found_below_noise_and_behind_a_delay(clip: Any) -> None:
    fast = played(clip, -1000)
    assert drift(clip, degradations.with_noise(fast, 10, np.random.default_rng(0))) == pytest.approx(-1000, abs=15)
    assert drift(clip, degradations.delayed(fast, 3000)) == pytest.approx(-1000, abs=10)


def test_it_looks_at_the_signal_before_any_correction(clip: Any) -> None:
    assert drift(clip, played(clip, 300), decoded=clip) == pytest.approx(300, abs=10)


@pytest.mark.parametrize(("change", "why"), [
    (lambda x: 0.1 * np.random.default_rng(0).standard_normal(len(x)), "keeps too little of the waveform"),
    (np.zeros_like, "the decoded signal is silent"),
])  # fmt: skip
def test_what_cannot_be_found_again_has_no_drift(clip: Any, change: Any, why: str) -> None:
    with pytest.raises(Abstain, match=why):
        drift(clip, change(clip))


def test_a_signal_too_short_for_it_has_none(clip: Any) -> None:
    with pytest.raises(Abstain, match="too short"):
        drift(clip[:RATE], clip[:RATE])
