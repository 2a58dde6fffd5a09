"""What is odd about the outputs of a point, though every one of them was scored: delays, lengths, clipping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codecbench.analysis.rates import Rate
from codecbench.store.facts import CodecFacts
from codecbench.store.ids import CellPlace
from codecbench.store.rows import CodingRow, ScoreRow

DELAY_METRIC = "delay_ms"
"""Has each utterance's own delay; without it, only those that fixed the constant of their point are known."""
DEVIATION_S = 0.001
CLIPPED = 0.01
"""Share of an utterance's samples beyond full scale: less is the overshoot of any lossy codec at a loud passage."""


def row_warnings(codings: Sequence[CodingRow], scores: Sequence[ScoreRow], card: CodecFacts) -> tuple[str, ...]:
    """Of one codec × checkpoint × point: its codings and its scores."""
    ok = [row for row in codings if row.status == "ok"]
    return (*_deviating_delays(ok, scores), *_lengths(ok, card), *_clipping(ok))


def rate_warnings(rate: Rate, nominal_kbps: float | None) -> list[str]:
    """A bitrate that is not what its point is called by: who goes by the name compares other codecs at other rates."""
    if nominal_kbps is None or rate.measured_kbps is None or not rate.is_off(nominal_kbps):
        return []
    share = 100 * (rate.measured_kbps / nominal_kbps - 1)
    return [f"measured {rate.measured_kbps:.3g} kbps, {share:+.0f} % of the nominal {nominal_kbps:g}"]


def clipped(codings: Sequence[CodingRow]) -> list[CodingRow]:
    """Those of whose decoded samples over 1 % are beyond full scale, which are clipped before anything is scored."""
    return [row for row in codings if row.clipped is not None and row.clipped > CLIPPED]


def _clipping(ok: Sequence[CodingRow]) -> list[str]:
    loud = clipped(ok)
    if not loud:
        return []
    most, peak = (max(getattr(row, name) or 0.0 for row in loud) for name in ("clipped", "peak"))
    return [
        f"decoded samples are beyond full scale, and clipped, in {len(loud)} of {len(ok)} utterances: up to "
        f"{100 * most:.2g} % of them, by up to {peak:.3g} times (first: {loud[0].utterance})"
    ]


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
    rate = card.output_sample_rate or card.sample_rate
    at = f" at {rate} Hz" if rate is not None else ""
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
