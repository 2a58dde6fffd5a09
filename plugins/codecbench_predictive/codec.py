"""A codec with its codes predicted and entropy-coded: the same audio, fewer bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from codecbench.api import Audio, Codebook, CodecCard, CodecOptions, DecoderStream, OperatingPoint, PayloadError
from codecbench.codebooks import pack_rows
from codecbench_predictive.checkpoint import load
from codecbench_predictive.coding import Codes, compress, decompress


class PredictiveCodec:
    """The wrapped codec makes the codes and decodes them; what is between is here."""

    def __init__(self, card: CodecCard, wrapped: CodecCard, factory: Any, options: CodecOptions) -> None:
        self.card = card
        loaded = load(card, wrapped, factory, options)
        self.codec: Any = loaded.codec
        self.predictor, self.identity = loaded.predictor, loaded.identity
        self._points = {len(point.codebooks): point for point in wrapped.points}

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        with torch.no_grad():
            codes = self.codec.encode_codes(torch.from_numpy(audio.samples)[None], self.wrapped_point(point))
        return compress(codes[0].cpu().numpy().astype(np.int64), self.predictor, self.identity)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        codes = pack_rows(self.codes(payload, point), point.codebooks)
        audio: Audio = self.codec.decode(codes, self.wrapped_point(point))
        return audio

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes:
        """Codes [codebooks, frames]. Raises PayloadError where the payload is none of this codec at `point`."""
        try:
            return decompress(payload, len(point.codebooks), self.predictor, self.identity)
        except PayloadError as error:
            raise PayloadError(f"{self.card.spec} at {point}: {error}") from error

    def codebooks(self, point: OperatingPoint) -> tuple[Codebook, ...]:
        return point.codebooks

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        return [book.size for book in point.codebooks]

    def decode_stream(self, point: OperatingPoint) -> DecoderStream:
        """See `codecbench.api.HasStreams`: the wrapped codec's."""
        stream: DecoderStream = self.codec.decode_stream(self.wrapped_point(point))
        return stream

    def wrapped_point(self, point: OperatingPoint) -> OperatingPoint:
        """The wrapped codec's point with as many codebooks."""
        return self._points[len(point.codebooks)]

    def parameters(self) -> int:
        return int(self.codec.parameters()) + self.predictor.configuration.parameters

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The wrapped codec's. The predictor, in encoder and decoder alike, is in none: NumPy computes it."""
        stages: Mapping[str, Callable[[], object]] = self.codec.stages(audio, self.wrapped_point(point))
        return stages
