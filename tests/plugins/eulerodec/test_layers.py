"""EuleroDec's layers as they are computed: analytic gradients, and memory that a convolution takes as it is."""

from __future__ import annotations

import pytest
import torch
from codecbench_eulerodec.layers import (
    EPSILON,
    AxialAttention,
    ComplexConv2d,
    ComplexConvTranspose2d,
    ModReLU,
    ModReluFunction,
    Residual,
    Whitening,
    WhiteningFunction,
    image,
    of_image,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn


def plain_modrelu(values: Tensor, threshold: Tensor) -> Tensor:
    """Equation 4, of [batch, bins, frames, channels]."""
    modulus = values.abs()
    return values * (torch.relu(modulus + threshold) / (modulus + EPSILON))


def plain_whitening(values: Tensor, gain: Tensor) -> Tensor:
    """Trabelsi et al. 2018, section 3.5, as it is written there."""
    centred = values - values.mean((1, 2), keepdim=True)
    x, y = centred.real, centred.imag
    xx, yy, xy = ((a * b).mean((1, 2), keepdim=True) for a, b in ((x, x), (y, y), (x, y)))
    xx, yy = xx + EPSILON, yy + EPSILON
    root = (xx * yy - xy.square()).clamp(min=EPSILON**2).sqrt()
    scale = 1 / (root * (xx + yy + 2 * root).sqrt())
    return torch.complex((yy + root) * x - xy * y, (xx + root) * y - xy * x) * (scale * gain)


FUNCTIONS = {"modrelu": (ModReluFunction.apply, plain_modrelu), "whitening": (WhiteningFunction.apply, plain_whitening)}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(deadline=None, max_examples=40)
@given(batch=st.integers(1, 3), bins=st.integers(2, 6), frames=st.integers(2, 9), channels=st.integers(1, 5))
def test_values_and_gradients_are_the_formulas(name: str, batch: int, bins: int, frames: int, channels: int) -> None:
    ours, formula = FUNCTIONS[name]
    torch.manual_seed(batch + 10 * bins + 100 * frames + 1000 * channels)
    values = torch.randn(batch, bins, frames, channels, dtype=torch.complex128) + (0.5 - 0.2j)
    values = (values + 0.4j * values.real).requires_grad_()
    parameter = (torch.randn(channels, dtype=torch.float64) / 2).requires_grad_()
    weights = torch.randn_like(values)
    results = []
    for function in (ours, formula):
        out = function(values, parameter)
        results.append((out, *torch.autograd.grad(out, (values, parameter), weights)))
    for found, expected in zip(*results, strict=True):
        assert torch.allclose(found, expected, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_the_slopes(name: str) -> None:
    torch.manual_seed(0)
    values = torch.randn(2, 3, 4, 2, dtype=torch.complex128, requires_grad=True)
    parameter = torch.tensor([-0.4, 0.6], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(FUNCTIONS[name][0], (values, parameter))


@pytest.mark.parametrize("layer", [ModReLU(2), Whitening(2)], ids=["modrelu", "whitening"])
def test_silence_stays_and_has_a_gradient(layer: nn.Module) -> None:
    values = torch.zeros(1, 2, 4, 5, dtype=torch.complex64, requires_grad=True)
    out = layer(values)
    (gradient,) = torch.autograd.grad(out.real.sum(), values)
    assert out.abs().max() == 0
    assert torch.isfinite(torch.view_as_real(gradient)).all()


def test_an_image_is_a_complex_activation_without_a_copy() -> None:
    values = torch.randn(2, 3, 4, 5, dtype=torch.complex64).contiguous(memory_format=torch.channels_last)
    parts = image(values)
    assert parts.shape == (2, 6, 4, 5)
    assert parts.is_contiguous(memory_format=torch.channels_last)
    assert parts.data_ptr() == values.data_ptr() == of_image(parts).data_ptr()
    assert torch.equal(of_image(parts), values)
    assert torch.equal(of_image(image(values.contiguous())), values)


@pytest.mark.parametrize(
    "layer",
    [
        ComplexConv2d(4, 6, (3, 3), (2, 1)), ComplexConv2d(4, 6), ComplexConvTranspose2d(4, 6, (2, 1)), ModReLU(4),
        Whitening(4), AxialAttention(4, 2, axis=3), AxialAttention(4, 2, axis=2), Residual(4, (3, 5)),
    ],
    ids=["strided", "pointwise", "transposed", "modrelu", "whitening", "over time", "over frequency", "residual"],
)  # fmt: skip
def test_the_next_layer_and_the_optimizer_take_what_comes(layer: nn.Module) -> None:
    """Channels last in, channels last out; and gradients whose conjugation is done, not pending."""
    values = torch.randn(2, 4, 6, 8, dtype=torch.complex64).contiguous(memory_format=torch.channels_last)
    out = layer(values.requires_grad_())
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(out, layer(values.contiguous()), atol=1e-5)
    out.abs().square().sum().backward()
    torch.optim.AdamW(layer.parameters(), 1e-3).step()
    for tensor in (values, *layer.parameters()):
        assert tensor.grad is not None
        assert not tensor.grad.is_conj()
