"""What differs between the codecs that share the trainer: how the model is built, initialised and quantized."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from codecbench_dac.config import DacConfiguration
from codecbench_encodec.config import EncodecConfiguration
from codecbench_ibpcodec.config import GROUPS, IbpcodecConfiguration
from codecbench_ibpcodec.model import Ibpcodec
from codecbench_layers.causal import CausalAttention, CausalConvNext, CausalResidual
from codecbench_layers.training import EmaTraining, FactorizedTraining, GroupTraining
from codecbench_vocodec.config import VocodecConfiguration
from codecbench_vocodec.model import Vocodec
from torch import Tensor, nn

from recipes.eulerodec import eulerodec
from recipes.facodec import facodec
from recipes.initialization import Path, start_as_transform
from recipes.ladiff import ladiff
from recipes.plain import PlainConfiguration, plain
from recipes.spectral_start import start_as_bands, start_as_cepstrum
from recipes.trainee import Trainee, through_codes


def encodec(seed: int) -> Trainee:
    configuration = EncodecConfiguration.reference()
    torch.manual_seed(seed)
    model = configuration.build()
    encoder, decoder = model.encoder.layers, model.decoder.layers
    blocks = [layer for layer in (*encoder, *decoder) if hasattr(layer, "shortcut")]
    path = Path(
        analysis=[layer.conv for layer in encoder if hasattr(layer, "conv")],
        synthesis=[layer.conv for layer in decoder if hasattr(layer, "conv")],
        damped=[block.block[-1].conv for block in blocks],
        shortcuts=[block.shortcut.conv for block in blocks],
        recurrent=[layer.lstm for layer in (*encoder, *decoder) if hasattr(layer, "lstm")],
        causal=True,
        snakes=[],
    )
    start_as_transform(path, seed)
    quantizer = EmaTraining(model.quantizer.layers, seed)
    return Trainee(model, quantizer, _encodec_inference, configuration.codebook_counts)


def _encodec_inference(model: Any, latents: Tensor, codebooks: int) -> Tensor:
    bandwidth = codebooks * EncodecConfiguration.reference().kbps_per_codebook
    quantized: Tensor = model.quantizer.decode(model.quantizer.encode(latents, bandwidth))
    return quantized


def dac(seed: int) -> Trainee:
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
    )
    start_as_transform(path, seed)
    quantizer = FactorizedTraining(model.quantizer.quantizers, seed)
    return Trainee(model, quantizer, _dac_inference, configuration.codebook_counts)


def _dac_inference(model: Any, latents: Tensor, codebooks: int) -> Tensor:
    quantized: Tensor = model.quantizer(latents, codebooks)[0]
    return quantized


def vocodec(seed: int) -> Trainee:
    configuration = VocodecConfiguration.reference()
    torch.manual_seed(seed)
    model = Vocodec(configuration)
    damped: list[nn.Conv1d] = [block.conv2.conv for block in model.modules() if isinstance(block, CausalResidual)]
    damped += [block.narrow for block in model.modules() if isinstance(block, CausalConvNext)]
    damped += [block.project_out for block in model.modules() if isinstance(block, CausalAttention)]
    start_as_cepstrum(model.encoder.embed, model.decoder.head, model.encoder.stft.bins, damped)
    quantizer = FactorizedTraining(model.quantizer.quantizers, seed)
    return Trainee(model, quantizer, through_codes, configuration.codebook_counts)


def ibpcodec(seed: int) -> Trainee:
    configuration = IbpcodecConfiguration.reference()
    torch.manual_seed(seed)
    model = Ibpcodec(configuration)
    start_as_bands(model)
    quantizer = GroupTraining(model.quantizer.groups, seed)
    return Trainee(model, quantizer, through_codes, tuple(GROUPS * layers for layers in configuration.layer_counts))


FAMILIES: dict[str, Callable[[int], Trainee]] = {
    "encodec": encodec, "dac": dac, "vocodec": vocodec, "ibpcodec": ibpcodec, "eulerodec": eulerodec,
    "facodec": facodec, "ladiff": ladiff,
}  # fmt: skip
"""The codecs, by name."""
CONTROLS: dict[str, Callable[[int], Trainee]] = {"plain": plain}
"""What is trained to be compared with them, and is never exported."""


def build(name: str, seed: int) -> Trainee:
    """A codec or a control, ready for its first update."""
    return (FAMILIES | CONTROLS)[name](seed)


def nominal_kbps(name: str) -> dict[int, float]:
    """By number of codebooks, at every operating point of a codec or a control."""
    if name in CONTROLS:
        configuration = PlainConfiguration()
        return {count: count * configuration.kbps_per_codebook for count in configuration.codebook_counts}
    points = import_module(f"codecbench_{name}").REFERENCE.points
    return {point.settings["codebooks"]: round(point.nominal_kbps, 6) for point in points}  # 3 x 0.8 is 2.4
