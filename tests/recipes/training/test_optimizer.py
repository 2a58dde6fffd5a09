"""Each weight's share of the learning rate follows from how many inputs an output sums."""

from __future__ import annotations

import pytest
import torch
from codecbench_eulerodec.layers import ComplexConv2d, ComplexConvTranspose2d
from torch import nn

from recipes.codecs import build, trained
from recipes.training.optimizer import build_optimizer, fan_in, learning_share, set_rate


@pytest.mark.parametrize(
    ("module", "inputs"),
    [
        (nn.Linear(300, 5), 300),
        (nn.Conv1d(64, 8, 7), 64 * 7),
        (nn.Conv1d(64, 64, 7, groups=64), 7),
        (nn.ConvTranspose1d(64, 8, 10, stride=5), 128),
        (nn.Conv2d(16, 8, (3, 5)), 240),
        (ComplexConv2d(16, 8, (3, 3)), 144),
        (ComplexConvTranspose2d(16, 8, (2, 3)), 24),
    ],
)
def test_fan_in(module: nn.Module, inputs: float) -> None:
    assert fan_in(module, module.weight) == inputs  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.Linear(7, 1), (1, 7)),
        (nn.Conv1d(4, 1, 3), (1, 4, 40)),
        (nn.ConvTranspose1d(6, 1, 8, stride=4), (1, 6, 40)),
    ],
)
def test_fan_in_is_what_an_output_depends_on(module: nn.Module, shape: tuple[int, ...]) -> None:
    """Counted by the gradient of one output, away from the ends."""
    values = torch.randn(shape, requires_grad=True)
    output = module(values)
    output.flatten()[output.numel() // 2].backward()
    assert values.grad is not None
    assert int((values.grad != 0).sum()) == fan_in(module, module.weight)  # type: ignore[arg-type]


def test_narrow_layers_and_gains_learn_at_the_whole_rate() -> None:
    conv = nn.Conv1d(64, 8, 4)
    assert learning_share(conv, conv.weight) == 0.5
    assert learning_share(conv, conv.bias) == 1  # type: ignore[arg-type]
    narrow = nn.Conv1d(16, 8, 4)
    assert learning_share(narrow, narrow.weight) == 1
    lstm = nn.LSTM(256, 128)
    assert learning_share(lstm, lstm.weight_ih_l0) == 0.5


@pytest.mark.parametrize("codec", sorted(trained()))
def test_every_parameter_is_in_one_group_and_follows_the_rate(codec: str) -> None:
    trainee = build(codec, 0)
    optimizer = build_optimizer(trainee, 1e-3)
    grouped = [id(parameter) for group in optimizer.param_groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(parameter) for parameter in trainee.parameters())
    rates = [group["lr"] for group in optimizer.param_groups]
    assert max(rates) == 1e-3
    assert min(rates) < 5e-4
    set_rate(optimizer, 2e-3)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([2 * rate for rate in rates])
