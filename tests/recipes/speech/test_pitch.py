from __future__ import annotations

import numpy as np
import pytest

from codecbench.synthesis.synthesizer import SAMPLE_RATE
from recipes.speech.pitch import FEMALE_ABOVE_HZ, median_f0_hz, sex


@pytest.mark.parametrize("hertz", [80.0, 120.0, 210.0, 300.0])
def test_the_pitch_of_harmonics_and_not_its_octave(hertz: float) -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    sound = sum(np.sin(2 * np.pi * hertz * k * time + k) / k for k in range(1, 12))
    loud = np.where(np.sin(2 * np.pi * 3 * time) > 0, 0.1, 0.001)
    assert median_f0_hz((loud * sound).astype(np.float32)) == pytest.approx(hertz, rel=0.03)


def test_sexes_are_parted_by_their_pitch() -> None:
    assert [sex(hertz) for hertz in (100.0, FEMALE_ABOVE_HZ, 220.0)] == ["M", "M", "F"]
