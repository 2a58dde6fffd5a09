"""SEANet's residual branches take part from the start, in EnCodec and in LaDiffCodec."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import parametrize

from recipes.codecs import build

NETWORKS = {
    "encodec": lambda model: model,
    "ladiff, condition": lambda model: model.condition,
    "ladiff, autoencoder": lambda model: model.autoencoder,
}


def seanet(name: str) -> Any:
    return NETWORKS[name](build(name.partition(",")[0], 0).model)


def branch_shares(network: Any, audio: Tensor) -> list[float]:
    """How much each residual branch varies, as a part of what passes beside it."""
    shares: list[float] = []

    def compare(block: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        beside = block.shortcut(inputs[0])
        shares.append(float((output - beside).std() / beside.std()))

    for module in network.modules():
        if hasattr(module, "shortcut"):
            module.register_forward_hook(compare)
    with torch.no_grad():
        network.decoder(network.encoder(audio))
    return shares


@pytest.mark.parametrize("name", NETWORKS)
def test_residual_branches_vary_by_a_hundredth_of_what_passes_beside_them(name: str) -> None:
    """Without the gain, 0.001 to 0.007 in EnCodec."""
    audio = 0.05 * torch.randn(1, 1, 16000, generator=torch.Generator().manual_seed(0))
    shares = branch_shares(seanet(name), audio)
    assert len(shares) >= 4
    assert all(0.01 < share < 0.1 for share in shares), shares


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_are_plain(name: str) -> None:
    """Under weight normalisation a branch that starts near zero stays there."""
    assert not any(parametrize.is_parametrized(module) for module in seanet(name).modules())
