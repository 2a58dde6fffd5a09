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

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, MetricCard
from codecbench.metrics.speaker.evidence import SpeakerEvidence
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import ScoreRow, StoredResults

SIMILARITY, WORDS = "speaker_similarity", "dwer"
SPEAKERS_NEEDED = 8
"""With two utterances each: eight same-speaker figures, 28 couples."""
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


Similarities: TypeAlias = list[NDArray[np.float64]]
"""Cosines of embeddings, by speaker or by couple of speakers."""


@dataclass(frozen=True, eq=False)
class OriginalPairs:
    """Similarities of originals: within each speaker of several utterances, and within each couple of speakers."""

    same: Similarities
    different: Similarities


@dataclass(frozen=True)
class SpeakerThreshold:
    """Similarity below which two signals are not taken for one speaker's, its equal error rate, what it rests on."""

    similarity: float
    equal_error_rate: float
    speakers: int
    couples: int


BAND = (0.01, 0.99)
"""Of pairs of originals, each speaker or couple of speakers counting once."""


@dataclass(frozen=True)
class Band:
    low: float
    high: float


@dataclass(frozen=True)
class SpeakerBands:
    """Similarity between a speaker's own originals and between different speakers'; or why that is not known."""

    same: Band | None = None
    different: Band | None = None
    reason: str = ""


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
    similarity, error = _equal_error(pairs.same, pairs.different)
    if error > WORST_EER:
        raise Abstain(f"the embeddings do not separate this dataset's speakers (equal error rate {error:.0%})")
    return SpeakerThreshold(similarity, error, len(pairs.same), len(pairs.different))


def find_bands(pairs: OriginalPairs | Abstain) -> SpeakerBands:
    """What similarity of a decoded signal has to be held against: from the originals, where they allow."""
    if isinstance(pairs, Abstain):
        return SpeakerBands(reason=str(pairs))
    return SpeakerBands(_band(pairs.same), _band(pairs.different))


def _band(groups: Similarities) -> Band:
    values = np.unique(np.concatenate(groups))
    below = _Tail(groups).below(np.nextafter(values, np.inf))
    low, high = (float(values[min(int(np.searchsorted(below, share)), len(values) - 1)]) for share in BAND)
    return Band(low, high)


def pair_originals(results: StoredResults) -> OriginalPairs | Abstain:
    """By the embeddings that `speaker_similarity` keeps; or why there are too few: under eight speakers with two
    utterances, or no such score.
    """
    rows = [row for row in results.scores if row.metric == SIMILARITY]
    if not rows:
        return Abstain(f"{SIMILARITY} was not scored")
    utterances = _embeddings(rows, {row.id: row.speaker for row in results.utterances})
    repeated = [embeddings for embeddings in utterances if len(embeddings) > 1]
    if len(repeated) < SPEAKERS_NEEDED:
        return Abstain(
            f"{len(repeated)} speakers have two utterances or more in this dataset; a threshold needs {SPEAKERS_NEEDED}"
        )
    same = [(e @ e.T)[np.triu_indices(len(e), 1)] for e in repeated]
    return OriginalPairs(same, [(a @ b.T).ravel() for a, b in combinations(utterances, 2)])


def _embeddings(rows: Sequence[ScoreRow], speakers: Mapping[str, str]) -> list[NDArray[np.float64]]:
    """Of each known speaker [utterances, 256]."""
    voices: dict[str, dict[str, NDArray[np.float64]]] = {}
    for row in rows:
        speaker = speakers.get(row.utterance)
        if not speaker or row.status != "ok" or row.utterance in voices.get(speaker, {}):
            continue
        if (voice := SpeakerEvidence.from_json(row.detail).embedding) is not None:
            voices.setdefault(speaker, {})[row.utterance] = voice
    return [np.stack(list(by_utterance.values())) for by_utterance in voices.values()]


def _equal_error(same: Similarities, different: Similarities) -> tuple[float, float]:
    """(similarity, error rate) where misses and false acceptances are nearest to each other."""
    misses = _Tail(same)
    alarms = _Tail(different)
    values = np.unique(np.concatenate(same + different))
    # Between values: where the two do not overlap, in the middle of the gap.
    candidates = (values[1:] + values[:-1]) / 2
    gaps = np.abs(misses.below(candidates) - (1 - alarms.below(candidates)))
    best = float(candidates[int(np.argmin(gaps))])
    at = np.array([best])
    return best, float((misses.below(at)[0] + 1 - alarms.below(at)[0]) / 2)


class _Tail:
    """The share of groups of values below a limit, each group counting once."""

    def __init__(self, groups: Similarities) -> None:
        values = np.concatenate(groups)
        order = np.argsort(values)
        weights = np.concatenate([np.full(len(group), 1 / len(group) / len(groups)) for group in groups])
        self._values = values[order]
        self._cumulated = np.concatenate([[0.0], np.cumsum(weights[order])])

    def below(self, limits: NDArray[np.float64]) -> NDArray[np.float64]:
        shares: NDArray[np.float64] = self._cumulated[np.searchsorted(self._values, limits, side="left")]
        return shares


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
