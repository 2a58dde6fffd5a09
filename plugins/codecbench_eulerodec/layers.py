"""Complex-valued layers. Every activation is complex [batch, channels, bins, frames]; so is every matrix.

All of them but dropout in training are phase equivariant, f(e^{i phi} z) = e^{i phi} f(z) (EuleroDec, equation 3): they
have no bias, and their statistics are each signal's own.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-6


def stacked(values: Tensor, dim: int) -> Tensor:
    """Complex `values` as real and imaginary parts, one after the other along `dim`."""
    return torch.cat([values.real, values.imag], dim=dim)


def unstacked(values: Tensor, dim: int) -> Tensor:
    """The inverse of `stacked`."""
    return torch.complex(*values.chunk(2, dim=dim))


class ComplexConv2d(nn.Module):
    """A convolution over the complex numbers (equation 2), without bias; odd kernels are centred.

    Computed as one real convolution of the stacked parts with the weight [[a, -b], [b, a]]: exactly four real
    multiply-accumulates for a complex one.
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
        real, imaginary = self.weight.real, self.weight.imag
        weight = torch.cat([torch.cat([real, -imaginary], dim=1), torch.cat([imaginary, real], dim=1)])
        out = F.conv2d(
            stacked(values, 1), weight, stride=self.stride, padding=self.padding, dilation=self.dilation
        )  # fmt: skip
        return unstacked(out, 1)


class ComplexConvTranspose2d(nn.Module):
    """The transposed complex convolution of kernel 3, without bias: bins and frames are multiplied by the stride."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int]) -> None:
        super().__init__()
        positions = 9 / (stride[0] * stride[1])
        deviation = sqrt(1 / (inputs * positions))
        self.weight = nn.Parameter(deviation * torch.randn(inputs, outputs, 3, 3, dtype=torch.complex64))
        self.stride = stride

    def forward(self, values: Tensor) -> Tensor:
        real, imaginary = self.weight.real, self.weight.imag
        weight = torch.cat([torch.cat([real, imaginary], dim=1), torch.cat([-imaginary, real], dim=1)])
        extra = tuple(stride - 1 for stride in self.stride)
        out = F.conv_transpose2d(
            stacked(values, 1), weight, stride=self.stride, padding=1, output_padding=extra
        )  # fmt: skip
        return unstacked(out, 1)


class ModReLU(nn.Module):
    """ReLU(|z| + b) z / |z| with a real b for each channel (equation 4): the modulus is cut, the phase kept."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.threshold = nn.Parameter(torch.zeros(channels))

    def forward(self, values: Tensor) -> Tensor:
        modulus = values.abs()
        return values * (F.relu(modulus + self.threshold[:, None, None]) / (modulus + EPSILON))


class Whitening(nn.Module):
    """Each channel's real and imaginary parts to zero mean and unit 2x2 covariance, then a real gain.

    By the inverse square root of the covariance (Trabelsi et al. 2018, section 3.5), of each signal's own statistics;
    their full 2x2 affine map would break phase equivariance.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.full((channels,), sqrt(0.5)))

    def forward(self, values: Tensor) -> Tensor:
        centred = values - values.mean((2, 3), keepdim=True)
        x, y = centred.real, centred.imag
        xx, yy, xy = ((a * b).mean((2, 3), keepdim=True) for a, b in ((x, x), (y, y), (x, y)))
        xx, yy = xx + EPSILON, yy + EPSILON
        root = (xx * yy - xy.square()).clamp(min=EPSILON**2).sqrt()
        scale = 1 / (root * (xx + yy + 2 * root).sqrt())  # V^-1/2 = [[yy + s, -xy], [-xy, xx + s]] / (s t)
        white = torch.complex((yy + root) * x - xy * y, (xx + root) * y - xy * x)
        return white * (scale * self.gain[:, None, None])


class AxialAttention(nn.Module):
    """Self-attention along frames (`axis` 3) or bins (`axis` 2), scored by Re(q^H k); with a residual path."""

    def __init__(self, channels: int, heads: int, axis: int) -> None:
        super().__init__()
        self.heads, self.axis = heads, axis
        self.norm = Whitening(channels)
        self.project_in = ComplexConv2d(channels, 3 * channels)
        self.project_out = ComplexConv2d(channels, channels)

    def forward(self, values: Tensor) -> Tensor:
        projected = self.project_in(self.norm(values)).transpose(self.axis, 3)  # [batch, 3 channels, other, axis]
        parts = projected.unflatten(1, (3, self.heads, -1)).permute(1, 0, 4, 2, 5, 3)
        shape = parts.shape[1:]  # [batch, other, heads, axis, width]
        queries, keys, outputs = (stacked(part.flatten(0, 1), -1) for part in parts)
        scale = (queries.shape[-1] // 2) ** -0.5
        attended = F.scaled_dot_product_attention(queries, keys, outputs, scale=scale)
        joined = unstacked(attended, -1).view(shape).permute(0, 2, 4, 1, 3).flatten(1, 2)
        total: Tensor = values + self.project_out(joined.transpose(self.axis, 3))
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
