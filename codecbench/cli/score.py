"""`codecbench score`: add metrics to a run."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from codecbench.cli.execution import command_line, execute
from codecbench.errors import UsageError
from codecbench.limits import default_jobs
from codecbench.run.request import Request
from codecbench.store import Store


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--metrics", metavar="A,B", help="Metrics to score; default: all that are installed.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Worker processes; default: the cores, or as many as memory reaches for."
)
def score(folder: Path, metrics: str | None, jobs: int | None) -> None:
    """Score all payloads of a run's folder with further metrics; nothing is encoded again.

    Decoded audio that was not kept is decoded again from the payloads, and must come out as it did.
    """
    with Store(folder) as store:
        stored = store.meta().get("request")
        specs, utterances = store.extent()
    if stored is None or not specs:
        raise UsageError(f"'{folder}' contains no codings yet: run the same command again, then score")
    request = Request.from_json(stored, out=folder)
    if request.shard is not None:
        raise UsageError(
            f"'{folder}' is shard {request.shard} of a run: merge its shards and score that, or run the shard again "
            "with these metrics among --metrics"
        )
    request = replace(request.scoring(metrics, jobs or default_jobs(), specs, utterances), command=command_line())
    sys.exit(execute(request, scoring=True))
