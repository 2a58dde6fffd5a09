"""`codecbench report`: render a run again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.run.store import Store


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("codecbench-run"), metavar="RUN")
def report(folder: Path) -> None:
    """Write report.html and summary.json of a run again, from its store alone, and print its table."""
    from codecbench.report import render_table, write_outputs

    with Store(folder) as store:  # says what is wrong with the folder before anything is written
        if "request" not in store.meta():
            raise UsageError(f"'{folder}' holds a run that had not begun; run it again")
    summary = write_outputs(folder)
    click.echo(render_table(summary, width=Console().width))
    click.echo(f"\n{folder / 'report.html'}")
