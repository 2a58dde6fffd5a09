"""What the cards of this package share."""

from __future__ import annotations

from codecbench.api import Codebook, OperatingPoint

TORCH = "torch>=2.2,<2.14"
NO_TORCHAUDIO = ("torchaudio", "torchaudio.transforms", "torchaudio.functional", "torchaudio.functional.functional")
HUB = "https://huggingface.co"


def residual_points(kbps: float, size: int, counts: tuple[int, ...]) -> tuple[OperatingPoint, ...]:
    """Points of so many residual codebooks of `size`, of `kbps` each."""
    return tuple(
        OperatingPoint(round(count * kbps, 6), {"codebooks": count}, codebooks=(Codebook(size),) * count)
        for count in counts
    )
