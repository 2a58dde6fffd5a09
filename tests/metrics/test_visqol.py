from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from made_samples import eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain, Audio, Sample, Unavailable, Utterance
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


def at_rate(reference: Any, decoded: Any, rate: int) -> Sample:
    x, y = (Audio(np.atleast_2d(signal).astype(np.float32), rate) for signal in (reference, decoded))
    return Sample(Utterance("u", Path("u.wav")), x, y, y)


def test_in_condition_fb_audio_mode_hears_the_whole_band_of_all_channels(audio: Visqol) -> None:
    """A codec that loses what lies above 8 kHz is told from one that keeps it; channels are mixed."""
    rate = 44100
    rng = np.random.default_rng(0)
    envelope = 0.1 * (1.1 + np.sin(np.arange(2 * rate) / 3000))
    full = envelope * rng.standard_normal((2, 2 * rate))
    spectrum = np.fft.rfft(full)
    spectrum[:, 2 * 8000 :] = 0
    dull = np.fft.irfft(spectrum, 2 * rate)
    same, lost = (audio.score(at_rate(full, decoded, rate)).value for decoded in (full, dull))
    assert same > 4.6
    assert lost < same - 0.3
    swapped = audio.score(at_rate(full, full[::-1], rate)).value
    assert swapped == pytest.approx(same, abs=1e-6)
    api = visqol.VisqolApi()
    api.create(mode="audio")
    mixed = [np.float32(x.astype(np.float32).mean(axis=0)).astype(float) for x in (full, dull)]
    theirs = api.measure_from_arrays(*(soxr.resample(x, rate, 48000, "VHQ") for x in mixed), 48000).moslqo
    assert lost == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize(
    ("decoded", "says"),
    [
        (np.full((1, 48000), np.nan), "NaN"),
        (np.ones((1, 47999)), "lengths differ: reference 48000 samples, decoded 47999"),
    ],
)
def test_what_no_harness_gives_is_one_clear_line(audio: Visqol, decoded: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        audio.score(at_rate(np.ones((1, 48000)), decoded, 48000))


def test_speech_mode_takes_mono_at_16_khz_alone(speech: Visqol, clip: Any) -> None:
    both = np.stack([clip, clip])
    with pytest.raises(ValueError, match="has 2 channels at 16000 Hz; metrics take mono at 16000 Hz"):
        speech.score(at_rate(both, both, 16000))
    assert SPEECH_CARD.conditions == ("wb",)
    assert AUDIO_CARD.conditions == ("wb", "fb")
