"""A codec as the trainer sees it: a model, a quantizer with gradients, and its operating points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from codecbench_layers.training import CountedTraining, GroupTraining
from torch import Tensor, nn


@dataclass(frozen=True)
class Forward:
    """A training pass: decoded audio [batch, 1, samples] and the quantizer's loss."""

    decoded: Tensor
    quantizer_loss: Tensor


class Trainee(nn.Module):
    """A codec under training: its model with a quantizer that has gradients."""

    def __init__(
        self, model: Any, quantizer: CountedTraining | GroupTraining, counts: tuple[int, ...],
    ) -> None:  # fmt: skip
        super().__init__()
        self.model, self.quantize, self.counts = model, quantizer, counts

    @property
    def warm_up(self) -> int:
        """Updates before the quantizer takes part."""
        return self.quantize.warm_up

    def start_from(self, tensors: dict[str, Tensor]) -> None:
        """Go on from a model's state: its quantizer takes part from the first update."""
        self.model.load_state_dict(tensors)
        for module in self.quantize.modules():
            if isinstance(module, CountedTraining):
                module.warm_up = 0

    def forward(self, audio: Tensor, counts: Tensor) -> Forward:
        """`audio` [batch, 1, samples], samples a multiple of the hop; `counts` [batch] codebooks in use."""
        quantized = self.quantize(self.model.encoder(audio), counts)
        decoded = self.model.decoder(quantized.latents)
        missing = audio.shape[-1] - decoded.shape[-1]  # DAC's decoder ends a few samples early
        return Forward(nn.functional.pad(decoded, (0, missing)), quantized.loss)

    @torch.no_grad()
    def infer(self, audio: Tensor, codebooks: int) -> Tensor:
        """Decoded audio [1, 1, samples] through the model's own quantizer, as the plugin will run it."""
        return self._through(audio, lambda latents: self.requantized(latents, codebooks))

    def requantized(self, latents: Tensor, codebooks: int) -> Tensor:
        """Latents [1, dimension, frames] through the model's own quantizer."""
        quantized: Tensor = self.model.quantizer.decode(self.model.quantizer.encode(latents, codebooks))
        return quantized

    @torch.no_grad()
    def unquantized(self, audio: Tensor) -> Tensor:
        """Audio [1, 1, samples] from encoder to decoder: through a quantizer's projections, but no code is searched."""
        return self._through(audio, self.unrounded)

    def unrounded(self, latents: Tensor) -> Tensor:
        """Latents as the quantizer would hand them on if it did not round; its own word where it has projections."""
        project: Callable[[Tensor], Tensor] | None = getattr(self.model.quantizer, "unrounded", None)
        return latents if project is None else project(latents)

    def _through(self, audio: Tensor, code: Callable[[Tensor], Tensor]) -> Tensor:
        training = self.model.training
        self.model.eval()
        decoded = self.model.decoder(code(self.model.encoder(audio)))
        self.model.train(training)
        return nn.functional.pad(decoded, (0, audio.shape[-1] - decoded.shape[-1]))
