"""LaDiffCodec in data-flow order: a discrete codec codes, a latent diffusion undoes its quantization, an autoencoder
brings the latents back to audio.
"""  # fmt: skip

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from codecbench_ladiff.config import CODEBOOK_SIZE, CONDITION_STRIDES, SAMPLE_RATE, LadiffConfiguration, Sampler
from codecbench_ladiff.diffusion import STEPS, Schedule, halfway, infilling, kept_signal
from codecbench_ladiff.unet import Unet


class Ladiff(nn.Module):
    """`condition` is an EnCodec, of which only encoder and quantizer serve coding; `autoencoder` has no quantizer."""

    def __init__(self, configuration: LadiffConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        size = configuration
        self.condition = seanet(CONDITION_STRIDES, size.condition_filters, size.condition_lstm, size.dimension)
        self.condition.quantizer.layers = self.condition.quantizer.layers[: size.codebooks]
        self.autoencoder = seanet(size.strides, size.filters, size.lstm, size.dimension)
        del self.autoencoder.quantizer
        self.raises = nn.ModuleList(Raise(size.dimension, factor) for factor in size.raises)
        self.unet = Unet(size.unet, size.dimension)

    def encoder(self, audio: Tensor) -> Tensor:
        """Audio [batch, 1, samples] to the condition's latents [batch, dimension, frames]."""
        latents: Tensor = self.condition.encoder(audio)
        return latents

    def quantized_codes(self, latents: Tensor, codebooks: int) -> Tensor:
        """The condition's latents [1, dimension, frames] to codes [1, codebooks, frames]."""
        residual, codes = latents, []
        for layer in self.condition.quantizer.layers[:codebooks]:
            codes.append(layer.encode(residual))
            residual = residual - layer.decode(codes[-1])
        return torch.stack(codes, dim=1)

    def dequantized(self, codes: Tensor) -> Tensor:
        """Codes [1, codebooks, frames] to the quantized condition [1, dimension, frames]."""
        latents: Tensor = self.condition.quantizer.decode(codes.transpose(0, 1))
        return latents

    def raised(self, condition: Tensor) -> Tensor:
        """A quantized condition [batch, dimension, frames] at the latents' rate [batch, dimension, latents]."""
        for layer in self.raises:
            condition = layer(condition)
        return condition / largest(condition) if self.configuration.scale_condition else condition

    def sample(self, condition: Tensor, sampler: Sampler, steps: int, blend: float, seed: int) -> Tensor:
        """Latents [1, dimension, latents] for a quantized condition [1, dimension, frames]."""
        beside = self.raised(condition)
        # The release's starts are always scaled to 1, whatever its network's condition is.
        start = beside / largest(beside) if self.configuration.scale_condition else beside
        if sampler == "none":
            return start

        def predict(noisy: Tensor, step: int) -> Tensor:
            noise: Tensor = self.unet(noisy, torch.full((len(noisy),), step, device=noisy.device), beside)
            return noise

        schedule = Schedule.evenly(self.configuration.start, steps, seed, self.configuration.clip)
        return halfway(start, schedule, predict) if sampler == "halfway" else infilling(start, schedule, predict, blend)

    def decoder(self, latents: Tensor) -> Tensor:
        """Latents [batch, dimension, latents] to audio [batch, 1, samples]."""
        scale = self.configuration.latent_scale if self.configuration.scale_latents else 1.0
        audio: Tensor = self.autoencoder.decoder(latents * scale)
        return audio

    def noisy(self, clean: Tensor, steps: Tensor, noise: Tensor) -> Tensor:
        """Clean latents [batch, dimension, latents] after so many steps [batch] (Ho et al. 2020, eq. 4)."""
        kept = kept_signal().to(clean.device).float()[steps][:, None, None]
        return kept.sqrt() * clean + (1 - kept).sqrt() * noise


class Raise(nn.Module):
    """A transposed convolution of twice its stride: [batch, dimension, frames] to `factor` times as many frames.

    What it writes beyond them is cut at both ends, the larger half at the right.
    """

    def __init__(self, dimension: int, factor: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose1d(dimension, dimension, 2 * factor, factor)
        self.factor = factor

    def forward(self, frames: Tensor) -> Tensor:
        raised: Tensor = self.conv(frames)
        right = self.factor // 2
        return raised[..., self.factor - right : raised.shape[-1] - right]


def largest(values: Tensor) -> Tensor:
    """The largest magnitude of each item: [batch, 1, 1]; silence does not divide by zero."""
    return values.abs().amax((1, 2), keepdim=True) + 1e-20


def seanet(strides: tuple[int, ...], filters: int, lstm: int, dimension: int) -> Any:
    """transformers' EnCodec: convolutional encoder and decoder, causal, and a quantizer."""
    from transformers import EncodecConfig, EncodecModel

    config = EncodecConfig(
        sampling_rate=SAMPLE_RATE,
        audio_channels=1,
        num_filters=filters,
        hidden_size=dimension,
        codebook_dim=dimension,
        codebook_size=CODEBOOK_SIZE,
        num_lstm_layers=max(1, lstm),
        upsampling_ratios=list(strides),
        use_causal_conv=True,
        norm_type="weight_norm",
        normalize=False,
        chunk_length_s=None,
        overlap=None,
        target_bandwidths=[24.0],
    )
    network: Any = EncodecModel(config)
    network.eval()
    for layers in (network.encoder.layers, network.decoder.layers):
        for place, layer in enumerate(layers):
            if lstm == 0 and hasattr(layer, "lstm"):
                layers[place] = nn.Identity()
    return network


__all__ = ["STEPS", "Ladiff", "largest", "seanet"]
