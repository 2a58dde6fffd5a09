"""EuleroDec: a complex spectrogram through complex convolutions and axial attention to a complex residual quantizer.

Shapes are [batch, channels, bins, frames] until frequency is collapsed into the latents [batch, dimension, frames].
Blocks of frames are coded apart; their spectrograms are joined, and there is one inverse transform.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from codecbench_layers.residual import ResidualQuantizer
from codecbench_layers.stft import CausalStft
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench_eulerodec.config import EulerodecConfiguration, Stride
from codecbench_eulerodec.layers import (
    EPSILON,
    AxialAttention,
    ComplexConv2d,
    ComplexConvTranspose2d,
    DropPath,
    FeedForward,
    ModReLU,
    Residual,
    Whitening,
    image,
    of_image,
)


class Eulerodec(nn.Module):
    """The whole network."""

    def __init__(self, configuration: EulerodecConfiguration) -> None:
        super().__init__()
        self.encoder = Encoder(configuration)
        self.quantizer = ResidualQuantizer(
            configuration.codebooks, configuration.codebook_size, configuration.code_dimension, torch.complex64
        )
        self.decoder = Decoder(configuration)
        self.compression = configuration.compression

    def front_end(self, audio: Tensor) -> Tensor:
        """Audio [batch, 1, samples] to the compressed spectrogram without its Nyquist bin, and back."""
        spectrum = compress(self.encoder.analyze(audio), self.compression)
        return self.decoder.synthesize(compress(spectrum, 1 / self.compression))


class Encoder(nn.Module):
    """Audio [batch, 1, samples] to complex latents [batch, code dimension, frames]."""

    def __init__(self, configuration: EulerodecConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        channels = configuration.channels
        self.stft = CausalStft(configuration.n_fft, configuration.n_fft, configuration.hop, hann=True)
        self.stem = ComplexConv2d(1, channels[0], configuration.stem)
        self.residuals = nn.Sequential(*(Residual(channels[0], dilation) for dilation in configuration.dilations))
        self.stages = nn.Sequential(
            *(
                DownStage(narrow, wide, stride, configuration)
                for narrow, wide, stride in zip(channels, channels[1:], configuration.strides, strict=False)
            )
        )
        self.attention = AxialAttention(channels[-1], configuration.heads, axis=2)
        self.feedforward = FeedForward(channels[-1], configuration.feedforward)
        self.collapse = ComplexConv2d(channels[-1] * configuration.coded_bins, configuration.code_dimension)

    def forward(self, audio: Tensor) -> Tensor:
        return by_blocks(self.encode_block, self.analyze(audio), self.configuration.block)

    def analyze(self, audio: Tensor) -> Tensor:
        """A spectrogram [batch, bins, frames]: without the Nyquist bin, and as many frames as the time stride asks."""
        spectrum = self.stft.analyze(audio[:, 0])[:, : self.configuration.bins]
        missing = -spectrum.shape[-1] % self.configuration.time_stride
        return torch.cat([spectrum, spectrum.new_zeros(*spectrum.shape[:2], missing)], dim=-1)

    def encode_block(self, spectrum: Tensor) -> Tensor:
        """A spectrogram [batch, bins, frames] to latents [batch, code dimension, frames / time stride]."""
        values = self.stem(compress(spectrum, self.configuration.compression)[:, None])
        values = self.feedforward(self.attention(self.stages(self.residuals(values))))
        collapsed: Tensor = self.collapse(values.flatten(1, 2)[:, :, None])
        return collapsed[:, :, 0]


class Decoder(nn.Module):
    """Complex latents [batch, code dimension, frames] to audio [batch, 1, samples]: the mirror, without pooling."""

    def __init__(self, configuration: EulerodecConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        channels = configuration.channels[::-1]
        self.expand = ComplexConv2d(configuration.code_dimension, channels[0] * configuration.coded_bins)
        self.attention = AxialAttention(channels[0], configuration.heads, axis=2)
        self.feedforward = FeedForward(channels[0], configuration.feedforward)
        self.stages = nn.Sequential(
            *(
                UpStage(wide, narrow, stride, configuration)
                for wide, narrow, stride in zip(channels, channels[1:], configuration.strides[::-1], strict=False)
            )
        )
        self.residuals = nn.Sequential(*(Residual(channels[-1], d) for d in configuration.dilations[::-1]))
        self.head = ComplexConv2d(channels[-1], 1, configuration.stem)
        self.stft = CausalStft(configuration.n_fft, configuration.n_fft, configuration.hop, hann=True)

    def forward(self, latents: Tensor) -> Tensor:
        block = self.configuration.block // self.configuration.time_stride
        return self.synthesize(by_blocks(self.decode_block, latents, block))

    def synthesize(self, spectrum: Tensor) -> Tensor:
        """A spectrogram [batch, bins, frames] to audio [batch, 1, samples]."""
        nyquist = spectrum.new_zeros(spectrum.shape[0], 1, spectrum.shape[-1])
        return self.stft.synthesize(torch.cat([spectrum, nyquist], dim=1))[:, None]

    def decode_block(self, latents: Tensor) -> Tensor:
        """Latents [batch, code dimension, frames] to a spectrogram [batch, bins, frames * time stride]."""
        values = self.expand(latents[:, :, None])[:, :, 0].unflatten(1, (-1, self.configuration.coded_bins))
        values = self.residuals(self.stages(self.feedforward(self.attention(values))))
        return compress(self.head(values)[:, 0], 1 / self.configuration.compression)


class DownStage(nn.Module):
    """A strided convolution and what refines it, beside a gated skip: pooled, projected input."""

    def __init__(self, inputs: int, outputs: int, stride: Stride, configuration: EulerodecConfiguration) -> None:
        super().__init__()
        self.stride = stride
        self.down = ComplexConv2d(inputs, outputs, (3, 3), stride)
        self.refine = refinement(outputs, configuration)
        self.drop = DropPath(configuration.drop_path)
        self.project = ComplexConv2d(inputs, outputs)
        self.gate = nn.Parameter(torch.zeros(outputs))

    def forward(self, values: Tensor) -> Tensor:
        strided = self.down(values)
        skip = self.project(average(values, self.stride)) * self.gate.sigmoid()[:, None, None]
        total: Tensor = skip + strided + self.drop(self.refine(strided))
        return total


class UpStage(nn.Module):
    """A transposed convolution and what refines it."""

    def __init__(self, inputs: int, outputs: int, stride: Stride, configuration: EulerodecConfiguration) -> None:
        super().__init__()
        self.up = ComplexConvTranspose2d(inputs, outputs, stride)
        self.refine = refinement(outputs, configuration)
        self.drop = DropPath(configuration.drop_path)

    def forward(self, values: Tensor) -> Tensor:
        raised: Tensor = self.up(values)
        total: Tensor = raised + self.drop(self.refine(raised))
        return total


def refinement(channels: int, configuration: EulerodecConfiguration) -> nn.Sequential:
    """Norm, activation, 3x3 convolution, attention over time, in the paper's size another one, pointwise projection."""
    second = [ComplexConv2d(channels, channels, (3, 3))] if configuration.second_convolution else []
    return nn.Sequential(
        Whitening(channels),
        ModReLU(channels),
        ComplexConv2d(channels, channels, (3, 3)),
        AxialAttention(channels, configuration.heads, axis=3),
        *second,
        ComplexConv2d(channels, channels),
    )


def average(values: Tensor, stride: Stride) -> Tensor:
    """Complex average pooling over patches of the stride's size."""
    return of_image(F.avg_pool2d(image(values), stride))


def compress(values: Tensor, exponent: float) -> Tensor:
    """Magnitudes raised to `exponent`, phases kept."""
    return values if exponent == 1 else values * (values.abs() + EPSILON) ** (exponent - 1)


def by_blocks(run: Callable[[Tensor], Tensor], values: Tensor, block: int) -> Tensor:
    """`run` on each stretch of `block` frames [..., frames] (the last may be shorter), joined along frames."""
    return torch.cat([run(part) for part in torch.split(values, block, dim=-1)], dim=-1)
