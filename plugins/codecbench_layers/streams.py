"""Streams of codes: decoders whose layers remember their past, piece by piece to the samples of the whole.

Libraries' causal convolutions forget between two calls. Within `remembering` they keep what they need of their past, so
that a decoder may be fed a frame at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench.api import Audio
from codecbench.codebooks import CodeRows


class PiecewiseDecoder:
    """A `codecbench.api.DecoderStream` around `decode`, which remembers: codes [1, codebooks, frames] to audio
    [1, channels, samples]. `close` ends that memory.

    The first piece has at least `least` frames: what comes before is waited with (a convolution that begins with its
    input's reflection). The first `skip` samples are from before the signal.
    """

    def __init__(
        self, decode: Callable[[Tensor], Tensor], close: Callable[[], None], sample_rate: int, channels: int = 1,
        least: int = 1, skip: int = 0,
    ) -> None:  # fmt: skip
        self._decode, self._close, self._rate, self._channels = decode, close, sample_rate, channels
        self._least, self._skip = least, skip
        self._waiting: list[np.ndarray[Any, Any]] = []
        self._begun = self._closed = False

    def push(self, codes: CodeRows) -> Audio:
        self._waiting.append(np.stack([np.asarray(row) for row in codes]).astype(np.int64))
        frames = sum(piece.shape[-1] for piece in self._waiting)
        if not frames or (not self._begun and frames < self._least):
            return self._none()
        return self._decoded()

    def finish(self) -> Audio:
        """Raises RuntimeError where it was finished before."""
        if self._closed:
            raise RuntimeError("this stream is finished")
        try:
            return self._decoded() if self._waiting else self._none()
        finally:
            self._closed = True
            self._close()

    def _decoded(self) -> Audio:
        piece = torch.from_numpy(np.concatenate(self._waiting, axis=-1))[None]
        self._waiting, self._begun = [], True
        with torch.no_grad():
            samples = self._decode(piece)[0].float().cpu().numpy()
        dropped = min(self._skip, samples.shape[-1])
        self._skip -= dropped
        return Audio(samples[:, dropped:], self._rate)

    def _none(self) -> Audio:
        return Audio(np.zeros((self._channels, 0), np.float32), self._rate)


@dataclass(frozen=True)
class LayerKinds:
    """A library's causal layers: each holds a torch layer as `conv` or `lstm`."""

    convolution: type[nn.Module]
    """With `pad_mode` and `padding_total`: what it pads its beginning with, and by how much."""
    transposed: type[nn.Module]
    """It trims all of its padding from the end."""
    recurrent: type[nn.Module] | None = None
    """An LSTM over frames with its input added."""


def remembering(model: nn.Module, kinds: LayerKinds) -> Callable[[], None]:
    """From here on the causal layers of `model` go on where they ended; returns what makes them forget and stops it."""
    patched: list[nn.Module] = []
    for module in model.modules():
        memory: Callable[..., Tensor] | None = None
        if isinstance(module, kinds.convolution):
            memory = _Convolution(module)
        elif isinstance(module, kinds.transposed):
            memory = _Transposed(module)
        elif kinds.recurrent is not None and isinstance(module, kinds.recurrent):
            memory = _Recurrent(module)
        if memory is not None:
            module.forward = memory
            patched.append(module)

    def forget() -> None:
        for module in patched:
            del module.forward  # the class's own is there again

    return forget


@dataclass
class _Convolution:
    layer: Any
    past: Tensor | None = field(default=None)

    def __call__(self, frames: Tensor, *_: Any, **__: Any) -> Tensor:
        history = int(self.layer.padding_total)
        if history:
            begins = self.past is None
            frames = F.pad(frames, (history, 0), self.layer.pad_mode) if begins else torch.cat([self.past, frames], -1)  # type: ignore[list-item]
            self.past = frames[..., frames.shape[-1] - history :]
        convolved: Tensor = self.layer.conv(frames)
        return convolved


@dataclass
class _Transposed:
    layer: Any
    past: Tensor | None = field(default=None)

    def __call__(self, frames: Tensor) -> Tensor:
        conv: nn.ConvTranspose1d = self.layer.conv
        overlap = conv.kernel_size[0] - conv.stride[0]
        spread = F.conv_transpose1d(frames, conv.weight, None, conv.stride, groups=conv.groups)
        if self.past is not None:
            spread[..., :overlap] += self.past
        self.past = spread[..., spread.shape[-1] - overlap :].clone()
        done = spread[..., : spread.shape[-1] - overlap]
        return done if conv.bias is None else done + conv.bias[:, None]


@dataclass
class _Recurrent:
    layer: Any
    past: Any = field(default=None)

    def __call__(self, frames: Tensor) -> Tensor:
        steps = frames.permute(2, 0, 1)
        out, self.past = self.layer.lstm(steps, self.past)
        summed: Tensor = (out + steps).permute(1, 2, 0)
        return summed
