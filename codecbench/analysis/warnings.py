"""What is odd about the outputs of a point, though every one of them was scored: delays and lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codecbench.store.facts import CodecFacts
from codecbench.store.ids import CellPlace
from codecbench.store.rows import CodingRow, ScoreRow

DELAY_METRIC = "delay_ms"
"""Has each utterance's own delay; without it, only those that fixed the constant of their point are known."""
DEVIATION_S = 0.001


def row_warnings(codings: Sequence[CodingRow], scores: Sequence[ScoreRow], card: CodecFacts) -> tuple[str, ...]:
    """Of one codec × checkpoint × point: its codings and its scores."""
    ok = [row for row in codings if row.status == "ok"]
    return (*_deviating_delays(ok, scores), *_lengths(ok, card))


def _deviating_delays(ok: Sequence[CodingRow], scores: Sequence[ScoreRow]) -> list[str]:
    own = own_delays(ok, scores)
    off = [
        row.utterance
        for row in ok
        if row.applied_delay_s is not None
        and row.cell in own
        and abs(own[row.cell] - row.applied_delay_s) > DEVIATION_S
    ]
    return [f"the delay of {len(off)} of {len(ok)} utterances is more than 1 ms off (first: {off[0]})"] if off else []


def own_delays(codings: Sequence[CodingRow], scores: Sequence[ScoreRow]) -> Mapping[CellPlace, float]:
    """Seconds, of the cells whose delay is known: scored, or looked for to fix the constant of the point."""
    own = {row.cell: row.delay_s for row in codings if row.delay_s is not None}
    scored = {row.cell: row.value / 1000 for row in scores if row.metric == DELAY_METRIC and row.value is not None}
    return own | scored


def _lengths(ok: Sequence[CodingRow], card: CodecFacts) -> list[str]:
    """Padding is the codec's own business. Sound that is cut is not: whoever listens to all of an output hears it."""
    at = f" at {card.sample_rate} Hz" if card.sample_rate is not None else ""
    levels = [row.cut_level_db for row in ok if row.cut_level_db is not None]
    sound = [row for row in ok if row.cuts_sound]
    warnings = []
    for what in ("missing", "surplus"):
        counts = [count for row in ok if (count := getattr(row, what))]
        if counts:
            padding = ", padding" if what == "surplus" and levels and not sound else ""
            most = f"at most {max(counts)}{at}"
            warnings.append(f"{what} samples in {len(counts)} of {len(ok)} utterances, {most}{padding}")
    if sound:
        warnings.append(
            f"what is cut of the output holds sound in {len(sound)} of {len(ok)} utterances, at most "
            f"{max(levels):+.0f} dB re the rest (first: {sound[0].utterance})"
        )
    return warnings
