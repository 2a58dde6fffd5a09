"""EnCodec under training: its start as a block transform, and moving averages for codebooks."""

from __future__ import annotations

import torch
from codecbench_encodec.config import EncodecConfiguration
from codecbench_layers.training import EmaTraining
from torch import Tensor

from recipes.starts.seanet import start_seanet
from recipes.training.trainee import Trainee

KNOWN_FAILURES = "Noise above 2.5 kHz in place of structure, at every rate; words are lost; faint tones in silence."


def build(seed: int) -> Trainee:
    configuration = EncodecConfiguration.reference()
    torch.manual_seed(seed)
    model = configuration.build()
    start_seanet(model, seed, whole_band=True)
    quantizer = EmaTraining(model.quantizer.layers, seed)
    return EncodecTrainee(model, quantizer, configuration.codebook_counts)


class EncodecTrainee(Trainee):
    """The model's quantizer takes a bandwidth, not a number of codebooks."""

    def requantized(self, latents: Tensor, codebooks: int) -> Tensor:
        quantizer = self.model.quantizer
        bandwidth = codebooks * EncodecConfiguration.reference().kbps_per_codebook
        quantized: Tensor = quantizer.decode(quantizer.encode(latents, bandwidth))
        return quantized
