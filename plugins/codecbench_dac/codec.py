"""DAC as a codec: tensors to codes and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint
from codecbench.tokens import TokenCodec, pad_to_multiple
from codecbench_dac.config import CODEBOOK_SIZE
from codecbench_dac.model import load_model


class Dac(TokenCodec):
    """Every variant: the whole signal at once, padded with zeros to whole frames.

    With stride 5 among its strides the decoder ends 8 samples early. Both of its ends are cut alike by the transposed
    convolutions' padding, so what is there is in place, and the 8 missing samples are at the end: they are zeros.
    """

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        loaded = load_model(card, options.weights, options.device, options.seed)
        self.card, self.device = card, torch.device(options.device)
        self.configuration, self.model = loaded.configuration, loaded.network
        self._parameters = loaded.parameters

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        return [CODEBOOK_SIZE] * int(point.settings["codebooks"])

    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor:
        samples = audio.shape[-1]
        audio = F.pad(audio, (0, max(1, -(-samples // self.configuration.hop)) * self.configuration.hop - samples))
        return self._quantize(self.model.encoder(audio.to(self.device)), point)

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        latents = self.model.quantizer.from_codes(codes.to(self.device))[0]
        decoded: Tensor = self.model.decoder(latents)
        return F.pad(decoded, (0, codes.shape[-1] * self.configuration.hop - decoded.shape[-1]))

    def _quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        """Latents [1, dimension, frames] to codes [1, codebooks, frames]."""
        codes: Tensor = self.model.quantizer(latents, int(point.settings["codebooks"]))[1]
        return codes

    def parameters(self) -> int:
        return self._parameters

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The quantizer is projections and nearest-neighbour search."""
        padded = torch.from_numpy(pad_to_multiple(audio.samples, self.configuration.hop))[None].to(self.device)
        with torch.no_grad():
            latents = self.model.encoder(padded)
        return {
            "encoder": lambda: self.model.encoder(padded),
            "quantizer": lambda: self._quantize(latents, point),
            "decoder": lambda: self.model.decoder(latents),
        }
