"""docs/reference-track.md: how far the trainings are, and what came out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from recipes.codecs import codecs
from recipes.documents.reports import NUMBERS, TITLES, Reports, bullets, listed, paragraph, require, rows
from recipes.findings.cells import Cell, cells
from recipes.findings.ordering import Spread, spread
from recipes.findings.results import Result, at_rates_gone_on_with

BUDGET = "small"
"""The largest one that all have."""
SHOWN = {"facodec": (3.2, 4.8), "ladiff": (3.0, 6.0)}
"""Bitrates of the table, of codecs that lack one of the others' 1, 3 and 6 kbps."""
GAINED = "VoCodec, IBPCodec and the control gain the most"
LOG_SPECTRA = ("vocodec", "ibpcodec", "plain")


def state(reports: Reports | None = None) -> str:
    """Who has the whole of the budget, with how many seeds."""
    counts = seeds((reports or Reports()).trainings)
    require(set(counts) == {*codecs(), "plain"}, "All seven codecs and a plain control have the whole budget")
    groups = [
        (count, [TITLES[codec] for codec in names])
        for count, names in groupby(sorted(counts, key=lambda one: -counts[one]), key=counts.__getitem__)
    ]
    told = [f"{listed(names)} with {NUMBERS[count]} seeds" for count, names in groups[:-1]]
    told.append(f"{'the others' if told else 'each'} with {NUMBERS[groups[-1][0]]}{'' if told else ' seeds'}")
    return paragraph(
        f"**State.** All seven codecs and a plain control have the whole of the {BUDGET} budget: {', '.join(told)}. "
        "The weights that are shipped are those of the first seed. Every figure: "
        "[reports/reference-track.md](../reports/reference-track.md), which `python -m recipes curves` writes; the "
        "curves: [reports/reference-track.svg](../reports/reference-track.svg)."
    )


def outcome_table(reports: Reports | None = None) -> str:
    """Of the first seed, at the end of the budget; by name, for the figures put none before another."""
    results = first_seed((reports or Reports()).trainings)
    lines = []
    for codec in by_name(name for name in TITLES if (name, BUDGET) in results):
        whole, shown = results[codec, BUDGET].scores, SHOWN.get(codec, (1.0, 3.0, 6.0))
        rates = [f" at {kbps:g}" if codec in SHOWN else "" for kbps in shown]
        estoi = ", ".join(f"{whole[kbps]['estoi']:.3f}{rate}" for kbps, rate in zip(shown, rates, strict=True))
        top = max(whole)
        pesq = f"{whole[top]['pesq_wb']:.2f}{'' if top == 6 else f' at {top:g}'}"
        lines.append([TITLES[codec], estoi, pesq, f"{gain(results, codec):.3f}"])
    head = (
        "| | ESTOI at 1, 3, 6 kbps | PESQ-WB at 6 kbps | ESTOI at the highest rate, gained since half of the budget |"
    )
    return rows(head, lines)


def by_name(names: Iterable[str]) -> list[str]:
    """Codec ids by how documents name them, controls last."""
    return sorted(names, key=lambda name: ("control" in TITLES[name], TITLES[name].lower()))


def learning_points(reports: Reports | None = None) -> str:
    """Who is still learning on these clips."""
    results = first_seed((reports or Reports()).trainings)
    fast = [gain(results, codec) for codec in LOG_SPECTRA]
    middle = [gain(results, codec) for codec in ("dac", "facodec")]
    slow = [gain(results, codec) for codec in ("ladiff", "eulerodec", "encodec")]
    require(min(fast) > max(middle) and min(middle) > max(slow), GAINED)
    return bullets(
        "**Who still learns.** From half to the whole of the budget VoCodec, IBPCodec and the control, which code "
        f"log spectra, gain {_span(fast, 2)} of ESTOI; of codecs of waveforms DAC and FACodec gain {_span(middle, 3)}; "
        f"LaDiffCodec, EuleroDec and EnCodec {_span(slow, 3)}. After a longer training the "
        "differences would be others."
    )


def chosen(trainings: Sequence[Result]) -> list[Result]:
    """Those at the learning rate with which the codec went on to the budget."""
    return at_rates_gone_on_with(trainings)


def seeds(trainings: Sequence[Result]) -> dict[str, int]:
    """Of the budget, by codec in the order of `TITLES`."""
    counts = {codec: sum((one.codec, one.budget) == (codec, BUDGET) for one in chosen(trainings)) for codec in TITLES}
    return {codec: count for codec, count in counts.items() if count}


def first_seed(trainings: Sequence[Result]) -> dict[tuple[str, str], Result]:
    """By codec and budget."""
    return {(one.codec, one.budget): one for one in chosen(trainings) if one.seed == 0}


def gain(results: Mapping[tuple[str, str], Result], codec: str) -> float:
    """ESTOI at the highest rate, since half of the budget."""
    half, whole = (results[codec, budget].scores for budget in ("half", BUDGET))
    return whole[max(whole)]["estoi"] - half[max(whole)]["estoi"]


def at_budget(reports: Reports, metric: str) -> tuple[dict[tuple[str, float], Cell], Spread]:
    """By codec and kbps, and what another seed changes."""
    by_place = cells(chosen(reports.trainings), BUDGET, metric)
    known = spread(by_place)
    require(known is not None, "Another seed changes a score by a standard deviation")
    assert known is not None
    return by_place, known


def _span(values: Sequence[float], digits: int) -> str:
    low, high = (f"{end:.{digits}f}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
