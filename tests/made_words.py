"""Made runs in which codecs break words: what one hallucinated or degraded, as the metrics write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from made_runs import MadeCodec, made_results

from codecbench.metrics.hallucination.calibration import known_calibrations
from codecbench.store.facts import MetricFacts
from codecbench.store.rows import CodingRow, ScoreRow, StoredResults

WORDS = ("she", "can", "solve", "the", "old", "riddle", "by", "noon")
VERDICTS = ("ci_wer", "cf_wer", "hallucinated_wer", "degraded_wer")
RATIOS = (*VERDICTS, "dper", "flip_rate")
HEARD = (("sold", "hallucinated", "", 0.91, 4.2), ("sullen", "degraded", "unsure", 0.1, None))


def card(name: str) -> MetricFacts:
    """As it was stored before cards had titles."""
    made: dict[str, Any] = {
        "version": "1",
        "description": name,
        "higher_is_better": False,
        "low": 0.0,
        "pooling": "ratio",
    }
    return MetricFacts.from_json(name, made | {"parameters": {"calibrations": known_calibrations()}})


def error(
    heard: str | None, kind: str, reason: str, probability: float | None, margin: float | None, **more: Any
) -> dict[str, Any]:  # fmt: skip
    return {
        "operation": "substitution" if heard else "deletion", "position": 2, "reference": "solve", "heard": heard,
        "probability": probability, "original_probability": 0.8, "margin": margin, "real_word": bool(heard),
        "looped": False, "begins": 0.45 if heard else None, "ends": 0.7 if heard else None, "kind": kind,
        "reason": reason,
    } | more  # fmt: skip


def insertion(heard: str, position: int, **more: Any) -> Any:
    place = {"operation": "insertion", "position": position, "reference": None}
    reason = "loop" if more.get("looped") else "unsure"  # as scores of version 1 have it
    return error(heard, "degraded", reason, 0.1, None, **place | more)


def details(errors: Sequence[Mapping[str, Any]], words: Sequence[str], stand_in: bool) -> dict[str, Any]:
    """Of each metric: (numerator, detail), as the metrics write them."""
    lies, blurs = ([one for one in errors if one["kind"] == kind] for kind in ("hallucinated", "degraded"))
    fix = {"operation": "substitution", "position": 5, "reference": words[5 % len(words)], "heard": "fiddle",
           "begins": 1.0, "ends": 1.2, "looped": False}  # fmt: skip
    flips = [{"original": "v", "decoded": "d", "original_word": "solve", "decoded_word": "sold"}] if lies else []
    looped = sum(one["looped"] for one in errors)
    return {
        "ci_wer": (len(errors), {"stand_in": stand_in, "reference": list(words), "errors": list(errors), "null": {}}),
        "cf_wer": (1, {"stand_in": stand_in, "fixes": [fix]}),
        "hallucinated_wer": (len(lies), {"stand_in": stand_in, "words": lies, "looped": 0}),
        "degraded_wer": (len(blurs), {"stand_in": stand_in, "words": blurs, "looped": looped, "reasons": {}}),
        "dper": (1, {"original": "sɑlv", "decoded": "sɑld", "flips": flips}),
        "flip_rate": (len(lies), {
            "pair": "solve/sold", "feature": "sustention", "reading": "target", "word": "solve", "rival": "sold",
            "margin_original": 8.0, "margin_decoded": -3.0 if lies else 6.0, "shift": -11.0 if lies else -2.0,
            "flipped": bool(lies), "heard_right": not lies, "threshold_nats": 7.42,
        }),
    }  # fmt: skip


def heard(row: CodingRow, errors: Sequence[Any], words: Sequence[str], stand_in: bool) -> list[ScoreRow]:
    place = (row.codec, row.checkpoint, row.point, row.nominal_kbps, row.utterance, row.seed)
    scores = []
    for metric, (count, detail) in details(errors, words, stand_in).items():
        size = 1.0 if metric == "flip_rate" else float(len(words))
        scores.append(ScoreRow(*place, metric, "1", "ok", None, float(count), size, detail))
    return scores


def made(
    errors: Sequence[Any] | None = None, words: Sequence[str] = WORDS, utterances: int = 24, stand_in: bool = False,
    codecs: Sequence[MadeCodec] = (MadeCodec("liar", (3, 6)), MadeCodec("blur", (3, 6))), **more: Any,
) -> StoredResults:  # fmt: skip
    """`liar` hallucinates a word of every utterance, the others degrade one; or all make `errors`."""
    results = made_results(codecs, utterances=utterances, metrics=["stoi"], **more)
    scores: list[ScoreRow] = []
    for coding in results.codings:
        if coding.status == "ok":
            mine = [error(*HEARD[coding.codec != "liar"])] if errors is None else errors
            scores += heard(coding, mine, words, stand_in)
    cards = {name: card(name) for name in RATIOS}
    return replace(results, metrics={**results.metrics, **cards}, scores=(*results.scores, *scores))
