from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from codecbench.api import Audio, Codebook, CodecCard, HasCodes, OperatingPoint, PayloadError, TokenCodec
from codecbench.api.tokens import codebooks_of

torch = pytest.importorskip("torch")
POINT = OperatingPoint(2.0)


class Rounded(TokenCodec):
    """Two codebooks of 16: the high and the low half of a byte."""

    card = CodecCard("rounded", 1000, (POINT,))

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        return (16, 16)

    def encode_codes(self, audio: Any, point: OperatingPoint) -> Any:
        assert not torch.is_grad_enabled()
        byte = ((audio[:, 0] + 1) * 127).round().long()
        return torch.stack([byte // 16, byte % 16], dim=1)

    def decode_codes(self, codes: Any, point: OperatingPoint) -> Any:
        assert not torch.is_grad_enabled()
        return ((16 * codes[:, 0] + codes[:, 1]) / 127 - 1)[:, None].double()


def test_only_bytes_pass_between_encoder_and_decoder() -> None:
    audio = Audio.mono(np.linspace(-1, 1, 100), 1000)
    payload = Rounded().encode(audio, POINT)
    assert len(payload) < 120
    decoded = Rounded().decode(payload, POINT)
    assert (decoded.sample_rate, decoded.samples.dtype) == (1000, np.float32)
    assert np.abs(decoded.samples - audio.samples).max() <= 1 / 127
    assert Rounded().codes(payload, POINT).shape == (2, 100)
    assert isinstance(Rounded(), HasCodes)


def test_a_payload_without_a_frame_is_refused() -> None:
    empty = Rounded().encode(Audio.mono(np.zeros(0), 1000), POINT)
    with pytest.raises(PayloadError, match="rounded:default at 2 kbps: the payload holds no frame"):
        Rounded().decode(empty, POINT)


def test_codebooks_are_those_of_the_point_or_of_the_codec() -> None:
    stated = OperatingPoint(2.0, codebooks=(Codebook(16), Codebook(16)))
    assert codebooks_of(Rounded(), POINT) == codebooks_of(Rounded(), stated) == stated.codebooks


class Unstated(Rounded):
    codebook_sizes = TokenCodec.codebook_sizes


def test_a_codec_that_states_none_is_told_where_to() -> None:
    with pytest.raises(TypeError, match="rounded:default at 2 kbps: the point states no codebooks; add codebooks="):
        Unstated().encode(Audio.mono(np.zeros(8), 1000), POINT)
    assert Unstated().codebook_sizes(OperatingPoint(2.0, codebooks=(Codebook(8),))) == [8]
