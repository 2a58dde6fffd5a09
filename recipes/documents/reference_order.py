"""docs/reference-track.md and README.md: which architecture is ahead, by more than seeds differ by."""

from __future__ import annotations

from recipes.documents.reference_track import BUDGET, at_budget, chosen, is_ahead, seeds
from recipes.documents.reports import NUMBERS, TITLES, Reports, bullets, listed, paragraph, require, rows
from recipes.findings.ordering import leaders, order, ranking

RATES = (1.0, 2.0, 3.0, 6.0)
METRICS = ("estoi", "pesq_wb")


def seed_spread(reports: Reports | None = None) -> str:
    """What another seed changes, and the rule by which codecs are ordered."""
    reports = reports or Reports()
    (_, estoi), (_, pesq) = (at_budget(reports, metric) for metric in METRICS)
    require(estoi.freedom == pesq.freedom, "one number of degrees of freedom")
    counts = list(seeds(reports.trainings).values())
    told = ", ".join(
        f"{NUMBERS[count]}{' seeds' if not place else ''} of {NUMBERS[counts.count(count)]}"
        for place, count in enumerate(sorted(set(counts)))
    )
    *low, high = (f"{value:.2f}" for value in sorted(_best(reports, "ibpcodec")))
    others = {codec: _best(reports, codec) for codec in seeds(reports.trainings) if codec != "ibpcodec"}
    most = max(max(values) - min(values) for values in others.values())
    require(float(high) - float(low[0]) > most, "IBPCodec's differ most")
    return paragraph(
        f"Another seed changes a score by a standard deviation of ESTOI {estoi.deviation:.3f}, PESQ-WB "
        f"{pesq.deviation:.3f} ({estoi.freedom} degrees of freedom: {told}); IBPCodec's differ most (PESQ-WB at 6 kbps "
        f"{', '.join(low)} and {high}), the others' by {most:.2f} at most: a lead of 0.1 by one seed, as papers report "
        "it, can be luck. By that, all pairs of a rate together, `>` where neighbours are set apart and `~` where they "
        "are not (of `a ~ b ~ c` the first and the third may be; the report's row *leading* says who is level with the "
        "best); means over seeds:"
    )


def order_table(reports: Reports | None = None) -> str:
    """By bitrate and metric."""
    reports = reports or Reports()
    return rows("| | ESTOI | PESQ-WB |", [[f"{kbps:g} kbps", *_orders(reports, kbps)] for kbps in RATES])


def order_points(reports: Reports | None = None) -> str:
    """What follows of the control, of kinds of codecs, and of the other metric."""
    reports = reports or Reports()
    return bullets(_control(reports), _kinds(reports), _other_metric(reports))


def readme_sentence(reports: Reports | None = None) -> str:
    """Raises UsageError where an architecture is ahead of the control."""
    told = "At this budget none of them is ahead of a plain autoencoder of like size on ESTOI."
    require(not ahead_of_control(reports or Reports(), "estoi")[0], told)
    return paragraph(
        "All seven neural codecs trained by one recipe on the same speech with the same updates, crops and losses: "
        f"[docs/reference-track.md](docs/reference-track.md), with how to train your own. {told}"
    )


def ahead_of_control(reports: Reports, metric: str) -> tuple[dict[float, list[str]], dict[float, list[str]]]:
    """By kbps at which the control is: who is set apart above it, and whom it is not set apart above."""
    by_place, known = at_budget(reports, metric)
    ahead: dict[float, list[str]] = {}
    not_behind: dict[float, list[str]] = {}
    for kbps, ranked in ranking(by_place, metric).items():
        codecs = dict(ranked)
        if (control := codecs.pop("plain", None)) is None:
            continue
        apart = {name: known.apart(cell, control, len(ranked)) for name, cell in codecs.items()}
        above = [name for name, cell in codecs.items() if apart[name] and cell.mean > control.mean]
        if above:
            ahead[kbps] = [TITLES[name] for name in TITLES if name in above]
        not_behind[kbps] = [TITLES[name] for name in TITLES if name in above or apart.get(name) is False]
    return ahead, not_behind


def _control(reports: Reports) -> str:
    ahead, not_behind = ahead_of_control(reports, "estoi")
    head = "No architecture is ahead of the plain autoencoder on ESTOI."
    if ahead:
        head = f"On ESTOI {_ahead_of(ahead, 'the plain autoencoder')}."
    every = [f"{kbps:g}" for kbps, names in not_behind.items() if not names]
    told = [f"of every one of them at {listed(every)} kbps"] if every else []
    told += [f"at {kbps:g} kbps of all but {listed(names)}" for kbps, names in not_behind.items() if names]
    better, _ = ahead_of_control(reports, "pesq_wb")
    pesq = f"{_ahead_of(better, 'it')}; at the other rates nothing is." if better else "nothing is ahead of it."
    return f"**{head}** It is ahead {'; '.join(told)}. On PESQ-WB {pesq}"


def _ahead_of(ahead: dict[float, list[str]], whom: str) -> str:
    told = [
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} ahead of {whom} at {kbps:g} kbps"
        for kbps, names in ahead.items()
    ]
    return listed(told)


def _kinds(reports: Reports) -> str:
    by_place, _ = at_budget(reports, "estoi")
    kinds = ("vocodec", "ibpcodec"), ("eulerodec", "dac"), ("ladiff", "encodec")
    for kbps in RATES:
        first, second, third = (
            [by_place[name, kbps].mean for name in kind if (name, kbps) in by_place] for kind in kinds
        )
        require(min(first) > max(second) and min(second) > max(third), "VoCodec and IBPCodec follow; then EuleroDec")
    one, other = _orders(reports, 4.0)
    require(one == other, "FACodec has one rate in common with others: the same order on both")
    return (
        "VoCodec and IBPCodec follow, both of log spectra; then EuleroDec and DAC, of complex spectra and of "
        "waveforms, and LaDiffCodec and EnCodec. FACodec has one rate in common with others, 4 kbps: there "
        f"{one} on both."
    )


def _other_metric(reports: Reports) -> str:
    by_place, known = at_budget(reports, "pesq_wb")
    best = leaders(by_place, "pesq_wb", known)
    level = [f"{kbps:g}" for kbps in RATES if "eulerodec" in best[kbps]]
    require(bool(level), "On PESQ-WB EuleroDec is level with the best")
    behind = [is_ahead(reports, "pesq_wb", kbps, "ibpcodec", "vocodec") for kbps in RATES]
    require(all(behind), "VoCodec is behind IBPCodec at every rate")
    return (
        f"On PESQ-WB the order is another: EuleroDec is level with the best at {listed(level)} kbps, VoCodec is behind "
        "IBPCodec at every rate."
    )


def _orders(reports: Reports, kbps: float) -> list[str]:
    orders = []
    for metric in METRICS:
        by_place, known = at_budget(reports, metric)
        orders.append(order(ranking(by_place, metric)[kbps], known))
    return orders


def _best(reports: Reports, codec: str) -> list[float]:
    """PESQ-WB at the highest rate, of each seed."""
    mine = [one.scores for one in chosen(reports.trainings) if (one.codec, one.budget) == (codec, BUDGET)]
    return [scores[max(scores)]["pesq_wb"] for scores in mine]
