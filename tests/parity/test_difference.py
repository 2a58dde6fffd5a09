from __future__ import annotations

import numpy as np
import pytest
import soxr
from conftest import REPOSITORY

from codecbench.api import Audio
from codecbench.audio import source_signal
from codecbench.parity.difference import difference, flipped


@pytest.fixture(scope="module")
def speech() -> Audio:
    return source_signal(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[0])


def test_the_same_is_the_same(speech: Audio) -> None:
    found = difference(speech, speech, [1000])
    assert (found.surplus, found.greatest, found.drift_ppm, found.seam_jump) == (0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("ppm", [-12000, 1000, -100])
def test_time_that_runs_otherwise_is_measured_to_10_ppm(speech: Audio, ppm: int) -> None:
    other = soxr.resample(speech.samples[0].astype(np.float64), 16000, 16000 * (1 + ppm / 1e6), "VHQ")
    found = difference(speech, Audio.mono(other.astype(np.float32), 16000))
    assert found.drift_ppm == pytest.approx(ppm, abs=10)
    assert found.surplus == pytest.approx(speech.length * ppm / 1e6, abs=2)


def test_a_constant_delay_is_no_drift(speech: Audio) -> None:
    late = Audio(np.pad(speech.samples, ((0, 0), (160, 0))), 16000)
    assert difference(speech, late).drift_ppm == pytest.approx(0, abs=10)


def test_a_click_at_a_seam_is_seen(speech: Audio) -> None:
    samples = speech.samples.copy()
    seams = list(range(4000, speech.length - 4000, 4000))
    for seam in seams:
        samples[0, seam] += 0.2
    clicks = difference(speech, Audio(samples, 16000), seams)
    elsewhere = difference(speech, Audio(samples, 16000), [seam + 1000 for seam in seams])
    assert clicks.seam_jump is not None
    assert clicks.seam_jump > 5
    assert elsewhere.seam_jump == pytest.approx(1.0)
    assert clicks.greatest == pytest.approx(0.2, abs=1e-6)


def test_beyond_full_scale_a_difference_is_of_the_loudest_sample() -> None:
    loud = np.array([0.0, 40.0], np.float32)
    assert difference(Audio.mono(loud, 16000), Audio.mono(loud + 0.4, 16000)).greatest == pytest.approx(0.01, rel=1e-4)


def test_codes_that_only_one_has_count_as_flipped() -> None:
    codes = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert flipped(codes, codes) == 0
    assert flipped(codes, codes[:, :3]) == 0.25
    other = codes.copy()
    other[1, 0] = 9
    assert flipped(codes, other) == 1 / 8
