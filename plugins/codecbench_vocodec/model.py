"""VoCodec: spectrum in, ConvNeXt encoder, factorized residual quantizer, lean decoder, spectrum out.

Equations are those of arXiv 2601.13055. F is the number of bins, `width` the channels, all convolutions are causal.
"""

from __future__ import annotations

import torch
from codecbench_layers.causal import CausalAttention, CausalConvNext, CausalResidual
from codecbench_layers.residual import FactorizedResidualQuantizer
from codecbench_layers.stft import CausalStft
from torch import Tensor, nn

from codecbench_vocodec.config import CODEBOOK_SIZE, VocodecConfiguration

FLOOR = 1e-5
"""Below every audible magnitude; keeps the logarithm finite."""
LARGEST_LOG = 6.0
"""Above the log magnitude of any bin of a full-scale signal; keeps the exponential finite (as in Vocos)."""


class Vocodec(nn.Module):
    """The whole network. `configuration` decides every width."""

    def __init__(self, configuration: VocodecConfiguration) -> None:
        super().__init__()
        self.encoder = Encoder(configuration)
        self.quantizer = FactorizedResidualQuantizer(
            configuration.codebooks, CODEBOOK_SIZE, configuration.width, configuration.codebook_dimension
        )
        self.decoder = Decoder(configuration)

    def front_end(self, audio: Tensor) -> Tensor:
        """Audio [batch, 1, samples] to log magnitudes and phases, and back."""
        return self.decoder.synthesize(self.encoder.analyze(audio))


class Encoder(nn.Module):
    """Audio [batch, 1, samples] to latents [batch, width, frames]."""

    def __init__(self, configuration: VocodecConfiguration) -> None:
        super().__init__()
        width = configuration.width
        self.stft = CausalStft(configuration.window, configuration.window, configuration.hop)
        self.embed = nn.Conv1d(2 * self.stft.bins, width, 1)
        blocks = configuration.convnext_blocks
        self.convnext = nn.Sequential(
            *(CausalConvNext(width, configuration.kernel, configuration.expansion, 1 / blocks) for _ in range(blocks))
        )
        self.attention = attention_module(configuration, groups=1)

    def forward(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.attention(self.convnext(self.embed(self.analyze(audio))))
        return latents

    def analyze(self, audio: Tensor) -> Tensor:
        """Log magnitudes and phases [batch, 2 F, frames]: equation 1."""
        spectrum = self.stft.analyze(audio[:, 0])  # [batch, F, frames]
        magnitude = spectrum.abs().clamp(min=FLOOR)
        return torch.cat([magnitude.log(), spectrum.angle()], dim=1)


class Decoder(nn.Module):
    """Latents [batch, width, frames] to audio [batch, 1, samples]: the encoder's mirror, without inverted bottlenecks
    and with grouped convolutions; the spectrum's magnitude and phase come out as in Vocos (Siuzdak 2023, section 3.2).
    """  # fmt: skip

    def __init__(self, configuration: VocodecConfiguration) -> None:
        super().__init__()
        width = configuration.width
        self.attention = attention_module(configuration, configuration.decoder_groups)
        blocks = configuration.convnext_blocks
        self.convnext = nn.Sequential(
            *(CausalConvNext(width, configuration.kernel, 1, 1 / blocks) for _ in range(blocks))
        )
        self.stft = CausalStft(configuration.window, configuration.window, configuration.hop)
        self.head = nn.Conv1d(width, 2 * self.stft.bins, 1)

    def forward(self, latents: Tensor) -> Tensor:
        return self.synthesize(self.head(self.convnext(self.attention(latents))))

    def synthesize(self, features: Tensor) -> Tensor:
        """The inverse of `Encoder.analyze`, [batch, 1, samples]."""
        magnitude, phase = features.chunk(2, dim=1)  # [batch, F, frames] each
        magnitude = magnitude.clamp(max=LARGEST_LOG).exp()
        spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
        return self.stft.synthesize(spectrum)[:, None]


def attention_module(configuration: VocodecConfiguration, groups: int) -> nn.Sequential:
    """Residual blocks, then self-attention, as WavTokenizer's (Ji et al. 2024) but causal."""
    residual = (CausalResidual(configuration.width, groups) for _ in range(configuration.residual_blocks))
    attention = CausalAttention(configuration.width, configuration.attention_heads, configuration.attention_window)
    return nn.Sequential(*residual, attention)
