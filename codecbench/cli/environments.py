"""`codecbench environments`: those of codecs and metrics whose code runs in a Python environment of its own."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from filelock import Timeout
from tabulate import tabulate

from codecbench.api import CodecCard, MetricCard
from codecbench.environments.folders import environment_folder
from codecbench.environments.listing import ListedEnvironment, listed_environments
from codecbench.environments.making import make, remove
from codecbench.errors import UsageError
from codecbench.plugins import registry


@click.group()
def environments() -> None:
    """List, create and remove the Python environments of codecs and metrics that have one of their own."""


@environments.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def list_environments(as_json: bool) -> None:
    """Every environment that a codec or metric wants or that was made: whether it is here, what it holds, its size."""
    found = _listed()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
        return
    if not found:
        click.echo("no codec or metric has an environment of its own, and none was made")
        return
    rows = [
        [
            ", ".join(one.names) or "-", one.key, one.state, one.python, one.packages or "",
            f"{one.size / 1e6:.0f} MB" if one.size else "", ", ".join(one.requirements),
        ]
        for one in found
    ]  # fmt: skip
    headers = ["codecs, metrics", "key", "state", "python", "packages", "size", "requirements"]
    click.echo(tabulate(rows, headers=headers, disable_numparse=True))


@environments.command()
@click.argument("which", metavar="CODEC[:CHECKPOINT]|METRIC")
def create(which: str) -> None:
    """Make the environment of a codec or metric where it has not been; `run` does so by itself for what it is given."""
    metrics = registry().metrics
    card: CodecCard | MetricCard = metrics[which].card if which in metrics else registry().codec(which).card
    name = card.spec if isinstance(card, CodecCard) else card.id
    if card.environment is None:
        raise UsageError(f"{name}: it has no environment of its own; it runs in codecbench's")
    record = make(name, card.environment, lambda text: click.echo(text, err=True))
    click.echo(
        f"{name}: Python {record.python}, {len(record.packages)} packages, made with {record.made_with}: "
        f"{environment_folder(card.environment)}"
    )


@environments.command(name="remove")
@click.argument("which", metavar="CODEC|METRIC|KEY|unused")
def remove_environment(which: str) -> None:
    """Delete an environment: of a codec or metric, by its key in `list`, or all that nothing wants (`unused`)."""
    chosen = [one for one in _listed() if _is(one, which)]
    if not chosen:
        if which == "unused":
            click.echo("nothing is unused")
            return
        made = [name for one in _listed() if one.state != "not made" for name in (*one.names, one.key)]
        raise UsageError(f"environments remove {which}: no such environment; made are: {', '.join(made) or 'none'}")
    for one in chosen:
        try:
            remove(one.folder)
        except Timeout:
            raise UsageError(f"environments remove {which}: {one.key} is being made now; try again later") from None
        click.echo(f"removed {one.key} ({', '.join(one.names) or one.state}), {one.size / 1e6:.0f} MB")


def _is(one: ListedEnvironment, which: str) -> bool:
    if one.state == "not made":
        return False
    if which == "unused":
        return one.state in ("unused", "not whole")
    return which == one.key or which in one.metrics or _spec(which) in one.codecs


def _spec(which: str) -> str:
    """As `name:checkpoint`, where it is a codec."""
    try:
        return registry().codec(which).card.spec
    except UsageError:
        return which


def _listed() -> list[ListedEnvironment]:
    entries = (*registry().codecs.values(), *registry().metrics.values())
    return listed_environments(entry.card for entry in entries)
