"""FACodec in data-flow order: latents, a timbre for the utterance, three streams of codes, and back.

Ju et al., "NaturalSpeech 3: Zero-Shot Speech Synthesis with Factorized Codec and Diffusion Models", 2024
(arXiv 2403.03100), section 3.2; where text and release differ, the release (open-mmlab/Amphion,
models/codec/ns3_codec) is followed, for its weights are what there is to load.
"""

from __future__ import annotations

from typing import cast

import torch
from codecbench_layers.residual import FactorizedResidualQuantizer
from torch import Tensor, nn

from codecbench_facodec.config import CODEBOOK_SIZE, FacodecConfiguration
from codecbench_facodec.convolutions import Decoder, Encoder, ResidualUnit
from codecbench_facodec.timbre import TimbreEncoder


class AttributeQuantizer(nn.Module):
    """Prosody, content and detail, each a residual quantizer of its own; the latents are the sum of all three.

    Prosody and content both quantize the latents themselves, neither sees the other; detail quantizes what the two
    leave over.
    """

    def __init__(self, configuration: FacodecConfiguration) -> None:
        super().__init__()
        dimension, narrow = configuration.dimension, configuration.codebook_dimension
        self.sizes = configuration.streams
        self.streams = nn.ModuleList(
            FactorizedResidualQuantizer(count, CODEBOOK_SIZE, dimension, narrow) for count in self.sizes
        )

    @property
    def _streams(self) -> list[FactorizedResidualQuantizer]:
        """`ModuleList` forgets what it holds."""
        return [cast(FactorizedResidualQuantizer, stream) for stream in self.streams]

    def encode(self, latents: Tensor, codebooks: int) -> Tensor:
        """`latents` [batch, dimension, frames] to codes [batch, codebooks, frames], of which the last are detail."""
        prosody, content, detail = self._streams
        codes = [prosody.encode(latents, self.sizes[0]), content.encode(latents, self.sizes[1])]
        details = codebooks - sum(self.sizes[:2])
        if details:
            rest = latents - (prosody.decode(codes[0]) + content.decode(codes[1]))
            codes.append(detail.encode(rest, details))
        return torch.cat(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, codebooks, frames] to latents [batch, dimension, frames]."""
        parts = torch.split(codes, [*self.sizes[:2], codes.shape[1] - sum(self.sizes[:2])], dim=1)
        vectors = [stream.decode(part) for stream, part in zip(self._streams, parts, strict=True) if part.shape[1]]
        return torch.stack(vectors).sum(0)

    def unrounded(self, latents: Tensor) -> Tensor:
        """`latents` [batch, dimension, frames] through all projections, no code searched."""
        prosody, content, detail = self._streams
        coarse = prosody.unrounded(latents) + content.unrounded(latents)
        return coarse + detail.unrounded(latents - coarse)


class Facodec(nn.Module):
    """Encoder, timbre encoder, quantizer and decoder; in training as in use only their parts are called."""

    def __init__(self, configuration: FacodecConfiguration) -> None:
        super().__init__()
        size = configuration
        self.encoder = Encoder(size.encoder_widths, size.strides, size.dimension)
        self.timbre_encoder = TimbreEncoder(
            size.dimension, size.timbre_layers, size.timbre_heads, size.timbre_filter, size.timbre_kernel
        )
        self.quantizer = AttributeQuantizer(size)
        self.decoder = Decoder(size.decoder_widths, size.strides[::-1], size.dimension)
        if size.weight_norm:
            self._normalize_weights()

    def _normalize_weights(self) -> None:
        """Weight normalisation where the release has it: on all convolutions but the transformer's."""
        for part in (self.encoder, self.quantizer, self.decoder):
            for module in part.modules():
                if isinstance(module, nn.Conv1d | nn.ConvTranspose1d):
                    nn.utils.parametrizations.weight_norm(module)


@torch.no_grad()
def make_responsive(network: nn.Module) -> None:
    """Random weights whose output depends on the input: gains near one, residual branches small, tanh not saturated."""
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.ConvTranspose1d):
            taps = module.kernel_size[0] / (module.stride[0] if isinstance(module, nn.ConvTranspose1d) else 1)
            module.weight.normal_(std=(module.in_channels * taps) ** -0.5)
            if module.bias is not None:
                module.bias.zero_()
    for module in network.modules():
        if isinstance(module, ResidualUnit):
            module.damped.weight.mul_(0.3)
    if isinstance(network, Facodec):
        network.decoder.last.weight.mul_(0.1)
