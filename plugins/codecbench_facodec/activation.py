"""SnakeBeta between two anti-aliasing filters: a periodic activation that runs at twice the rate of its input.

In training on a CPU it is computed by `_Fused`, three times as fast; otherwise by torch's convolutions, whose
multiply-accumulates a counter sees. Both give the same values but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import pi
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

TAPS = 12
"""Of the filter before and of the one after the activation (junjun3518/alias-free-torch, its default for ratio 2)."""
NO_ZERO = 1e-9
"""Added to a divisor, as in the original."""
BLOCK = 16
"""Samples that `_Fused` filters by one matrix product."""
EDGE = TAPS // 2
"""Samples that `_Fused` continues a signal by before its start; as many are enough after its end."""
CHUNK = 1 << 17
"""Samples that `_Fused` holds at a time: all its passes over them stay in the processor's cache (fastest of 2^15 to
2^18 on one core of an EPYC)."""


def halfband_filter() -> Tensor:
    """Low-pass at half the band with unit gain at 0 Hz: [1, 1, TAPS].

    A windowed sinc; the Kaiser window's shape follows from the width of the transition, 0.3 of the sampling rate
    (Kaiser 1974: attenuation A = 2.285 (N / 2 - 1) Δω + 7.95, β = 0.1102 (A - 8.7) for A > 50).
    """
    attenuation = 2.285 * (TAPS // 2 - 1) * pi * 4 * 0.3 + 7.95
    window = torch.kaiser_window(TAPS, periodic=False, beta=0.1102 * (attenuation - 8.7))
    time = torch.arange(-TAPS // 2, TAPS // 2) + 0.5
    taps = window * torch.sinc(0.5 * time)
    return (taps / taps.sum()).view(1, 1, TAPS)


class SnakeBeta(nn.Module):
    """x + sin²(αx) / β with α and β per channel, held as logarithms (Ziyin et al. 2020; BigVGAN's release)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept."""
        alpha, beta = self.alpha.exp()[:, None], self.beta.exp()[:, None]
        return torch.addcmul(signal, 1 / (beta + NO_ZERO), torch.sin(signal * alpha).square())


class AntiAliased(nn.Module):
    """SnakeBeta at twice the rate (Karras et al. 2021; Lee et al. 2023, "BigVGAN", section 3.2)."""

    taps: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.act = SnakeBeta(channels)
        self.register_buffer("taps", halfband_filter(), persistent=False)

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept; beyond its ends the signal is continued with its last value."""
        if torch.is_grad_enabled() and signal.is_cpu and signal.dtype in (torch.float32, torch.float64):
            alpha, beta = self.act.alpha.exp(), self.act.beta.exp()
            fused: Tensor = _Fused.apply(signal, alpha, 1 / (beta + NO_ZERO))  # type: ignore[no-untyped-call]
            return fused
        return self.filtered(signal)

    def filtered(self, signal: Tensor) -> Tensor:
        """The output of `forward`, by torch's convolutions."""
        channels = signal.shape[1]
        taps = self.taps.expand(channels, -1, -1)
        edge = TAPS // 2 - 1
        signal = F.pad(signal, (edge, edge), mode="replicate")
        signal = 2 * F.conv_transpose1d(signal, taps, stride=2, groups=channels)
        signal = self.act(signal[..., 3 * edge : -3 * edge])  # [batch, channels, 2 samples]
        signal = F.pad(signal, (edge, edge + 1), mode="replicate")
        return F.conv1d(signal, taps, stride=2, groups=channels)


class _Fused(torch.autograd.Function):
    """`AntiAliased` of a signal [batch, channels, samples], α [channels] and 1 / β [channels].

    Keeps nothing but its input for the gradient. Filters run on blocks, of samples at the low rate and twice as many at
    the high one; the signal is scaled by α before the first filter and back after the last. Sines are NumPy's, which
    takes less than half of torch's time for them.
    """

    @staticmethod
    def forward(ctx: Any, signal: Tensor, alpha: Tensor, inverse: Tensor) -> Tensor:
        ctx.save_for_backward(signal, alpha, inverse)
        rows, alphas, inverses = _rows(signal, alpha, inverse)
        out = torch.empty_like(rows)
        samples = rows.shape[1]
        for part in _chunks(rows):
            wide = _widened(rows[part], alphas[part])
            squares = _of_numpy(np.sin, wide).square_()
            _replicate(wide.addcmul_(squares, alphas[part] * inverses[part]), 2 * samples)
            torch.div(_by_blocks(wide, _kernels(out.dtype)[1])[:, :samples], alphas[part], out=out[part])
        return out.view(signal.shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        signal, alpha, inverse = ctx.saved_tensors
        rows, alphas, inverses = _rows(signal, alpha, inverse)
        samples = rows.shape[1]
        outer = F.pad(gradient.reshape(rows.shape), (0, -samples % BLOCK))
        inner, of_alpha, of_inverse = torch.empty_like(rows), *rows.new_empty(2, len(rows))
        _, _, up, down = _kernels(rows.dtype)
        for part in _chunks(rows):
            wide = _widened(rows[part], alphas[part])
            of_wide = _gather_edges(_by_blocks(outer[part], down, padding=1), 2 * samples)
            sine, product = _of_numpy(np.sin, wide), _of_numpy(np.cos, wide)
            product.mul_(sine).mul_(of_wide)  # sin cos, times the gradient
            torch.sum(sine.square_().mul_(of_wide), 1, out=of_inverse[part])
            torch.sum(wide.mul_(product), 1, out=of_alpha[part])
            of_wide.addcmul_(product, 2 * alphas[part] * inverses[part])
            of_padded = _gather_edges(_by_blocks(of_wide, up, padding=1), samples)
            inner[part] = of_padded[:, EDGE : EDGE + samples]
        channels = signal.shape[:2]
        by_alpha = of_alpha.view(channels).sum(0) * 2 * inverse / alpha
        return inner.view(signal.shape), by_alpha, of_inverse.view(channels).sum(0)


def _rows(signal: Tensor, alpha: Tensor, inverse: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The signal as [batch * channels, samples], with each row's α and 1 / β, [batch * channels, 1]."""
    batch, _, samples = signal.shape
    return signal.reshape(-1, samples), alpha.repeat(batch)[:, None], inverse.repeat(batch)[:, None]


def _chunks(rows: Tensor) -> Iterator[slice]:
    step = max(1, CHUNK // rows.shape[1])
    return (slice(start, start + step) for start in range(0, len(rows), step))


def _of_numpy(function: Callable[..., Any], values: Tensor) -> Tensor:
    return torch.from_numpy(function(values.numpy()))


def _widened(rows: Tensor, alphas: Tensor) -> Tensor:
    """`rows` times α at twice the rate [rows, 32 blocks], from EDGE samples before the start on."""
    samples = rows.shape[1]
    padded = rows.new_empty(len(rows), (-(-samples // BLOCK) + 2) * BLOCK)
    torch.mul(rows, alphas, out=padded[:, EDGE : EDGE + samples])
    _replicate(padded, samples)
    return _by_blocks(padded, _kernels(rows.dtype)[0])


def _replicate(padded: Tensor, samples: int) -> None:
    """Put the first and last of the `samples` after EDGE into all that is outside of them."""
    last = EDGE + samples - 1
    padded[:, :EDGE] = padded[:, EDGE, None]
    padded[:, last + 1 :] = padded[:, last, None]


def _gather_edges(gradient: Tensor, samples: int) -> Tensor:
    """The transposed operation of `_replicate`, in place."""
    last = EDGE + samples - 1
    gradient[:, EDGE] += gradient[:, :EDGE].sum(1)
    gradient[:, last] += gradient[:, last + 1 :].sum(1)
    gradient[:, :EDGE] = 0
    gradient[:, last + 1 :] = 0
    return gradient


def _by_blocks(rows: Tensor, kernel: Tensor, padding: int = 0) -> Tensor:
    """Filter `rows` [rows, blocks * inputs] by a kernel [outputs, inputs, 1, 2] over neighbouring blocks.

    Blocks are positions of a channels-last image, whose convolution needs no copy.
    """
    image = rows.view(len(rows), -1, 1, kernel.shape[1]).permute(0, 3, 2, 1)
    filtered = F.conv2d(image, kernel, padding=(0, padding))  # [rows, outputs, 1, blocks]
    return filtered.permute(0, 3, 2, 1).reshape(len(rows), -1)


@lru_cache
def _kernels(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """For `_by_blocks`: up to the high rate, down to the low one, and the transposed operations of both.

    The high rate's sample i, counted with 2 EDGE samples of padding, is 2 Σ h(i - 2n + 11) x(n) of the padded signal;
    the low rate's sample n is Σ h(i - 2n - 1) of those, for they were continued by EDGE before their start.
    """
    taps = halfband_filter()[0, 0].to(dtype)

    def kernel(outputs: int, inputs: int, tap: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        index = tap(torch.arange(outputs)[:, None], torch.arange(2 * inputs))
        inside = (index >= 0) & (index < TAPS)
        matrix = torch.where(inside, taps[index.clamp(0, TAPS - 1)], torch.zeros((), dtype=dtype))
        return matrix.view(outputs, 2, inputs).transpose(1, 2)[:, :, None]

    up = 2 * kernel(2 * BLOCK, BLOCK, lambda high, low: high - 2 * low + TAPS - 1)
    down = kernel(BLOCK, 2 * BLOCK, lambda low, high: high - 2 * low - 1)
    transposed = [each.transpose(0, 1).flip(-1) for each in (up, down)]
    up, down, *transposed = (k.contiguous(memory_format=torch.channels_last) for k in (up, down, *transposed))
    return up, down, transposed[0], transposed[1]
