"""The loss ladder: of what a codec loses at an operating point, how much each of its parts does.

Rungs: the original against itself, through the front end alone, through the network with the quantizer bypassed, and
decoded at the point. The loss of a part is what the score falls by from the rung before it, in the direction in which
the metric gets worse; losses of all parts add up to the total. A loss can be negative: the part made it better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, TypeAlias

from codecbench.analysis.bootstrap import Estimate, estimate
from codecbench.analysis.failures import FailedPoints, FailureGroup
from codecbench.analysis.scores import by_utterance
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import AtPoint, CodecId
from codecbench.store.rows import CodecRow, LadderRow, ScoreRow, Status, StoredResults

Part: TypeAlias = Literal["front_end", "network", "quantizer"]
PARTS: tuple[Part, ...] = ("front_end", "network", "quantizer")
Values: TypeAlias = Mapping[str, float]
"""Scores by utterance."""


@dataclass(frozen=True)
class LadderStep:
    """One part. `score` is the mean after it, `loss` what it costs, with its interval.

    `absent` where the codec has no such part: its neighbours then take over from each other. Without a figure for any
    other cause `reason` says which.
    """

    part: Part
    score: float | None = None
    loss: Estimate | None = None
    absent: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class LossLadder(AtPoint):
    """One codec × operating point × metric, over the `n` of `planned` utterances that all its rungs have.

    `perfect` is the mean of the originals against themselves; `total` from there to the score at the point. `reason`
    says why there is no ladder at all: then nothing else is known.
    """

    codec: str
    checkpoint: str
    point: str
    nominal_kbps: float | None
    metric: str
    perfect: float | None = None
    steps: tuple[LadderStep, ...] = ()
    total: Estimate | None = None
    n: int = 0
    planned: int = 0
    reason: str | None = None

    @property
    def worst(self) -> Part | None:
        """The part that loses most; None where not all are known."""
        losses = [(step.loss.value, step.part) for step in self.steps if step.loss is not None]
        known = all(step.loss is not None or step.absent for step in self.steps)
        return max(losses)[1] if known and losses else None


def loss_ladders(results: StoredResults, clusters: Mapping[str, str]) -> tuple[LossLadder, ...]:
    """In the order of the plan: metric by metric, codec by codec, point by point. Empty where none was asked for.

    `clusters` by utterance, see `codecbench.analysis.clusters`.
    """
    metrics = [name for name in results.metrics if any(row.metric == name for row in results.ladder)]
    ladders = []
    for metric in metrics:
        rows = [row for row in results.ladder if row.metric == metric]
        scores = [row for row in results.scores if row.metric == metric]
        for codec in results.codecs:
            for point in _points(codec, scores):
                ladders.append(_ladder(results.metrics[metric], rows, point, clusters))
    return tuple(ladders)


def ladder_failures(results: StoredResults) -> tuple[FailureGroup, ...]:
    """What did not come to a score on a rung, grouped like the failures of cells; a place of it has no points."""
    failed: dict[tuple[str, Status, str], list[LadderRow]] = {}
    for row in results.ladder:
        if row.status != "ok" and row.status != "none":
            what = f"ladder, {row.rung.replace('_', ' ')}"
            failed.setdefault((what, row.status, row.reason or "no reason given"), []).append(row)
    groups = []
    for key, rows in failed.items():
        places = dict.fromkeys(row.codec_id or CodecId("original", "") for row in rows)
        utterances = dict.fromkeys(row.utterance for row in rows)
        groups.append(
            FailureGroup(*key, tuple(FailedPoints(*place, ()) for place in places), tuple(utterances), len(rows))
        )
    return tuple(groups)


def _points(codec: CodecRow, scores: Iterable[ScoreRow]) -> list[list[ScoreRow]]:
    """The scores of each operating point of `codec`."""
    points: dict[str, list[ScoreRow]] = {}
    for row in scores:
        if row.codec_id == codec.codec_id:
            points.setdefault(row.point, []).append(row)
    return list(points.values())


def _ladder(
    facts: MetricFacts, rows: Sequence[LadderRow], scores: Sequence[ScoreRow], clusters: Mapping[str, str]
) -> LossLadder:
    first = scores[0]
    place = (first.codec, first.checkpoint, first.point, first.nominal_kbps, first.metric)
    mine = [row for row in rows if row.codec_id == first.codec_id]
    rungs = {part: [row for row in mine if row.rung == part] for part in PARTS[:2]}
    why = _why_no_ladder(mine, rungs)
    original = _values(row for row in rows if row.codec is None)
    coded = {s.utterance: s.numerator for s in by_utterance(scores, "mean") if s.status == "ok"}
    if why or not original or not coded:
        return LossLadder(*place, reason=why or f"no {'original' if coded else 'decoded signal'} has this score")
    values = {part: _values(rung) for part, rung in rungs.items()} | {"quantizer": coded}
    common = sorted(original.keys() & set.intersection(*(set(figures) for figures in values.values() if figures)))
    planned = len({row.utterance for row in scores})
    if not common:
        return LossLadder(*place, planned=planned, reason="no utterance has all the scores that it takes")
    sign = -1.0 if facts.higher_is_better is False else 1.0

    def lost(before: Values, after: Values) -> Estimate:
        losses = [sign * (before[name] - after[name]) for name in common]
        return estimate(losses, [1.0] * len(losses), [clusters.get(name, "") for name in common])

    steps: list[LadderStep] = []
    before: Values | None = original
    for part in PARTS:
        after = values[part]
        known = rungs.get(part)
        if known and not after and all(row.status == "none" for row in known):
            steps.append(LadderStep(part, absent=True, reason=known[0].reason))
            continue
        if not after:
            steps.append(LadderStep(part, reason=_most_common(known or ())))
        elif before is None:
            steps.append(LadderStep(part, _mean(after, common), reason="the score before it is not known"))
        else:
            steps.append(LadderStep(part, _mean(after, common), lost(before, after)))
        before = after or None
    return LossLadder(*place, _mean(original, common), tuple(steps), lost(original, coded), len(common), planned)


def _why_no_ladder(mine: Sequence[LadderRow], rungs: Mapping[Part, Sequence[LadderRow]]) -> str | None:
    if not mine:
        return "it was run without --ladder"
    if all(row.status == "none" for row in mine):
        return mine[0].reason or "its plugin has none of the parts"
    return None if any(_values(rung) for rung in rungs.values()) else _most_common(mine)


def _values(rows: Iterable[LadderRow]) -> dict[str, float]:
    return {row.utterance: value for row in rows if (value := row.value) is not None}


def _mean(values: Values, names: Sequence[str]) -> float:
    return fsum(values[name] for name in names) / len(names)


def _most_common(rows: Sequence[LadderRow]) -> str:
    if not rows:
        return "it was not scored"
    (status, reason), count = Counter((row.status, row.reason) for row in rows).most_common(1)[0]
    return f"{status} on {count} of {len(rows)}: {reason or 'no reason given'}"
