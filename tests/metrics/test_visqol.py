from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from made_samples import eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain, Unavailable
from codecbench.metrics.visqol import AUDIO_CARD, SPEECH_CARD, Mode, Visqol

visqol = pytest.importorskip("visqol.api")
pytest.importorskip("ai_edge_litert")


@pytest.fixture(scope="module")
def speech() -> Visqol:
    return Visqol("speech")


@pytest.fixture(scope="module")
def audio() -> Visqol:
    return Visqol("audio")


@pytest.fixture(scope="module")
def clip(shared: Path) -> Any:
    return eval_signals(shared, 1)[0][:48000]


@pytest.mark.parametrize("mode", ["speech", "audio"])
def test_it_is_the_packages_own_figure(mode: Mode, clip: Any, speech: Visqol, audio: Visqol) -> None:
    noisy = degradations.with_noise(clip, 20, np.random.default_rng(0)).astype(np.float32).astype(float)
    clip = clip.astype(np.float32).astype(float)
    api = visqol.VisqolApi()
    api.create(mode=mode)
    rate = 16000 if mode == "speech" else 48000
    signals = [x if mode == "speech" else soxr.resample(x, 16000, rate, "VHQ") for x in (clip, noisy)]
    theirs = api.measure_from_arrays(*signals, rate).moslqo
    mine = (speech if mode == "speech" else audio).score(paired(clip, noisy))
    assert mine.value == pytest.approx(theirs, abs=1e-5 if mode == "speech" else 1e-3)
    assert mine.detail["patches"] > 0


def test_noise_lowers_both_and_a_copy_is_at_the_top(clip: Any, speech: Visqol, audio: Visqol) -> None:
    noisy = degradations.with_noise(clip, 20, np.random.default_rng(0))
    for metric, top, bottom in ((speech, 4.3, 2.0), (audio, 4.6, 4.2)):
        assert metric.score(paired(clip, clip)).value > top
        assert metric.score(paired(clip, noisy)).value < bottom


@pytest.mark.parametrize(("signal", "why"), [(np.zeros(32000), "silent"), (np.ones(8000), "too short")])
def test_nothing_to_compare_has_no_figure(speech: Visqol, signal: Any, why: str) -> None:
    with pytest.raises(Abstain, match=why):
        speech.score(paired(signal, signal))


def test_an_original_without_a_patch_has_no_figure(speech: Visqol, clip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second has none; speech that is active for so short a time in a longer signal has none either."""
    monkeypatch.setattr("codecbench.metrics.visqol.SHORTEST_S", 0.1)
    with pytest.raises(Abstain, match="no active patch"):
        speech.score(paired(clip[:8000], clip[:8000]))


def test_without_the_lattice_mapper_speech_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(Unavailable, match=r"speech mode needs its own mapper .*pip install 'codecbench\[visqol\]'"):
        Visqol("speech")


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "visqol.api", None)
    with pytest.raises(Unavailable, match=r"visqol-python .*pip install 'codecbench\[visqol\]'"):
        Visqol("audio")


def test_the_record_names_mapper_and_version() -> None:
    assert SPEECH_CARD.parameters["mapper"] == "lattice"
    assert AUDIO_CARD.parameters["mapper"] == "libsvm_nu_svr"
    assert SPEECH_CARD.parameters["package"].startswith("visqol@visqol-python-3.")
