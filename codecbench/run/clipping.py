"""Samples beyond full scale: what decodes to them is clipped, as every sound card does, and its user is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from codecbench.datasets.warnings import some

AUDIBLE_SHARE, AUDIBLE_PEAK = 1e-3, 2.0
"""Of a recording's samples, or re full scale: less is the overshoot of any lossy codec, which nobody hears clipped."""


@dataclass
class Clipping:
    """The recordings of one kind whose samples go audibly beyond full scale, and how far."""

    names: list[str] = field(default_factory=list)
    peak: float = 0.0
    share: float = 0.0
    """Of the samples of one recording that are beyond, the largest."""

    def record(self, name: str, peak: float, share: float) -> None:
        """`peak` re full scale, and the `share` of samples beyond it, of one recording."""
        if share >= AUDIBLE_SHARE or peak >= AUDIBLE_PEAK:
            self.names.append(name)
            self.peak, self.share = max(self.peak, peak), max(self.share, share)

    def __str__(self) -> str:
        """'3 utterances (a, b, c) beyond full scale, up to 1.3 times'."""
        noun = "utterance" if len(self.names) == 1 else "utterances"
        return (
            f"{len(self.names)} {noun} ({some(self.names)}) beyond full scale, up to {self.peak:.3g} times and "
            f"{100 * self.share:.2g} % of their samples"
        )
