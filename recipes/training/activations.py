"""Snake activations for training on a CPU in place of a model's own: equal but for rounding, in a fraction of the time.

Snake is sin² of each sample, which torch computes in five passes over the signal and differentiates in nine: of an
update of DAC that was more than half, of FACodec, which runs it at twice the rate between two filters, as much.
"""

from __future__ import annotations

from typing import Any

import torch
from codecbench_facodec.activation import NO_ZERO, AntiAliased, halfband_filter
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from transformers.models.dac.modeling_dac import Snake1d

from recipes.training.kernels import filtered_snake, filtered_snake_gradient, snake, snake_gradient

HALFBAND = halfband_filter()[0, 0].numpy()


class _Snake(torch.autograd.Function):
    """Of a signal [batch, channels, samples], α [channels] and 1 / β [channels]. Keeps its input alone."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, alpha: Tensor, inverse: Tensor, filtered: bool) -> Tensor:
        signal = signal.contiguous()
        ctx.save_for_backward(signal, alpha, inverse)
        ctx.filtered = filtered
        out = torch.empty_like(signal)
        rows = (_rows(signal), *_by_row(signal, alpha, inverse))
        if filtered:
            filtered_snake(*rows, HALFBAND, _rows(out))
        else:
            snake(*rows, _rows(out))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        signal, alpha, inverse = ctx.saved_tensors
        inner, sums = torch.empty_like(signal), signal.new_empty(2, len(signal), signal.shape[1])
        given = (_rows(signal), _rows(gradient.contiguous()), *_by_row(signal, alpha, inverse))
        found = (_rows(inner), *sums.flatten(1).numpy())
        if ctx.filtered:
            filtered_snake_gradient(*given, HALFBAND, *found)
        else:
            snake_gradient(*given, *found)
        of_alpha, of_inverse = sums.sum(1)
        return inner, of_alpha, of_inverse, None


def _rows(signal: Tensor) -> Any:
    """[batch * channels, samples], an array on the same memory."""
    return signal.detach().view(-1, signal.shape[-1]).numpy()


def _by_row(signal: Tensor, *parameters: Tensor) -> tuple[Any, ...]:
    return tuple(parameter.detach().repeat(len(signal)).numpy() for parameter in parameters)


def _compiled_for(signal: Tensor) -> bool:
    return signal.is_cpu and signal.dtype == torch.float32


class FastSnake(Snake1d):
    """DAC's activation with the parameters of `original`."""

    def __init__(self, original: Snake1d) -> None:
        super().__init__(original.alpha.shape[1])  # type: ignore[no-untyped-call]
        self.alpha = original.alpha

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept."""
        if not _compiled_for(signal):
            plain: Tensor = super().forward(signal)  # type: ignore[no-untyped-call]
            return plain
        alpha = self.alpha.flatten()
        fused: Tensor = _Snake.apply(signal, alpha, 1 / (alpha + NO_ZERO), False)  # type: ignore[no-untyped-call]
        return fused


class FastAntiAliased(AntiAliased):
    """FACodec's activation with the parameters of `original`."""

    def __init__(self, original: AntiAliased) -> None:
        super().__init__(len(original.act.alpha))
        self.act = original.act

    def forward(self, signal: Tensor) -> Tensor:
        """[batch, channels, samples], shape kept."""
        if not _compiled_for(signal):
            return super().forward(signal)
        alpha, beta = self.act.alpha.exp(), self.act.beta.exp()
        fused: Tensor = _Snake.apply(signal, alpha, 1 / (beta + NO_ZERO), True)  # type: ignore[no-untyped-call]
        return fused


FASTER: dict[type[nn.Module], type[nn.Module]] = {Snake1d: FastSnake, AntiAliased: FastAntiAliased}


def speed_up(model: nn.Module) -> None:
    """Replace the activations in `model` in place; its parameters, their names and their order stay."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if (faster := FASTER.get(type(child))) is not None:
                setattr(parent, name, faster(child))
