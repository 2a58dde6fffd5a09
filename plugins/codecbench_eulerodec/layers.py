"""Complex-valued layers. Every activation is complex [batch, channels, bins, frames]; so is every matrix.

All of them but dropout in training are phase equivariant, f(e^{i phi} z) = e^{i phi} f(z) (EuleroDec, equation 3): they
have no bias, and their statistics are each signal's own.

In memory channels come last, real beside imaginary part: so a complex activation is, without a copy, the channels-last
image of twice as many real channels that a real convolution takes.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

EPSILON = 1e-6
TINY = 1e-30
"""Below any modulus that a direction can be told of."""
PLANE = (1, 2)
"""Bins and frames where channels are last: each channel of each signal has its statistics over them."""


def stacked(values: Tensor, dim: int) -> Tensor:
    """Complex `values` as real and imaginary parts, one after the other along `dim`."""
    return torch.cat([values.real, values.imag], dim=dim)


def image(values: Tensor) -> Tensor:
    """Complex [batch, channels, bins, frames] as real [batch, 2 channels, bins, frames]: each channel's two parts."""
    return torch.view_as_real(values.permute(0, 2, 3, 1).contiguous()).flatten(-2).permute(0, 3, 1, 2)


def of_image(parts: Tensor) -> Tensor:
    """The inverse of `image`."""
    batch, channels, bins, frames = parts.shape
    last = parts.permute(0, 2, 3, 1).contiguous().view(batch, bins, frames, channels // 2, 2)
    return torch.view_as_complex(last).permute(0, 3, 1, 2)


def parts_of(real: Tensor, imaginary: Tensor) -> Tensor:
    """A complex kernel [m, n, bins, frames] as the real one of images [2 m, 2 n, bins, frames]: [[a, -b], [b, a]]."""
    rows = [torch.stack(pair, dim=2) for pair in ((real, -imaginary), (imaginary, real))]  # [m, n, 2, bins, frames]
    whole = torch.stack(rows, dim=1).flatten(2, 3).flatten(0, 1)
    return whole.contiguous(memory_format=torch.channels_last)


class ComplexConv2d(nn.Module):
    """A convolution over the complex numbers (equation 2), without bias; odd kernels are centred.

    Computed as one real convolution of the parts: exactly four real multiply-accumulates for a complex one.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int] = (1, 1), stride: tuple[int, int] = (1, 1),
        dilation: tuple[int, int] = (1, 1),
    ) -> None:  # fmt: skip
        super().__init__()
        deviation = sqrt(1 / (inputs * kernel[0] * kernel[1]))
        self.weight = nn.Parameter(deviation * torch.randn(outputs, inputs, *kernel, dtype=torch.complex64))
        self.stride, self.dilation = stride, dilation
        self.padding = tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True))

    def forward(self, values: Tensor) -> Tensor:
        kernel = parts_of(*torch.view_as_real(self.weight).unbind(-1))
        convolved = F.conv2d(image(values), kernel, stride=self.stride, padding=self.padding, dilation=self.dilation)
        return of_image(convolved)


class ComplexConvTranspose2d(nn.Module):
    """The transposed complex convolution of kernel 3, without bias: bins and frames are multiplied by the stride."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int]) -> None:
        super().__init__()
        positions = 9 / (stride[0] * stride[1])
        deviation = sqrt(1 / (inputs * positions))
        self.weight = nn.Parameter(deviation * torch.randn(inputs, outputs, 3, 3, dtype=torch.complex64))
        self.stride = stride

    def forward(self, values: Tensor) -> Tensor:
        real, imaginary = torch.view_as_real(self.weight).unbind(-1)
        kernel = parts_of(real, -imaginary)  # which torch transposes, to [[a, -b], [b, a]]
        extra = tuple(stride - 1 for stride in self.stride)
        return of_image(F.conv_transpose2d(image(values), kernel, stride=self.stride, padding=1, output_padding=extra))


def products(first: Tensor, second: Tensor) -> Tensor:
    """Re(first* second), real: the sum of the parts' products."""
    return torch.mul(first.real, second.real).addcmul_(first.imag, second.imag)


class ModReluFunction(torch.autograd.Function):
    """f(m) z with f(m) = ReLU(m + b) / (m + EPSILON), m = |z|: of z [batch, bins, frames, channels], b [channels]."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, threshold: Tensor) -> Tensor:
        values = values.contiguous()
        modulus = products(values, values).sqrt_()  # a third of the time of torch's complex abs
        ctx.save_for_backward(values, modulus, threshold)
        return values * (modulus + threshold).relu_().div_(modulus + EPSILON)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        values, modulus, threshold = ctx.saved_tensors
        inverse = (modulus + EPSILON).reciprocal_()
        passed = (modulus + threshold).relu_()
        along = products(values, gradient).mul_(inverse).mul_(passed > 0)
        of_threshold = along.sum((0, *PLANE))
        outer = gradient * passed.mul_(inverse)  # f(m)
        along.mul_(inverse).mul_(EPSILON - threshold).div_(modulus.clamp(min=TINY))  # f'(m) Re(z* g) / m
        return outer.addcmul_(values, along.to(values.dtype)), of_threshold


class ModReLU(nn.Module):
    """ReLU(|z| + b) z / |z| with a real b for each channel (equation 4): the modulus is cut, the phase kept."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.threshold = nn.Parameter(torch.zeros(channels))

    def forward(self, values: Tensor) -> Tensor:
        cut: Tensor = ModReluFunction.apply(values.permute(0, 2, 3, 1), self.threshold)  # type: ignore[no-untyped-call]
        return cut.permute(0, 3, 1, 2)


class WhiteningFunction(torch.autograd.Function):
    """p c + q c* of the centred values c: the symmetric 2x2 matrix gain V^-1/2 on (Re c, Im c), p real, q complex."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, gain: Tensor) -> Tensor:
        centred = values.contiguous()
        centred = centred - centred.mean(PLANE, keepdim=True)
        xx, yy = torch.view_as_real(centred).square().mean(PLANE).unbind(-1)
        moments = xx, yy, (centred.real * centred.imag).mean(PLANE)
        ctx.save_for_backward(centred, gain, *moments)
        return _mapped(centred, *inverse_root(*moments, gain))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        centred, gain, *moments = ctx.saved_tensors
        gradient = gradient.contiguous()
        with torch.enable_grad():
            inputs = [tensor.detach().requires_grad_() for tensor in (*moments, gain)]
            factors = inverse_root(*inputs)
        of_factors = products(centred, gradient).sum(PLANE), (centred * gradient).sum(PLANE)
        xx, yy, xy, of_gain = torch.autograd.grad(factors, inputs, of_factors)
        positions = centred.shape[1] * centred.shape[2]
        inner = _mapped(gradient, *(factor.detach() for factor in factors))
        inner += _mapped(centred, (xx + yy) / positions, torch.complex(xx - yy, xy) / positions)
        return inner.sub_(inner.mean(PLANE, keepdim=True)), of_gain


def inverse_root(xx: Tensor, yy: Tensor, xy: Tensor, gain: Tensor) -> tuple[Tensor, Tensor]:
    """p and q [batch, channels] of `WhiteningFunction`, from the covariance's entries [batch, channels].

    V^-1/2 = [[yy + s, -xy], [-xy, xx + s]] / (s t): s is the root of V's determinant, t that of its trace plus 2 s.
    """
    xx, yy = xx + EPSILON, yy + EPSILON
    root = (xx * yy - xy.square()).clamp(min=EPSILON**2).sqrt()
    scale = gain / (root * (xx + yy + 2 * root).sqrt())
    return ((xx + yy) / 2 + root) * scale, torch.complex((yy - xx) / 2, -xy) * scale


def _mapped(values: Tensor, plain: Tensor, conjugate: Tensor) -> Tensor:
    """`plain` z + `conjugate` z*, each factor [batch, channels]."""
    turned = (values * conjugate[:, None, None].conj()).conj_physical_()
    return turned.addcmul_(values, plain[:, None, None].to(values.dtype))


class Whitening(nn.Module):
    """Each channel's real and imaginary parts to zero mean and unit 2x2 covariance, then a real gain.

    By the inverse square root of the covariance (Trabelsi et al. 2018, section 3.5), of each signal's own statistics;
    their full 2x2 affine map would break phase equivariance.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.full((channels,), sqrt(0.5)))

    def forward(self, values: Tensor) -> Tensor:
        white: Tensor = WhiteningFunction.apply(values.permute(0, 2, 3, 1), self.gain)  # type: ignore[no-untyped-call]
        return white.permute(0, 3, 1, 2)


class AxialAttention(nn.Module):
    """Self-attention along frames (`axis` 3) or bins (`axis` 2), scored by Re(q^H k); with a residual path."""

    def __init__(self, channels: int, heads: int, axis: int) -> None:
        super().__init__()
        self.heads, self.axis = heads, axis
        self.norm = Whitening(channels)
        self.project_in = ComplexConv2d(channels, 3 * channels)
        self.project_out = ComplexConv2d(channels, channels)

    def forward(self, values: Tensor) -> Tensor:
        projected = image(self.project_in(self.norm(values))).transpose(self.axis, 3)  # [batch, parts, other, axis]
        batch, parts, other, axis = projected.shape
        split = projected.permute(0, 2, 3, 1).reshape(batch * other, axis, 3, self.heads, -1)
        queries, keys, outputs = split.permute(2, 0, 3, 1, 4)  # [batch * other, heads, axis, width], of both parts
        scale = (queries.shape[-1] // 2) ** -0.5
        attended = F.scaled_dot_product_attention(queries, keys, outputs, scale=scale)
        joined = attended.transpose(1, 2).reshape(batch, other, axis, parts // 3).permute(0, 3, 1, 2)
        total: Tensor = values + self.project_out(of_image(joined.transpose(self.axis, 3)))
        return total


class FeedForward(nn.Module):
    """Two pointwise complex layers with a residual path."""

    def __init__(self, channels: int, expansion: int) -> None:
        super().__init__()
        self.norm = Whitening(channels)
        self.widen = ComplexConv2d(channels, expansion * channels)
        self.act = ModReLU(expansion * channels)
        self.narrow = ComplexConv2d(expansion * channels, channels)

    def forward(self, values: Tensor) -> Tensor:
        narrowed: Tensor = self.narrow(self.act(self.widen(self.norm(values))))
        return values + narrowed


class Residual(nn.Module):
    """Two 3x3 convolutions, the first dilated, with a residual path."""

    def __init__(self, channels: int, dilation: tuple[int, int]) -> None:
        super().__init__()
        self.norm = Whitening(channels)
        self.dilated = ComplexConv2d(channels, channels, (3, 3), dilation=dilation)
        self.act = ModReLU(channels)
        self.narrow = ComplexConv2d(channels, channels, (3, 3))

    def forward(self, values: Tensor) -> Tensor:
        inner: Tensor = self.narrow(self.act(self.dilated(self.norm(values))))
        return values + inner


class DropPath(nn.Module):
    """In training, leaves a whole path out for some signals of a batch (Huang et al. 2016)."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, values: Tensor) -> Tensor:
        if not self.training or self.probability == 0:
            return values
        kept = torch.rand(len(values), 1, 1, 1, device=values.device) >= self.probability
        return values * (kept / (1 - self.probability))
