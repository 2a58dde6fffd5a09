from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recipes.training.losses import WINDOWS, SpectralLoss, frames

LOSS = SpectralLoss()
NOISE = 0.1 * torch.randn(1, 1, 8000, generator=torch.Generator().manual_seed(0))


def test_the_same_signal_costs_nothing_and_silence_one_in_phase() -> None:
    same, silent = LOSS(NOISE, NOISE), LOSS(torch.zeros_like(NOISE), NOISE)
    assert same.total.item() < 1e-5
    assert abs(silent.complex.item() - 1) < 1e-3
    assert silent.mel > 1


@settings(max_examples=10, deadline=None)
@given(st.floats(1.1, 4.0))
def test_a_gain_is_its_logarithm_in_mel_and_its_share_in_phase(gain: float) -> None:
    found = LOSS(gain * NOISE, NOISE)
    assert abs(found.mel.item() - torch.tensor(gain).log().item()) < 0.05
    assert abs(found.complex.item() - (gain - 1)) < 0.01


def test_polarity_is_heard_by_the_complex_term_alone() -> None:
    found = LOSS(-NOISE, NOISE)
    assert found.mel < 1e-5
    assert abs(found.complex.item() - 2) < 1e-3


def test_the_gradient_is_finite_where_both_are_silent() -> None:
    decoded = torch.zeros(1, 1, 4000, requires_grad=True)
    LOSS(decoded, torch.zeros(1, 1, 4000)).total.backward()
    assert decoded.grad is not None
    assert torch.isfinite(decoded.grad).all()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("samples", [12800, 12801, 4093])
def test_frames_and_their_gradient_are_those_of_torch_stft(window: int, samples: int) -> None:
    generator = torch.Generator().manual_seed(0)
    audio = torch.randn(2, samples, generator=generator, requires_grad=True)
    hann = torch.hann_window(window)
    ours = torch.fft.rfft(frames(audio, window) * hann).transpose(1, 2)
    theirs = torch.stft(audio, window, window // 4, window=hann, return_complex=True)
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() < 1e-5 * theirs.abs().max()
    weights = torch.randn(ours.shape, dtype=ours.dtype, generator=generator)
    slopes = [torch.autograd.grad((spectrum * weights).abs().sum(), audio)[0] for spectrum in (ours, theirs)]
    assert (slopes[0] - slopes[1]).abs().max() < 1e-5 * slopes[1].abs().max()
