"""VoCodec under training: its start as a cepstrum, and factorized codebooks."""

from __future__ import annotations

import torch
from codecbench_layers.causal import CausalAttention, CausalConvNext, CausalResidual
from codecbench_layers.training import FactorizedTraining
from codecbench_vocodec.config import VocodecConfiguration
from codecbench_vocodec.model import Vocodec
from torch import nn

from recipes.starts.spectral import start_as_cepstrum
from recipes.training.trainee import Trainee

KNOWN_FAILURES = "Harmonics above 3 kHz smear into noise, most at 3 kbps and below; the waveform is kept roughly."


def build(seed: int) -> Trainee:
    configuration = VocodecConfiguration.reference()
    torch.manual_seed(seed)
    model = Vocodec(configuration)
    damped: list[nn.Conv1d] = [block.conv2.conv for block in model.modules() if isinstance(block, CausalResidual)]
    damped += [block.narrow for block in model.modules() if isinstance(block, CausalConvNext)]
    damped += [block.project_out for block in model.modules() if isinstance(block, CausalAttention)]
    start_as_cepstrum(model.encoder.embed, model.decoder.head, model.encoder.stft.bins, damped)
    quantizer = FactorizedTraining(model.quantizer.quantizers, seed)
    return Trainee(model, quantizer, configuration.codebook_counts)
