from __future__ import annotations

import numpy as np
import pytest
import torch
from small_codecs import make_small

from codecbench.api import Audio, CodecOptions


@pytest.mark.parametrize("samples", [320, 3200, 16000])
def test_codes_and_audio_are_the_models_own(monkeypatch: pytest.MonkeyPatch, samples: int) -> None:
    codec = make_small(monkeypatch, "xcodec")(CodecOptions())
    signal = np.random.default_rng(0).normal(0, 0.1, samples)
    for point in codec.card.points:
        payload = codec.encode(Audio.mono(signal, 16000), point)
        with torch.no_grad():
            taken = torch.tensor(signal, dtype=torch.float32)[None, None]
            codes = codec.model.encode(taken, bandwidth=point.nominal_kbps).audio_codes
            audio = codec.model.decode(codes).audio_values
        assert np.array_equal(codec.codes(payload, point), codes[0].numpy())
        assert np.allclose(codec.decode(payload, point).samples, audio[0].numpy(), atol=1e-6)


def test_what_training_alone_runs_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = make_small(monkeypatch, "xcodec")(CodecOptions())
    model = codec.MODEL(
        codec.CONFIGURATION()
    )  # with the gains of weight normalisation, which are folded in the codec's
    whole = sum(parameter.numel() for parameter in model.parameters())
    unused = [model.decoder_semantic, model.fc1]
    assert codec.parameters() == whole - sum(p.numel() for part in unused for p in part.parameters())
