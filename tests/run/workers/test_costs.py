"""The speech that costs are measured on: whatever of the run can be used, and no more of it than is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Abstain
from codecbench.conditions import SourceRecording
from codecbench.plugins import registry
from codecbench.run.workers import costs
from codecbench.run.workers.signals import source

PCM = registry().codec("pcm").card


def excerpt(paths: list[Path], seconds: float) -> np.ndarray:
    return costs._excerpt(paths, seconds, PCM).samples[0]


@pytest.fixture
def usable(clips: Path) -> list[Path]:
    return sorted(clips.parent.glob("*.wav"))


@pytest.fixture
def unusable(tmp_path: Path) -> list[Path]:
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    soundfile.write(tmp_path / "nan.wav", np.full(9000, np.nan), 16000, subtype="FLOAT")
    (tmp_path / "noise.wav").write_bytes(b"this is no audio" * 99)
    return [*sorted(tmp_path.glob("*.wav")), tmp_path / "missing.wav"]


def test_utterances_one_after_the_other_then_once_more(usable: list[Path]) -> None:
    whole = np.concatenate([source(SourceRecording(path)).samples[0] for path in usable])
    assert np.array_equal(excerpt(usable, 1.5), whole[:24000])
    assert np.array_equal(excerpt(usable, 4.0), np.tile(whole, 2)[:64000])


def test_what_cannot_be_used_is_passed_over(usable: list[Path], unusable: list[Path]) -> None:
    mixed = [unusable[0], usable[0], *unusable[1:], *usable[1:]]
    for seconds in (0.3, 1.5, 4.0):
        assert np.array_equal(excerpt(mixed, seconds), excerpt(usable, seconds))
    with pytest.raises(Abstain, match="no usable utterance"):
        excerpt(unusable, 1.0)
    with pytest.raises(Abstain, match="no usable utterance"):
        excerpt([], 1.0)


def test_no_more_is_read_than_is_needed(usable: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(costs, "source", lambda one: read.append(one.path) or source(one))
    excerpt(usable, 0.9)
    assert read == usable[:2]
