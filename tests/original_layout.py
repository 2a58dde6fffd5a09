"""Checkpoints in the layouts of others' releases, generated from the lists of their tensors' names and shapes."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

NAMES = Path(__file__).parent / "plugins" / "names"


def shapes(release: str, part: str) -> dict[str, tuple[int, ...]]:
    """The tensors of one file of a release, in its order."""
    rows = [line.split("\t") for line in (NAMES / f"{release}.tsv").read_text().splitlines()]
    return {name: tuple(map(int, filter(None, shape.split("x")))) for where, name, shape in rows if where == part}


def random_tensors(found: dict[str, tuple[int, ...]], seed: int, gain: float = 1.0) -> dict[str, Tensor]:
    """Seeded values of the sizes that networks have: outputs follow inputs, and codes differ."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, shape in found.items():
        if name.endswith((".alpha", ".beta")) or not shape:
            tensors[name] = torch.zeros(shape)
        elif name.endswith((".weight", ".g")) and len(shape) == 1:
            tensors[name] = torch.ones(shape)  # of a normalisation
        elif len(shape) == 1:
            tensors[name] = 0.01 * torch.randn(shape, generator=generator)
        elif name.endswith("weight_g"):
            tensors[name] = torch.full(shape, gain)
        else:
            fan_in = torch.Size(shape[1:]).numel()
            tensors[name] = torch.randn(shape, generator=generator) * (gain / fan_in**0.5)
    return tensors
