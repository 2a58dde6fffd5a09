from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from codecbench.cost.random_weights import CODEBOOK_DEVIATION, spread_weights  # noqa: E402


class Book(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("embed", torch.zeros(512, 64))
        self.register_buffer("cluster_size", torch.zeros(512))


def drawn(seed: int) -> nn.Sequential:
    model = nn.Sequential(nn.Linear(256, 256), nn.ConvTranspose1d(64, 64, 8, stride=4), Book())
    spread_weights(model, seed)
    return model


def test_each_layer_keeps_its_inputs_variance() -> None:
    linear, transposed, _ = drawn(0)
    x = torch.randn(64, 256, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert (linear(x.relu()) ** 2).mean().item() == pytest.approx(1.0, rel=0.1)
        y = x.reshape(1, 64, 256).relu()
        assert (transposed(y)[..., 8:-8] ** 2).mean().item() == pytest.approx(1.0, rel=0.1)


def test_biases_are_zero_and_codebooks_small_and_filled() -> None:
    linear, _, book = drawn(0)
    assert not linear.bias.any()
    assert book.embed.std().item() == pytest.approx(CODEBOOK_DEVIATION, rel=0.05)
    assert not book.cluster_size.any()


def test_the_seed_decides() -> None:
    one, same, other = (drawn(seed)[0].weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
