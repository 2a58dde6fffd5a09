"""Every column that a table can have, and its cells: from the Summary's figures to texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from codecbench.analysis.costs import NOT_STATED, STAGES, Spread
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.names import visible
from codecbench.printing.figures import CONSTANT, UNKNOWN, Style, cost_figure, kbps, repeats_text, rtf_figure, scaled
from codecbench.printing.wording import events_text
from codecbench.tables.table import NA, PILCROW, SECTION_SIGN, Column, TableCell


@dataclass(frozen=True)
class _CostColumn:
    title: str
    unit: str
    better: bool | None = None


COSTS: Mapping[str, _CostColumn] = {
    "rtf_encode": _CostColumn("RTF enc.", "", False),
    "rtf_decode": _CostColumn("RTF dec.", "", False),
    "rtf_encode_cpu": _CostColumn("RTF enc. CPU", "", False),
    "rtf_decode_cpu": _CostColumn("RTF dec. CPU", "", False),
    "latency_ms": _CostColumn("latency", "ms", False),
    "buffering_ms": _CostColumn("buffering", "ms", False),
    "parameters": _CostColumn("param.", "", False),
    "macs_per_s": _CostColumn("MAC/s", "", False),
    "encoder_macs_per_s": _CostColumn("enc. MAC/s", "", False),
    "quantizer_macs_per_s": _CostColumn("quant. MAC/s", "", False),
    "decoder_macs_per_s": _CostColumn("dec. MAC/s", "", False),
    "peak_rss_mb": _CostColumn("memory", "MiB", False),
}
RATES = {"measured_kbps": Column("measured_kbps", "measured", "kbps"),
         "entropy_kbps": Column("entropy_kbps", "entropy-coded", "kbps"),
         "applied_delay_ms": Column("applied_delay_ms", "corrected delay", "ms")}  # fmt: skip
TOKENS = {
    "frame_rate": Column("frame_rate", "frames", "Hz"),
    "codebooks": Column("codebooks", "codebooks"),
    "tokens_per_s": Column("tokens_per_s", "tokens/s", ""),
    "depth": Column("depth", "depth"),
}
"""Of codecs of tokens: where they are asked for."""
TRACK = Column("track", "weights")
RTF = Column("rtf", "RTF", "", False)
"""Of encoding and decoding together: where it is asked for, as both are columns already."""


def all_columns(summary: Summary) -> dict[str, Column]:
    """By id, in the order of a full table."""
    metrics = [_metric_column(summary, name) for name in summary.metric_order()]
    costs = [Column(name, cost.title, cost.unit, cost.better) for name, cost in COSTS.items()]
    columns = [RATES["measured_kbps"], *metrics, RATES["entropy_kbps"], RATES["applied_delay_ms"], *costs, TRACK]
    return {column.id: column for column in columns}


def _metric_column(summary: Summary, name: str) -> Column:
    facts = summary.metrics[name]
    unit = visible(Style.of(facts).unit)
    return Column(name, visible(facts.title), unit, facts.higher_is_better, facts.description)


def cell(summary: Summary, row: Row, column: Column) -> TableCell:
    """The figure of `row` in `column`, without a mark."""
    if column.id in summary.metrics and column.id not in FIXED:
        return _score(row.scores.get(column.id), Style.of(summary.metrics[column.id]))
    if column.id in FIXED:
        return FIXED[column.id](row)
    value = row.cost.number(column.id)
    spent = row.cost.number(f"{column.id}_cpu") if column.id in STAGES else None
    if value is None and spent is not None:  # a busy machine's: with a mark, and no number that anybody sorts by
        return TableCell(f"{rtf_figure(spent)}{PILCROW}")
    text = cost_figure(row.cost, column.id)
    repeats = row.cost.spreads.get(column.id)
    around = repeats_text(repeats)
    spread = f"[{around.replace(' to ', ', ')}]" if around else ""
    shown = NA if text == UNKNOWN else text
    return TableCell(shown, spread, value, *_ends(repeats), reason=row.cost.reasons.get(column.id, ""))


def original_cell(summary: Summary, column: Column) -> TableCell:
    """What the originals themselves score in `column`; empty where that is not a question."""
    score = summary.originals.get(column.id)
    return TableCell("") if score is None else _score(score, Style.of(summary.metrics[column.id]))


def _score(score: MetricSummary | None, style: Style) -> TableCell:
    if score is None:
        return TableCell(NA, reason="not scored")
    reason = score.reason or ("alike in all utterances" if score.method == CONSTANT else "")
    text = NA if score.mean is None else style.mean(score)
    rare = events_text(score.events) if score.rare and score.events is not None else ""
    around = spread(score, style)
    low, high = (score.low, score.high) if around else (None, None)
    return TableCell(text, around, score.mean, low, high, score.n, score.planned, reason=reason, rare=rare)


LOPSIDED = 0.1
"""Share of an interval's width by which its two sides may differ and still be printed as one ±."""


def spread(score: MetricSummary, style: Style) -> str:
    """`±0.08`, or `[2.31, 2.52]` where the sides differ by more than a tenth of the width and a last printed digit.

    With a mark where events are rare.

    Empty where all utterances are alike: no hallucination in 200 words is not 0 ± 0.
    """
    if score.mean is None or score.low is None or score.high is None or score.method == CONSTANT:
        return ""
    mark = SECTION_SIGN if score.rare else ""
    sides = abs((score.high - score.mean) - (score.mean - score.low))
    digit = 10.0**-style.decimals / style.factor
    if sides > max(digit, LOPSIDED * (score.high - score.low)):
        return f"[{style.number(score.low)}, {style.number(score.high)}]{mark}"
    return f"±{style.number((score.high - score.low) / 2)}{mark}"


def _measured(row: Row) -> TableCell:
    rate = row.rate.measured_kbps
    return TableCell(NA if rate is None else kbps(rate), value=rate, reason=row.rate.measured_reason or "")


def _entropy(row: Row) -> TableCell:
    rate = row.rate.entropy_kbps
    return TableCell(NA if rate is None else kbps(rate), value=rate, reason=row.rate.entropy_reason or "")


def _delay(row: Row) -> TableCell:
    if row.delay_ms is None:
        return TableCell(NA, reason="no delay was found")
    return TableCell(Style(1.0, 2, "ms").number(row.delay_ms), value=row.delay_ms)


NO_CODES = "not a codec of tokens"


def _frame_rate(row: Row) -> TableCell:
    """As the card's hop makes it; of a codec of variable frame rate what was sent."""
    if row.tokens is None:
        return TableCell(NA, reason=NO_CODES)
    rate = row.tokens.frame_rate or row.tokens.frames_per_s
    return TableCell(f"{rate:.4g}", value=rate)


def _codebooks(row: Row) -> TableCell:
    return TableCell(NA, reason=NO_CODES) if row.tokens is None else TableCell(row.tokens.told)


def _tokens_per_s(row: Row) -> TableCell:
    if row.tokens is None:
        return TableCell(NA, reason=NO_CODES)
    return TableCell(f"{row.tokens.tokens_per_s:.1f}", value=row.tokens.tokens_per_s)


def _depth(row: Row) -> TableCell:
    depth = row.tokens.depth if row.tokens else None
    return TableCell(depth) if depth else TableCell(NA, reason=NO_CODES if row.tokens is None else "not stated")


def _macs(row: Row) -> TableCell:
    total = row.cost.macs_per_s
    if total is None:
        reasons = row.cost.reasons
        why = reasons.get("encoder_macs_per_s") or reasons.get("decoder_macs_per_s") or NOT_STATED
        return TableCell(NA, reason=why)
    return TableCell(scaled(total), value=total)


def _rtf(row: Row) -> TableCell:
    total, spread = row.cost.rtf, row.cost.rtf_spread
    spent = [row.cost.number(name) or row.cost.number(f"{name}_cpu") for name in STAGES]
    if total is None and all(spent):  # a busy machine's: see `cell`
        return TableCell(f"{rtf_figure(sum(one or 0.0 for one in spent))}{PILCROW}")
    if total is None:
        why = next((row.cost.reasons[name] for name in STAGES if name in row.cost.reasons), "")
        return TableCell(NA, reason=why)
    around = f"[{rtf_figure(spread.low)}, {rtf_figure(spread.high)}]" if spread else ""
    return TableCell(rtf_figure(total), around, total, *_ends(spread))


def _ends(spread: Spread | None) -> tuple[float | None, float | None]:
    return (None, None) if spread is None else (spread.low, spread.high)


def _track(row: Row) -> TableCell:
    return TableCell(row.track)


FIXED: Mapping[str, Callable[[Row], TableCell]] = {
    "measured_kbps": _measured, "entropy_kbps": _entropy, "applied_delay_ms": _delay, "macs_per_s": _macs,
    "track": _track, "rtf": _rtf, "frame_rate": _frame_rate, "codebooks": _codebooks, "tokens_per_s": _tokens_per_s,
    "depth": _depth,
}  # fmt: skip
