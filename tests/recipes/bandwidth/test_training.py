"""The recipe: levels that depend on the lower band are learned, the best tilt is found, narrow speech is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from codecbench.api import Utterance
from recipes.bandwidth import training
from recipes.bandwidth.features import Example, Extractor


def made(count: int) -> list[Example]:
    """The upper band follows the lower one's first mel band, which no tilt can do."""
    g = torch.Generator().manual_seed(0)
    examples = []
    for _ in range(count):
        seen = torch.randn(48, 300, generator=g)
        examples.append(Example(seen, seen[40:] + seen[:1] - 0.1 * torch.arange(8)[:, None], 1.5))
    return examples


def test_what_is_not_heard_is_no_error() -> None:
    found, wanted = torch.tensor([-9.0, -9.0, -3.0, -3.0]), torch.tensor([-7.0, -3.0, -9.0, -4.0])
    expected = [0.0, -6.0, -3.0 - training.HEARD, 1.0]
    assert training._errors(found, wanted).tolist() == pytest.approx(expected)


def test_the_fitted_tilt_is_the_least_squares_one() -> None:
    first, each = training.fitted_tilt(made(20))
    assert each == pytest.approx(-0.1, abs=1e-3)
    assert first == pytest.approx(0.0, abs=0.05)


def test_the_network_learns_what_a_tilt_cannot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Extractor, "examples", lambda self, utterances: [[one] for one in made(24)])
    monkeypatch.setattr(training, "FRAMES", 64)
    monkeypatch.setattr(training, "location", lambda card, weights: tmp_path / "weights" / weights.name)
    done = training.train([], 400, 0, lambda text: None)
    assert done.rms_db < 0.8 * done.tilt_rms_db
    assert done.path.stat().st_size < 500_000
    assert "0.6 minutes of speech, 400 updates" in done.told()


def test_narrow_speech_teaches_nothing(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(48000)
    soundfile.write(tmp_path / "narrow.wav", noise[::3], 16000)
    with pytest.raises(ValueError, match="no two recordings reach 11 kHz"):
        training.train([Utterance("a", tmp_path / "narrow.wav")], 2, 0, print)
