"""IBPCodec: the low band through strided convolutions and FocalBlocks to a group quantizer; the high band is predicted.

Latents are [batch, dimension, frames]; a band is [batch, 3, bins, frames]: log amplitude, cosine and sine of the phase.
"""

from __future__ import annotations

import torch
from codecbench_layers.residual import GroupResidualQuantizer
from codecbench_layers.stft import CausalStft
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench_ibpcodec.config import CODEBOOK_SIZE, GROUPS, IbpcodecConfiguration
from codecbench_ibpcodec.focal import FocalBlock

PARTS = 3
FLOOR = 1e-5
"""Below every audible magnitude; keeps the logarithm finite."""
LARGEST_LOG = 6.0
"""Above the log magnitude of any bin of a full-scale signal; keeps the exponential finite."""


class Ibpcodec(nn.Module):
    """The whole network."""

    def __init__(self, configuration: IbpcodecConfiguration) -> None:
        super().__init__()
        self.encoder = Encoder(configuration)
        self.quantizer = GroupResidualQuantizer(GROUPS, configuration.layers, CODEBOOK_SIZE, configuration.dimension)
        self.decoder = Decoder(configuration)
        self.bins = configuration.low_bins + configuration.high_bins

    def front_end(self, audio: Tensor) -> Tensor:
        """Audio [batch, 1, samples] to the bands and back. The high band is there: its prediction is the network's."""
        return self.decoder.synthesize(analyze_band(self.encoder.stft.analyze(audio[:, 0])[:, : self.bins]))


class Encoder(nn.Module):
    """Audio [batch, 1, samples] to latents [batch, dimension, frames]."""

    def __init__(self, configuration: IbpcodecConfiguration) -> None:
        super().__init__()
        self.low_bins = configuration.low_bins
        self.stft = CausalStft(configuration.n_fft, configuration.window, configuration.hop)
        inputs = (PARTS, *configuration.channels)
        self.blocks = nn.ModuleList(
            DownBlock(narrow, wide, configuration.kernel, stride)
            for narrow, wide, stride in zip(inputs, configuration.channels, configuration.strides, strict=False)
        )
        self.temporal = temporal_aggregation(configuration)

    def forward(self, audio: Tensor) -> Tensor:
        band = analyze_band(self.stft.analyze(audio[:, 0])[:, : self.low_bins])  # [batch, 3, F', frames]
        for block in self.blocks:
            band = block(band)
        latents: Tensor = self.temporal(band.flatten(1, 2))
        return latents


class Decoder(nn.Module):
    """Latents [batch, dimension, frames] to audio [batch, 1, samples]: the mirror, then the prediction."""

    def __init__(self, configuration: IbpcodecConfiguration) -> None:
        super().__init__()
        self.channels, self.bins = configuration.channels[-1], configuration.n_fft // 2 + 1
        self.temporal = temporal_aggregation(configuration)
        outputs = (*configuration.channels[-2::-1], PARTS)
        self.blocks = nn.ModuleList(
            UpBlock(wide, narrow, configuration.kernel, stride, last=narrow == PARTS)
            for wide, narrow, stride in zip(
                configuration.channels[::-1], outputs, configuration.strides[::-1], strict=True
            )
        )
        self.prediction = InterBandPrediction(configuration) if configuration.high_bins else None
        self.stft = CausalStft(configuration.n_fft, configuration.window, configuration.hop)

    def forward(self, latents: Tensor) -> Tensor:
        band = self.temporal(latents).unflatten(1, (self.channels, -1))
        for block in self.blocks:
            band = block(band)
        if self.prediction is not None:
            band = torch.cat([band, self.prediction(band)], dim=2)  # equations 1 and 2
        return self.synthesize(band)

    def synthesize(self, band: Tensor) -> Tensor:
        """A band from 0 Hz [batch, 3, bins, frames] to audio [batch, 1, samples]; the bins above it are zero."""
        spectrum = synthesize_band(band)
        return self.stft.synthesize(F.pad(spectrum, (0, 0, 0, self.bins - spectrum.shape[1])))[:, None]


class DownBlock(nn.Module):
    """A convolution that is strided along frequency, then a pointwise one: bins become bins / stride."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(
            channels_in, channels_out, (kernel, 1), stride=(stride, 1), padding=((kernel - 1) // 2, 0)
        )  # fmt: skip
        self.mix = nn.Conv2d(channels_out, channels_out, 1)

    def forward(self, band: Tensor) -> Tensor:
        mixed: Tensor = F.relu(self.mix(F.relu(self.down(band))))
        return mixed


class UpBlock(nn.Module):
    """The mirror of `DownBlock`: pointwise, then transposed; bins become bins * stride. The last one ends linear."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int, last: bool) -> None:
        super().__init__()
        self.mix = nn.Conv2d(channels_in, channels_in, 1)
        padding = (kernel - 1) // 2
        self.up = nn.ConvTranspose2d(
            channels_in, channels_out, (kernel, 1), stride=(stride, 1), padding=(padding, 0),
            output_padding=(stride + 2 * padding - kernel, 0),
        )  # fmt: skip
        self.last = last

    def forward(self, band: Tensor) -> Tensor:
        raised: Tensor = self.up(F.relu(self.mix(band)))
        return raised if self.last else F.relu(raised)


class InterBandPrediction(nn.Module):
    """The high band from the low one, frame by frame (equation 1): three pointwise convolutions, PReLU after each."""

    def __init__(self, configuration: IbpcodecConfiguration) -> None:
        super().__init__()
        low, high = PARTS * configuration.low_bins, PARTS * configuration.high_bins
        width = configuration.prediction_width
        self.layers = nn.Sequential(
            nn.Conv1d(low, width, 1), nn.PReLU(), nn.Conv1d(width, width, 1), nn.PReLU(), nn.Conv1d(width, high, 1),
            nn.PReLU(),
        )  # fmt: skip

    def forward(self, band: Tensor) -> Tensor:
        predicted: Tensor = self.layers(band.flatten(1, 2)).unflatten(1, (PARTS, -1))
        return predicted


def temporal_aggregation(configuration: IbpcodecConfiguration) -> nn.Sequential:
    """FocalBlocks over time: the convolutions see each frame alone."""
    return nn.Sequential(
        *(
            FocalBlock(
                configuration.dimension, configuration.focal_kernels, configuration.focal_window,
                configuration.feedforward,
            )
            for _ in range(configuration.focal_blocks)
        )
    )  # fmt: skip


def analyze_band(spectrum: Tensor) -> Tensor:
    """A spectrum [batch, bins, frames] to a band [batch, 3, bins, frames]."""
    magnitude = spectrum.abs().clamp(min=FLOOR)
    return torch.stack([magnitude.log(), spectrum.real / magnitude, spectrum.imag / magnitude], dim=1)


def synthesize_band(band: Tensor) -> Tensor:
    """A band [batch, 3, bins, frames] to a spectrum [batch, bins, frames]; its phase need not have unit norm."""
    amplitude, real, imaginary = band.unbind(1)
    gain = amplitude.clamp(max=LARGEST_LOG).exp() * (real.square() + imaginary.square() + FLOOR**2).rsqrt()
    return torch.complex(gain * real, gain * imaginary)
