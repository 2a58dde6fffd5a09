from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codecbench.analysis import speaker_pairs
from codecbench.analysis.speaker_pairs import equal_error, find_scales, pair_originals
from codecbench.api import Abstain
from codecbench.metrics.speaker import GivenModelEvidence, packed_signed
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import ScoreRow, StoredResults, UtteranceRow

WAVLM, ECAPA = "speaker_similarity_wavlm", "speaker_similarity_ecapa"


def voices(speakers: int, each: int, spread: float = 0.3, size: int = 64) -> dict[str, np.ndarray]:
    """Unit vectors of either sign by utterance `s<speaker>-<number>`."""
    rng = np.random.default_rng(0)
    found = {}
    for speaker in range(speakers):
        centre = rng.standard_normal(size)
        for number in range(each):
            vector = centre + spread * rng.standard_normal(size)
            found[f"s{speaker}-{number}"] = vector / np.linalg.norm(vector)
    return found


def run_of(voices: dict[str, np.ndarray], *metrics: str) -> StoredResults:
    rows = tuple(UtteranceRow(name, name, name, None, name.partition("-")[0], "", 1.0) for name in voices)
    scores = tuple(
        ScoreRow("c", "d", "1", 1.0, name, 0, metric, "1", "ok", None, 0.9, 1.0,
                 GivenModelEvidence(packed_signed(vector)).to_json())
        for metric in metrics for name, vector in voices.items()
    )  # fmt: skip
    cards = {name: MetricFacts(name, name, name) for name in metrics}
    return replace(StoredResults({}, {}, rows, (), (), scores, (), ()), metrics=cards)


def test_each_model_has_the_threshold_of_its_own_embeddings() -> None:
    near, far = voices(4, 3, spread=0.3), voices(4, 3, spread=0.9)
    first, second = run_of(near, WAVLM), run_of(far, ECAPA)
    both = replace(first, metrics={**first.metrics, **second.metrics}, scores=(*first.scores, *second.scores))
    found = find_scales(both, Abstain("speaker_similarity was not scored")).thresholds
    assert list(found) == [WAVLM, ECAPA]
    for name, vectors in ((WAVLM, near), (ECAPA, far)):
        threshold = found[name].threshold
        assert threshold is not None
        pairs = [(a.split("-")[0] == b.split("-")[0], float(vectors[a] @ vectors[b])) for a in vectors for b in vectors
                 if a < b]  # fmt: skip
        misses = np.mean([value < threshold.similarity for same, value in pairs if same])
        alarms = np.mean([value >= threshold.similarity for same, value in pairs if not same])
        assert abs(misses - alarms) < 0.1
        assert threshold.equal_error_rate == pytest.approx((misses + alarms) / 2, abs=0.02)
        assert (threshold.speakers, threshold.couples, threshold.utterances) == (4, 6, 12)
    assert found[WAVLM].threshold != found[ECAPA].threshold


@pytest.mark.parametrize(
    ("speakers", "each", "why"),
    [
        (1, 4, "1 speakers have two"),
        (5, 1, "0 speakers have two utterances or more in this dataset; a threshold needs 2"),
    ],
)
def test_where_there_are_too_few_it_says_so(speakers: int, each: int, why: str) -> None:
    found = find_scales(run_of(voices(speakers, each), WAVLM), Abstain("")).thresholds[WAVLM]
    assert found.threshold is None
    assert why in found.reason


def test_where_nothing_was_scored_it_says_that() -> None:
    skipped = run_of(voices(3, 2), WAVLM)
    rows = tuple(
        replace(row, status="skipped", reason="no weights", numerator=None, detail={}) for row in skipped.scores
    )
    found = find_scales(replace(skipped, scores=rows), Abstain("")).thresholds[WAVLM]
    assert (found.threshold, found.reason) == (None, "no utterance of a known speaker was scored")


def test_voices_that_are_all_alike_have_none() -> None:
    same = dict.fromkeys(voices(3, 2), next(iter(voices(1, 1).values())))
    found = find_scales(run_of(same, WAVLM), Abstain("")).thresholds[WAVLM]
    assert (found.threshold, found.reason) == (None, "all pairs of utterances are equally alike")


def test_of_many_utterances_some_are_drawn_the_same_ones_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speakers with two utterances first, and each as often as the others."""
    monkeypatch.setattr(speaker_pairs, "MOST", 40)
    many = voices(12, 6) | {f"alone{name}": vector for name, vector in voices(30, 1).items()}
    pairs = [pair_originals(run_of(many, WAVLM), WAVLM, 2) for _ in range(2)]
    assert not any(isinstance(one, Abstain) for one in pairs)
    first, second = (equal_error(one) for one in pairs if not isinstance(one, Abstain))
    assert first == second
    assert first.utterances == 40
    assert first.speakers == 12
    assert first.couples == 20 * 19 / 2
