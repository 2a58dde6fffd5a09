"""A control beside the codecs: a plain autoencoder with nothing in it that a paper was written about.

ConvNeXt blocks (Liu et al. 2022) on a spectrum, as in Vocos (Siuzdak 2023), and a residual quantizer with moving
averages. It is trained like the rest and compared with them, but it is no codec of the harness and is not exported.

It looks 0.36 s ahead and costs 0.18 GMAC/s, so that it is no match for a causal codec, nor for a costlier one. Two more
differ from it in one respect each: `plain_causal` and `plain_macs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from codecbench_layers.causal import ChannelNorm
from codecbench_layers.residual import ResidualQuantizer
from codecbench_layers.stft import CausalStft
from codecbench_layers.training import EmaTraining
from codecbench_vocodec.model import FLOOR, LARGEST_LOG
from torch import Tensor, nn
from torch.nn import functional as F

from recipes.starts.spectral import start_as_cepstrum
from recipes.training.trainee import Trainee


@dataclass(frozen=True)
class PlainConfiguration:
    """Widths are our choice: 2.8 million parameters; hop, codebooks and bitrates are those of the reference family.

    A `causal` one looks no further ahead than its window: 40 ms of latency.
    """

    window: int = 640
    hop: int = 320
    width: int = 256
    expansion: int = 3
    kernel: int = 7
    blocks: int = 3
    dimension: int = 64
    codebooks: int = 12
    codebook_size: int = 1024
    codebook_counts: tuple[int, ...] = (2, 4, 6, 12)
    kbps_per_codebook: float = 0.5
    causal: bool = False

    @classmethod
    def causal_40ms(cls) -> PlainConfiguration:
        """As much latency as VoCodec and IBPCodec have."""
        return cls(causal=True)

    @classmethod
    def median_macs(cls) -> PlainConfiguration:
        """0.56 GMAC/s with the quantizer: about the median of the seven codecs, which is EnCodec's 0.54.

        At 50 frames per second that takes 10.4 million parameters.
        """
        return cls(width=512)


class Block(nn.Module):
    """Depthwise, then two pointwise convolutions, over [batch, width, frames].

    Sees as much ahead as behind, or where it is causal as much behind alone.
    """

    def __init__(self, configuration: PlainConfiguration) -> None:
        super().__init__()
        width, kernel = configuration.width, configuration.kernel
        self.around = (kernel - 1, 0) if configuration.causal else (kernel // 2, kernel // 2)
        self.depthwise = nn.Conv1d(width, width, kernel, groups=width)
        self.norm = ChannelNorm(width)
        self.widen = nn.Conv1d(width, configuration.expansion * width, 1)
        self.narrow = nn.Conv1d(configuration.expansion * width, width, 1)

    def forward(self, frames: Tensor) -> Tensor:
        mixed = self.norm(self.depthwise(F.pad(frames, self.around)))
        inner: Tensor = self.narrow(F.gelu(self.widen(mixed)))
        return frames + inner


class Encoder(nn.Module):
    """Audio [batch, 1, samples] to latents [batch, dimension, frames]."""

    def __init__(self, configuration: PlainConfiguration) -> None:
        super().__init__()
        self.stft = CausalStft(configuration.window, configuration.window, configuration.hop)
        self.embed = nn.Conv1d(3 * self.stft.bins, configuration.width, 1)
        self.blocks = nn.Sequential(*(Block(configuration) for _ in range(configuration.blocks)))
        self.project = nn.Conv1d(configuration.width, configuration.dimension, 1)

    def forward(self, audio: Tensor) -> Tensor:
        spectrum = self.stft.analyze(audio[:, 0])  # [batch, bins, frames]
        magnitude = spectrum.abs().clamp(min=FLOOR)
        features = torch.cat([magnitude.log(), spectrum.real / magnitude, spectrum.imag / magnitude], dim=1)
        latents: Tensor = self.project(self.blocks(self.embed(features)))
        return latents


class Decoder(nn.Module):
    """Latents [batch, dimension, frames] to audio [batch, 1, samples]."""

    def __init__(self, configuration: PlainConfiguration) -> None:
        super().__init__()
        self.project = nn.Conv1d(configuration.dimension, configuration.width, 1)
        self.blocks = nn.Sequential(*(Block(configuration) for _ in range(configuration.blocks)))
        self.stft = CausalStft(configuration.window, configuration.window, configuration.hop)
        self.head = nn.Conv1d(configuration.width, 2 * self.stft.bins, 1)

    def forward(self, latents: Tensor) -> Tensor:
        magnitude, phase = self.head(self.blocks(self.project(latents))).chunk(2, dim=1)
        return self.stft.synthesize(torch.polar(magnitude.clamp(max=LARGEST_LOG).exp(), phase))[:, None]


class Plain(nn.Module):
    """The whole network."""

    def __init__(self, configuration: PlainConfiguration) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(configuration), Decoder(configuration)
        self.quantizer = ResidualQuantizer(
            configuration.codebooks, configuration.codebook_size, configuration.dimension
        )


def build(seed: int) -> Trainee:
    return build_plain(PlainConfiguration(), seed)


def build_plain(configuration: PlainConfiguration, seed: int) -> Trainee:
    torch.manual_seed(seed)
    model = Plain(configuration)
    damped = [module.narrow for module in model.modules() if isinstance(module, Block)]
    start_as_cepstrum(model.encoder.embed, model.decoder.head, model.encoder.stft.bins, damped)
    _keep_cepstrum(model)
    quantizer = EmaTraining(model.quantizer.layers, seed)
    return Trainee(model, quantizer, configuration.codebook_counts)


@torch.no_grad()
def _keep_cepstrum(model: Plain) -> None:
    """Let latents be the lowest cepstral coefficients, which the outer layers have in their first channels."""
    for conv in (model.encoder.project, model.decoder.project):
        conv.weight.mul_(0.1)
        assert conv.bias is not None
        conv.bias.zero_()
        kept = torch.arange(min(conv.weight.shape[:2]))
        conv.weight[kept, kept] = 1


def nominal_kbps() -> dict[int, float]:
    """By number of codebooks. A codec's are on its card; this is no codec."""
    configuration = PlainConfiguration()
    return {count: count * configuration.kbps_per_codebook for count in configuration.codebook_counts}
