"""Initialisation of codecs of log spectra: before the first update they already pass each frame's envelope on.

As for the codecs of waveforms (`recipes.starts.transform`): from random weights a short training would be spent on
finding that the output should follow the input at all. Only log magnitudes are passed; phase is left to training.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from recipes.starts.band import lowest_dct
from recipes.starts.transform import NOISE

TYPICAL_LOG = -3.5
"""About the mean log magnitude of speech, in the codecs' transforms."""
LATENT_SCALE = 0.3
"""Gain from log spectra's cepstral coefficients to latents: large beside what damped branches add."""
LIFT = 12.0
"""Added to log magnitudes (never below -11.6) so that ReLU lets them pass."""
KEPT = 16
"""Of the last channels those that log magnitudes start in; the rest is free for phase."""


@torch.no_grad()
def start_as_cepstrum(analysis: nn.Conv1d, synthesis: nn.Conv1d, bins: int, damped: list[nn.Conv1d]) -> None:
    """For a codec of log spectra: let the outer layers keep each frame's lowest cepstral coefficients and undo that.

    The first `bins` inputs of `analysis` and outputs of `synthesis` (both 1x1) are log magnitudes, about `TYPICAL_LOG`
    in speech; `damped` end residual branches. So the first output has every frame's spectral envelope.
    """
    half = analysis.out_channels // 2
    dct = lowest_dct(half, bins) * LATENT_SCALE
    for conv in (analysis, synthesis, *damped):
        conv.weight.mul_(NOISE if conv is not analysis else 1.0)
        conv.bias.zero_()  # type: ignore[union-attr]
    analysis.weight[:half, :bins, 0] = dct
    analysis.weight[:half, bins:] = 0
    analysis.bias[:half] = -TYPICAL_LOG * dct.sum(1)  # type: ignore[index]
    synthesis.weight[:bins, :half, 0] = dct.T / LATENT_SCALE**2
    synthesis.bias[:bins] = TYPICAL_LOG  # type: ignore[index]


@torch.no_grad()
def start_as_bands(model: Any) -> None:
    """For IBPCodec: strided convolutions gather neighbouring bins into channels, the last one averages some of them,
    and the decoder spreads them out again. The high band starts at a typical level.
    """  # fmt: skip
    gathered, downs, ups = 1, list(model.encoder.blocks), list(model.decoder.blocks)[::-1]
    for number, (down, up) in enumerate(zip(downs, ups, strict=True)):
        stride, kernel = down.down.stride[0], down.down.kernel_size[0]
        first = kernel // 2 - (stride - 1) // 2
        averaged = stride * gathered // KEPT if number == len(downs) - 1 else 1
        # which bins and old channels each new channel takes: [new, stride gathered]
        basis = torch.eye(stride * gathered // averaged).repeat_interleave(averaged, dim=1)
        taps = basis.view(len(basis), stride, gathered).transpose(1, 2)  # [new, old, stride]
        _carry(down.down, taps / averaged, first, LIFT if number == 0 else 0.0)
        _identity(down.mix, len(basis))
        _identity(up.mix, len(basis))
        _carry_back(up.up, taps, first, -LIFT if number == 0 else 0.0)
        gathered = len(basis)
    prediction = model.decoder.prediction.layers
    prediction[-2].bias.unflatten(0, (3, -1))[0] = TYPICAL_LOG
    prediction[-1].weight.fill_(1.0)
    for block in (*model.encoder.temporal, *model.decoder.temporal):
        for conv in (block.narrow, block.modulation.project_out):
            conv.weight.mul_(NOISE)
            conv.bias.zero_()


def _carry(conv: nn.Conv2d, taps: Tensor, first: int, bias: float) -> None:
    """Let the first channels out of `conv` be `taps` [out, in, stride] of the first channels in, and nothing else."""
    out, into, stride = taps.shape
    conv.weight[:out] = 0
    conv.weight[:out, :into, first : first + stride, 0] = taps
    conv.bias[:out] = bias  # type: ignore[index]


def _carry_back(conv: nn.ConvTranspose2d, taps: Tensor, first: int, bias: float) -> None:
    """The transpose: the first channels in, through `taps` [in, out, stride], to the first channels out."""
    into, out, stride = taps.shape
    conv.weight[:, :out] = 0
    conv.weight[:into, :out, first : first + stride, 0] = taps
    conv.bias[:out] = bias  # type: ignore[index]


def _identity(conv: nn.Conv2d, channels: int) -> None:
    conv.weight[:channels] = 0
    conv.weight[:channels, :channels, 0, 0] = torch.eye(channels)
    conv.bias[:channels] = 0  # type: ignore[index]
