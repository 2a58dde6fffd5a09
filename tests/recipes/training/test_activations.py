"""The activations of training: what the compiled loops give is what the models' own layers give, gradients included."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from codecbench_facodec.activation import AntiAliased, halfband_filter
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from transformers.models.dac.modeling_dac import Snake1d

from recipes.codecs import build
from recipes.training.activations import FASTER, FastAntiAliased, FastSnake, speed_up

KINDS = [Snake1d, AntiAliased]
ROUNDING = 4.0
"""Times the error of the model's own layer in single precision, which the loops' may have."""


def layer(kind: type[nn.Module], channels: int, seed: int = 0) -> nn.Module:
    """With parameters off their start, both signs of α among DAC's."""
    torch.manual_seed(seed)
    made = kind(channels)
    for parameter in made.parameters():
        nn.init.normal_(parameter)
    return made


def exact(made: nn.Module) -> nn.Module:
    double = deepcopy(made).double()
    if isinstance(double, AntiAliased):
        double.taps = halfband_filter().double()
    return double


def passed(made: nn.Module, signal: Tensor, weights: Tensor) -> list[Tensor]:
    """The output, and the gradients of signal and parameters."""
    inputs = (signal.detach().requires_grad_(), *made.parameters())
    out = made(inputs[0])
    return [out, *torch.autograd.grad(out, inputs, weights)]


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40)
@given(
    batch=st.integers(1, 3),
    channels=st.integers(1, 4),
    samples=st.one_of(st.integers(1, 80), st.integers(81, 700)),
    level=st.sampled_from([0.01, 1.0, 30.0]),
    seed=st.integers(0, 99),
)
def test_values_and_gradients_are_the_layers(
    kind: type[nn.Module], batch: int, channels: int, samples: int, level: float, seed: int
) -> None:  # fmt: skip
    plain = layer(kind, channels, seed)
    signal, weights = level * torch.randn(batch, channels, samples), torch.randn(batch, channels, samples)
    expected = passed(exact(plain), signal.double(), weights.double())
    found, usual = passed(FASTER[kind](plain), signal, weights), passed(plain, signal, weights)
    for ours, theirs, truth in zip(found, usual, expected, strict=True):
        scale = truth.abs().max() + weights.abs().max()
        allowed = ROUNDING * (theirs - truth).abs().max() + 3e-6 * level * scale
        assert (ours - truth).abs().max() <= allowed


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_that_is_no_own_memory_is_taken(kind: type[nn.Module]) -> None:
    """As from a sum, whose gradient is one number expanded, and of a signal that is a view."""
    plain, signal = layer(kind, 3), torch.randn(2, 20, 3, requires_grad=True)
    (found,) = torch.autograd.grad(FASTER[kind](plain)(signal.transpose(1, 2)).sum(), signal)
    (expected,) = torch.autograd.grad(plain(signal.transpose(1, 2)).sum(), signal)
    assert torch.allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_loop_is_the_models_layer(kind: type[nn.Module]) -> None:
    plain, signal = exact(layer(kind, 3)), torch.randn(2, 3, 50).double()
    made = FASTER[kind](plain).double()
    if isinstance(made, AntiAliased):
        made.taps = halfband_filter().double()
    assert torch.equal(made(signal), plain(signal))


@pytest.mark.parametrize(("codec", "expected"), [("dac", FastSnake), ("facodec", FastAntiAliased)])
def test_recipes_train_with_them(codec: str, expected: type[nn.Module]) -> None:
    modules = list(build(codec, 0).model.modules())
    assert any(isinstance(module, expected) for module in modules)
    assert not any(type(module) in FASTER for module in modules)


def test_parameters_keep_their_names_order_and_memory() -> None:
    plain = nn.Sequential(nn.Conv1d(1, 2, 1), AntiAliased(2), nn.ModuleList([Snake1d(3)]))
    before = list(plain.named_parameters())
    speed_up(plain)
    after = list(plain.named_parameters())
    assert [name for name, _ in before] == [name for name, _ in after]
    assert all(first is second for (_, first), (_, second) in zip(before, after, strict=True))
    assert list(plain.state_dict()) == [name for name, _ in before]
