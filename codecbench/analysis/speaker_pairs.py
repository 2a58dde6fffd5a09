"""How like the voices of a run's originals are by a speaker model: pairs of one speaker, and of two.

From the store's rows alone: each score of speaker similarity keeps its original's embedding, so that nothing is
embedded for this. The equal-error threshold is the similarity at which as many pairs of utterances of one speaker are
below as pairs of different speakers are not; each speaker counts once among the former, each couple of speakers once
among the latter. Every model has a scale, and so a threshold, of its own.

Pairs grow with the square of the utterances, so at most MOST of these are paired: speakers in a drawn order, those with
two utterances first, one utterance of each in turn, also in a drawn order (seed SEED).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain
from codecbench.metrics.speaker.evidence import GivenModelEvidence, SpeakerEvidence
from codecbench.store.rows import ScoreRow, StoredResults

SIMILARITY = "speaker_similarity"
MODELS: Mapping[str, Callable[[Mapping[str, Any]], NDArray[np.float64] | None]] = {
    SIMILARITY: lambda detail: SpeakerEvidence.from_json(detail).embedding,
    "speaker_similarity_wavlm": lambda detail: GivenModelEvidence.from_json(detail).embedding,
    "speaker_similarity_ecapa": lambda detail: GivenModelEvidence.from_json(detail).embedding,
}
"""By the metric of each speaker model, how the original's embedding is read from a score's detail."""
SPEAKERS_NEEDED = 8
"""With two utterances each: eight same-speaker figures, 28 couples. To judge by, see `codecbench.analysis.speakers`."""
FEWEST_SPEAKERS = 2
"""With two utterances each, without which there is no pair of one speaker, or none of two, to print a threshold by."""
MOST, SEED = 1000, 0
ALIKE = 1e-9
"""Cosines that differ by less are one, but for rounding."""

Similarities: TypeAlias = list[NDArray[np.float64]]
"""Cosines of embeddings, by speaker or by couple of speakers."""


@dataclass(frozen=True, eq=False)
class OriginalPairs:
    """Similarities of originals: within each speaker of several utterances, and within each couple of speakers."""

    same: Similarities
    different: Similarities
    utterances: int


@dataclass(frozen=True)
class SpeakerThreshold:
    """Similarity below which two signals are not taken for one speaker's, its equal error rate, what it rests on."""

    similarity: float
    equal_error_rate: float
    speakers: int
    couples: int
    utterances: int


@dataclass(frozen=True)
class ModelThreshold:
    """Of one speaker model on a run's originals; None with the reason where there is none."""

    threshold: SpeakerThreshold | None
    reason: str = ""


@dataclass(frozen=True)
class SpeakerScales:
    """What similarities of a run have to be held against. `thresholds` by the metric of each speaker model."""

    bands: SpeakerBands
    thresholds: Mapping[str, ModelThreshold]


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


def pair_originals(
    results: StoredResults, metric: str = SIMILARITY, needed: int = SPEAKERS_NEEDED
) -> OriginalPairs | Abstain:
    """By the embeddings that `metric` keeps; or why there are too few: under `needed` speakers with two utterances, or
    no such score.
    """
    rows = [row for row in results.scores if row.metric == metric]
    if not rows:
        return Abstain(f"{metric} was not scored")
    utterances = _drawn(_embeddings(rows, {row.id: row.speaker for row in results.utterances}, MODELS[metric]))
    if not utterances:
        return Abstain("no utterance of a known speaker was scored")
    repeated = [embeddings for embeddings in utterances if len(embeddings) > 1]
    if len(repeated) < needed:
        return Abstain(
            f"{len(repeated)} speakers have two utterances or more in this dataset; a threshold needs {needed}"
        )
    same = [(e @ e.T)[np.triu_indices(len(e), 1)] for e in repeated]
    different = [(a @ b.T).ravel() for a, b in combinations(utterances, 2)]
    return OriginalPairs(same, different, sum(map(len, utterances)))


def _embeddings(
    rows: Sequence[ScoreRow], speakers: Mapping[str, str],
    read: Callable[[Mapping[str, Any]], NDArray[np.float64] | None],
) -> list[NDArray[np.float64]]:  # fmt: skip
    """Of each known speaker [utterances, size]."""
    voices: dict[str, dict[str, NDArray[np.float64]]] = {}
    for row in rows:
        speaker = speakers.get(row.utterance)
        if not speaker or row.status != "ok" or row.utterance in voices.get(speaker, {}):
            continue
        if (voice := read(row.detail)) is not None:
            voices.setdefault(speaker, {})[row.utterance] = voice
    return [np.stack(list(by_utterance.values())) for by_utterance in voices.values()]


def _drawn(voices: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """At most MOST utterances of them, as the module says; all, in their order, where they are no more."""
    if sum(map(len, voices)) <= MOST:
        return voices
    rng = np.random.default_rng(SEED)
    order = sorted(rng.permutation(len(voices)), key=lambda index: len(voices[index]) < 2)[: MOST // 2]
    shuffled = [voices[index][rng.permutation(len(voices[index]))] for index in order]
    taken, left = [0] * len(shuffled), MOST
    while left:
        for index, voice in enumerate(shuffled):
            if left and taken[index] < len(voice):
                taken[index], left = taken[index] + 1, left - 1
        if taken == [len(voice) for voice in shuffled]:
            break
    return [voice[:count] for voice, count in zip(shuffled, taken, strict=True)]


def find_scales(results: StoredResults, pairs: OriginalPairs | Abstain) -> SpeakerScales:
    """`pairs` are those of `speaker_similarity`, for its bands; each speaker model of the run has a threshold."""
    models = [name for name in results.metrics if name in MODELS]
    return SpeakerScales(find_bands(pairs), {name: _threshold(results, name) for name in models})


def _threshold(results: StoredResults, metric: str) -> ModelThreshold:
    pairs = pair_originals(results, metric, FEWEST_SPEAKERS)
    try:
        return ModelThreshold(None, str(pairs)) if isinstance(pairs, Abstain) else ModelThreshold(equal_error(pairs))
    except Abstain as reason:
        return ModelThreshold(None, str(reason))


def equal_error(pairs: OriginalPairs) -> SpeakerThreshold:
    """Where misses and false acceptances are nearest to each other. Raises Abstain where all pairs are alike."""
    same, different = pairs.same, pairs.different
    misses = _Tail(same)
    alarms = _Tail(different)
    values = np.unique(np.concatenate(same + different))
    if values[-1] - values[0] < ALIKE:
        raise Abstain("all pairs of utterances are equally alike")
    # Between values: where the two do not overlap, in the middle of the gap.
    candidates = (values[1:] + values[:-1]) / 2
    gaps = np.abs(misses.below(candidates) - (1 - alarms.below(candidates)))
    best = float(candidates[int(np.argmin(gaps))])
    at = np.array([best])
    error = float((misses.below(at)[0] + 1 - alarms.below(at)[0]) / 2)
    return SpeakerThreshold(best, error, len(same), len(different), pairs.utterances)


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
