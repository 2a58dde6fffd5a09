"""Residual quantizers: each codebook codes what the ones before it left over."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from codecbench_layers.codebooks import EmaCodebook, FactorizedCodebook


class ResidualLayer(nn.Module):
    """One stage of a `ResidualQuantizer`; its codebook is called as in EnCodec's state dict."""

    def __init__(self, size: int, dimension: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.codebook = EmaCodebook(size, dimension, dtype)


class ResidualQuantizer(nn.Module):
    """Residual vector quantization with moving-average codebooks (Zeghidour et al. 2021, algorithm 1).

    Complex for `dtype=torch.complex64` (EuleroDec, eq. 5 and 6).
    """

    layers: Any

    def __init__(self, codebooks: int, size: int, dimension: int, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(ResidualLayer(size, dimension, dtype) for _ in range(codebooks))

    def encode(self, latents: Tensor, codebooks: int) -> Tensor:
        """`latents` [batch, dimension, frames] to codes [batch, codebooks, frames] of the first `codebooks`."""
        batch, dimension, frames = latents.shape
        residual = latents.transpose(1, 2).reshape(batch * frames, dimension)
        codes = []
        for layer in self.layers[:codebooks]:
            codes.append(layer.codebook.encode(residual))
            residual = residual - layer.codebook.decode(codes[-1])
        return torch.stack(codes).view(codebooks, batch, frames).transpose(0, 1)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, codebooks, frames] to latents [batch, dimension, frames]."""
        vectors = [layer.codebook.decode(codes[:, index]) for index, layer in _used(self.layers, codes)]
        return torch.stack(vectors).sum(0).transpose(1, 2)


class FactorizedResidualQuantizer(nn.Module):
    """Residual quantization with factorized, L2-normalised codes (Kumar et al. 2023, section 3.2)."""

    quantizers: Any

    def __init__(self, codebooks: int, size: int, dimension: int, codebook_dimension: int) -> None:
        super().__init__()
        self.quantizers = nn.ModuleList(
            FactorizedCodebook(dimension, size, codebook_dimension) for _ in range(codebooks)
        )

    def encode(self, latents: Tensor, codebooks: int) -> Tensor:
        """`latents` [batch, dimension, frames] to codes [batch, codebooks, frames] of the first `codebooks`."""
        residual, codes = latents, []
        for layer in self.quantizers[:codebooks]:
            codes.append(layer.encode(residual))
            residual = residual - layer.decode(codes[-1])
        return torch.stack(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, codebooks, frames] to latents [batch, dimension, frames]."""
        return torch.stack([layer.decode(codes[:, index]) for index, layer in _used(self.quantizers, codes)]).sum(0)

    def unrounded(self, latents: Tensor) -> Tensor:
        """`latents` [batch, dimension, frames] through all projections, no code searched."""
        return projected(self.quantizers, latents)


class GroupResidualQuantizer(nn.Module):
    """Residual quantization of each of `groups` equal parts of the latent (HiFi-Codec, Yang et al. 2023, section 3.2).

    A layer is one codebook in every group. Codes are ordered by layer, then by group, so that dropping layers drops
    rows at the end.
    """

    groups: Any

    def __init__(self, groups: int, layers: int, size: int, dimension: int) -> None:
        super().__init__()
        if dimension % groups:
            raise ValueError(f"{dimension} latent dimensions cannot be parted into {groups} equal groups")
        self.groups = nn.ModuleList(ResidualQuantizer(layers, size, dimension // groups) for _ in range(groups))

    def encode(self, latents: Tensor, codebooks: int) -> Tensor:
        """`latents` [batch, dimension, frames] to codes [batch, codebooks, frames]; `codebooks` counts all groups."""
        layers = codebooks // len(self.groups)
        parts = latents.chunk(len(self.groups), dim=1)
        codes = [group.encode(part, layers) for group, part in zip(self.groups, parts, strict=True)]
        return torch.stack(codes, dim=2).flatten(1, 2)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, codebooks, frames] to latents [batch, dimension, frames]."""
        parts = codes.view(len(codes), -1, len(self.groups), codes.shape[-1]).unbind(2)
        return torch.cat([group.decode(part) for group, part in zip(self.groups, parts, strict=True)], dim=1)


def projected(layers: Any, latents: Tensor) -> Tensor:
    """`latents` [batch, dimension, frames] through the projections of factorized `layers`, without a search of codes.

    Each layer projects what the ones before it left over, as in quantization; the sum of all is what a decoder would
    get if codebooks were infinitely fine.
    """
    residual = latents
    for layer in layers:
        residual = residual - layer.out_proj(layer.in_proj(residual))
    return latents - residual


def _used(layers: Any, codes: Tensor) -> list[tuple[int, Any]]:
    return list(enumerate(layers[: codes.shape[1]]))
