from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soxr
from made_samples import alone, eval_signals

from codecbench import degradations
from codecbench.api import Abstain, Audio, Sample, Unavailable, Utterance
from codecbench.metrics import packaged
from codecbench.metrics.mos import distill

torch = pytest.importorskip("torch")
installed = pytest.mark.skipif(find_spec("distillmos") is None, reason="no distillmos here")


@pytest.fixture(scope="module")
def metric() -> distill.PredictedQuality:
    return distill.PredictedQuality()


@pytest.fixture
def original_net(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package's own model. Empty modules stand for torchaudio, of which only its command line calls anything."""
    pytest.importorskip("xls_r_sqa.sqa_model")
    monkeypatch.setitem(sys.modules, "torchaudio", ModuleType("torchaudio"))
    before = set(sys.modules)
    try:
        from distillmos.sqa import ConvTransformerSQAModel

        yield ConvTransformerSQAModel().eval()
    finally:
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "distillmos":
                del sys.modules[name]


@installed
@pytest.mark.parametrize("seconds", [1.0, 7.68, 9.3])
def test_it_is_the_packages_own_figure(metric: distill.PredictedQuality, original_net: Any, seconds: float) -> None:
    rng = np.random.default_rng(round(100 * seconds))
    samples = round(16000 * seconds)
    signal = 0.1 * rng.standard_normal(samples) * np.sin(np.arange(samples) / 3000)
    with torch.inference_mode():
        theirs = original_net(torch.from_numpy(signal).float()[None]).item()
    assert metric.score(alone(signal)).value == pytest.approx(theirs, abs=1e-4)


CONDITIONS: list[tuple[Callable[[Any], Any], float]] = [
    (lambda x: x, 3.81),
    (lambda x: degradations.with_noise(x, 10, np.random.default_rng(0)), 2.33),
    (lambda x: degradations.low_passed(x, 2000, 16000), 3.07),
]


@installed
def test_real_speech_has_the_figures_that_were_recorded(metric: distill.PredictedQuality, shared: Path) -> None:
    """One utterance of each of eight speakers; another draw of noise and another filter than was recorded then."""
    signals = eval_signals(shared, 8)
    for change, recorded in CONDITIONS:
        mean = np.mean([metric.score(alone(change(signal))).value for signal in signals])
        assert mean == pytest.approx(recorded, abs=0.15)


@installed
def test_it_repeats_to_the_bit_and_does_not_see_the_level(metric: distill.PredictedQuality) -> None:
    signal = 0.1 * np.random.default_rng(0).standard_normal(40000)
    assert metric.score(alone(signal)) == metric.score(alone(signal))
    assert metric.score(alone(0.1 * signal)).value == pytest.approx(metric.score(alone(signal)).value, abs=1e-3)


@installed
@pytest.mark.parametrize(("signal", "why"), [(np.zeros(32000), "silent"), (np.full(32000, 0.3), "silent"),
                                             (np.ones(15999), r"too short: 1\.000 s, needs 1 s")])  # fmt: skip
def test_what_is_no_speech_has_no_figure(metric: distill.PredictedQuality, signal: Any, why: str) -> None:
    with pytest.raises(Abstain, match=why):
        metric.score(alone(signal))


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="distillmos: pip install --no-deps 'distillmos"):
        distill.PredictedQuality()


@installed
def test_neither_torchaudio_nor_the_package_itself_is_imported() -> None:
    code = (
        "import sys; from codecbench.metrics.mos import distill, dnsmos; distill.PredictedQuality(); dnsmos.DnsMos();"
        "print(sorted({'torchaudio', 'distillmos', 'speechmos', 'librosa', 'xls_r_sqa'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert found.stdout == "[]\n"


@installed
def test_in_condition_fb_it_hears_one_channel_at_16_khz(metric: distill.PredictedQuality, shared: Path) -> None:
    """The mean of the channels, resampled; what lies above 8 kHz does not count."""
    speech = eval_signals(shared, 1)[0][:64000]
    wide = soxr.resample(speech, 16000, 48000, "VHQ")
    hiss = 0.02 * np.sin(2 * np.pi * 15000 * np.arange(len(wide)) / 48000)
    expected = metric.score(alone(soxr.resample(wide, 48000, 16000, "VHQ"))).value
    for channels in (np.stack([wide, wide]), np.stack([2 * wide, 0 * wide]), wide[None] + hiss):
        audio = Audio(channels.astype(np.float32), 48000)
        found = metric.score(Sample(Utterance("u", Path("u.wav")), audio, audio, audio)).value
        assert found == pytest.approx(expected, abs=0.02)
    assert distill.CARD.conditions == ("wb", "fb")
