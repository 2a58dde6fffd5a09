"""Whole codecs against independently computed figures.

DAC runs on meta tensors (shapes alone, no arithmetic) at the 10 s of the definition. EnCodec keeps its padding in
tensors, which meta tensors cannot give; it has no attention, so 1 s, a whole number of frames, gives the same figure.
"""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from codecbench.cost.macs import count_macs  # noqa: E402


def dac_16khz(width=64):
    config = transformers.DacConfig(
        sampling_rate=16000, encoder_hidden_size=width, downsampling_ratios=[2, 4, 5, 8],
        upsampling_ratios=[8, 5, 4, 2], n_codebooks=12,
    )  # fmt: skip
    with torch.device("meta"):
        return transformers.DacModel(config).eval()


def encodec_24khz(filters=32):
    return transformers.EncodecModel(transformers.EncodecConfig(num_filters=filters)).eval()


def giga_per_second(run, seconds):
    count = count_macs(run)
    assert count.unknown == ()
    return count.total / seconds / 1e9


def encoder_and_decoder(model, rate, dimension, seconds):
    device = next(model.parameters()).device
    audio = torch.zeros(1, 1, seconds * rate, device=device)
    latent = torch.zeros(1, dimension, seconds * rate // 320, device=device)
    return giga_per_second(lambda: model.encoder(audio), seconds), giga_per_second(
        lambda: model.decoder(latent), seconds
    )


def test_encodec_24khz():
    encoder, decoder = encoder_and_decoder(encodec_24khz(), 24000, 128, 1)
    assert encoder == pytest.approx(1.490, rel=0.01)
    assert decoder == pytest.approx(1.490, rel=0.01)


def test_dac_16khz():
    encoder, decoder = encoder_and_decoder(dac_16khz(), 16000, 1024, 10)
    assert encoder == pytest.approx(12.28, rel=0.01)
    assert decoder == pytest.approx(27.80, rel=0.01)


def test_doubling_a_width_is_seen():
    narrow = encoder_and_decoder(encodec_24khz(8), 24000, 128, 1)
    wide = encoder_and_decoder(encodec_24khz(16), 24000, 128, 1)
    assert 2 < wide[0] / narrow[0] < 4.1  # all but the first and last layers grow fourfold
    assert 2 < wide[1] / narrow[1] < 4.1
