"""EuleroDec under training: its start as a transform that passes low frequencies, and its quantizer's own refresh.

Our choices: the codebooks start at k-means centres of latents (the paper samples latents), and the commitment has the
trainer's weight and not the paper's 0.05, for the other losses' scale differs too.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from codecbench_eulerodec.config import EulerodecConfiguration
from codecbench_eulerodec.layers import AxialAttention, FeedForward, Residual
from codecbench_eulerodec.model import Eulerodec
from codecbench_layers.training import EmaTraining, Refresh
from torch import Tensor

from recipes.starts.transform import NOISE
from recipes.training.trainee import Trainee

KNOWN_FAILURES = "Harmonics above 2.5 kHz break into noise (1 kHz at 3 kbps); short signals cost a coded block's bits."
WARM_UP = 30
REFRESH = Refresh(every=1, probability=0.015, noise=0.001)
"""Updates before the codebooks start, and how dead codes come back: EuleroDec, section 3."""


def build(seed: int) -> Trainee:
    configuration = EulerodecConfiguration.reference()
    torch.manual_seed(seed)
    model = Eulerodec(configuration)
    start_as_packing(model, configuration)
    quantizer = EmaTraining(model.quantizer.layers, seed, WARM_UP, refresh=REFRESH)
    return Trainee(model, quantizer, configuration.codebook_counts)


@torch.no_grad()
def start_as_packing(model: Any, configuration: EulerodecConfiguration) -> None:
    """Let each strided stage pack neighbouring bins and frames into channels, the latents keep the lowest bins, and the
    decoder unpack them; all else starts small. So the first output has the waveform's low frequencies.
    """  # fmt: skip
    for module in model.modules():
        if isinstance(module, Residual | FeedForward):
            module.narrow.weight.mul_(NOISE)
        elif isinstance(module, AxialAttention):
            module.project_out.weight.mul_(NOISE)
    rows, columns = (kernel // 2 for kernel in configuration.stem)
    _only(model.encoder.stem.weight[:1])[0, 0, rows, columns] = 1
    _only(model.decoder.head.weight)[0, 0, rows, columns] = 1
    packed = 1
    for down, up, stride in zip(
        model.encoder.stages, reversed(model.decoder.stages), configuration.strides, strict=True
    ):
        taps = torch.zeros(prod(stride) * packed, packed, 3, 3)
        for channel in range(len(taps)):
            place, old = divmod(channel, packed)
            taps[channel, old, 1 + place // stride[1], 1 + place % stride[1]] = 1
        _only(down.down.weight[: len(taps)])[:, :packed] = taps
        _only(up.up.weight[:, :packed])[: len(taps)] = taps
        for stage in (down, up):
            stage.refine[-1].weight.mul_(NOISE)
        down.project.weight[: len(taps)].mul_(NOISE)
        packed = len(taps)
    _keep_lowest(model, configuration, packed)


def _keep_lowest(model: Eulerodec, configuration: EulerodecConfiguration, packed: int) -> None:
    """Latents take the lowest bins: channels that hold them, in the lowest rows."""
    bins = torch.arange(configuration.bins)[:, None].expand(-1, configuration.time_stride)
    order = _pack(bins[None].expand(1, -1, -1), configuration).flatten()[: packed * configuration.coded_bins]
    chosen = order.argsort(stable=True)[: configuration.code_dimension]
    channel, row = chosen // configuration.coded_bins, chosen % configuration.coded_bins
    latents = torch.arange(len(chosen))
    place = channel * configuration.coded_bins + row
    for conv in (model.encoder.collapse, model.decoder.expand):
        conv.weight.mul_(NOISE)
    model.encoder.collapse.weight[latents, place] = 1
    model.decoder.expand.weight[place, latents] = 1


def _pack(values: Tensor, configuration: EulerodecConfiguration) -> Tensor:
    """What the stages do to [channels, bins, frames], as a rearrangement."""
    for frequency, time in configuration.strides:
        channels, bins, frames = values.shape
        parts = values.reshape(channels, bins // frequency, frequency, frames // time, time)
        values = parts.permute(2, 4, 0, 1, 3).flatten(0, 2)
    return values


def _only(weight: Tensor) -> Tensor:
    return weight.mul_(NOISE)
