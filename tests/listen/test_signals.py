from __future__ import annotations

import numpy as np
import pytest
import soundfile

from codecbench.api import Audio
from codecbench.listen.signals import LEVEL_DB, PEAK, SilentTrial, anchor, fitted, levelled, modulated, write


def speech(seconds: float = 2.0, rate: int = 16000, channels: int = 1) -> Audio:
    """Noise in bursts: half of the time there is a pause."""
    g = np.random.default_rng(3)
    noise = 0.05 * g.standard_normal((channels, round(seconds * rate)))
    pauses = np.arange(noise.shape[1]) // (rate // 4) % 2
    return Audio((noise * pauses).astype(np.float32), rate)


def power_db(samples: np.ndarray, low: float, high: float, rate: int = 16000) -> float:
    spectrum = np.abs(np.fft.rfft(samples[0])) ** 2
    hertz = np.fft.rfftfreq(samples.shape[1], 1 / rate)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].mean()))


def active_db(samples: np.ndarray, original: Audio) -> float:
    active = np.abs(original.samples[0]) > 0
    return float(10 * np.log10(np.square(samples[:, active]).mean()))


@pytest.mark.parametrize(("hertz", "low", "high"), [(3500.0, 4000, 4500), (7000.0, 7500, 8000)])
def test_an_anchor_ends_where_bs_1534_has_it(hertz: float, low: float, high: float) -> None:
    """At least 25 dB down half a kHz above its edge, 50 dB a whole one; the band below stays."""
    original = speech()
    filtered = anchor(original, hertz)
    assert power_db(original.samples, low, high) - power_db(filtered.samples, low, high) > 25
    if hertz + 1000 < 8000:
        assert power_db(original.samples, hertz + 1000, 8000) - power_db(filtered.samples, hertz + 1000, 8000) > 50
    before, after = (power_db(audio.samples, 100, hertz - 300) for audio in (original, filtered))
    assert after == pytest.approx(before, abs=0.2)


@pytest.mark.parametrize("q", [5.0, 25.0])
def test_modulated_noise_follows_the_signal(q: float) -> None:
    original = speech()
    noise = modulated(original, q, 0).samples - original.samples
    measured = 10 * np.log10(np.square(original.samples).sum() / np.square(noise).sum())
    assert measured == pytest.approx(q, abs=0.3)
    assert not noise[original.samples == 0].any()
    assert np.array_equal(modulated(original, q, 0).samples, modulated(original, q, 0).samples)


def test_all_are_brought_to_one_level() -> None:
    original = speech()
    louder = Audio(original.samples * 3, 16000)
    softer = Audio(original.samples * np.float32(0.05), 16000)
    for samples in levelled(original, [("louder", louder), ("softer", softer)]):
        assert active_db(samples, original) == pytest.approx(LEVEL_DB, abs=0.5)


def test_none_clips_and_all_are_softened_alike() -> None:
    original = speech()
    spiky = original.samples.copy()
    spiky[0, 5000] = 3.0
    first, second = levelled(original, [("spiky", Audio(spiky, 16000))])
    assert np.abs(second).max() == pytest.approx(PEAK, abs=1e-3)
    assert active_db(first, original) == pytest.approx(active_db(second, original), abs=0.5)
    assert active_db(first, original) < LEVEL_DB


def test_what_is_silent_is_named() -> None:
    with pytest.raises(SilentTrial, match="opus 6 is silent"):
        levelled(speech(), [("opus 6", Audio(np.zeros((1, 32000), np.float32), 16000))])


def test_stereo_at_another_rate_is_brought_to_the_originals(tmp_path: object) -> None:
    original = speech(1.0, 44100, 2)
    other = fitted(speech(1.1, 48000, 1), original)
    assert (other.sample_rate, other.samples.shape) == (44100, original.samples.shape)
    first, second = levelled(original, [("other", other)])
    path = f"{tmp_path}/a.wav"
    write(second, 44100, path)  # type: ignore[arg-type]
    assert soundfile.info(path).subtype == "PCM_16"
    assert soundfile.read(path)[0].shape == first.T.shape
