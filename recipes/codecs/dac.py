"""DAC under training: its start as a block transform, and factorized codebooks."""

from __future__ import annotations

import torch
from codecbench_dac.config import DacConfiguration
from codecbench_layers.residual import projected
from codecbench_layers.training import FactorizedTraining
from torch import Tensor

from recipes.starts.transform import Path, start_as_transform
from recipes.training.activations import speed_up
from recipes.training.trainee import Trainee

KNOWN_FAILURES = (
    "Noise above 4 kHz in place of structure; faint steady tones at all heights; below 2 kbps words are lost."
)


def build(seed: int) -> Trainee:
    configuration = DacConfiguration.reference()
    torch.manual_seed(seed)
    model = configuration.build()
    encoder, decoder = model.encoder, model.decoder
    path = Path(
        analysis=[encoder.conv1, *(block.conv1 for block in encoder.block), encoder.conv2],
        synthesis=[decoder.conv1, *(block.conv_t1 for block in decoder.block), decoder.conv2],
        damped=[module.conv2 for module in model.modules() if hasattr(module, "snake2")],
        shortcuts=[],
        recurrent=[],
        causal=False,
        snakes=[snake for side in (encoder, decoder) for snake in (side.snake1, *(b.snake1 for b in side.block))],
        whole_band=True,
    )
    start_as_transform(path, seed)
    speed_up(model)
    quantizer = FactorizedTraining(model.quantizer.quantizers, seed)
    return DacTrainee(model, quantizer, configuration.codebook_counts)


class DacTrainee(Trainee):
    """The model's quantizer returns what it decodes at once."""

    def requantized(self, latents: Tensor, codebooks: int) -> Tensor:
        quantized: Tensor = self.model.quantizer(latents, codebooks)[0]
        return quantized

    def unrounded(self, latents: Tensor) -> Tensor:
        return projected(self.model.quantizer.quantizers, latents)
