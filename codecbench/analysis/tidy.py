"""Results in tidy form, for whoever goes on from there: a row per cell and metric, with all that tells rows apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from codecbench.conditions import condition_of
from codecbench.store.ids import CellPlace
from codecbench.store.originals import OriginalScore
from codecbench.store.rows import CodingRow, ScoreRow, StoredResults


@dataclass(frozen=True, slots=True)
class TidyRow:
    """One metric's score of one cell. None where there is no figure: `status` and `reason` say why.

    `key` is the coding's; `weights_sha256` of the checkpoint, None for codecs without weights. `measured_kbps` (1000
    bit/s) and `tokens_per_s` are this cell's own: payload bits, and codes of all codebooks, over the original's
    `seconds`. `value` is `numerator / denominator`; `original_value` the original's own score, of metrics that need no
    reference.
    """

    key: str
    dataset: str
    condition: str
    codec: str
    checkpoint: str
    weights_sha256: str | None
    point: str
    nominal_kbps: float | None
    measured_kbps: float | None
    tokens_per_s: float | None
    utterance: str
    speaker: str
    sex: str
    language: str
    seconds: float | None
    seed: int
    metric: str
    version: str
    value: float | None
    numerator: float | None
    denominator: float | None
    original_value: float | None
    status: str
    reason: str | None


ColumnType: TypeAlias = Literal["text", "number", "count"]
_TYPES: Mapping[str, ColumnType] = {
    "str": "text", "str | None": "text", "float | None": "number", "int": "count",
}  # fmt: skip
COLUMNS: Mapping[str, ColumnType] = {field.name: _TYPES[str(field.type)] for field in fields(TidyRow)}
"""Of a tidy table, name to type, in order."""


def tidy_rows(results: StoredResults) -> Iterator[TidyRow]:
    """Every current score, in the order of the run."""
    codings = {row.cell: row for row in results.codings}
    utterances = {row.id: row for row in results.utterances}
    weights = {row.codec_id: row.weights_sha256 for row in results.codecs}
    dataset = str(results.meta.get("dataset") or "")
    condition = condition_of(results.meta)
    rates: dict[CellPlace, tuple[float | None, float | None]] = {}
    for score in results.scores:
        cell, utterance = score.cell, utterances[score.utterance]
        coding = codings.get(cell)
        if cell not in rates:
            rates[cell] = _rates(coding)
        measured_kbps, tokens_per_s = rates[cell]
        yield TidyRow(
            key=coding.key if coding else "", dataset=dataset, condition=condition, codec=score.codec,
            checkpoint=score.checkpoint, weights_sha256=weights.get(score.codec_id), point=score.point,
            nominal_kbps=score.nominal_kbps, measured_kbps=measured_kbps, tokens_per_s=tokens_per_s,
            utterance=score.utterance, speaker=utterance.speaker, sex=utterance.sex, language=utterance.language,
            seconds=utterance.seconds, seed=score.seed, metric=score.metric, version=score.version, value=score.value,
            numerator=score.numerator, denominator=score.denominator, original_value=_original(score),
            status=score.status, reason=score.reason,
        )  # fmt: skip


def _rates(coding: CodingRow | None) -> tuple[float | None, float | None]:
    """kbps and tokens a second of one cell."""
    if coding is None or not coding.seconds:
        return None, None
    kbps = None if coding.payload_bytes is None else 8 * coding.payload_bytes / coding.seconds / 1000
    tokens = None if coding.codes is None else sum(map(len, coding.codes)) / coding.seconds
    return kbps, tokens


def _original(score: ScoreRow) -> float | None:
    original = OriginalScore.from_detail(score.detail)
    return None if original is None else original.value
