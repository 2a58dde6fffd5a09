"""What the controlled experiment found, as tables and a figure: scores over budget with the spread between seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean

from tabulate import tabulate

from codecbench.analysis.series import number
from codecbench.errors import UsageError
from codecbench.plots.style import RC, colour, dash, marker
from codecbench.store.ids import CodecId
from recipes.codecs import controls
from recipes.findings.ordering import BETTER_IS_MORE, Cell, leaders, order, ranking, spread
from recipes.findings.results import METRICS, Result, dump
from recipes.findings.tables import table
from recipes.training.experiment import STEPS, chosen_rate, finished
from recipes.training.schedule import BUDGETS


def read_results(out: Path) -> list[Result]:
    """Of all finished trainings below `out`, at every rate. Raises UsageError where there is none."""
    results = [Result.of_folder(folder) for folder in finished(out)]
    if not results:
        raise UsageError(f"{out}: no finished training here; `python -m recipes experiment` makes them")
    return sorted(results, key=lambda one: (one.codec, one.updates, one.seed, one.rate))


def at_chosen_rates(results: Iterable[Result], out: Path) -> list[Result]:
    """Without the rates that were tried and not chosen, and without codecs that have rates left to try."""
    results = list(results)
    rates = {codec: chosen_rate(out, codec) for codec in {result.codec for result in results}}
    return [result for result in results if result.rate == rates[result.codec]]


def cells(results: Iterable[Result], budget: str, metric: str) -> dict[tuple[str, float], Cell]:
    """By codec and kbps."""
    by_place: dict[tuple[str, float], list[float]] = defaultdict(list)
    for result in results:
        if result.budget == budget:
            for kbps, scores in result.scores.items():
                if metric in scores:
                    by_place[result.codec, kbps].append(scores[metric])
    return {place: Cell(tuple(values)) for place, values in sorted(by_place.items())}


def markdown(tried: list[Result], results: list[Result]) -> str:
    """All tables, largest budget first; the rates that were `tried` after them."""
    budgets = budgets_of(results)[::-1]
    parts = ["# The controlled experiment in figures", _runs(results)]
    for budget in budgets:
        parts.append(f"## Budget `{budget}`: {BUDGETS[budget]:,} updates")
        parts += [_table(cells(results, budget, metric), metric) for metric in METRICS]
    return "\n\n".join([*parts, _rates(tried)]) + "\n"


def budgets_of(results: Iterable[Result]) -> list[str]:
    """Those that have a result, the smallest first."""
    budgets = {result.budget for result in results}
    return [name for name in STEPS if name in budgets]


def _rates(tried: list[Result]) -> str:
    """ESTOI of each learning rate at the first budget: what the choice was made by."""
    rates = sorted({result.rate for result in tried})
    by_budget = {
        (result.codec, result.rate): fmean(scores["estoi"] for scores in result.scores.values())
        for result in tried
        if result.budget == STEPS[0] and result.seed == 0
    }
    rows = [
        [codec, *(f"{by_budget[codec, rate]:.3f}" if (codec, rate) in by_budget else "" for rate in rates)]
        for codec in sorted({codec for codec, _ in by_budget})
    ]
    told = table(rows, ["codec", *(f"{rate:g}" for rate in rates)])
    return f"## Learning rates: ESTOI after {BUDGETS[STEPS[0]]:,} updates, mean over bitrates\n\n{told}"


def _runs(results: list[Result]) -> str:
    rows = [
        [codec, f"{next(r.rate for r in results if r.codec == codec):g}"]
        + [sum(r.codec == codec and r.budget == budget for r in results) for budget in budgets_of(results)]
        for codec in sorted({result.codec for result in results})
    ]
    headers = ["codec", "chosen rate", *(f"seeds at {budget}" for budget in budgets_of(results))]
    printed: str = tabulate(rows, headers=headers, tablefmt="github")
    return printed


def _table(by_place: dict[tuple[str, float], Cell], metric: str) -> str:
    rates = sorted({kbps for _, kbps in by_place})
    rows = [
        [codec, *(str(by_place[codec, kbps]) if (codec, kbps) in by_place else "" for kbps in rates)]
        for codec in sorted({codec for codec, _ in by_place})
    ]
    known = spread(by_place)
    best = leaders(by_place, metric, known)
    if best:
        extreme = "*highest*" if BETTER_IS_MORE[metric] else "*lowest*"
        rows.append(["*leading*" if known else extreme, *(", ".join(best.get(kbps, [])) for kbps in rates)])
    told = "one seed each: nothing is ordered"
    if known:
        told = f"seed deviation {known.deviation:.4f}, {known.freedom} degrees of freedom"
    printed = tabulate(rows, headers=["codec", *(f"{kbps:g} kbps" for kbps in rates)], tablefmt="github")
    parts = [f"**{METRICS[metric]}** ({told})", printed]
    if known:
        lines = [f"- {kbps:g} kbps: {order(codecs, known)}" for kbps, codecs in ranking(by_place, metric).items()]
        parts.append("\n".join(["Order, `~` where neighbours are not set apart:", "", *lines]))
    return "\n\n".join(parts)


def write(out: Path, to: Path) -> None:
    """`reference-track.json`, `.md` and `.svg` in the folder `to`."""
    tried = read_results(out)
    results = at_chosen_rates(tried, out)
    if not results:
        raise UsageError(f"{out}: no codec has tried every learning rate yet; the same experiment command goes on")
    dump(tried, to / "reference-track.json")
    (to / "reference-track.md").write_text(markdown(tried, results))
    draw(results, to / "reference-track.svg")


def draw(results: list[Result], path: Path, metric: str = "estoi") -> None:
    """`metric` at each codec's highest rate over the budget, one line a codec, a band from its worst to best seed.

    A codec whose highest rate is lower than the others' has it in the legend.
    """
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(RC)
    from matplotlib import pyplot

    budgets = budgets_of(results)
    figure, axes = pyplot.subplots(figsize=(6.4, 4.0), layout="constrained")
    codecs = sorted({result.codec for result in results})
    most = {codec: max(kbps for r in results if r.codec == codec for kbps in r.scores) for codec in codecs}
    for (codec, _), series in number(CodecId(codec, "reference") for codec in codecs).items():
        line = []
        for budget in budgets:
            by_place = cells((r for r in results if r.codec == codec), budget, metric)
            if by_place:
                line.append((BUDGETS[budget], by_place[max(by_place)]))
        updates = [x for x, _ in line]
        shape, size = marker(series)
        shade, label = ("0.05", f"{codec} (control)") if codec in controls() else (colour(series), codec)
        label += "" if most[codec] == max(most.values()) else f" at {most[codec]:g} kbps"
        look = {"color": shade, "linestyle": dash(series), "marker": shape, "markersize": size}
        axes.plot(updates, [cell.mean for _, cell in line], label=label, **look)
        ends = [min(c.values) for _, c in line], [max(c.values) for _, c in line]
        axes.fill_between(updates, *ends, alpha=0.2, color=shade, linewidth=0)
    axes.set(xscale="log", xlabel="updates (4 crops of 0.8 s each)", ylabel=f"{METRICS[metric]}, highest rate")
    axes.set_xticks([BUDGETS[name] for name in budgets], [f"{BUDGETS[name]:,}" for name in budgets], minor=False)
    axes.minorticks_off()
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
