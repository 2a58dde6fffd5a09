"""What `run` and `score` share: plan, carry out, write the outputs, print the table."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.run.request import Request
from codecbench.store import FILE, Store

EXIT_FAILURES = 3
MANY_SCORES = 20_000
"""Of more a process of its own makes the report: it holds all results at once, about 1.5 kB a score."""


def command_line() -> str:
    """What was typed, as it can be typed again."""
    return shlex.join(["codecbench", *sys.argv[1:]])


def execute(request: Request, *, scoring: bool = False, scheduler: str | None = None, ship_audio: bool = False) -> int:
    """Run `request`, or with `scoring` score what its folder holds; returns the exit status.

    `scheduler`: address of a Dask scheduler, whose workers do most of it. With `ship_audio` they are sent the audio.
    """
    from codecbench.jobs import perform

    job = perform(request, Console(stderr=True), scoring=scoring, scheduler=scheduler, ship_audio=ship_audio)
    write_results(request.out)
    tally = job.tally
    click.echo(
        f"scores: {tally.computed} computed, {tally.reused} reused, {tally.failed} failed, {tally.skipped} skipped, "
        f"{tally.abstained} abstained"
    )
    for problem in job.problems:
        click.echo(problem, err=True)
    return 0 if job.complete else EXIT_FAILURES


def write_results(out: Path) -> None:
    """The files that a run leaves for its readers, its table, and where it all is."""
    with Store(out) as store:
        many = sum(store.status_counts().values()) > MANY_SCORES
    if many:
        _report_apart(out)
        return
    from codecbench.report import render_table, write_outputs  # not sooner: scores would wait for it

    summary = write_outputs(out)
    click.echo(render_table(summary, width=Console().width))
    click.echo(f"\n{places_of(out)}")


def places_of(out: Path) -> str:
    """Where it all is, in one line."""
    return "   ".join(str(out / name) for name in ("report.html", "summary.json", FILE))


def _report_apart(out: Path) -> None:
    """By a process of its own, which takes what memory it needs: the run is over, and stored."""
    command = ["codecbench", "report", str(out)]
    status = subprocess.run([sys.executable, "-m", *command], check=False).returncode
    if status:
        raise UsageError(
            f"the report of '{out}' was not written (its process ended with {status}); all results are stored: "
            f"{shlex.join(command)}"
        )
