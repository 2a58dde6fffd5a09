"""DAC as a codec: tensors to codes and back."""

from __future__ import annotations

from codecbench_layers.adapter import NetworkCodec
from codecbench_layers.residual import projected
from torch import Tensor
from torch.nn import functional as F

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench_dac.model import load_model


class Dac(NetworkCodec):
    """Every variant: the whole signal at once, padded with zeros to whole frames.

    With stride 5 among its strides the decoder ends 8 samples early. Both of its ends are cut alike by the transposed
    convolutions' padding, so what is there is in place, and the 8 missing samples are at the end: they are zeros.
    """

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        super().__init__(card, options, load_model(card, options))

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:
        decoded = super().decode_codes(codes, point)
        return F.pad(decoded, (0, codes.shape[-1] * self.card.frame - decoded.shape[-1]))

    def unquantized(self, audio: Tensor) -> Tensor:
        decoded = super().unquantized(audio)
        return F.pad(decoded, (0, self.padded(audio).shape[-1] - decoded.shape[-1]))

    def unrounded(self, latents: Tensor) -> Tensor:
        return projected(self.model.quantizer.quantizers, latents)

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        codes: Tensor = self.model.quantizer(latents, int(point.settings["codebooks"]))[1]
        return codes

    def dequantize(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        latents: Tensor = self.model.quantizer.from_codes(codes)[0]
        return latents
