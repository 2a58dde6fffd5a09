"""docs/reference-track.md: how far the trainings are, and what came out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from recipes.documents.reports import NUMBERS, TITLES, Reports, bullets, listed, paragraph, require, rows
from recipes.findings.cells import Cell, cells
from recipes.findings.ordering import Spread, ranking, spread
from recipes.findings.results import Result

BUDGET = "small"
"""The largest one that all have."""
SHOWN = {"facodec": (3.2, 4.8), "ladiff": (3.0, 6.0)}
"""Bitrates of the table, of codecs that lack one of the others' 1, 3 and 6 kbps."""
LOG_SPECTRA = ("vocodec", "ibpcodec", "plain")


def state(reports: Reports | None = None) -> str:
    """Who has the whole of the budget, with how many seeds."""
    counts = seeds((reports or Reports()).trainings)
    require(set(counts) == set(TITLES) - {"codec2", "opus"}, "All seven codecs and the control have the whole budget")
    groups = [
        (count, [TITLES[codec] for codec in names])
        for count, names in groupby(sorted(counts, key=lambda one: -counts[one]), key=counts.__getitem__)
    ]
    told = [f"{listed(names)} with {NUMBERS[count]} seeds" for count, names in groups[:-1]]
    told.append(f"{'the others' if told else 'each'} with {NUMBERS[groups[-1][0]]}{'' if told else ' seeds'}")
    return paragraph(
        f"**State.** All seven codecs and the control have the whole of the {BUDGET} budget: {', '.join(told)}. The "
        "weights that are shipped are those of the first seed. A larger budget wants a GPU. Every figure: "
        "[reports/reference-track.md](../reports/reference-track.md), which `python -m recipes curves` writes; the "
        "curves: [reports/reference-track.svg](../reports/reference-track.svg)."
    )


def weights_sentence(reports: Reports | None = None) -> str:
    """For README.md: what the reference weights were trained by."""
    first = first_seed((reports or Reports()).trainings)
    mine = [one for (_, budget), one in first.items() if budget == BUDGET]
    updates, hours = {one.updates for one in mine}, {round(one.audio_seconds / 3600, 1) for one in mine}
    require(len(updates) == len(hours) == 1, "all are trained alike")
    return paragraph(
        f"The reference weights of this release are of a small budget ({updates.pop():,} updates each, {hours.pop():g} "
        "hours of audio, without adversary): they tell what an architecture learns soon, not what it can do."
    )


def outcome_table(reports: Reports | None = None) -> str:
    """Of the first seed, at the end of the budget."""
    results = first_seed((reports or Reports()).trainings)
    lines = []
    for codec in (name for name in TITLES if (name, BUDGET) in results):
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


def learning_points(reports: Reports | None = None) -> str:
    """Who is still learning, and where that differs from the papers."""
    reports = reports or Reports()
    return bullets(_gains(reports), _papers(reports))


def _gains(reports: Reports) -> str:
    results = first_seed(reports.trainings)
    fast = [gain(results, codec) for codec in LOG_SPECTRA]
    middle = [gain(results, codec) for codec in ("dac", "facodec")]
    slow = [gain(results, codec) for codec in ("ladiff", "eulerodec", "encodec")]
    head = "Codecs of log spectra learn fast, the others do not."
    require(min(fast) > max(middle) and min(middle) > max(slow), head)
    return (
        f"**{head}** From half to the whole of the budget the first (VoCodec, IBPCodec, the control) gain "
        f"{_span(fast, 2)} of ESTOI and are not at their end; of those of waveforms DAC and FACodec gain "
        f"{_span(middle, 3)}, LaDiffCodec, EuleroDec and EnCodec {_span(slow, 3)}: what a network is given decides "
        "more, at these budgets, than what it is made of."
    )


def _papers(reports: Reports) -> str:
    estoi, pesq = (at_budget(reports, metric)[0] for metric in ("estoi", "pesq_wb"))
    require(is_ahead(reports, "pesq_wb", 6.0, "eulerodec", "encodec"), "at equal training EuleroDec is ahead")
    require(pesq["dac", 6.0].mean > pesq["encodec", 6.0].mean, "DAC above EnCodec at 6 kbps")
    above = [estoi["ibpcodec", kbps].mean > estoi["dac", kbps].mean for kbps in (1.0, 2.0, 3.0)]
    require(all(above), "IBPCodec above DAC at 1 to 3 kbps")
    gained = any(is_ahead(reports, metric, 3.0, "ladiff", "encodec") for metric in ("estoi", "pesq_wb"))
    require(not gained, "LaDiffCodec is not shown to gain anything on EnCodec at 3 kbps")
    require(is_ahead(reports, "estoi", 6.0, "ladiff", "encodec"), "at 6 kbps it is ahead on ESTOI")
    here, there = ((metric_cells["ladiff", 3.0], metric_cells["encodec", 3.0]) for metric_cells in (estoi, pesq))
    return (
        "**Where that differs from the papers**, and is more than seeds differ by (below). EuleroDec's paper has "
        "EnCodec (500,000 steps) ahead of it (35,000 steps) at 6 kbps, PESQ 2.76 against 2.47; at equal training "
        "EuleroDec is ahead, as its claim of fast convergence would have it. DAC above EnCodec at 6 kbps and IBPCodec "
        "above DAC at 1 to 3 kbps are as published. LaDiffCodec is not shown to gain anything on EnCodec at 3 kbps "
        f"(means of {NUMBERS[len(here[0].values)]} seeds: ESTOI {here[0].mean:.3f} against {here[1].mean:.3f}, PESQ-WB "
        f"{there[0].mean:.3f} against {there[1].mean:.3f}), which its paper does; at 6 kbps it is ahead on ESTOI."
    )


def chosen(trainings: Sequence[Result]) -> list[Result]:
    """Those at the learning rate with which the codec went on to the budget."""
    rates = {one.codec: one.rate for one in trainings if one.budget == BUDGET}
    return [one for one in trainings if one.rate == rates.get(one.codec)]


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


def is_ahead(reports: Reports, metric: str, kbps: float, one: str, other: str) -> bool:
    """By more than seeds differ by, among all codecs of that bitrate."""
    by_place, known = at_budget(reports, metric)
    first, second = by_place[one, kbps], by_place[other, kbps]
    return first.mean > second.mean and known.apart(first, second, len(ranking(by_place, metric)[kbps]))


def _span(values: Sequence[float], digits: int) -> str:
    low, high = (f"{end:.{digits}f}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
