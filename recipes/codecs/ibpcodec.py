"""IBPCodec under training: its start as averaged bands, and codebooks by group."""

from __future__ import annotations

import torch
from codecbench_ibpcodec.config import GROUPS, IbpcodecConfiguration
from codecbench_ibpcodec.model import Ibpcodec
from codecbench_layers.training import GroupTraining

from recipes.starts.spectral import start_as_bands
from recipes.training.trainee import Trainee

KNOWN_FAILURES = "Faint steady tones at 4.6 and 6 kHz; coarse above 6 kHz, where it predicts; harmonics smear."


def build(seed: int) -> Trainee:
    configuration = IbpcodecConfiguration.reference()
    torch.manual_seed(seed)
    model = Ibpcodec(configuration)
    start_as_bands(model)
    quantizer = GroupTraining(model.quantizer.groups, seed)
    return Trainee(model, quantizer, tuple(GROUPS * layers for layers in configuration.layer_counts))
