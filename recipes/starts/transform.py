"""Initialisation as a block transform codec: before the first update the network already passes the waveform on.

From random weights, a network this small needs thousands of updates to find that phase matters; a spectral loss alone
first teaches it to make noise of the right colour. Instead (our choice) each strided convolution starts as an isometry
on the samples of one block, the last one keeps a code of each frame's DCT coefficients, the lowest or a whole band's
(`recipes.starts.band`), and the decoder starts as what undoes it. The nonlinearities on the way start almost linear,
and residual branches near zero. Training then bends the transform into a codec.

How large signals are between the layers decides whether it does: Adam moves every weight and bias by about the learning
rate, whatever its size. Where signals of 0.01 met biases of zero, and latents of one met weights of 0.003 on their way
back, a hundred updates at 0.0003 took EnCodec's log mel error from 0.34 to 0.56 and DAC's, at 0.001, from 0.32 to 0.72:
the transform was destroyed, not bent. So signals are as large as the nonlinearity lets them be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from recipes.starts.band import BlockCode, emphasis, lowest_dct, whole_band

ELU_LEVEL = 2.0
"""Gain from audio to the first layer, undone by the last one, where ELU is on the way. It bends what is negative, the
more the larger: at 6, EnCodec's log mel error starts at 0.35 and not at 0.28."""
SNAKE_LEVEL = 20.0
"""The same where Snake is, which a small frequency makes linear at any level: speech then has about unit variance."""
SNAKE_FREQUENCY = 0.005
LATENTS = 10.0
"""Gain from audio to the latents: they get about unit variance."""
NOISE = 0.003
"""What stays of a layer's random weights, to tell unused channels apart. At ten times as much, EnCodec would pass the
waveform with an SNR of 1 dB at the start, not 14."""
BRANCH_GAIN = 30.0
"""Of the first convolution of a residual branch that does not work without: random weights of the usual size before a
last convolution near zero left EnCodec's branches at 0.0001 to 2.3 % of what passes beside them. DAC's are alive
without; there it costs 0.12 of ESTOI."""


@dataclass(frozen=True)
class Path:
    """A codec's convolutions in data-flow order, each side with one before and one after the strided ones.

    `damped` end residual branches, `amplified` begin them where they would not work otherwise; `shortcuts` are 1x1
    convolutions around them; `recurrent` layers have a skip. `snakes` are the activations on the way where they are
    Snake; they become linear. Those in residual branches are not among them and stay as they are. With `whole_band`,
    latents start as a code of the whole band, not as the lowest coefficients. LaDiffCodec's do not: its raises start
    between the lowest coefficients of two block lengths.
    """

    analysis: list[Any]
    synthesis: list[Any]
    damped: list[Any]
    shortcuts: list[Any]
    recurrent: list[nn.LSTM]
    causal: bool
    snakes: list[Any]
    whole_band: bool = False
    amplified: Sequence[Any] = ()

    @property
    def level(self) -> float:
        """Gain from audio to the first layer."""
        return SNAKE_LEVEL if self.snakes else ELU_LEVEL

    @property
    def latent_gain(self) -> float:
        """From the last strided layer to the latents."""
        return LATENTS / self.level


@torch.no_grad()
def start_as_transform(path: Path, seed: int) -> None:
    """Overwrite the weights along `path`; biases become zero."""
    generator = torch.Generator().manual_seed(seed)
    strides = [conv.stride[0] for conv in path.analysis[1:-1]]
    widths = [conv.out_channels for conv in path.analysis[:-1]]
    blocks = [math.prod(strides[:level]) for level in range(len(widths))]  # samples
    held = [_rotated(path, width, block, seed, generator) for width, block in zip(widths, blocks, strict=True)]
    _set_strides(path, strides, held)
    _set_ends(path, held[0], held[-1], _latents(path, path.analysis[-1].out_channels, blocks[-1], seed))
    for conv in path.damped:
        conv.weight = _like(conv, NOISE * conv.weight)
        conv.bias.zero_()
    for conv in path.amplified:
        conv.weight = _like(conv, BRANCH_GAIN * conv.weight)
    for lstm in path.recurrent:
        for parameter in lstm.parameters():  # silence in, silence out; and small besides its skip
            parameter.mul_(0.3 if parameter.ndim > 1 else 0.0)
    for snake in path.snakes:
        _make_linear(snake)
    for conv in path.shortcuts:
        _set_tap(conv, torch.eye(conv.out_channels), path.causal)


def _rotated(path: Path, width: int, block: int, seed: int, generator: torch.Generator) -> BlockCode:
    """What `width` channels hold of a block: all of it, or where they are too few, a code of it, rotated."""
    square: Tensor = torch.linalg.qr(torch.randn(width, width, generator=generator))[0]
    if block <= width:
        return BlockCode.orthonormal(square[:, :block])
    return _code(path, width, block, seed).rotated(square)


def _latents(path: Path, latents: int, block: int, seed: int) -> BlockCode:
    code = _code(path, latents, block, seed)
    return code.weighted(emphasis(latents, block)) if path.whole_band else code


def _code(path: Path, latents: int, block: int, seed: int) -> BlockCode:
    if path.whole_band:
        return whole_band(latents, block, seed)
    return BlockCode.orthonormal(lowest_dct(latents, block))


def _set_strides(path: Path, strides: list[int], held: list[BlockCode]) -> None:
    """Let each strided convolution make what a longer block's channels hold of what its parts' channels hold."""
    for level, stride in enumerate(strides):
        part, whole = held[level], held[level + 1]
        down, up = path.analysis[level + 1], path.synthesis[-2 - level]
        analysis = whole.analysis.view(len(whole.analysis), stride, -1) @ torch.linalg.pinv(part.analysis)
        synthesis = torch.linalg.pinv(part.synthesis) @ whole.synthesis.view(stride, -1, len(whole.analysis))
        for conv, taps, first in (  # taps: [wide, narrow, stride], in both kinds of convolution
            (down, analysis.transpose(1, 2), stride if path.causal else down.padding[0]),
            (up, synthesis.permute(2, 1, 0), 0 if path.causal else up.padding[0]),
        ):
            _set(conv, nn.functional.pad(taps, (first, conv.weight.shape[-1] - stride - first)))


def _set_ends(path: Path, first: BlockCode, last: BlockCode, latents: BlockCode) -> None:
    """Let the outermost layers bring samples into the `first` channels and back, the innermost make `latents`."""
    analysis = latents.analysis @ torch.linalg.pinv(last.analysis)
    synthesis = torch.linalg.pinv(last.synthesis) @ latents.synthesis
    _set_tap(path.analysis[0], path.level * first.analysis, path.causal)
    _set_tap(path.analysis[-1], path.latent_gain * analysis, path.causal)
    _set_tap(path.synthesis[0], synthesis / path.latent_gain, path.causal)
    _set_tap(path.synthesis[-1], first.synthesis / path.level, path.causal)


def _set_tap(conv: Any, matrix: Tensor, causal: bool) -> None:
    """Let `conv` apply `matrix` [out, in] to the present sample."""
    kernel = conv.weight.shape[-1]
    place = kernel - 1 if causal else kernel // 2
    _set(conv, nn.functional.pad(matrix[..., None], (place, kernel - 1 - place)))


def _set(conv: Any, weight: Tensor) -> None:
    conv.weight = _like(conv, NOISE * conv.weight + weight)
    conv.bias.zero_()


def _make_linear(snake: Any) -> None:
    """DAC's Snake has one parameter, FACodec's has two, which are logarithms."""
    if hasattr(snake, "beta"):
        snake.alpha.fill_(math.log(SNAKE_FREQUENCY))
        snake.beta.fill_(math.log(SNAKE_FREQUENCY))
    else:
        snake.alpha.fill_(SNAKE_FREQUENCY)


def _like(conv: Any, weight: Tensor) -> Any:
    """Plain weights are parameters; those under weight normalisation are assigned as tensors."""
    return nn.Parameter(weight) if isinstance(conv._parameters.get("weight"), nn.Parameter) else weight
