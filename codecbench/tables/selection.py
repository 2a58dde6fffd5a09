"""Which columns a table has: those asked for by id, or a preset's that the run has figures for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from codecbench.analysis.summary import PRIMARY, Summary
from codecbench.errors import UsageError
from codecbench.tables.columns import RTF, TOKENS, all_columns
from codecbench.tables.table import Column

Preset = Literal["codec", "rate", "cost", "hallucination"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
FEWEST_METRICS = 4
"""So many metrics at least in the preset `codec`, where the run has no primary ones."""

_COLUMNS: dict[Preset, tuple[str, ...]] = {
    "codec": ("measured_kbps", *PRIMARY, "hallucinated_wer", "flip_rate", "rtf_encode", "rtf_decode", "latency_ms"),
    "rate": ("measured_kbps", *TOKENS, "entropy_kbps"),
    "cost": (
        "measured_kbps", "parameters", "encoder_macs_per_s", "decoder_macs_per_s", "macs_per_s", "rtf_encode",
        "rtf_decode", "latency_ms", "buffering_ms", "peak_rss_mb",
    ),
    "hallucination": (
        "measured_kbps", "wer", "delta_wer", "ci_wer", "hallucinated_wer", "degraded_wer", "flip_rate",
        "speaker_hallucination", "speech_in_silence",
    ),
}  # fmt: skip


ALIASES = {"params": "parameters", "macs": "macs_per_s", "latency": "latency_ms", "memory": "peak_rss_mb"}
"""Shorter names of columns."""


def chosen_columns(summary: Summary, ids: Sequence[str]) -> list[Column]:
    """The columns with these ids, in this order. Raises UsageError, naming those that exist."""
    known = all_columns(summary) | {RTF.id: RTF} | TOKENS
    ids = [ALIASES.get(name, name) if name not in known else name for name in ids]
    for name in ids:
        if name not in known:
            raise UsageError(f"unknown column '{name}'; known: {', '.join([*known, *ALIASES])}")
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UsageError(f"column '{twice}' is listed twice; name each once")
    return [known[name] for name in ids]


def preset_ids(preset: Preset, chosen: Sequence[str] | None = None) -> list[str]:
    """Ids of a preset's columns; in it the metrics that the reader has `chosen` stand for the primary ones."""
    ids, primary = list(_COLUMNS[preset]), PRIMARY if chosen is None else chosen
    if preset == "codec" and tuple(primary) != PRIMARY:
        others = [name for name in ids if name not in (*PRIMARY, *primary)]
        ids = [others[0], *primary, *others[1:]]
    return ids


def preset_columns(summary: Summary, preset: Preset) -> list[Column]:
    """A preset's columns, but those of metrics that the run does not have. Raises UsageError where none is left."""
    known = all_columns(summary) | TOKENS
    names = [name for name in preset_ids(preset, summary.primary) if name in known]
    if preset == "codec" and summary.view.primary is None:
        names = _with_metrics(names, summary)
    if names == ["measured_kbps"]:
        raise UsageError(
            f"this run has no metric of the preset '{preset}' ({', '.join(_COLUMNS[preset][1:])}); "
            "add them with: codecbench score RUN --metrics ..."
        )
    return [known[name] for name in names]


def _with_metrics(names: list[str], summary: Summary) -> list[str]:
    shown = [name for name in names if name in summary.metrics]
    more = [name for name in summary.metrics if name not in shown][: max(0, FEWEST_METRICS - len(shown))]
    return [names[0], *shown, *more, *(name for name in names[1:] if name not in shown)]
