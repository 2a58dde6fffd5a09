"""Codec 2's encoder as it is, and a decoder that is learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from codecbench_classic.table import ROWS
from codecbench_layers.adapter import load_network
from codecbench_units.decoder import Conditions, source_of
from codecbench_units.prosody import Contour
from numpy.typing import NDArray
from torch import Tensor

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, OperatingPoint
from codecbench.audio import resample
from codecbench_vocoded.vocoder import NARROW_RATE, VocoderNetwork, analyzed, whole

CODEC2 = next(row for row in ROWS if row.card.name == "codec2")


class NarrowCodec2:
    """Codec 2 for signals of 16 kHz."""

    def __init__(self) -> None:
        self.codec: Codec = CODEC2.build(CodecOptions())

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        return self.codec.encode(resample(audio, NARROW_RATE), self._point(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> NDArray[np.float32]:
        """At 8 kHz, whole frames of 20 ms [frames * 160]. Raises PayloadError as Codec 2's plugin."""
        return whole(self.codec.decode(payload, self._point(point)).samples[0].astype(np.float32))

    def _point(self, point: OperatingPoint) -> OperatingPoint:
        """Codec 2's own of that mode."""
        return next(own for own in CODEC2.card.points if own.settings["mode"] == point.settings["mode"])


class VocodedCodec2:
    """See the package."""

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.card, self.seed, self.device = card, options.seed, torch.device(options.device)
        self.narrow = NarrowCodec2()
        loaded = load_network(card, options, VocoderNetwork)
        self._parameters, self.decoder = loaded.parameters, loaded.network.decoder

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        return self.narrow.encode(audio, point)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        with torch.no_grad():
            audio = self.decoder(*self._given(self.narrow.decode(payload, point)))
        return Audio(audio[0].clamp(-1, 1).cpu().numpy(), self.card.sample_rate)

    def parameters(self) -> int:
        return self._parameters

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The network; libcodec2 and the search for F0 are in none, no counter sees them."""
        given = self._given(self.narrow.decode(self.encode(audio, point), point))
        return {"decoder": lambda: self.decoder(*given)}

    def _given(self, narrow: NDArray[np.float32]) -> tuple[Conditions, Tensor]:
        conditions, line = analyzed(narrow)
        return conditions.to(self.device), _source(line, self.seed).to(self.device)


def _source(line: Contour, seed: int) -> Any:
    """[1, 2, samples]"""
    return torch.from_numpy(source_of(line, seed))[None]
