"""Pitch tracks and changed voices, by sounds whose pitch and formants are known."""

from __future__ import annotations

import math

import pytest
import torch
from made_voices import voice, vowel

from recipes.training.voices import FORMANT_FACTORS, changed, formants_shifted, pitch_track


def test_pitch_is_that_of_the_voice() -> None:
    for hertz in (80.0, 110.0):
        pitch, voiced = pitch_track(voice(hertz)[:, 0], 200)
        assert voiced.float().mean() > 0.9
        assert float(pitch[voiced].median()) == pytest.approx(math.log2(hertz / 150), abs=0.03)


def test_silence_and_noise_have_no_pitch() -> None:
    noise = torch.randn(1, 16000, generator=torch.Generator().manual_seed(0))
    for signal in (torch.zeros(1, 16000), 0.1 * noise):
        assert pitch_track(signal, 200)[1].float().mean() < 0.1


def resonance(audio: torch.Tensor, low: float, high: float) -> float:
    """Centre of the power between two frequencies."""
    hertz, power = torch.fft.rfftfreq(audio.shape[-1], 1 / 16000), torch.fft.rfft(audio[0, 0]).abs().square()
    inside = (hertz > low) & (hertz < high)
    return float((hertz * power)[inside].sum() / power[inside].sum())


@pytest.mark.parametrize("factor", [*FORMANT_FACTORS, 1.0])
def test_a_formant_moves_by_the_factor_and_pitch_does_not(factor: float) -> None:
    original = vowel(110.0, 1500.0)
    shifted = formants_shifted(original, torch.tensor([factor]))
    assert resonance(original, 1000, 2000) == pytest.approx(1500, rel=0.02)
    assert resonance(shifted, 1000, 2000) == pytest.approx(factor * 1500, rel=0.03)
    pitches = [pitch_track(signal[:, 0], 200) for signal in (original, shifted)]
    medians = [float(pitch[voiced].median()) for pitch, voiced in pitches]
    assert medians[1] == pytest.approx(medians[0], abs=0.01)
    if factor == 1:
        assert torch.allclose(shifted, original, atol=1e-5)


def test_each_item_has_its_own_factor_and_silence_stays() -> None:
    pair = torch.cat([vowel(110.0, 1500.0), torch.zeros(1, 1, 16000)])
    shifted = formants_shifted(pair, torch.tensor([0.9, 1.1]))
    alone = formants_shifted(pair[:1], torch.tensor([0.9]))
    assert torch.allclose(shifted[:1], alone, atol=1e-6)
    assert shifted[1].abs().max() == 0


def test_changes_follow_the_generator() -> None:
    first, again, other = (changed(vowel(110.0, 1500.0), torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
