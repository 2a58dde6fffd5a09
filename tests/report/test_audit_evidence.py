"""What PocketSphinx says to a changed word stands with its other evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from made_runs import MadeCodec, made_results

from codecbench.metrics.audit.metric import AuditedWord
from codecbench.report.hallucination.changes import find_changes
from codecbench.report.hallucination.transcripts import transcript_data
from codecbench.store.rows import ScoreRow

TEXT = ["she", "can", "solve", "it"]
SUPPORTED = AuditedWord(2, "solve", "serve", "hallucinated", "supports", 12.34, -300.0, -287.66, 0.4, 0.7)
FAILED = AuditedWord(1, "can", "ken", "degraded", "failed", reason="its dictionary does not have 'ken'")


def word(audited: AuditedWord) -> dict[str, Any]:
    return {
        "kind": audited.kind, "reason": "", "operation": "substitution", "position": audited.position,
        "reference": audited.reference, "heard": audited.heard, "probability": 0.9, "original_probability": 0.9,
        "margin": 4.0, "real_word": True, "looped": False, "begins": 0.4, "ends": 0.7,
    }  # fmt: skip


def test_state_and_reason_are_in_the_evidence() -> None:
    results = made_results([MadeCodec("liar", (3,))], utterances=1, metrics=["stoi"])
    (coding,) = [row for row in results.codings if row.status == "ok"][:1]
    place = (coding.codec, coding.checkpoint, coding.point, coding.nominal_kbps, coding.utterance, coding.seed)
    details: dict[str, Any] = {
        "ci_wer": {"stand_in": False, "reference": TEXT, "errors": [], "null": {}},
        "hallucinated_wer": {"words": [word(SUPPORTED)]},
        "degraded_wer": {"words": [word(FAILED)]},
        "word_audit": {"words": [SUPPORTED.to_json(), FAILED.to_json()]},
    }
    scores = [ScoreRow(*place, name, "1", "ok", None, 1.0, 4.0, detail) for name, detail in details.items()]
    (cell,) = find_changes(replace(results, scores=tuple(scores)))
    assert [change.audit for change in cell.changes] == [
        "failed: its dictionary does not have 'ken'", "supports, +12.3 nats for the heard word",
    ]  # fmt: skip
    data = transcript_data([cell], [cell.place], {}, {}, None)
    assert data["cells"][0][0]["changes"][1]["audit"] == "supports, +12.3 nats for the heard word"

    without = find_changes(replace(results, scores=tuple(scores[:3])))[0]
    assert {change.audit for change in without.changes} == {""}
