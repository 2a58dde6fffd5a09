"""The optimizer of every training, and how far each weight moves in an update."""

from __future__ import annotations

from collections import defaultdict
from math import prod

import torch
from torch import nn

BETAS, WEIGHT_DECAY = (0.8, 0.99), 1e-3
FAN_IN = 64
"""Inputs of an output up to which a matrix moves by the whole learning rate (our choice)."""
SHARE = "share"
"""An optimizer group's share of the learning rate."""


def build_optimizer(trainee: nn.Module, rate: float) -> torch.optim.AdamW:
    """AdamW over all parameters, grouped by their share of the learning rate."""
    shares: defaultdict[float, list[nn.Parameter]] = defaultdict(list)
    for module in trainee.modules():
        for parameter in module.parameters(recurse=False):
            shares[learning_share(module, parameter)].append(parameter)
    groups = [{"params": parameters, SHARE: share} for share, parameters in shares.items()]
    optimizer = torch.optim.AdamW(groups, rate, betas=BETAS, weight_decay=WEIGHT_DECAY)
    set_rate(optimizer, rate)
    return optimizer


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Let each parameter's learning rate be its share of `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = group[SHARE] * rate


def learning_share(module: nn.Module, parameter: nn.Parameter) -> float:
    """min(1, √(FAN_IN / inputs)) for a parameter of `module` that is a matrix or a kernel; 1 for gains and biases.

    Adam moves each weight by about the rate. Where the moves of an output's inputs agree in no sign, they change it in
    proportion to √inputs: so beyond `FAN_IN` a wide layer changes in an update by as much as a narrow one. (Yang and Hu
    2021, "Feature Learning in Infinite-Width Neural Networks", derive 1 / inputs, for moves that all agree.)
    """
    return min(1.0, (FAN_IN / max(1.0, fan_in(module, parameter))) ** 0.5) if parameter.ndim > 1 else 1.0


def fan_in(module: nn.Module, weight: nn.Parameter) -> float:
    """How many inputs an output of `module` sums by its `weight` [outputs, inputs, ...].

    A transposed convolution has weights [inputs, outputs, ...] and meets each of its outputs with one in `stride` of
    its taps. A complex weight is one input.
    """
    if "Transpose" not in type(module).__name__:
        return weight[0].numel()
    stride: tuple[int, ...] = module.stride  # type: ignore[assignment]
    return weight.shape[0] * prod(weight.shape[2:]) / prod(stride)
