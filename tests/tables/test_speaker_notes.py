from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import made_results

from codecbench.analysis.findings import summarize
from codecbench.analysis.speaker_pairs import ModelThreshold, SpeakerThreshold
from codecbench.analysis.summary import Summary
from codecbench.metrics.speaker import ECAPA_CARD, WAVLM_CARD
from codecbench.store.facts import MetricFacts
from codecbench.tables.speaker_notes import speaker_notes


@pytest.fixture(scope="module")
def summary() -> Summary:
    made = summarize(made_results())
    cards = {card.id: MetricFacts.of(card) for card in (WAVLM_CARD, ECAPA_CARD)}
    thresholds = {
        WAVLM_CARD.id: ModelThreshold(SpeakerThreshold(0.861, 0.0213, 8, 28, 16)),
        ECAPA_CARD.id: ModelThreshold(None, "all pairs are alike"),
    }
    return replace(made, metrics={**made.metrics, **cards}, speaker_thresholds=thresholds)


def test_each_model_that_is_shown_has_its_threshold(summary: Summary) -> None:
    what = "Equal-error threshold between the speakers of these originals"
    scales = "Each model has a scale of its own: figures of two do not compare."
    assert speaker_notes(summary, {WAVLM_CARD.id}) == [f"{what}: speaker (WavLM) 0.861 (2.1 % errors)."]
    assert speaker_notes(summary, {WAVLM_CARD.id, ECAPA_CARD.id}) == [
        f"{what}: speaker (WavLM) 0.861 (2.1 % errors), speaker (ECAPA) not known (all pairs are alike). {scales}"
    ]


def test_without_a_speaker_model_there_is_nothing_to_say(summary: Summary) -> None:
    assert speaker_notes(summary, {"pesq_wb"}) == []
