"""`codecbench sensitivity`: what each metric reacts to, and what it is blind to."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from codecbench.cli.execution import EXIT_FAILURES
from codecbench.cli.files import check_out, save
from codecbench.names import names


@click.command()
@click.option("--metrics", metavar="A,B", help="Metrics to measure; default: all that are registered.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the record (JSON) to this file.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of noise and rooms.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes, one thread each.")
def sensitivity(metrics: str | None, out: Path | None, seed: int, jobs: int) -> None:
    """Score known distortions of clean speech: does each metric react to what it should?

    With --out RUN/sensitivity.json, the report of that run shows the verdicts on metrics that codecbench does not ship.
    """
    from codecbench.controls.sensitivity.listing import as_text
    from codecbench.controls.sensitivity.measure import measure_sensitivity
    from codecbench.controls.sensitivity.record import FILE, dumps
    from codecbench.plugins import registry
    from codecbench.run.progress import Reporter

    chosen = names(metrics, "--metrics", doubles="refuse")
    if out is not None:
        check_out(out, FILE)
    with Reporter(Console(stderr=True)) as reporter:
        record = measure_sensitivity(chosen, registry(), seed, jobs, reporter)
    click.echo(as_text(record))  # first: minutes of work are not lost where the disk is full
    if out is not None:
        save(out, dumps(record))
    sys.exit(EXIT_FAILURES if record.failed else 0)
