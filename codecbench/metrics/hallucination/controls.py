"""The controls of the verdict, printed with their intervals: `python -m codecbench.metrics.hallucination.controls`.

A blur puts no other word into anybody's mouth: few of its errors may be called hallucinated. Two lies do: another
utterance of the same speaker, and the rival reading of a minimal pair by the same voice, the latter also inside
Opus 6k, where the file sounds blurred and the word is a lie. What is found at Opus 32k is the false-alarm floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from tabulate import tabulate

from codecbench.command import Command
from codecbench.metrics.hallucination.calibration import Calibration, calibration_of
from codecbench.metrics.hallucination.control_figures import Controls, Figure, Rivals
from codecbench.metrics.hallucination.control_orders import blur_orders, pair_orders, spread, swap_orders
from codecbench.metrics.hallucination.measuring import Measuring


@click.command(cls=Command)
@click.option("--dataset", default="probe", show_default=True, help="Speech for the blurs and the first lie.")
@click.option("--limit", type=click.IntRange(1), help="Only so many utterances of it, and pairs, evenly spread.")
@click.option("--pairs/--no-pairs", default=True, show_default=True, help="The second lie, on the dataset `pairs`.")
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="File of evidence, to go on from.")
@click.option("--out", type=click.Path(path_type=Path), help="The table as a file (Markdown), too.")
def main(dataset: str, limit: int | None, pairs: bool, cache: Path, out: Path | None) -> None:
    """Measure how well the verdict tells lies from blurs, by the first recognizer that is registered."""
    from codecbench.datasets import load_dataset
    from codecbench.metrics.hallucination.blurs import all_changes
    from codecbench.plugins import registry
    from codecbench.recognizers.choice import load_scorer
    from codecbench.recognizers.normalizer import load_normalizer

    normalize = load_normalizer()
    found = registry()
    recognizer, card = load_scorer(None, found)
    calibration = calibration_of(card)
    measuring = Measuring(recognizer, normalize, cache)
    changes = all_changes(found)
    speech = spread(load_dataset(dataset, found).utterances, limit)
    measured = list(measuring.measure([*blur_orders(speech, changes), *swap_orders(speech)]))
    rivals: Rivals = {}
    if pairs:
        readings = load_dataset("pairs", found).utterances
        measured += measuring.measure(pair_orders(readings, changes["Opus 6k"], limit))
        rivals = {u.id: (normalize(u.extra["word"]), normalize(u.extra["rival"])) for u in readings}
    table = render(Controls(measured, calibration, rivals).figures(), calibration, dataset)
    click.echo(table)
    if out:
        out.write_text(table + "\n")


def render(figures: Sequence[Figure], calibration: Calibration, dataset: str) -> str:
    """Markdown: a line for each figure, and under it what was measured with what."""
    rows = [(f.control, f.condition, f"{f.value:.3f}", _interval(f), f.words, f.target) for f in figures]
    titles = ("control", "condition", "value", "95 % interval", "of", "target")
    table = tabulate(rows, titles, "github", disable_numparse=True)
    note = (
        f"Dataset `{Path(dataset).name}`; {calibration.recognizer}, version {calibration.recognizer_version}; "
        f"sure from {calibration.probability:g}, or {calibration.relative:g} of the right word's probability, on; "
        f"better from {calibration.margin_nats:g} nats per word on. "
        "Intervals: shares by bootstrap over speakers, pairs and Opus 32k exact binomial, AUC (of the margin, on "
        "substitutions and insertions) by bootstrap over utterances."
    )
    return f"{table}\n\n{note}"


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "none"
    return f"{figure.low:.3f} to {figure.high:.3f}"


if __name__ == "__main__":
    main()
