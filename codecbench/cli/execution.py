"""What `run` and `score` share: plan, carry out, write the outputs, print the table."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.names import visible
from codecbench.run.request import Request
from codecbench.store import Store

if TYPE_CHECKING:
    from codecbench.run.planned import Plan

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
    from codecbench.cli.telling import telling_utterances
    from codecbench.plugins import registry
    from codecbench.run import execute as runner
    from codecbench.run.dask_workers import DaskWorkers
    from codecbench.run.device import require_device
    from codecbench.run.plan import make_plan, plan_scoring
    from codecbench.run.preloading import plan_libraries
    from codecbench.run.processes import preload
    from codecbench.run.progress import Reporter

    plan = (plan_scoring if scoring else make_plan)(request, registry())
    libraries = plan_libraries(plan, registry())
    if not scoring and scheduler is None and ("torch" in libraries or request.device.startswith("cuda")):
        require_device(request.device)
    preload(libraries)
    console = Console(stderr=True)
    for note in _notes(plan, scoring=scoring):
        console.print(f"note: {visible(note)}", markup=False, highlight=False, soft_wrap=True)
    with Reporter(console) as reporter:
        if scoring:
            tally = runner.score(plan, reporter, telling_utterances)
        elif scheduler is None:
            tally = runner.run(plan, reporter, telling_utterances)
        else:
            with DaskWorkers(scheduler, plan.dataset if ship_audio else None) as workers:
                tally = runner.run(plan, reporter, telling_utterances, workers)
        reporter.say("writing the report")
    write_results(request.out)
    click.echo(
        f"scores: {tally.computed} computed, {tally.reused} reused, {tally.failed} failed, {tally.skipped} skipped, "
        f"{tally.abstained} abstained"
    )
    for row in plan.broken:
        click.echo(f"plugin '{row.codec}': {row.reason}", err=True)
    # A codec that was asked for by name is missing; of all that are installed, and of an older run, some may be.
    absent = [] if scoring or request.codecs == "all" else [row for row in plan.skips if row.point is None]
    for row in absent:
        spec = row.codec_id.spec
        click.echo(f"{spec} did not run: {row.reason.removeprefix(f'{spec}: ')}", err=True)
    return EXIT_FAILURES if tally.failed or plan.broken or absent else 0


def _notes(plan: Plan, *, scoring: bool) -> Iterator[str]:
    """What is to be known before anything is computed."""
    from codecbench.cli.few_speakers import few_speakers_note

    yield from plan.dataset.warnings
    few = few_speakers_note([one.utterance for one in plan.utterances], plan.dataset)
    if few is not None and not scoring:
        yield few
    for part, codecs in plan.unmatched.items():
        yield f"--bitrates {part}: no such point of {', '.join(codecs)}"
    recognizer = plan.recognizer.card
    if recognizer and recognizer.notes:
        yield f"{recognizer.id} is {recognizer.notes}"


def write_results(out: Path) -> None:
    """The files that a run leaves for its readers, its table, and where it all is."""
    with Store(out) as store:
        many = sum(store.status_counts().values()) > MANY_SCORES
    if many:
        _report_apart(out)
    else:
        from codecbench.report import render_table, write_outputs  # not sooner: scores would wait for it

        summary = write_outputs(out)
        click.echo(render_table(summary, width=Console().width))
    click.echo(f"\n{out / 'report.html'}   {out / 'summary.json'}   {out / 'results.sqlite'}")


def _report_apart(out: Path) -> None:
    """By a process of its own, which takes what memory it needs: the run is over, and stored."""
    command = ["codecbench", "report", str(out)]
    status = subprocess.run([sys.executable, "-m", *command], check=False).returncode
    if status:
        raise UsageError(
            f"the report of '{out}' was not written (its process ended with {status}); all results are stored: "
            f"{shlex.join(command)}"
        )
