"""Which figure is the best of its bitrate, where the difference to the next is more than chance.

A codec at 24 kbps that beats one at 1 kbps is no finding: rows are compared only with rows of a like measured bitrate.
In each such group and metric the first by the printed figure is held against the best of another codec, on the
utterances that both have. On metrics that are judged (`Summary.judged`) the answer is that of
`codecbench.analysis.rivals`, the families that the whole report draws on. On the others it is exploratory: a
two-sided p per group and metric, with the false discovery rate held over all of them. Testing the winner against the
runner-up with a two-sided p needs no correction for how many others there were (Hung and Fithian, Rank verification for
exponential families, Annals of Statistics 47, 2019). Neither depends on which columns are printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codecbench.analysis.cells import Cells
from codecbench.analysis.findings import Findings
from codecbench.analysis.paired import Paired, Value, pair
from codecbench.analysis.rivals import FEWEST_RIVALS, LEVEL, Rivals
from codecbench.analysis.side_by_side import like_groups
from codecbench.analysis.significance import FEWEST_SPEAKERS, PairedTest, false_discoveries
from codecbench.analysis.summary import PRIMARY, Row, Summary
from codecbench.printing.figures import kbps
from codecbench.store.ids import Place
from codecbench.tables.table import Mark, RankingNote


@dataclass(frozen=True)
class Ranking:
    """Marks by (place, metric). `judged` are the metrics of the families of `pairs`; `others` counts other tests.

    `few` maps a metric whose tests all have too few clusters of speakers to show anything to how many it needs. It is
    in none of the families.
    """

    marks: Mapping[tuple[Place, str], Mark]
    judged: tuple[str, ...]
    pairs: int
    others: int
    few: Mapping[str, int]
    tested: bool = True
    """Whether a mark says that a difference is shown."""

    def comparison(self, marked: bool) -> RankingNote:
        """How the marks were found, for a table in which some are `marked` or none."""
        if not self.tested:
            return UNTESTED if marked else RankingNote("", False)
        families = []
        if self.pairs:
            families.append(
                f"max-T over the pairs of each of {', '.join(self.judged)}, {self.pairs} in all, and Bonferroni over "
                f"{len(PRIMARY)} metrics"
            )
        if self.others:
            tests = f"{self.others} test{'' if self.others == 1 else 's'}"
            families.append(f"false discovery rate over {tests} of the other metrics, exploratory")
        if not families:
            why = self._too_few() or "no two codecs have figures at a like bitrate."
            return RankingNote(f"No best is marked: {why}", False)
        how = (
            "Compared: rows of like bitrate (measured kbps within 15 %), the best with the best of another codec, on "
            f"the utterances that both have; adjusted p < 0.05 ({'; '.join(families)}). Costs are not compared."
        )
        if few := self._too_few():
            how += f" {few[0].upper()}{few[1:]}"
        if not marked:
            return RankingNote(
                f"No best is marked: none is shown to be better than the best other codec. {how}", False, ""
            )
        best = "{best}: shown to be better than the best other codec of like bitrate, which is {second}"
        short = f"{best} (adjusted p < 0.05)."
        return RankingNote(
            f"{{best}}: shown to be better than the best other codec, which is {{second}}. {how}", True, short
        )

    def _too_few(self) -> str:
        """`with so few independent speakers nothing can be shown of wer (8 are needed).`"""
        needs = [
            f"{', '.join(name for name, least in self.few.items() if least == number)} ({number} are needed)"
            for number in sorted(set(self.few.values()), reverse=True)
        ]
        return f"with so few independent speakers nothing can be shown of {' and '.join(needs)}." if needs else ""


UNTESTED = RankingNote(
    "{best}: the best figure of its bitrate, {second} the best of another codec (measured kbps within 15 %); whether "
    "they differ by more than chance was not tested.", True,
    "{best}: the best figure of its bitrate, {second} the next; differences are not tested.",
)  # fmt: skip


@dataclass(frozen=True)
class _Lead:
    """The first and the second of one group in one metric; `sign` 1 where higher is better, else -1."""

    metric: str
    first: Place
    second: Place
    sign: int


@dataclass(frozen=True)
class _Duel:
    lead: _Lead
    paired: Paired

    @property
    def gain(self) -> float:
        """What the first is better by, on the utterances that both have."""
        return self.lead.sign * self.paired.change.value

    @property
    def test(self) -> PairedTest:
        return PairedTest(self.paired, two_sided=True)


def range_kbps(group: Sequence[Row]) -> str:
    """`1.00 to 1.01 kbps`"""
    low, high = (kbps(end(row.spent_kbps for row in group)) for end in (min, max))
    return f"{low} kbps" if low == high else f"{low} to {high} kbps"


def rank(findings: Findings) -> Ranking:
    """Find the best of each group, over all metrics that have a better side."""
    summary, rivals, cells = findings.summary, findings.rivals, findings.cells
    leads = [
        lead
        for group in like_groups(summary.rows)
        for metric in summary.metric_order()
        if (lead := _lead(metric, group, summary)) is not None
    ]
    proven = [
        lead
        for lead in leads
        if (rivalry := rivals.between(lead.first, lead.second, lead.metric)) and rivalry.standing == "ahead"
    ]
    duels = [duel for lead in leads if lead.metric not in rivals.metrics and (duel := _duel(lead, cells)) is not None]
    adjusted = false_discoveries([duel.test for duel in duels])
    proven += [duel.lead for duel, p in zip(duels, adjusted, strict=True) if p < LEVEL and duel.gain > 0]
    marks: dict[tuple[Place, str], Mark] = {}
    for lead in proven:
        marks[lead.first, lead.metric] = "best"
        marks[lead.second, lead.metric] = "second"
    few = {**_few_rivals(rivals), **_few_duels(duels)}
    return Ranking(
        marks,
        tuple(name for name in rivals.metrics if name not in few),
        sum(name not in few for *_, name in rivals.found),
        sum(duel.lead.metric not in few for duel in duels),
        few,
    )


def best_figures(summary: Summary) -> Ranking:
    """The best figure of each group and metric, and the best of another codec: nothing is tested."""
    marks: dict[tuple[Place, str], Mark] = {}
    for group in like_groups(summary.rows):
        for metric in summary.metric_order():
            if lead := _lead(metric, group, summary):
                marks[lead.first, metric] = "best"
                marks[lead.second, metric] = "second"
    return Ranking(marks, (), 0, 0, {}, tested=False)


def _few_rivals(rivals: Rivals) -> dict[str, int]:
    """Those compared metrics of which no difference has an interval: none is in its family."""
    compared = {name for *_, name in rivals.found}
    told = {name for (*_, name), rivalry in rivals.found.items() if rivalry.low is not None}
    return {name: FEWEST_RIVALS for name in rivals.metrics if name in compared - told}


def _few_duels(duels: Sequence[_Duel]) -> dict[str, int]:
    told = {duel.lead.metric for duel in duels if duel.test.clusters >= FEWEST_SPEAKERS}
    return {duel.lead.metric: FEWEST_SPEAKERS for duel in duels if duel.lead.metric not in told}


def _lead(metric: str, group: Sequence[Row], summary: Summary) -> _Lead | None:
    better = summary.metrics[metric].higher_is_better
    known = [(mean, row) for row in group if (score := row.scores.get(metric)) and (mean := score.mean) is not None]
    if better is None or len(known) < 2:
        return None
    known.sort(key=lambda one: one[0], reverse=better)
    first = known[0][1].place
    # The next is another codec's: that a codec gets better with its bitrate makes it the best of nothing.
    second = next((row.place for _, row in known if row.codec_id != first.codec_id), None)
    return None if second is None else _Lead(metric, first, second, 1 if better else -1)


def _duel(lead: _Lead, cells: Cells) -> _Duel | None:
    paired = _pair(cells.values(lead.second, lead.metric), cells.values(lead.first, lead.metric), cells.clusters)
    return None if paired is None else _Duel(lead, paired)


def _pair(before: Mapping[str, Value], after: Mapping[str, Value], clusters: Mapping[str, str]) -> Paired | None:
    """None where they share no utterance. What counts something else in each (other denominators) is left out."""
    common = [name for name in before if name in after and before[name].denominator == after[name].denominator]
    if not sum(before[name].denominator for name in common):
        return None
    return pair({name: before[name] for name in common}, {name: after[name] for name in common}, clusters)
