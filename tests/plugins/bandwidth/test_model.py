"""The extension from 16 to 24 kHz: what is below 8 kHz stays, what is above is the mirrored band as loud as is said."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from codecbench_bandwidth.config import CONFIGURATION
from codecbench_bandwidth.model import EnvelopeNetwork, Extension, FixedTilt, Split

from codecbench.api import Audio
from codecbench.audio import resample

SAMPLES = 16000


def tone(hertz: float, rate: int = 16000) -> torch.Tensor:
    return 0.1 * torch.sin(2 * torch.pi * hertz * torch.arange(SAMPLES * rate // 16000) / rate)[None]


def level(audio: torch.Tensor, hertz: float) -> float:
    """Amplitude at a frequency, of the middle."""
    part = audio.flatten()[2400:-2400]
    spectrum = torch.fft.rfft(part * torch.hann_window(len(part)))
    return float(spectrum.abs()[round(hertz * len(part) / 24000)] * 4 / len(part))


def test_a_tone_and_its_image() -> None:
    low, mirrored = Split(CONFIGURATION)(tone(6000)).unbind(1)
    assert low.shape[-1] == SAMPLES * 3 // 2
    assert level(low, 6000) == pytest.approx(0.1, rel=1e-3)
    assert level(mirrored, 10000) == pytest.approx(0.1, rel=1e-3)
    assert level(mirrored, 6000) < 1e-5
    assert level(low, 10000) < 1e-5


def test_the_lower_band_is_that_of_a_resampler_and_not_late() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal((1, SAMPLES)).astype(np.float32)
    low = Split(CONFIGURATION)(torch.from_numpy(noise))[0, 0].numpy()
    ideal = resample(Audio(noise, 16000), 24000).samples[0]
    spectra = [np.fft.rfft(one[2400:-2400] * np.hanning(len(one) - 4800)) for one in (low, ideal)]
    below = len(spectra[0]) * 7400 // 12000
    assert np.abs(spectra[0] - spectra[1])[:below].max() < 2e-3 * np.abs(spectra[1]).max()


@pytest.mark.parametrize(("first", "each"), [(0.0, 0.0), (-1.0, -0.2)])
def test_folding_is_as_loud_as_its_tilt_says(first: float, each: float) -> None:
    extension = Extension(CONFIGURATION, FixedTilt(CONFIGURATION, first, each))
    for hertz in (4750.0, 6250.0, 7250.0):
        band = int((16000 - hertz - 8000) // 500)
        turned = extension(tone(hertz)[None])
        assert turned.shape == (1, 1, SAMPLES * 3 // 2)
        assert level(turned, 16000 - hertz) == pytest.approx(0.1 * 10 ** ((first + each * band) / 2), rel=0.02)
        assert level(turned, hertz) == pytest.approx(0.1, rel=0.01)


def test_the_network_is_causal_and_small() -> None:
    torch.manual_seed(0)
    network = EnvelopeNetwork(CONFIGURATION)
    assert sum(parameter.numel() for parameter in network.parameters()) < 200_000
    bands = torch.randn(1, CONFIGURATION.mels + CONFIGURATION.bands, 60)
    changed = bands.clone()
    changed[..., 40:] += 1.0
    first, second = network(bands), network(changed)
    assert torch.equal(first[..., :40], second[..., :40])
    assert not torch.equal(first[..., 40:], second[..., 40:])


def test_it_looks_no_further_ahead_than_it_declares() -> None:
    torch.manual_seed(0)
    extension = Extension(CONFIGURATION, EnvelopeNetwork(CONFIGURATION)).eval()
    audio = 0.1 * torch.randn(1, 1, 6400)
    changed = audio.clone()
    at = 4800
    changed[..., at:] = 0.1 * torch.randn(1, 1, 6400 - at)
    with torch.no_grad():
        differ = (extension(audio) - extension(changed)).abs()[0, 0] > 1e-7
    first = int(differ.nonzero()[0]) * 2 / 3
    assert at - CONFIGURATION.lookahead <= first < at


def test_silence_stays_silent() -> None:
    extension = Extension(CONFIGURATION, FixedTilt(CONFIGURATION, 0.0, 0.0))
    assert not extension(torch.zeros(1, 1, 3200)).any()
