"""`codecbench dev frozen`: do the metrics still give the scores that were recorded?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.console import Console

from codecbench.cli.execution import EXIT_FAILURES
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.controls.frozen import Comparison

MOST = 3
"""Differing signals of a metric that are printed."""


@click.command()
@click.option("--metrics", metavar="A,B", help="Metrics to score; default: all that codecbench ships.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes, one thread each.")
@click.option("--write", is_flag=True, help="Record the scores of now, in place of those that were.")
def frozen(metrics: str | None, jobs: int, write: bool) -> None:
    """Score ten known signals and compare with the recorded scores, to 1e-6.

    What differs is named, together with the libraries of another version than those that were recorded.
    """
    from codecbench.controls.frozen import compare, measure, read_frozen, write_frozen
    from codecbench.plugins import registry
    from codecbench.run.progress import Reporter

    chosen = names(metrics, "--metrics", doubles="refuse")
    if write and chosen is not None:
        raise UsageError("--write records all metrics at once, with the libraries that they share: leave out --metrics")
    with Reporter(Console(stderr=True)) as reporter:
        scores = measure(chosen, registry(), jobs, reporter)
    if write:
        path = write_frozen(scores)
        click.echo(f"{path}: {len(scores.metrics)} metrics")
        for name, reason in scores.missing.items():
            click.echo(f"not recorded: {name}: {reason}")
        return
    comparison = compare(scores, read_frozen())
    click.echo("\n".join(lines(comparison)))
    sys.exit(EXIT_FAILURES if comparison.differences else 0)


def lines(comparison: Comparison) -> list[str]:
    """What is printed of it."""
    told = [f"{len(comparison.equal)} metrics give the recorded scores: {', '.join(comparison.equal) or 'none'}"]
    for metric in dict.fromkeys(one.metric for one in comparison.differences):
        mine = [one for one in comparison.differences if one.metric == metric]
        shown = "; ".join(f"{one.signal} {one.here}, recorded {one.recorded}" for one in mine[:MOST])
        more = f"; and {len(mine) - MOST} more signals" if len(mine) > MOST else ""
        told.append(f"{metric} differs: {shown}{more}")
    if comparison.renewed:
        told.append(f"not recorded in this version, so not compared: {', '.join(comparison.renewed)}")
    told += [f"not compared: {name}: {reason}" for name, reason in comparison.missing.items()]
    others = [f"{name} {here} (recorded: {then})" for name, (here, then) in comparison.libraries.items()]
    told.append(f"libraries of other versions: {', '.join(others)}" if others else "all libraries are as recorded")
    return told
