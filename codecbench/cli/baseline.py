"""`codecbench baseline write`: a run as a small file to commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from codecbench.errors import UsageError
from codecbench.names import names


@click.group()
def baseline() -> None:
    """Write the file that later runs are gated against."""


@baseline.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The baseline, *.json.")
@click.option("--codecs", metavar="A,B", help="Only these codecs; default: all of the run.")
@click.option("--metrics", metavar="A,B", help="Only these metrics; default: all of the run.")
def write(folder: Path, out: Path, codecs: str | None, metrics: str | None) -> None:
    """Write a run's per-utterance scores and exact figures as diffable JSON."""
    from codecbench.gate.blind_spots import blind_spots
    from codecbench.gate.document import write_document
    from codecbench.gate.from_run import read_run
    from codecbench.gate.matching import Scope
    from codecbench.printing.wording import count

    measured = read_run(folder)
    if not measured.finished:
        raise UsageError(f"'{folder}' is not finished: run the same command again to go on")
    scope, chosen = Scope(names(codecs, "--codecs")), names(metrics, "--metrics")
    _known("codec", scope.codecs, [name for row in measured.rows for name in (row.place.codec, row.place.spec)], folder)
    _known("metric", chosen, measured.metrics, folder)
    rows = tuple(
        replace(row, metrics={name: scores for name, scores in row.metrics.items() if not chosen or name in chosen})
        for row in measured.rows
        if scope.includes(row.place)
    )
    if not any(scores.values for row in rows for scores in row.metrics.values()):
        raise UsageError(f"'{folder}' has no score that is ok for these codecs and metrics: nothing to compare with")
    cards = {name: card for name, card in measured.metrics.items() if not chosen or name in chosen}
    written = replace(measured, rows=rows, metrics=cards)
    write_document(written, out)
    missing = sum(len(scores.missing) for row in rows for scores in row.metrics.values())
    left_out = f"; {count(missing, 'score')} not ok: left out, and not gated" if missing else ""
    told = f"{count(len(rows), 'operating point')}, {count(len(measured.utterances), 'utterance')}"
    click.echo(f"{out}: {told}{left_out}")
    for line in blind_spots(written):
        click.echo(f"note: {line}")


def _known(what: str, asked: Iterable[str] | None, known: Iterable[str], folder: Path) -> None:
    """Raises UsageError for a name that the run does not have: it would be left out of the baseline unseen."""
    has = sorted(set(known))
    for name in asked or ():
        if name not in has:
            raise UsageError(f"--{what}s: '{folder}' has no {what} '{name}'; it has: {', '.join(has) or 'none'}")
