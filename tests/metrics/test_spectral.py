from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Sample, Utterance
from codecbench.metrics.spectral import Lsd, MelDistance

NOISE = 0.1 * np.random.default_rng(0).standard_normal(16000)


def sample(reference: np.ndarray, decoded: np.ndarray) -> Sample:
    x, y = Audio.mono(reference, 16000), Audio.mono(decoded, 16000)
    return Sample(Utterance("u", Path("u.wav")), x, y, y)


@pytest.mark.parametrize("gain_db", [-6.0, -1.0, 3.0])
def test_a_gain_is_a_known_distance(gain_db: float) -> None:
    louder = NOISE * 10 ** (gain_db / 20)
    assert Lsd().score(sample(NOISE, louder)).value == pytest.approx(abs(gain_db), rel=1e-3)
    # Two scales, each |log10 g²|.
    assert MelDistance().score(sample(NOISE, louder)).value == pytest.approx(2 * abs(gain_db) / 10, rel=1e-3)


@pytest.mark.parametrize("metric", [Lsd(), MelDistance()])
def test_both_directions_are_equally_far(metric: Lsd | MelDistance) -> None:
    other = 0.1 * np.random.default_rng(1).standard_normal(16000)
    there, back = metric.score(sample(NOISE, other)), metric.score(sample(other, NOISE))
    assert there.value == pytest.approx(back.value)
