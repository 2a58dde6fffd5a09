from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from made_samples import alone, eval_signals

from codecbench import degradations
from codecbench.api import Abstain, Unavailable
from codecbench.metrics import packaged
from codecbench.metrics.mos import dnsmos

pytest.importorskip("onnxruntime")
installed = pytest.mark.skipif(find_spec("speechmos") is None, reason="no speechmos here")


@pytest.fixture(scope="module")
def metric() -> dnsmos.DnsMos:
    return dnsmos.DnsMos()


def figures(metric: dnsmos.DnsMos, signal: Any) -> list[float]:
    return [score.value for score in metric.score_all(alone(signal)).values()]


@installed
@pytest.mark.parametrize("seconds", [1.0, 9.01, 11.5])
def test_they_are_the_packages_own_figures(
    metric: dnsmos.DnsMos, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model of P.808 wants librosa's spectrogram; its figure is not looked at, so any spectrogram does."""
    monkeypatch.setitem(sys.modules, "librosa", ModuleType("librosa"))
    monkeypatch.delitem(sys.modules, "speechmos.dnsmos", raising=False)
    package = pytest.importorskip("speechmos.dnsmos")
    monkeypatch.setattr(package.DNSMOS, "audio_melspec", lambda self, audio: np.zeros((900, 120)))
    samples = round(16000 * seconds)
    signal = 0.05 * np.random.default_rng(samples).standard_normal(samples) * np.sin(np.arange(samples) / 3000)
    theirs = package.run(signal, 16000)
    assert figures(metric, signal) == pytest.approx(
        [theirs["sig_mos"], theirs["bak_mos"], theirs["ovrl_mos"]], abs=1e-4
    )


@installed
def test_noise_is_seen_and_a_narrow_band_hardly(metric: dnsmos.DnsMos, shared: Path) -> None:
    signals = eval_signals(shared, 3)
    noisy = [degradations.with_noise(signal, 10, np.random.default_rng(0)) for signal in signals]
    narrow = [degradations.low_passed(signal, 2000, 16000) for signal in signals]
    clean, noise, dull = (np.mean([figures(metric, x) for x in each], axis=0) for each in (signals, noisy, narrow))
    assert clean[2] - noise[2] > 0.5
    assert abs(clean[2] - dull[2]) < 0.3


@installed
def test_the_card_names_the_model() -> None:
    assert {card.parameters["model"] for card in dnsmos.CARDS} == {"sig_bak_ovr@speechmos-0.0.1.1"}


@installed
def test_silence_has_no_figure(metric: dnsmos.DnsMos) -> None:
    with pytest.raises(Abstain, match="silent"):
        metric.score_all(alone(np.zeros(32000)))


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"speechmos: pip install 'codecbench\[mos\]'"):
        dnsmos.DnsMos()
