"""What the codecs of codecbench share: quantizers, short-time Fourier front ends and the adapter to bytes.

No codec is registered here. A codec built on these layers names `codecbench_layers` in its card's `sources`, so that a
change here makes its scores stale.
"""

from __future__ import annotations

from collections.abc import Iterable

from codecbench.api import Codebook, Depth, Environment, OperatingPoint

TRAINING = "83 minutes of speech, 6,000 updates"
"""For `CodecCard.training` of reference cards; `tests/plugins/test_reference_weights.py` holds both to what the
trainings wrote."""
REFERENCE_TRAINING = (
    f"Trained without adversary on {TRAINING} (5.3 hours of crops), as all codecs of the reference track."
)
"""For their notes."""


def residual_points(
    counts: Iterable[int], size: int, kbps_per_codebook: float, depth: Depth | None = None
) -> tuple[OperatingPoint, ...]:
    """The operating points of a residual quantizer: one a number of codebooks in use, each of `size` entries.

    >>> residual_points([2, 4], 1024, 0.5, "trained")[0].label
    '1'
    """
    return tuple(
        OperatingPoint(
            count * kbps_per_codebook, {"codebooks": count}, codebooks=(Codebook(size),) * count, depth=depth
        )
        for count in counts
    )


NO_TORCHAUDIO = ("torchaudio", "torchaudio.transforms", "torchaudio.functional", "torchaudio.functional.functional")
"""What other people's packages import of it and coding calls nothing of; beside torch for the CPU it cannot be had."""


def torch_environment(
    side: str, *requirements: str, python: str = ">=3.9,<3.13", empty_modules: tuple[str, ...] = NO_TORCHAUDIO,
    checkout: str = "",
) -> Environment:  # fmt: skip
    """The environment of a codec whose authors' code needs torch, bounded as codecbench's own."""
    bounded = (*requirements, "torch>=2.2,<2.14")
    return Environment(bounded, python, side=side, empty_modules=empty_modules, checkout=checkout)
