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

from codecbench_facodec.bands import LowBands
from codecbench_facodec.config import CODEBOOK_SIZE, SAMPLE_RATE, FacodecConfiguration
from codecbench_facodec.convolutions import Decoder, Encoder, ResidualUnit
from codecbench_facodec.timbre import TimbreEncoder


class AttributeQuantizer(nn.Module):
    """Prosody, content and detail, each a residual quantizer of its own; the latents are the sum of all three.

    Prosody and content both quantize the latents themselves, neither sees the other; detail quantizes what the two
    leave over. In the reference configuration prosody quantizes `LowBands` instead, which follow the latents' rows and
    enter the sum through `prosody_out`.
    """

    def __init__(self, configuration: FacodecConfiguration) -> None:
        super().__init__()
        dimension, narrow = configuration.dimension, configuration.codebook_dimension
        self.sizes, self.dimension = configuration.streams, dimension
        bands = configuration.prosody_bands
        self.streams = nn.ModuleList(
            FactorizedResidualQuantizer(count, CODEBOOK_SIZE, width, narrow)
            for count, width in zip(self.sizes, (bands or dimension, dimension, dimension), strict=True)
        )
        self.prosody_out: nn.Module = nn.Conv1d(bands, dimension, 1) if bands else nn.Identity()

    @property
    def _streams(self) -> list[FactorizedResidualQuantizer]:
        """`ModuleList` forgets what it holds."""
        return [cast(FactorizedResidualQuantizer, stream) for stream in self.streams]

    def parted(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's output, as what prosody quantizes and what content does, both [batch, rows, frames]."""
        own, bands = latents[:, : self.dimension], latents[:, self.dimension :]
        return (bands if bands.shape[1] else own), own

    def encode(self, latents: Tensor, codebooks: int) -> Tensor:
        """The encoder's output [batch, rows, frames] to codes [batch, codebooks, frames], the last ones detail."""
        prosody, content, detail = self._streams
        source, own = self.parted(latents)
        codes = [prosody.encode(source, self.sizes[0]), content.encode(own, self.sizes[1])]
        details = codebooks - sum(self.sizes[:2])
        if details:
            rest = own - (self.prosody_out(prosody.decode(codes[0])) + content.decode(codes[1]))
            codes.append(detail.encode(rest, details))
        return torch.cat(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, codebooks, frames] to latents [batch, dimension, frames]."""
        prosody, content, detail = self._streams
        parts = torch.split(codes, [*self.sizes[:2], codes.shape[1] - sum(self.sizes[:2])], dim=1)
        latents: Tensor = self.prosody_out(prosody.decode(parts[0])) + content.decode(parts[1])
        return latents + detail.decode(parts[2]) if parts[2].shape[1] else latents

    def unrounded(self, latents: Tensor) -> Tensor:
        """The encoder's output [batch, rows, frames] through all projections, no code searched."""
        prosody, content, detail = self._streams
        source, own = self.parted(latents)
        coarse: Tensor = self.prosody_out(prosody.unrounded(source)) + content.unrounded(own)
        return coarse + detail.unrounded(own - coarse)


class Facodec(nn.Module):
    """Encoder, timbre encoder, quantizer and decoder; in training as in use only their parts are called."""

    def __init__(self, configuration: FacodecConfiguration) -> None:
        super().__init__()
        size = configuration
        bands = LowBands(size.prosody_bands, size.hop, SAMPLE_RATE) if size.prosody_bands else None
        self.encoder = Encoder(size.encoder_widths, size.strides, size.dimension, bands)
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
