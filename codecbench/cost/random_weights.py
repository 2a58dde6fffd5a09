"""Random weights through which a signal can be followed.

Freshly initialized codecs let hardly anything through: after some twenty layers the untrained EnCodec's latents vary by
2 % of their offset, and a quantizer maps them all to one code. Latency does not depend on the weights' values, but it
must be visible: here each layer keeps its input's variance, and codebooks cover the latents.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import nn

CODEBOOK_NAMES = ("embed",)
"""Buffers that hold a codebook [size, dimension]."""

CODEBOOK_DEVIATION = 0.1
"""Far below the latents: each codebook then answers to their direction, where large ones always give the code of their
shortest vector."""


def spread_weights(model: nn.Module, seed: int = 0) -> None:
    """Draw all weights of `model` anew, in place: variance-preserving (He et al. 2015, eq. 10), biases zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            for name, parameter in module.named_parameters(recurse=False):
                if name.startswith("bias"):
                    parameter.zero_()
                elif name.startswith("weight") and parameter.dim() >= 2:
                    parameter.copy_(_normal(parameter, sqrt(2 / _fan_in(module, parameter)), generator))
            for name, buffer in module.named_buffers(recurse=False):
                if name in CODEBOOK_NAMES and buffer.dim() == 2:
                    buffer.copy_(_normal(buffer, CODEBOOK_DEVIATION, generator))


def _normal(like: torch.Tensor, deviation: float, generator: torch.Generator) -> torch.Tensor:
    return deviation * torch.randn(like.shape, generator=generator)


def _fan_in(module: nn.Module, weight: torch.Tensor) -> float:
    """Products summed for one output value."""
    if isinstance(module, (nn.ConvTranspose1d, nn.ConvTranspose2d)):
        positions = weight[0, 0].numel() / torch.Size(module.stride).numel()
        return weight.shape[0] * positions
    if isinstance(module, nn.Embedding):
        return 2.0  # a codebook: unit variance
    return weight[0].numel()
