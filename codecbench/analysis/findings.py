"""What follows from a run's results, each worked out once. Tables, report and recipes are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from codecbench.analysis.blur import BlurCurve, find_blur
from codecbench.analysis.cells import Cells, collect_cells
from codecbench.analysis.clusters import Voices, find_voices
from codecbench.analysis.rivals import Rivals, find_rivals
from codecbench.analysis.speaker_pairs import OriginalPairs, find_scales, pair_originals
from codecbench.analysis.speakers import Judged, judge_voices
from codecbench.analysis.summarizing import make_summary
from codecbench.analysis.summary import Summary
from codecbench.analysis.view import View
from codecbench.analysis.word_rivals import WordRivalry, find_word_rivals
from codecbench.api import Abstain
from codecbench.store.rows import StoredResults


@dataclass(frozen=True)
class Findings:
    """Of the results as they are `stored`. Nothing is computed before it is asked for."""

    stored: StoredResults
    view: View = field(default_factory=View)

    @cached_property
    def _judged(self) -> Judged:
        return judge_voices(self.stored, self._pairs)

    @cached_property
    def _pairs(self) -> OriginalPairs | Abstain:
        return pair_originals(self.stored)

    @cached_property
    def _voices(self) -> Voices:
        return find_voices(self.stored.utterances, self.stored.synthetic)

    @property
    def results(self) -> StoredResults:
        """With speaker hallucination, which follows from a whole run's scores, where it could be judged."""
        return self._judged.results

    @cached_property
    def summary(self) -> Summary:
        scales = find_scales(self.stored, self._pairs)
        return make_summary(self.results, self._voices, scales, self._judged.notes, self.view)

    @cached_property
    def cells(self) -> Cells:
        """Of all metrics."""
        return collect_cells(self.results, self.results.metrics, self._voices)

    @cached_property
    def rivals(self) -> Rivals:
        """Verdict, cost chart and table speak of the same comparisons, a family for each metric."""
        return find_rivals(self.summary, self.cells)

    @cached_property
    def blur(self) -> BlurCurve | None:
        """What blur makes pass for hallucinated, by the calibration that the verdicts rest on."""
        return find_blur(self.results.scores)

    @cached_property
    def word_rivals(self) -> tuple[WordRivalry, ...]:
        """Every two codecs of like bitrate, in hallucinated words and in flips: a family each."""
        return find_word_rivals(self.summary, self.cells, self.blur)

    def word_rivals_of(self, codec: str) -> tuple[WordRivalry, ...]:
        """Those of one codec, which comes first in each. They are a smaller family, so that their intervals are
        narrower: to be used where the codec was chosen before the figures were seen.
        """
        return find_word_rivals(self.summary, self.cells, self.blur, codec)


def summarize(results: StoredResults, view: View | None = None) -> Summary:
    """All figures of a run, from its store's rows alone."""
    return Findings(results, view or View()).summary
