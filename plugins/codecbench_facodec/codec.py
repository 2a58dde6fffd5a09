"""FACodec as a codec: a timbre for the utterance, then its codes.

Payload: the timbre as 16-bit floats, little-endian, then the codes; the number of frames follows from its length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from codecbench_layers.adapter import NetworkCodec
from numpy.typing import NDArray
from torch import Tensor

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint
from codecbench.bitstream import Codes, pack, unpack
from codecbench.errors import PayloadError
from codecbench_facodec.checkpoint import load
from codecbench_facodec.config import CODEBOOK_SIZE, CONFIGURATIONS

TIMBRE_TYPE = np.dtype("<f2")


@dataclass(frozen=True, eq=False)
class Parts:
    """A payload taken apart: `timbre` float16 [dimension], `codes` [codebooks, frames]."""

    timbre: NDArray[np.float16]
    codes: Codes

    def to_bytes(self) -> bytes:
        return self.timbre.astype(TIMBRE_TYPE).tobytes() + pack(self.codes, [CODEBOOK_SIZE] * len(self.codes))


class FacodecCodec(NetworkCodec):
    """Both variants. Codes are those of `NetworkCodec`; decoding them needs the timbre as well."""

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.configuration = CONFIGURATIONS[card.checkpoint]()
        super().__init__(card, options, load(card, options, self.configuration))

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        with torch.no_grad():
            latents = self.model.encoder(self.padded(torch.from_numpy(audio.samples)[None]))
            codes, timbre = self.quantize(latents, point), self.model.timbre_encoder(latents)
        return Parts(timbre[0].half().cpu().numpy(), codes[0].cpu().numpy()).to_bytes()

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        parts = self.parts(payload, point)
        timbre = torch.from_numpy(parts.timbre.astype(np.float32))[None].to(self.device)
        with torch.no_grad():
            latents = self.dequantize(torch.from_numpy(parts.codes)[None].to(self.device), point)
            audio = self.model.decoder(latents, timbre)
        return Audio(audio[0].float().cpu().numpy(), self.card.sample_rate)

    def parts(self, payload: bytes, point: OperatingPoint) -> Parts:
        """Timbre and codes of a payload.

        Raises:
            PayloadError: it ends within the timbre, holds no whole frame, or a number that is none.
        """
        size = self.configuration.dimension * TIMBRE_TYPE.itemsize
        where = f"{self.card.spec} at {point.label} kbps"
        if len(payload) < size:
            raise PayloadError(f"{where}: the payload of {len(payload)} bytes ends within the timbre's {size}")
        timbre = np.frombuffer(payload[:size], TIMBRE_TYPE)
        if not np.isfinite(timbre).all():
            raise PayloadError(f"{where}: the timbre holds values that are not finite")
        codes = unpack(payload[size:], self.codebook_sizes(point))
        if codes.shape[1] == 0:
            raise PayloadError(f"{where}: the payload holds no frame")
        return Parts(timbre, codes)

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes:
        return self.parts(payload, point).codes

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        raise PayloadError(f"{self.card.spec} at {point.label} kbps: codes alone lack the timbre; decode a payload")

    def unquantized(self, audio: Tensor) -> Tensor:
        """The timbre at full precision, as the latents are."""
        latents = self.model.encoder(self.padded(audio))
        decoded: Tensor = self.model.decoder(self.unrounded(latents), self.model.timbre_encoder(latents))
        return decoded

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The encoder includes the timbre's, the quantizer is the search of codes with its projections."""
        padded = self.padded(torch.from_numpy(audio.samples)[None])
        with torch.no_grad():
            latents = self.model.encoder(padded)
            timbre = self.model.timbre_encoder(latents)
            decodable = self.dequantize(self.quantize(latents, point), point)
        return {
            "encoder": lambda: self.model.timbre_encoder(self.model.encoder(padded)),
            "quantizer": lambda: self.quantize(latents, point),
            "decoder": lambda: self.model.decoder(decodable, timbre),
        }
