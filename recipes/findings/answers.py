"""The answer of `hallucination-answer` as a record, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codecbench.analysis.word_rivals import Outcome
from recipes.findings.records import Measured, Ranged
from recipes.findings.tables import table


@dataclass(frozen=True)
class ChangedWords:
    """Of a codec's point: rates in percent, counts of words, and the hallucinated ones' share of the changed ones."""

    codec: str
    point: str
    ci_wer: Ranged | None
    h_wer: Ranged | None
    hallucinated: float
    changed: float
    share: float | None


@dataclass(frozen=True)
class Comparison:
    """The codec at `point` with another of like bitrate: percent of both, and the difference in points."""

    point: str
    rival: str
    rival_point: str
    mine: Ranged | None
    other: Ranged | None
    difference: Ranged
    outcome: Outcome


@dataclass(frozen=True)
class Family:
    """All comparisons by one metric, their intervals simultaneous; over at most `utterances` utterances."""

    metric: str
    title: str
    utterances: int
    comparisons: tuple[Comparison, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome == outcome for one in self.comparisons)


@dataclass(frozen=True)
class RunAnswer:
    """Of one run."""

    speech: Measured
    words: tuple[ChangedWords, ...]
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Answer:
    """Of all runs. `like_rate`: the factor within which measured bitrates are compared."""

    codec: str
    like_rate: float
    runs: tuple[RunAnswer, ...]

    def markdown(self) -> str:
        return "\n\n".join(part for run in self.runs for part in self._parts(run)) + "\n"

    def _parts(self, run: RunAnswer) -> Iterator[str]:
        yield f"## {run.speech.dataset}\n\n{run.speech}."
        if run.words:
            yield _words(run.words)
        for family in run.families:
            yield self._comparisons(family)

    def _comparisons(self, family: Family) -> str:
        head = (
            f"**{family.title}: {self.codec} has more than another codec in {family.count('more')} and less in "
            f"{family.count('less')} of {len(family.comparisons)} comparisons** (measured kbps within a factor "
            f"{self.like_rate:g}; simultaneous 95 % intervals)"
        )
        lines = [
            [
                one.point, f"{one.rival} at {one.rival_point}", _percent(one.mine), _percent(one.other),
                _change(one.difference), one.outcome,
            ]
            for one in family.comparisons
        ]  # fmt: skip
        mine = self.codec
        headers = [f"{mine} at", "against", f"{mine} (%)", "the other (%)", "difference (points)", mine]
        return f"{head}\n\n" + table(lines, headers)


def _words(words: tuple[ChangedWords, ...]) -> str:
    lines = [
        [
            one.codec, one.point, _percent(one.ci_wer), _percent(one.h_wer), f"{one.hallucinated:g}",
            f"{one.changed:g}", "n/a" if one.share is None else f"{100 * one.share:.0f} %",
        ]
        for one in words
    ]  # fmt: skip
    headers = ["codec", "kbps", "CI-WER (%)", "H-WER (%)", "hallucinated", "of changed words", "share"]
    return "**Words changed, and words hallucinated**\n\n" + table(lines, headers)


def _percent(figure: Ranged | None) -> str:
    return "n/a" if figure is None else figure.text(".1f")


def _change(difference: Ranged) -> str:
    return difference.text("+.1f") + ("" if difference.low is not None else ", no interval")
