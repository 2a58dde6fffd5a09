"""`codecbench score`: add metrics to a run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from codecbench.cli.execution import command_line, execute
from codecbench.cli.plugin_files import plugin_files
from codecbench.run.asked import scoring_request
from codecbench.run.given_paths import parse_weights


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--metrics", metavar="A,B|FILE.py", help="Metrics to score; default: all installed.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Worker processes; default: the cores, or as many as memory reaches for."
)
@click.option(
    "--weights", multiple=True, metavar="METRIC=PATH", help="Weights of a metric from a file or folder; repeatable."
)
def score(folder: Path, metrics: str | None, jobs: int | None, weights: tuple[str, ...]) -> None:
    """Score all payloads of a run's folder with further metrics; nothing is encoded again.

    Decoded audio that was not kept is decoded again from the payloads, and must come out as it did.
    """
    metrics, _ = plugin_files(metrics, "metrics")
    sys.exit(
        execute(scoring_request(folder, metrics, jobs, command_line(), dict(map(parse_weights, weights))), scoring=True)
    )
