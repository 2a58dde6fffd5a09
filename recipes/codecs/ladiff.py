"""LaDiffCodec under training: condition codec, autoencoder and diffusion in one run.

The paper trains them one after the other (section 3). In one short run (our choice) all three start as block
transforms, the common loss is taken on the audio of the path that coding uses, cut after the network's first denoising
step, and the network learns on noisy latents besides, as in the paper, at steps that sampling passes. Latents that the
network sees are those of signals brought to one level, which travels in the payload.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from codecbench_ladiff.config import CONFIGURATIONS, LadiffConfiguration
from codecbench_ladiff.diffusion import Schedule, kept_signal
from codecbench_ladiff.level import brought_to_level
from codecbench_ladiff.model import Ladiff
from codecbench_layers.training import EmaTraining
from torch import Tensor
from torch.nn import functional as F

from recipes.starts.band import lowest_dct
from recipes.starts.seanet import start_seanet
from recipes.starts.transform import NOISE
from recipes.training.trainee import Forward, Trainee

KNOWN_FAILURES = "Noise over the whole band, in pauses too, hides the voice's structure; words are lost at every rate."
NOISE_WEIGHT = 1.0
AUTOENCODER_WEIGHT = 1.0
SMALL = 0.25
"""Deviation of the noise where the network's last tanh is still almost linear."""


def build(seed: int) -> Trainee:
    configuration = CONFIGURATIONS["reference"]
    torch.manual_seed(seed)
    model = Ladiff(configuration)
    start_seanet(model.condition, seed, whole_band=False)  # for the raises, below
    start_seanet(model.autoencoder, seed + 1, whole_band=False)
    _start_raises(model, configuration)
    _start_unet(model, configuration)
    return LadiffTrainee(model, configuration, seed)


@torch.no_grad()
def _start_raises(model: Any, configuration: LadiffConfiguration) -> None:
    """Let each raise part a block's lowest DCT coefficients into those of its parts, in the autoencoder's scale."""
    samples, dimension = configuration.frame, configuration.dimension
    scale = configuration.latent_scale ** (-1 / len(model.raises))
    for layer in model.raises:
        block, part = lowest_dct(dimension, samples), lowest_dct(dimension, samples // layer.factor)
        pieces = block.reshape(dimension, layer.factor, -1)  # [dimension, factor, samples / factor]
        taps = torch.einsum("ips,os->iop", pieces, part) * scale  # [in, out, factor]
        first = layer.factor - layer.factor // 2
        layer.conv.weight.mul_(NOISE)
        layer.conv.weight[..., first : first + layer.factor] += taps
        layer.conv.bias.zero_()
        samples //= layer.factor


@torch.no_grad()
def _start_unet(model: Any, configuration: LadiffConfiguration) -> None:
    """Let the network call noise what sets latents apart from the condition: sampling then gives the condition.

    Its gain is that of the last but one of sampling's steps, where the noise of all others is taken away. Without this
    start (and with fewer channels than latents) the network learns nothing of noise in hundreds of updates.
    """
    unet, size = model.unet, configuration.dimension
    schedule = Schedule.evenly(configuration.start, configuration.steps, seed=0)
    deviation = float((1 - kept_signal()[schedule.steps[-2]]) ** 0.5)
    same = torch.eye(size)
    for conv in (unet.first, unet.last_block.shortcut):
        conv.weight.mul_(NOISE)
        conv.bias.zero_()
    middle = unet.first.kernel_size[0] // 2
    unet.first.weight[:size, :size, middle] -= same * SMALL / deviation
    unet.first.weight[:size, size:, middle] += same * SMALL / deviation
    unet.last_block.norm2.weight.fill_(NOISE)
    unet.last_block.shortcut.weight[:size, -unet.first.out_channels :][:, :size, 0] += same
    unet.last.weight.zero_()
    unet.last.weight[:, :size, 0] += same / SMALL
    unet.last.bias.zero_()


class LadiffTrainee(Trainee):
    """`counts` are the condition's codebooks."""

    def __init__(self, model: Ladiff, configuration: LadiffConfiguration, seed: int) -> None:
        quantizer = EmaTraining(model.condition.quantizer.layers, seed)
        super().__init__(model, quantizer, configuration.codebook_counts)
        self.configuration = configuration
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, audio: Tensor, counts: Tensor) -> Forward:
        length = audio.shape[-1]
        padded = F.pad(audio, (0, -length % self.configuration.multiple))
        leveled, gain = brought_to_level(padded)
        decibel = torch.empty(len(audio), 1, 1).uniform_(-3, 3, generator=self.generator).to(audio.device)
        gain = gain * 10 ** (decibel / 20)
        leveled = padded * gain  # a crop's level is not its utterance's
        quantized = self.quantize(self.model.encoder(leveled), counts)
        start = self.model.raised(quantized.latents)
        decoded = self.model.decoder(self._denoised(start)) / gain
        latents = self.model.autoencoder.encoder(leveled)
        around = self.model.autoencoder.decoder(latents)
        lost = (around - leveled).square().mean() / leveled.square().mean().clamp(min=1e-6)
        clean = (latents / self.configuration.latent_scale).detach()
        own = AUTOENCODER_WEIGHT * lost + NOISE_WEIGHT * self._noise_loss(clean, start.detach())
        return Forward(decoded[..., :length], quantized.loss + own)

    def _denoised(self, start: Tensor) -> Tensor:
        """The network's guess of the clean latents at one of sampling's steps, after those before it were taken."""
        size = self.configuration
        seed = int(torch.randint(2**31, (), generator=self.generator))
        schedule = Schedule.evenly(size.start, size.steps, seed, size.clip)
        chosen = int(torch.randint(size.steps, (), generator=self.generator))
        sampled = start.detach()
        with torch.no_grad():
            for index in range(chosen):
                sampled = schedule.sample(sampled, index, lambda noisy, step: self._noise(noisy, step, start))
        noisy = start + (sampled - start).detach()
        kept = float(kept_signal()[schedule.steps[chosen]])
        clean: Tensor = noisy / kept**0.5 - (1 / kept - 1) ** 0.5 * self._noise(noisy, schedule.steps[chosen], start)
        return clean

    def _noise(self, noisy: Tensor, step: int, condition: Tensor) -> Tensor:
        noise: Tensor = self.model.unet(noisy, torch.full((len(noisy),), step, device=noisy.device), condition)
        return noise

    def _noise_loss(self, clean: Tensor, condition: Tensor) -> Tensor:
        """L1 between noise and its prediction, as in the release; at steps that sampling passes."""
        steps = torch.randint(self.configuration.start, (len(clean),), generator=self.generator).to(clean.device)
        noise = torch.randn(clean.shape, generator=self.generator).to(clean.device)
        return F.l1_loss(self.model.unet(self.model.noisy(clean, steps, noise), steps, condition), noise)

    @torch.no_grad()
    def infer(self, audio: Tensor, codebooks: int) -> Tensor:
        return self._through(
            audio, lambda latents: self.model.dequantized(self.model.quantized_codes(latents, codebooks))
        )

    def _through(self, audio: Tensor, code: Callable[[Tensor], Tensor]) -> Tensor:
        """`code` makes the condition of the condition codec's latents."""
        length, size = audio.shape[-1], self.configuration
        leveled, gain = brought_to_level(F.pad(audio, (0, -length % size.multiple)))
        condition = code(self.model.encoder(leveled))
        latents = self.model.sample(condition, size.sampler, size.steps, size.blend, seed=0)
        return (self.model.decoder(latents) / gain)[..., :length]  # type: ignore[no-any-return]

    def unrounded(self, latents: Tensor) -> Tensor:
        return latents
