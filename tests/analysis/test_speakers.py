from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codecbench.analysis.clusters import Voices
from codecbench.analysis.scores import summarize_metric
from codecbench.analysis.speaker_pairs import find_bands, pair_originals
from codecbench.analysis.speakers import CARD, find_threshold, judge_speakers
from codecbench.api import Abstain
from codecbench.metrics.speaker import packed_embedding, unpacked_embedding
from codecbench.store.rows import ScoreRow, StoredResults, UtteranceRow


def voices(speakers: int, each: int, spread: float = 0.02) -> dict[str, np.ndarray]:
    """Embeddings by utterance `s<speaker>-<number>`, one cluster for each speaker."""
    rng = np.random.default_rng(0)
    found = {}
    for speaker in range(speakers):
        center = rng.random(256)
        for number in range(each):
            vector = np.clip(center + spread * rng.standard_normal(256), 0, None)
            found[f"s{speaker}-{number}"] = vector / np.linalg.norm(vector)
    return found


def row(utterance: str, metric: str, value: float, detail: dict[str, object] | None = None) -> ScoreRow:
    return ScoreRow("c", "d", "1", 1.0, utterance, 0, metric, "1", "ok", None, value, 1.0, detail or {})


def similarity(utterance: str, embedding: np.ndarray, value: float, noise: float = 0.0, loss: float = 0.0) -> ScoreRow:
    packed = packed_embedding(embedding)
    detail = {"original": packed, "noise_rise_db": noise, "band_loss_db": loss}
    return row(utterance, "speaker_similarity", value, detail)


def results(scores: list[ScoreRow], utterances: dict[str, np.ndarray]) -> StoredResults:
    rows = tuple(UtteranceRow(name, name, name, None, name.partition("-")[0], "", 1.0) for name in utterances)
    return StoredResults({}, {}, rows, (), (), tuple(scores), (), ())


def judged_by_its_own(found: StoredResults) -> StoredResults:
    return judge_speakers(found, pair_originals(found))


def test_packing_keeps_cosines() -> None:
    first, second = list(voices(2, 1).values())
    found = unpacked_embedding(packed_embedding(first)) @ unpacked_embedding(packed_embedding(second))
    assert found == pytest.approx(float(first @ second), abs=2e-3)


def test_the_threshold_is_between_same_and_different_speakers() -> None:
    utterances = voices(10, 3)
    rows = [similarity(name, vector, 1.0) for name, vector in utterances.items()]
    speakers = {name: name.partition("-")[0] for name in utterances}
    found = find_threshold(pair_originals(results(rows, utterances)))
    assert found.equal_error_rate == pytest.approx(0, abs=1e-9)
    assert (found.speakers, found.couples) == (10, 45)
    for name, vector in utterances.items():
        for other, rival in utterances.items():
            assert (vector @ rival >= found.similarity - 1e-3) == (speakers[name] == speakers[other])


def test_each_verdict_and_the_pooled_figure() -> None:
    utterances = voices(8, 2)
    names = list(utterances)
    scores = [similarity(name, vector, 0.99) for name, vector in utterances.items()]
    scores[0] = similarity(names[0], utterances[names[0]], 0.5)
    scores[1] = similarity(names[1], utterances[names[1]], 0.5, noise=9.0)
    scores[2] = similarity(names[2], utterances[names[2]], 0.5, loss=15.0)
    scores[3] = similarity(names[3], utterances[names[3]], 0.5)
    words = [row(name, "dwer", 0.9 if name == names[3] else 0.1) for name in utterances]
    judged = judged_by_its_own(results(scores + words, utterances))
    rows = [r for r in judged.scores if r.metric == CARD.id]
    assert [r.detail["verdict"] for r in rows[:5]] == ["hallucinated", *["degraded"] * 3, "same speaker"]
    speakers = {name: name.partition("-")[0] for name in utterances}
    pooled = summarize_metric(judged.metrics[CARD.id], rows, Voices(speakers, speakers))
    assert pooled.mean == pytest.approx(1 / 16)
    assert pooled.n == 16


def test_too_few_speakers_abstain_with_the_reason() -> None:
    utterances = voices(7, 2) | {f"t{n}-0": vector for n, vector in enumerate(voices(20, 1).values())}
    rows = [similarity(name, vector, 0.5) for name, vector in utterances.items()]
    judged = judged_by_its_own(results(rows, utterances))
    mine = [r for r in judged.scores if r.metric == CARD.id]
    assert {r.status for r in mine} == {"abstained"}
    assert mine[0].reason == "7 speakers have two utterances or more in this dataset; a threshold needs 8"


def test_speakers_that_cannot_be_told_apart_abstain() -> None:
    utterances = voices(10, 3, spread=5.0)
    rows = [similarity(name, vector, 0.5) for name, vector in utterances.items()]
    with pytest.raises(Abstain, match="do not separate this dataset's speakers"):
        find_threshold(pair_originals(results(rows, utterances)))


def test_without_words_or_evidence_it_abstains_and_failures_stay_failures() -> None:
    utterances = voices(9, 2)
    names = list(utterances)
    scores = [similarity(name, vector, 0.5) for name, vector in utterances.items()]
    scores[1] = replace(scores[1], status="failed", reason="boom", numerator=None, denominator=None)
    scores.append(row(f"{names[0]}", "dwer", 0.0))
    extra = voices(1, 3)
    scores.append(row("s0-2", "speaker_similarity", 0.5))
    judged = [r for r in judged_by_its_own(results(scores, utterances | extra)).scores if r.metric == CARD.id]
    assert (judged[0].status, judged[0].value) == ("ok", 1.0)
    assert (judged[1].status, judged[1].reason) == ("failed", "boom")
    assert judged[2].status == "abstained"
    assert "dwer" in (judged[2].reason or "")
    assert "older version" in (judged[-1].reason or "")


def test_a_run_without_similarity_is_left_alone() -> None:
    untouched = results([], {})
    assert judged_by_its_own(untouched) is untouched


def test_bands_hold_98_per_cent_of_pairs_of_originals() -> None:
    utterances = voices(10, 4)
    rows = [similarity(name, vector, 0.1) for name, vector in utterances.items()]
    found = find_bands(pair_originals(results(rows, utterances)))
    assert found.same is not None
    assert found.different is not None
    pairs = [(a[: a.index("-")] == b[: b.index("-")], float(utterances[a] @ utterances[b]))
             for a in utterances for b in utterances if a < b]  # fmt: skip
    for alike, band in ((True, found.same), (False, found.different)):
        values = sorted(value for same, value in pairs if same == alike)
        cut = len(values) // 50
        assert values[0] - 2e-3 <= band.low <= values[cut] + 2e-3
        assert values[-1 - cut] - 2e-3 <= band.high <= values[-1] + 2e-3
    assert found.different.high < found.same.low


def test_bands_of_too_few_speakers_are_not_known() -> None:
    utterances = voices(3, 2)
    rows = [similarity(name, vector, 0.1) for name, vector in utterances.items()]
    found = find_bands(pair_originals(results(rows, utterances)))
    assert (found.same, found.different) == (None, None)
    assert "3 speakers have two utterances" in found.reason
