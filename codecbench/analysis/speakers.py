"""Speaker hallucination: the voice became another one, while the signal is as clear and the words are still there.

From the store's rows alone: `speaker_similarity` keeps the original's embedding and how clear the decoded is, `dwer`
how many words stand. Definition, per cell:

    hallucinated = similarity(original, decoded) < threshold, and the quality holds;
    the quality holds = dWER <= 0.5, neither noisier by 6 dB nor duller by 10 dB (`codecbench.metrics.clarity`).

The threshold is the equal error rate's on the dataset's own originals: at it, as many pairs of utterances of one
speaker are below as pairs of different speakers are not. Each speaker counts once among the former, each couple of
speakers once among the latter. A cell below the threshold whose quality does not hold is degraded, not hallucinated.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from codecbench.analysis.speaker_pairs import SIMILARITY, OriginalPairs, SpeakerThreshold, equal_error
from codecbench.api import Abstain, MetricCard
from codecbench.metrics.speaker.evidence import SpeakerEvidence
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import ScoreRow, StoredResults

WORDS = "dwer"
WORST_EER = 0.15
WORST_DWER = 0.5

CARD = MetricCard(
    id="speaker_hallucination",
    title="other voice",
    version="1",
    description="Share of utterances whose voice became another while clarity and words held.",
    higher_is_better=False,
    low=0.0,
    high=1.0,
    pooling="ratio",
)


@dataclass(frozen=True)
class Judged:
    """Results with speaker hallucination; or as they were, and a note that says why it could not be judged."""

    results: StoredResults
    notes: tuple[str, ...] = ()


def judge_voices(results: StoredResults, pairs: OriginalPairs | Abstain) -> Judged:
    """As `judge_speakers`, but without the metric where the dataset's speakers do not allow to judge it at all."""
    judged = judge_speakers(results, pairs)
    added = judged.scores[len(results.scores) :]
    if not added or any(row.status == "ok" for row in added):
        return Judged(judged)
    return Judged(results, (f"no {added[0].metric}: {added[0].reason}",))


def judge_speakers(results: StoredResults, pairs: OriginalPairs | Abstain) -> StoredResults:
    """`results` with a row of `speaker_hallucination` for each of `speaker_similarity`, and the metric's card.

    `pairs` are those of the results' originals (`pair_originals`). A row's detail has the verdict's evidence:
    threshold, similarity, clarity, dWER. All rows abstain, with the reason, where the dataset has too few speakers, or
    speakers that the embeddings do not tell apart.
    """
    rows = [row for row in results.scores if row.metric == SIMILARITY]
    if not rows:
        return results
    words = {row.cell: row for row in results.scores if row.metric == WORDS}
    threshold: SpeakerThreshold | Abstain
    try:
        threshold = find_threshold(pairs)
    except Abstain as reason:
        threshold = reason
    judged = tuple(_judge(row, words.get(row.cell), threshold) for row in rows)
    return replace(
        results, metrics={**results.metrics, CARD.id: MetricFacts.of(CARD)}, scores=(*results.scores, *judged)
    )


def find_threshold(pairs: OriginalPairs | Abstain) -> SpeakerThreshold:
    """Raises Abstain for too few `pairs`, and for an equal error rate above 15 %."""
    if isinstance(pairs, Abstain):
        raise pairs
    threshold = equal_error(pairs)
    if threshold.equal_error_rate > WORST_EER:
        raise Abstain(
            "the embeddings do not separate this dataset's speakers (equal error rate "
            f"{threshold.equal_error_rate:.0%})"
        )
    return threshold


def _judge(row: ScoreRow, words: ScoreRow | None, threshold: SpeakerThreshold | Abstain) -> ScoreRow:
    judged = replace(row, metric=CARD.id, version=CARD.version, numerator=None, denominator=None, detail={})
    if row.status != "ok":
        return judged
    if isinstance(threshold, Abstain):
        return replace(judged, status="abstained", reason=str(threshold))
    clear = SpeakerEvidence.from_json(row.detail).clarity
    if clear is None:
        reason = "its speaker similarity was scored by an older version; score it again"
        return replace(judged, status="abstained", reason=reason)
    if words is None or words.value is None:
        why = "it was not scored" if words is None else f"{words.status}: {words.reason}"
        return replace(judged, status="abstained", reason=f"whether the words are still there needs {WORDS}; {why}")
    similarity, error_rate = row.value, words.value
    assert similarity is not None
    below, holds = similarity < threshold.similarity, clear.holds and error_rate <= WORST_DWER
    detail = {
        "threshold": threshold.similarity, "equal_error_rate": threshold.equal_error_rate, "similarity": similarity,
        "dwer": error_rate, **asdict(clear), "verdict": _verdict(below, holds),
    }  # fmt: skip
    return replace(judged, numerator=float(below and holds), denominator=1.0, detail=detail)


def _verdict(below: bool, holds: bool) -> str:
    if not below:
        return "same speaker"
    return "hallucinated" if holds else "degraded"
