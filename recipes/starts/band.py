"""Block codes: what the latents of one block of samples start as, and how they become samples again.

A transform of the lowest coefficients alone leaves half of the band to training, which 6,000 updates do not fill. One
of the whole band keeps the lower half of its latents exact, and lets each of the others stand for several neighbouring
coefficients: their waveform is lost, their energy stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from codecbench.training_speech import SAMPLE_RATE

BAND = 0.8
"""Share of the coefficients that a code of the whole band reaches: up to 6.4 kHz."""
KNEE_HERTZ, UNIT_HERTZ = 300.0, 600.0
"""Latents are weighted by √((KNEE_HERTZ + f) / UNIT_HERTZ): speech falls with frequency, and what is small when the
codebooks are placed gets none of their codes."""


@dataclass(frozen=True)
class BlockCode:
    """Of a block: `analysis` [latents, samples] and `synthesis` [samples, latents]."""

    analysis: Tensor
    synthesis: Tensor

    @classmethod
    def orthonormal(cls, basis: Tensor) -> BlockCode:
        return cls(basis, basis.T)

    def rotated(self, square: Tensor) -> BlockCode:
        """The same latents, mixed by an orthogonal matrix [latents, latents]."""
        return BlockCode(square @ self.analysis, self.synthesis @ square.T)

    def weighted(self, gains: Tensor) -> BlockCode:
        """The same latents, each times its gain [latents], which decoding undoes."""
        return BlockCode(gains[:, None] * self.analysis, self.synthesis / gains)


def lowest_dct(coefficients: int, samples: int) -> Tensor:
    """The first rows of the orthonormal DCT-II matrix: [coefficients, samples]."""
    rows, columns = torch.arange(coefficients)[:, None], torch.arange(samples)[None]
    matrix = torch.cos(math.pi / samples * (columns + 0.5) * rows) * math.sqrt(2 / samples)
    matrix[0] /= math.sqrt(2)
    return matrix


def group_edges(latents: int, samples: int) -> list[int]:
    """The first DCT coefficient of each latent, and the end: singles, then groups that widen with frequency."""
    reached = max(latents, round(BAND * samples))
    single = latents // 2
    wide = latents - single
    spread = [(number / wide) ** 2 * (reached - latents) for number in range(wide + 1)]
    return [*range(single), *(single + number + round(extra) for number, extra in enumerate(spread))]


def whole_band(latents: int, samples: int, seed: int) -> BlockCode:
    """Each latent the sum of a group of DCT coefficients with random signs, decoded with the group's energy.

    Of n coefficients that do not correlate, the sum has the energy of all; each gets back 1 / √n of it.
    """
    edges = group_edges(latents, samples)
    generator = torch.Generator().manual_seed(seed)
    signs = 2.0 * torch.randint(0, 2, (edges[-1],), generator=generator) - 1
    members = torch.zeros(latents, edges[-1])
    for latent, (first, end) in enumerate(pairwise(edges)):
        members[latent, first:end] = signs[first:end]
    members[: latents // 2].abs_()
    dct = lowest_dct(edges[-1], samples)
    return BlockCode(members @ dct, (members @ dct).T / members.abs().sum(1).sqrt())


def emphasis(latents: int, samples: int) -> Tensor:
    """The weights [latents] of a code of the whole band, each by the middle of its group."""
    edges = torch.tensor(group_edges(latents, samples), dtype=torch.float32)
    hertz = (edges[:-1] + edges[1:] - 1) / 2 * SAMPLE_RATE / (2 * samples)
    return ((KNEE_HERTZ + hertz) / UNIT_HERTZ).sqrt()
