"""Power against simulation, and the promise that a default threshold never takes half the power away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from codecbench.analysis.power import SHARE, Design, _critical, _exceeds, detection, smallest_drop


@pytest.mark.parametrize(("speakers", "critical"), [(8, 9.0), (38, 5.0), (38, 2.0)])
def test_without_threshold_it_is_students_tail(speakers: int, critical: float) -> None:
    found = _exceeds(Design(1.0, 24, speakers), 0.0, -1e9, critical)
    assert found == pytest.approx(t.sf(critical, speakers - 1), rel=1e-3)


@pytest.mark.parametrize("tests", [1, 30, 700])
@pytest.mark.parametrize(("utterances", "speakers"), [(8, 8), (24, 24), (75, 75)])
def test_simulated_level_and_power(tests: int, utterances: int, speakers: int) -> None:
    design = Design(0.03, utterances, speakers, tests)
    drop = smallest_drop(design)
    assert drop is not None
    threshold, critical = SHARE * drop, _critical(design, SHARE * drop)
    changes = np.random.default_rng(tests).normal(drop, 0.03, (20000, utterances))
    mean, error = changes.mean(axis=1), changes.std(axis=1, ddof=1) / np.sqrt(utterances)
    assert np.mean((mean > threshold) & (mean > critical * error)) == pytest.approx(0.95, abs=0.008)
    assert _exceeds(design, 0.0, threshold, critical) <= 1.001 * design.level / tests


def test_a_threshold_equal_to_the_drop_has_half_the_power() -> None:
    assert detection(Design(0.03, 75, 38), 0.05, 0.05) == pytest.approx(0.5, abs=0.01)


def test_more_speech_detects_smaller_drops() -> None:
    drops = [smallest_drop(Design(0.03, n, n, 100)) for n in (8, 24, 75, 500)]
    assert None not in drops
    assert drops == sorted(drops, key=lambda drop: -(drop or 0))


def test_what_cannot_be_said() -> None:
    assert smallest_drop(Design(0.03, 24, 1)) is None
    assert smallest_drop(Design(0.0, 24, 8)) == 0.0
