"""EnCodec's residual branches take part from the start."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import parametrize

from recipes.codecs import build


def branch_shares(model: Any, audio: Tensor) -> list[float]:
    """How much each residual branch varies, as a part of what passes beside it."""
    shares: list[float] = []

    def compare(block: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        beside = block.shortcut(inputs[0])
        shares.append(float((output - beside).std() / beside.std()))

    for module in model.modules():
        if hasattr(module, "shortcut"):
            module.register_forward_hook(compare)
    with torch.no_grad():
        model.decoder(model.encoder(audio))
    return shares


def test_its_residual_branches_vary_by_a_hundredth_of_what_passes_beside_them() -> None:
    """Without the gain, 0.001 to 0.007."""
    audio = 0.05 * torch.randn(1, 1, 16000, generator=torch.Generator().manual_seed(0))
    shares = branch_shares(build("encodec", 0).model, audio)
    assert len(shares) == 8
    assert all(0.01 < share < 0.1 for share in shares)


def test_its_weights_are_plain() -> None:
    """Under weight normalisation a branch that starts near zero stays there."""
    assert not any(parametrize.is_parametrized(module) for module in build("encodec", 0).model.modules())
