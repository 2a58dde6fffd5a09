"""FACodec's activation: what training computes in one pass is what torch's convolutions give, gradients included."""

from __future__ import annotations

import pytest
import torch
from codecbench_facodec import activation
from codecbench_facodec.activation import AntiAliased, halfband_filter
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.cost.macs import count_macs


def layer(channels: int, seed: int = 0) -> AntiAliased:
    """In double precision, with parameters off their start."""
    torch.manual_seed(seed)
    made = AntiAliased(channels).double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter)
    return made


@settings(deadline=None, max_examples=60)
@given(
    batch=st.integers(1, 3),
    channels=st.integers(1, 4),
    samples=st.one_of(st.integers(1, 40), st.integers(41, 300)),
    seed=st.integers(0, 99),
    chunk=st.sampled_from([1, 64, 1 << 17]),
)
def test_values_and_gradients_are_the_filters(batch: int, channels: int, samples: int, seed: int, chunk: int) -> None:
    made = layer(channels, seed)
    signal = torch.randn(batch, channels, samples, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(batch, channels, samples, dtype=torch.float64)
    inputs = (signal, *made.parameters())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activation, "CHUNK", chunk)
        fused = made(signal)
        found = torch.autograd.grad(fused, inputs, weights)
    plain = made.filtered(signal)
    assert fused.grad_fn is not None
    assert torch.allclose(fused, plain, atol=1e-11, rtol=1e-11)
    for ours, expected in zip(found, torch.autograd.grad(plain, inputs, weights), strict=True):
        assert torch.allclose(ours, expected, atol=1e-8, rtol=1e-8)


@pytest.mark.parametrize("samples", [1, 7, 16, 33])
def test_gradients_are_the_slopes(samples: int) -> None:
    made = layer(2)
    signal = torch.randn(2, 2, samples, dtype=torch.float64, requires_grad=True)

    def run(given: torch.Tensor, alpha: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(made, {"act.alpha": alpha, "act.beta": beta}, (given,))

    assert torch.autograd.gradcheck(run, (signal, *made.parameters()))


def test_single_precision_is_as_good_as_the_filters() -> None:
    signal = torch.randn(2, 8, 5000)
    made = AntiAliased(8)
    torch.nn.init.normal_(made.act.alpha)
    torch.nn.init.normal_(made.act.beta)
    with torch.no_grad():
        plain = made(signal)
    exact = made.double()
    exact.taps = halfband_filter().double()
    expected = exact.filtered(signal.double())
    found = exact.float()(signal)
    errors = [(each - expected).abs().max() for each in (found, plain)]
    assert errors[0] < 2 * errors[1] + 1e-6


def test_a_gradient_that_is_no_own_memory_is_taken() -> None:
    """As from a sum, whose gradient is one number expanded, and of a signal that is a view."""
    made, signal = layer(3), torch.randn(2, 20, 3, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(made(signal.transpose(1, 2)).sum(), signal)
    (expected,) = torch.autograd.grad(made.filtered(signal.transpose(1, 2)).sum(), signal)
    assert torch.allclose(found, expected)


def test_a_counter_sees_both_filters() -> None:
    made, signal = AntiAliased(3).eval(), torch.randn(2, 3, 1000)
    count = count_macs(lambda: made(signal))
    assert not count.unknown
    assert count.total == pytest.approx(24 * signal.numel(), rel=0.02)


def test_what_is_not_on_a_cpu_is_filtered() -> None:
    with torch.device("meta"):
        made, signal = AntiAliased(3), torch.zeros(2, 3, 100)
    assert made(signal).shape == signal.shape
