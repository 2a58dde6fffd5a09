"""Evidence goes into the store and comes back; an older layout that lacks a part of it is not known, never 0."""

from __future__ import annotations

import json
from typing import Any

import pytest
from made_words import WORDS, details, error, insertion

from codecbench.metrics.audit.evidence import AuditedWord, AuditEvidence
from codecbench.metrics.clarity import Clarity
from codecbench.metrics.confirmed.evidence import ConfirmedEvidence, SecondOpinion
from codecbench.metrics.hallucination.evidence import (
    BlurCount,
    FixedEvidence,
    InducedEvidence,
    JudgedEvidence,
    WordError,
)
from codecbench.metrics.pairs.evidence import AbstentionEvidence, FlipEvidence
from codecbench.metrics.phonemes.evidence import PhoneEvidence, PhoneFlip
from codecbench.metrics.recognition.evidence import DeltaEvidence, EditEvidence, LoopEvidence, Texts
from codecbench.metrics.speaker.evidence import SpeakerEvidence

FIX = WordError("substitution", 5, "riddle", "fiddle", 1.0, 1.2)
MADE: list[Any] = [
    EditEvidence("heard", "said", 1, 0, 0, 3, floor_edits=0, words=4, normalized=Texts("a b", "a b", "a c")),
    EditEvidence("heard", "said", 1, 0, 0, 3),
    DeltaEvidence(3, 1),
    InducedEvidence(False, ("a", "b"), (FIX,), {"+1 dB": 0}),
    FixedEvidence(True, (FIX,)),
    JudgedEvidence(False, (), 3, None, {"noise 0 dB": BlurCount(6202, 3058, 242)}),
    LoopEvidence(True),
    PhoneEvidence(1, 0, 0, 0.25, "sɑlv", "sɑld", (PhoneFlip("v", "d", "solve", "sold"),), ()),
    FlipEvidence("p", "voicing", "target", "van", "fan", 6.0, -3.0, -9.0, True, False, 7.42),
    AuditEvidence(False, (AuditedWord(2, "solve", "sold", "hallucinated", "supports", 3.5, -1.0, -0.5, 0.4, 0.7),)),
    ConfirmedEvidence(False, (SecondOpinion("substitution", 2, "solve", "sold", True),), "to solve", "to sold"),
    SpeakerEvidence("AAEC", Clarity(1.5, 2.5)),
]  # fmt: skip


@pytest.mark.parametrize("evidence", MADE, ids=lambda one: type(one).__name__)
def test_it_comes_back_from_the_store_as_it_went(evidence: Any) -> None:
    assert type(evidence).from_json(json.loads(json.dumps(evidence.to_json(), allow_nan=False))) == evidence


def test_verdicts_come_back_rounded_to_what_a_reader_can_use() -> None:
    stored = details([error("sold", "hallucinated", "", 0.91, 4.2), insertion("um", 3)], WORDS, False)
    judged = JudgedEvidence.from_json(stored["hallucinated_wer"][1])
    assert judged.words is not None
    assert [(word.kind, word.evidence.heard, word.evidence.margin) for word in judged.words] == [
        ("hallucinated", "sold", 4.2)
    ]
    assert JudgedEvidence.from_json(judged.to_json()) == judged


@pytest.mark.parametrize("evidence", [InducedEvidence, FixedEvidence, JudgedEvidence, AuditEvidence, PhoneEvidence,
                                      ConfirmedEvidence,
                                      EditEvidence, DeltaEvidence, LoopEvidence, SpeakerEvidence])  # fmt: skip
def test_nothing_stored_is_nothing_known(evidence: Any) -> None:
    assert set(vars(evidence.from_json({})).values()) == {None}


def test_a_list_with_an_item_that_lacks_a_part_is_not_known() -> None:
    word = {"operation": "deletion", "position": 1, "reference": "a"}
    assert InducedEvidence.from_json({"errors": [word]}).errors is None
    assert InducedEvidence.from_json({"errors": []}).errors == ()


def test_a_flip_without_a_part_is_not_known_and_zero_counts_are() -> None:
    whole = FlipEvidence("p", "voicing", "target", "van", "fan", 6.0, -3.0, -9.0, True, False).to_json()
    for name in whole:
        less = {key: value for key, value in whole.items() if key != name}
        assert (FlipEvidence.from_json(less) is None) is (name != "threshold_nats")
    assert JudgedEvidence.from_json({"looped": 0, "reasons": {}}).looped == 0


def test_an_older_runs_screened_out_reading_is_known_by_its_reason() -> None:
    assert AbstentionEvidence.from_json({}, "screened out: the recognizer prefers 'fan'").kind == "screened out"
    assert AbstentionEvidence.from_json({}, "too short").kind == ""
    assert AbstentionEvidence.from_json({"kind": "screened out"}, "any words").kind == "screened out"
