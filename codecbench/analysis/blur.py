"""What mere blur makes of words: how many of those that it changes pass for hallucinated, by how many it changes.

Every recognizer mishears some words of a blurred signal fluently and with confidence. The calibration of the verdict
measured that for noise, filters and coders that put no word into anybody's mouth; the scores carry its counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codecbench.analysis.hallucination import HALLUCINATED
from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.metrics.hallucination.evidence import BlurCount, JudgedEvidence
from codecbench.store.rows import ScoreRow


@dataclass(frozen=True)
class Blur:
    """A condition on the calibration's speech. `share`: hallucinated of `errors`, with its exact 95 % interval."""

    condition: str
    words: int
    errors: int
    share: Proportion

    @property
    def ci_wer(self) -> float:
        return self.errors / self.words

    @property
    def hallucinated_wer(self) -> float:
        return self.share.value * self.ci_wer


@dataclass(frozen=True)
class BlurCurve:
    """`blurs` by the share of words that they change."""

    blurs: tuple[Blur, ...]

    def share_at(self, ci_wer: float) -> float:
        """The most that blur is known to make pass for hallucinated where `ci_wer` of the words changed.

        The shares' upper ends, linear between conditions and constant beyond the first and last. The share falls as
        more is lost: what a heavier blur reaches, a lighter one is allowed too.
        """
        changed = [blur.ci_wer for blur in self.blurs]
        upper = [blur.share.high for blur in self.blurs]
        envelope = np.maximum.accumulate(upper[::-1])[::-1]
        return float(np.interp(ci_wer, changed, envelope))


def find_blur(scores: Sequence[ScoreRow]) -> BlurCurve | None:
    """Of the calibration that the run's verdicts rest on; None where its scores do not tell."""
    for row in scores:
        if row.metric == HALLUCINATED and row.status == "ok":
            counts = JudgedEvidence.from_json(row.detail).blurs
            return None if not counts else blur_curve(counts)
    return None


def blur_curve(counts: Mapping[str, BlurCount]) -> BlurCurve:
    blurs = (
        Blur(name, count.words, count.errors, exact_proportion(count.hallucinated, count.errors))
        for name, count in counts.items()
        if count.words and count.errors
    )
    return BlurCurve(tuple(sorted(blurs, key=lambda blur: (blur.ci_wer, blur.share.high))))
