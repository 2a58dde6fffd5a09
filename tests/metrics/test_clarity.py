"""Does a change of voice leave clarity alone, and does every blur take it?"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soxr

from codecbench.api import Audio
from codecbench.audio import source_signal
from codecbench.controls.pairs.blurs import BLURS
from codecbench.metrics.clarity import WIDEST_RANGE_DB, clarity, level_range_db
from codecbench.metrics.pair import Pair

PROBE = Path(str(files("codecbench.datasets") / "speech" / "probe"))


@pytest.fixture(scope="module")
def speech() -> list[Audio]:
    return [source_signal(path) for path in sorted(PROBE.glob("*.flac"))[:8]]


def pair(reference: Audio, decoded: np.ndarray) -> Pair:
    return Pair(reference.samples[0].astype(np.float64), np.asarray(decoded, dtype=np.float64))


@pytest.mark.parametrize("factor", [0.8, 0.87, 1.15, 1.25])
def test_a_shifted_voice_is_as_clear(speech: list[Audio], factor: float) -> None:
    for clip in speech:
        assert clarity(pair(clip, soxr.resample(clip.samples[0], factor * 16000, 16000))).holds


@pytest.mark.parametrize("name", sorted(BLURS))
def test_a_blur_is_not(speech: list[Audio], name: str) -> None:
    pytest.importorskip("av")
    pytest.importorskip("pycodec2")
    held = [clarity(pair(clip, BLURS[name](clip).samples[0])).holds for clip in speech]
    assert sum(held) <= 1


def test_the_same_signal_and_its_level(speech: list[Audio]) -> None:
    found = clarity(pair(speech[0], 0.5 * speech[0].samples[0]))
    assert abs(found.noise_rise_db) < 1e-3
    assert abs(found.band_loss_db) < 1e-3


def test_digital_silence_does_not_make_the_range_endless() -> None:
    signal = np.concatenate([np.zeros(16000), np.random.default_rng(0).standard_normal(16000)])
    assert level_range_db(signal) == WIDEST_RANGE_DB
