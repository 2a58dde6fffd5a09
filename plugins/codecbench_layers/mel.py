"""Mel bands: what FACodec's prosody is read from, and the recipes' loss looks through."""

from __future__ import annotations

import torch
from torch import Tensor


def mel_filters(sample_rate: int, window: int, bands: int) -> Tensor:
    """Triangular filters on the HTK mel scale, each summing to one: [bands, window // 2 + 1].

    A band narrower than a bin gets its nearest bin, so that none is empty.
    """
    frequencies = torch.linspace(0, sample_rate / 2, window // 2 + 1)
    top = 2595 * torch.log10(torch.tensor(1 + sample_rate / 2 / 700))
    edges = 700 * (10 ** (torch.linspace(0, float(top), bands + 2) / 2595) - 1)
    rising = (frequencies[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies[None]) / (edges[2:] - edges[1:-1])[:, None]
    filters = torch.minimum(rising, falling).clamp(min=0)
    empty = filters.sum(1) == 0
    nearest = (frequencies[None] - edges[1:-1, None]).abs().argmin(1)
    filters[empty, nearest[empty]] = 1.0
    return filters / filters.sum(1, keepdim=True)
