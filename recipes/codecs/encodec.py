"""EnCodec under training: its start as a block transform, and moving averages for codebooks.

Its weights are trained plain, and are shipped so in any case: under weight normalisation a residual branch that starts
near zero stays there (docs/reference-track.md, "Why waveform codecs stall"). The network is the paper's.
"""

from __future__ import annotations

import torch
from codecbench_encodec.config import EncodecConfiguration
from codecbench_layers.training import EmaTraining
from torch import Tensor

from codecbench.checkpoints import plain_weights
from recipes.starts.transform import Path, start_as_transform
from recipes.training.trainee import Trainee

KNOWN_FAILURES = "Noise above 2.5 kHz in place of structure, at every rate; words are lost; faint tones in silence."


def build(seed: int) -> Trainee:
    configuration = EncodecConfiguration.reference()
    torch.manual_seed(seed)
    model = configuration.build()
    encoder, decoder = model.encoder.layers, model.decoder.layers
    plain_weights(model)
    blocks = [layer for layer in (*encoder, *decoder) if hasattr(layer, "shortcut")]
    branches = [[layer.conv for layer in block.block if hasattr(layer, "conv")] for block in blocks]
    path = Path(
        analysis=[layer.conv for layer in encoder if hasattr(layer, "conv")],
        synthesis=[layer.conv for layer in decoder if hasattr(layer, "conv")],
        damped=[last for _, last in branches],
        amplified=[first for first, _ in branches],
        shortcuts=[block.shortcut.conv for block in blocks],
        recurrent=[layer.lstm for layer in (*encoder, *decoder) if hasattr(layer, "lstm")],
        causal=True,
        snakes=[],
        whole_band=True,
    )
    start_as_transform(path, seed)
    quantizer = EmaTraining(model.quantizer.layers, seed)
    return EncodecTrainee(model, quantizer, configuration.codebook_counts)


class EncodecTrainee(Trainee):
    """The model's quantizer takes a bandwidth, not a number of codebooks."""

    def requantized(self, latents: Tensor, codebooks: int) -> Tensor:
        quantizer = self.model.quantizer
        bandwidth = codebooks * EncodecConfiguration.reference().kbps_per_codebook
        quantized: Tensor = quantizer.decode(quantizer.encode(latents, bandwidth))
        return quantized
