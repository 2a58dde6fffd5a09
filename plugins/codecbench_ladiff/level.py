"""A signal's level: taken out before coding, put back after decoding, one byte of the payload."""

from __future__ import annotations

import torch
from torch import Tensor

TARGET_DB = -26.0
"""Root mean square that signals are brought to, in dB of full scale."""
STEP_DB = 0.5
LOWEST_DB = -100.0
"""Of byte 1; byte 0 is silence. Byte 255 is +27 dB, above any signal in [-1, 1]."""


def level_db(audio: Tensor) -> float | None:
    """The root mean square of `audio` in dB of full scale; None for silence."""
    power = float(audio.double().square().mean())
    if power <= 10 ** (LOWEST_DB / 10):
        return None
    return float(10 * torch.log10(torch.tensor(power, dtype=torch.float64)))


def level_byte(audio: Tensor) -> int:
    """The level of `audio` in half decibels: 0 for silence, else 1 to 255."""
    level = level_db(audio)
    return 0 if level is None else min(max(round((level - LOWEST_DB) / STEP_DB), 0), 254) + 1


def byte_level_db(byte: int) -> float | None:
    """The level that a byte stands for; None for 0, silence."""
    return LOWEST_DB + STEP_DB * (byte - 1) if byte else None


def brought_to_level(audio: Tensor) -> tuple[Tensor, Tensor]:
    """`audio` [batch, 1, samples] at the target level, and the gain that brought it there [batch, 1, 1]."""
    level = audio.square().mean((1, 2), keepdim=True).clamp(min=10 ** (LOWEST_DB / 10)).sqrt()
    gain = (10 ** (TARGET_DB / 20) / level).clamp(max=100)
    return audio * gain, gain
