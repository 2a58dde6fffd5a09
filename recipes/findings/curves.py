"""What the controlled experiment found, as tables: scores by budget with what speakers and seeds leave open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from codecbench.errors import UsageError
from recipes.findings.cells import Cell, cells
from recipes.findings.costs import UpdateCosts
from recipes.findings.equal_compute import read_equal_compute
from recipes.findings.ordering import Spread, leaders, order, ranking, spread
from recipes.findings.results import METRICS, Result, at_rates_gone_on_with, dump, load, require_one_protocol
from recipes.findings.tables import score_cell, table
from recipes.findings.training_figure import draw
from recipes.training.experiment import STEPS, finished
from recipes.training.job import FACTS
from recipes.training.rates import chosen_rate
from recipes.training.schedule import BUDGETS, START

PROTOCOL_1 = (
    "Protocol 1: scores of 12 validation speakers, the first 4 s of one recording each, who also chose the learning "
    "rates. What seeds change is shown; of other speakers the figures say nothing, so no codec is put before another."
)
FREE = "estoi"
"""The metric of the table without a quantizer and of the reading at equal compute."""


def read_results(out: Path) -> list[Result]:
    """Of all finished trainings below `out`, at every rate. Raises UsageError where there is none."""
    kept = (path.parent for path in out.glob(f"*/{FACTS}"))
    results = [Result.of_folder(folder) for folder in (*finished(out), *kept)]
    if not results:
        raise UsageError(f"{out}: no finished training here; `python -m recipes experiment` makes them")
    return merged([results])


def at_chosen_rates(results: Iterable[Result], out: Path) -> list[Result]:
    """Without the rates that were tried and not chosen, and without codecs that have rates left to try."""
    results = list(results)
    rates = {codec: chosen_rate(out, codec) for codec in {result.codec for result in results}}
    return [
        one for one in results
        if (rate := rates[one.codec]) is not None and (one.budget == START or one.rate == rate)
    ]  # fmt: skip


def markdown(tried: list[Result], results: list[Result], costs: UpdateCosts | None = None) -> str:
    """All tables, the largest budget first and the start last; then the rates that were `tried`.

    `costs` are those that the CPU time of `results` is by, if it is.
    """
    tested = results[0].tested
    parts = ["# The controlled experiment in figures", _protocol(results), _runs(results)]
    for budget in budgets_of(results)[::-1]:
        parts.append("## Before the first update" if budget == START else f"## {_title(budget)}")
        parts += [_table(cells(results, budget, metric), metric, tested) for metric in METRICS]
    if tested:
        parts += [_unquantized(results), _equal_compute(results, costs)]
    return "\n\n".join([*parts, _rates(tried)]) + "\n"


def budgets_of(results: Iterable[Result]) -> list[str]:
    """Those that have a result, the smallest first; `START` before all."""
    budgets = {result.budget for result in results}
    return [name for name in (START, *STEPS) if name in budgets]


def heading(budget: str) -> str:
    """Of a column."""
    return "before" if budget == START else f"{BUDGETS[budget]:,}"


def _title(budget: str) -> str:
    return f"Budget `{budget}`: {BUDGETS[budget]:,} updates"


def _protocol(results: list[Result]) -> str:
    if not results[0].tested:
        return PROTOCOL_1
    speakers = {who for one in results for metrics in one.test.values() for each in metrics.values() for who in each}
    return (
        f"Protocol 2: scores of {len(speakers)} test speakers, one whole utterance each, unheard in training; others "
        "chose the learning rates. Intervals are of 95 %, over speakers and seeds together."
    )


def _rates(tried: list[Result]) -> str:
    """ESTOI of each learning rate at the first budget: what the choice was made by."""
    rates = sorted({result.rate for result in tried if result.rate is not None})
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
    return (
        f"## Learning rates: ESTOI of the validation speakers after {BUDGETS[STEPS[0]]:,} updates, mean over bitrates"
        f"\n\n{told}"
    )


def _runs(results: list[Result]) -> str:
    rows = [
        [codec, next((f"{r.rate:g}" for r in results if r.codec == codec and r.rate is not None), "")]
        + [str(sum(r.codec == codec and r.budget == budget for r in results)) for budget in budgets_of(results)]
        for codec in sorted({result.codec for result in results})
    ]
    return table(rows, ["codec", "chosen rate", *(f"seeds at {budget}" for budget in budgets_of(results))])


def _table(by_place: dict[tuple[str, float], Cell], metric: str, tested: bool) -> str:
    """Orders and intervals only of what was `tested`."""
    rates = sorted({kbps for _, kbps in by_place})
    known = spread(by_place)
    rows = [
        [codec, *(_told(by_place.get((codec, kbps)), known, tested) for kbps in rates)]
        for codec in sorted({codec for codec, _ in by_place})
    ]
    ordered = known is not None and tested
    if ordered:
        best = leaders(by_place, metric, known)
        rows.append(["*leading*", *(", ".join(best.get(kbps, [])) for kbps in rates)])
    told = "one seed each: nothing is ordered"
    if known:
        told = f"seed deviation {known.deviation:.4f}, {known.freedom} degrees of freedom"
    parts = [f"**{METRICS[metric]}** ({told})", table(rows, ["codec", *(f"{kbps:g} kbps" for kbps in rates)])]
    if ordered and known:
        lines = [f"- {kbps:g} kbps: {order(codecs, known)}" for kbps, codecs in ranking(by_place, metric).items()]
        parts.append("\n".join(["Order, `~` where neighbours are not set apart:", "", *lines]))
    return "\n\n".join(parts)


def _told(cell: Cell | None, known: Spread | None, tested: bool) -> str:
    if cell is None:
        return ""
    return known.interval(cell).text(".3f") if known and tested else str(cell)


def _unquantized(results: list[Result]) -> str:
    """What passes each network with the quantizer bypassed, as it learns: whether it is ahead of its start at all."""
    budgets = budgets_of(results)
    rows = []
    for codec in sorted({one.codec for one in results}):
        line = [codec]
        for budget in budgets:
            mine = [one for one in results if (one.codec, one.budget) == (codec, budget)]
            values = [value for one in mine if (value := one.bypassed(FREE)) is not None]
            line.append(score_cell(fmean(values) if values else None))
        rows.append(line)
    headers = ["codec", *map(heading, budgets)]
    return f"## {METRICS[FREE]} without a quantizer, by updates\n\n{table(rows, headers)}"


def _equal_compute(results: list[Result], costs: UpdateCosts | None) -> str:
    """The other reading of the same trainings."""
    title = f"## At equal compute: {METRICS[FREE]} at the highest rate by CPU minutes of training"
    reading = read_equal_compute(results, FREE)
    if reading is None:
        return f"{title}\n\nn/a: CPU time was not measured, or on several kinds of processors."
    rows = [[codec, *reading.cells(codec)] for codec in reading.scores]
    told = table(rows, ["codec", *(str(minutes) for minutes in reading.minutes)])
    how = "CPU time as it was taken"
    if costs:
        how = f"CPU time is updates times what one costs, by turns in one process ({costs.rounds} rounds)"
    return (
        f"{title}\n\nOn {reading.processor}; {how}. Between two budgets interpolated, empty outside a codec's own."
        f"\n\n{told}"
    )


def write(sources: Sequence[Path], to: Path, costs: UpdateCosts | None = None) -> None:
    """`reference-track.json`, `.md` and `.svg` in the folder `to`, of the results in all `sources`.

    A source is such a `.json`, the folder of an experiment, or one with folders as `keep` writes them. `costs` put the
    CPU time of one machine in the place of what each training took on its own.

    Raises UsageError where nothing can be compared.
    """
    tried = merged(read_file(source) if source.is_file() else read_results(source) for source in sources)
    require_one_protocol(tried)
    if len(sources) == 1 and any(finished(sources[0])):
        results = at_chosen_rates(tried, sources[0])
    else:
        results = at_rates_gone_on_with(tried)
    if not any(one.budget != START for one in results):
        places = ", ".join(map(str, sources))
        raise UsageError(f"{places}: no codec has tried every learning rate yet; the same experiment command goes on")
    dump(tried, to / "reference-track.json")
    if costs:
        results = [at_costs(one, costs) for one in results]
    (to / "reference-track.md").write_text(markdown(tried, results, costs))
    draw(results, to / "reference-track.svg")


def merged(parts: Iterable[Iterable[Result]]) -> list[Result]:
    """All results of all `parts`; of one that several have, the last one's."""
    results = {(one.codec, one.updates, one.seed, one.rate or 0.0): one for part in parts for one in part}
    return [results[place] for place in sorted(results)]


def at_costs(result: Result, costs: UpdateCosts) -> Result:
    """With the CPU time that its updates take where `costs` were measured; unknown where its codec was not."""
    each = costs.seconds.get(result.codec)
    seconds = None if each is None else each * result.updates
    return replace(result, cpu_seconds=seconds, processor=None if each is None else costs.processor)


def read_file(path: Path) -> list[Result]:
    """What `write` wrote. Raises UsageError where the file is not that."""
    try:
        return load(path)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{path}: not the results of an experiment, as `python -m recipes curves` writes") from error
