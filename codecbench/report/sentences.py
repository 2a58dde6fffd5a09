"""The verdict in plain English: no more than `codecbench.analysis.verdict` found, no superlative without a test."""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.analysis.bootstrap import INDICATIVE_BELOW
from codecbench.analysis.pareto import cost_value
from codecbench.analysis.rivals import FEWEST_RIVALS, Rivals
from codecbench.analysis.summary import Row
from codecbench.analysis.verdict import MetricVerdict, RateVerdict
from codecbench.printing.figures import UNKNOWN, cost_figure, rtf_figure, scaled
from codecbench.printing.wording import voices_text
from codecbench.store.rows import UTTERANCE

NAMED = 4
"""More names than this are counted."""


def rates_text(rates: Sequence[float]) -> str:
    """`6 kbps`, or `4.5 to 5 kbps` where the same points stand for several."""
    ends = f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"
    return f"{ends} kbps"


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def names(rows: Sequence[Row]) -> str:
    listed = [row.name for row in rows]
    if len(listed) > NAMED:
        listed = [*listed[: NAMED - 1], f"{len(listed) - NAMED + 1} others"]
    return joined(listed)


def verdict_sentence(verdict: RateVerdict, rivals: Rivals) -> str:
    """Who is best, as far as it is shown."""
    at, count = f"At {rates_text(verdict.rates)}", len(verdict.contenders)
    if count == 1:
        return f"{at} only {names(verdict.contenders)} has an operating point: there is nothing to compare it with."
    compared = [one for one in verdict.metrics if one.outcome != "alone"]
    if not compared:
        return f"{at} no metric has figures of two codecs: nothing can be compared."
    if not rivals.tell:
        needed = f"with {_speakers(rivals)} no difference can be shown, at least {FEWEST_RIVALS} are needed"
        return f"{at} cannot tell which of {count} codecs is best: {needed}."
    at += " (indicative)" if 0 < rivals.voices.clusters < INDICATIVE_BELOW else ""
    winners = verdict.winners
    if not winners:
        return f"{at} none of {count} codecs is shown to be best."
    each = [f"{names([winner])} on {_metrics(_won(compared, winner), 0)}" for winner in winners]
    if len(winners) > 1:
        return f"{at} no one of {count} codecs is best on everything: best are {joined(each)}."
    if count == 2:
        other = next(row for row in verdict.contenders if row is not winners[0])
        won = _metrics(_won(compared, winners[0]), len(compared))
        return f"{at} {names(winners)} is ahead of {names([other])} on {won}."
    return f"{at} {names(winners)} is best of {count} codecs on {_metrics(_won(compared, winners[0]), len(compared))}."


def open_sentence(verdict: RateVerdict, rivals: Rivals) -> str:
    """What the verdict leaves open: metrics on which nobody is shown to be best. Empty where there is none."""
    if not rivals.tell:
        return ""
    clauses: dict[str, list[str]] = {}
    for one in verdict.metrics:
        if one.outcome in ("tied", "unclear"):
            clauses.setdefault(_clause(one), []).append(one.facts.long_title)
    text = "; ".join(f"on {joined(metrics)} {clause}" for clause, metrics in clauses.items())
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _won(compared: Sequence[MetricVerdict], winner: Row) -> list[MetricVerdict]:
    return [one for one in compared if one.outcome == "best" and one.front[0] is winner]


def _metrics(verdicts: Sequence[MetricVerdict], all_of: int) -> str:
    listed = joined([one.facts.long_title for one in verdicts])
    return f"all {all_of} metrics compared ({listed})" if len(verdicts) == all_of > 1 else listed


def _clause(one: MetricVerdict) -> str:
    if one.outcome == "tied":
        return f"{names(one.front)} are tied"
    if len(one.front) > 1:
        return f"{names(one.front)} cannot be told apart"
    rest = names(one.unsettled) if one.unsettled else "all others"
    return f"{names(one.front)} is not shown to be behind anyone, but not to be ahead of {rest} either"


def cost_sentence(verdict: RateVerdict) -> str:
    """What the winners cost; where there is none, who of the front costs least. Costs are counts, but for RTF."""
    if len(verdict.contenders) == 1 or verdict.winners:
        return " ".join(
            f"{names([row])} costs {_price(row)}{_uncounted(row)}." for row in (verdict.winners or verdict.contenders)
        )
    front = verdict.front
    parts = [_least(front, "macs_per_s", "computes least", " MAC/s"), _least(front, "latency_ms", "waits least", " ms"),
             _least(front, "parameters", "has the fewest parameters", "")]  # fmt: skip
    said = [part for part in parts if part]
    return f"Of these, {joined(said)}." if said else ""


def _price(row: Row) -> str:
    macs, latency = row.cost.macs_per_s, row.cost.figures.get("latency_ms")
    parts = [
        f"{scaled(macs)} MAC/s" if macs is not None else "",
        f"{scaled(row.cost.number('parameters'))} parameters" if row.cost.number("parameters") is not None else "",
        f"an RTF of {rtf_text(row)} (encoding and decoding, one thread)" if row.cost.rtf is not None else "",
        "a latency of the whole utterance" if latency == UTTERANCE else _latency(row),
    ]  # fmt: skip
    return joined([part for part in parts if part])


def _uncounted(row: Row) -> str:
    if row.cost.macs_per_s is not None:
        return ""
    return f"; MACs are not counted{' (no network)' if row.track == 'none' else ''}"


def _latency(row: Row) -> str:
    """`40.0 ms of structural latency`."""
    kind = f"{row.cost.latency_kind} " if row.cost.latency_kind else ""
    known = row.cost.figures.get("latency_ms") is not None
    return f"{cost_figure(row.cost, 'latency_ms')} ms of {kind}latency" if known else "an unknown latency"


def rtf_text(row: Row) -> str:
    value = row.cost.rtf
    return UNKNOWN if value is None else rtf_figure(value)


def _least(rows: Sequence[Row], cost: str, what: str, unit: str) -> str:
    """Said only where two are known and one is least."""
    values = [cost_value(row.cost, cost) for row in rows]
    known = sorted((value, index) for index, value in enumerate(values) if value is not None)
    if len(known) < 2 or known[0][0] == known[1][0]:
        return ""
    row = rows[known[0][1]]
    text = cost_figure(row.cost, cost) if cost != "macs_per_s" else scaled(known[0][0])
    unknown = "" if len(known) == len(rows) else f", of {len(known)} where it is known"
    return f"{row.name} {what} ({text}{unit}{unknown})"


def _speakers(rivals: Rivals) -> str:
    """Clusters are said where speakers are not all independent: they are what is needed."""
    return "one speaker" if rivals.voices.speakers == 1 else voices_text(rivals.voices)
