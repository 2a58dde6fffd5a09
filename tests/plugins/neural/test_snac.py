from __future__ import annotations

import numpy as np
import pytest
import torch
from small_codecs import make_small

from codecbench.api import Audio, CodecOptions


def test_codes_are_the_packages_own_at_three_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = make_small(monkeypatch, "snac")(CodecOptions())
    (point,) = codec.card.points
    signal = np.random.default_rng(0).normal(0, 0.1, 5000)
    payload = codec.encode(Audio.mono(signal, 24000), point)
    with torch.no_grad():
        wanted = codec.model.encode(torch.tensor(signal, dtype=torch.float32)[None, None])
    rows = codec.codes(payload, point)
    assert [len(row) for row in rows] == [3, 6, 12]
    assert all(np.array_equal(row, codes[0].numpy()) for row, codes in zip(rows, wanted, strict=True))
    assert len(payload) == 3 * 7 * 12 // 8 + 1


def test_noise_follows_from_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = make_small(monkeypatch, "snac")
    codec = factory(CodecOptions())
    (point,) = codec.card.points
    payload = codec.encode(Audio.mono(np.random.default_rng(0).normal(0, 0.1, 5000), 24000), point)
    first = codec.decode(payload, point).samples
    torch.rand(7)
    assert np.array_equal(first, codec.decode(payload, point).samples)
    codec.seed = 1
    assert not np.array_equal(first, codec.decode(payload, point).samples)
