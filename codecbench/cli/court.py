"""`codecbench court`: what each metric sees, and what it is blind to."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from codecbench.cli.files import check_out, save
from codecbench.errors import UsageError

EXIT_FAILURES = 3


@click.command()
@click.option("--metrics", metavar="A,B", help="Metrics to try; default: all that are registered.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the record (JSON) to this file.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of noise and rooms.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes, one thread each.")
def court(metrics: str | None, out: Path | None, seed: int, jobs: int) -> None:
    """Try metrics on known distortions of clean speech: does each see what it should?

    With --out RUN/court.json, the report of that run shows the verdicts on metrics that codecbench does not know.
    """
    from codecbench.court.listing import as_text
    from codecbench.court.record import dumps
    from codecbench.court.sitting import sit
    from codecbench.plugins import registry
    from codecbench.run.progress import Reporter

    if out is not None:
        check_out(out, "court.json")
    with Reporter(Console(stderr=True)) as reporter:
        record = sit(_names(metrics), registry(), seed, jobs, reporter)
    click.echo(as_text(record))  # first: minutes of work are not lost where the disk is full
    if out is not None:
        save(out, dumps(record))
    sys.exit(EXIT_FAILURES if record.failed else 0)


def _names(metrics: str | None) -> list[str] | None:
    if metrics is None:
        return None
    names = [name.strip() for name in metrics.split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise UsageError(f"--metrics '{metrics}': expected different names separated by commas")
    return names
