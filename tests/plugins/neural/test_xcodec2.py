from __future__ import annotations

import numpy as np
import pytest
import torch
from small_codecs import make_small

from codecbench.api import Audio, CodecOptions


@pytest.mark.parametrize("name", ["xcodec2", "neucodec"])
@pytest.mark.parametrize("samples", [319, 320, 16000])
def test_codes_and_audio_are_the_models_own(monkeypatch: pytest.MonkeyPatch, name: str, samples: int) -> None:
    codec = make_small(monkeypatch, name)(CodecOptions())
    (point,) = codec.card.points
    signal = np.random.default_rng(0).normal(0, 0.1, samples)
    payload = codec.encode(Audio.mono(signal, 16000), point)
    prepared = codec.prepare(torch.tensor(signal, dtype=torch.float32)[None, None])
    with torch.no_grad():
        codes = codec.model.encode(prepared.samples, prepared.features).audio_codes
        audio = codec.model.decode(codes).audio_values
    assert np.array_equal(codec.codes(payload, point), codes[0].numpy())
    assert codes.shape[-1] == max(2, samples // 320 + 1)  # a sample of zeros more, then whole frames
    assert np.allclose(codec.decode(payload, point).samples, audio[0].numpy(), atol=1e-6)
    assert audio.shape[-1] == codes.shape[-1] * 320 * codec.card.decoded_rate // 16000


def test_features_are_w2v_berts_normalized_log_mel_energies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two frames of 80 bins side by side; each bin of mean 0 and variance 1 over the utterance."""
    codec = make_small(monkeypatch, "xcodec2")(CodecOptions())
    signal = torch.randn(1, 1, 16000, generator=torch.Generator().manual_seed(0))
    features = codec.prepare(signal).features
    assert features.shape == (1, 51, 160)
    bins = features[0].reshape(-1, 80)
    assert bins.mean(0).abs().max() < 1e-4
    assert (bins.var(0) - 1).abs().max() < 1e-2
