from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Abstain
from codecbench.cost.delay import codec_delay
from codecbench.cost.signals import speech_like

RATE = 8000


@pytest.mark.parametrize("shift", [-300, -1, 0, 5, 777])
@pytest.mark.parametrize("gain", [1.0, -0.3])
def test_a_shift_is_found_whatever_its_sign_and_the_gain(shift, gain):
    inputs = [speech_like(2 * RATE, RATE, seed).samples[0] for seed in range(2)]
    outputs = [gain * np.roll(signal, shift) for signal in inputs]
    found = codec_delay(inputs, outputs, 1000, RATE)
    assert (found.samples, found.method) == (shift, "waveform")


@pytest.mark.parametrize("surplus", [-500, 700])
def test_lengths_may_differ(surplus):
    signal = speech_like(2 * RATE, RATE, 0).samples[0]
    output = np.pad(signal, (0, 700))[: len(signal) + surplus]
    assert codec_delay([signal], [np.roll(output, 40)], 500, RATE).samples == 40


def test_a_vocoder_is_found_by_its_envelope():
    signal = speech_like(4 * RATE, RATE, 0).samples[0]
    window = np.hanning(160) / np.hanning(160).sum()
    noise = np.random.default_rng(0).standard_normal(len(signal))
    output = np.roll(np.convolve(np.abs(signal), window, "same") * noise, 80).astype(np.float32)
    found = codec_delay([signal], [output], 1000, RATE)
    assert found.method == "envelope"
    assert found.samples == pytest.approx(80, abs=40)


def test_unrelated_signals_have_no_delay():
    noise = np.random.default_rng(1).standard_normal(2 * RATE).astype(np.float32)
    with pytest.raises(Abstain, match=r"state CodecCard\.delay if it is known"):
        codec_delay([speech_like(2 * RATE, RATE, 0).samples[0]], [noise], 1000, RATE)
