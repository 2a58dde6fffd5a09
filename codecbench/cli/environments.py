"""`codecbench environments`: those of codecs whose code runs in a Python environment of its own."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from filelock import Timeout
from tabulate import tabulate

from codecbench.environments.folders import environment_folder
from codecbench.environments.listing import ListedEnvironment, listed_environments
from codecbench.environments.making import make, remove
from codecbench.errors import UsageError
from codecbench.plugins import registry


@click.group()
def environments() -> None:
    """List, create and remove the Python environments of codecs that have one of their own."""


@environments.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def list_environments(as_json: bool) -> None:
    """Every environment that a codec wants or that was made: whether it is here, what it holds, its size."""
    found = _listed()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
        return
    if not found:
        click.echo("no codec has an environment of its own, and none was made")
        return
    rows = [
        [
            ", ".join(one.codecs) or "-", one.key, one.state, one.python, one.packages or "",
            f"{one.size / 1e6:.0f} MB" if one.size else "", ", ".join(one.requirements),
        ]
        for one in found
    ]  # fmt: skip
    headers = ["codecs", "key", "state", "python", "packages", "size", "requirements"]
    click.echo(tabulate(rows, headers=headers, disable_numparse=True))


@environments.command()
@click.argument("codec", metavar="CODEC[:CHECKPOINT]")
def create(codec: str) -> None:
    """Make the environment of a codec where it has not been; `run` does so by itself for a codec that it is given."""
    card = registry().codec(codec).card
    if card.environment is None:
        raise UsageError(f"{card.spec}: it has no environment of its own; it runs in codecbench's")
    record = make(card.spec, card.environment, lambda text: click.echo(text, err=True))
    click.echo(
        f"{card.spec}: Python {record.python}, {len(record.packages)} packages, made with {record.made_with}: "
        f"{environment_folder(card.environment)}"
    )


@environments.command(name="remove")
@click.argument("which", metavar="CODEC|KEY|unused")
def remove_environment(which: str) -> None:
    """Delete an environment: of a codec, by its key in `list`, or all that no installed codec wants (`unused`)."""
    chosen = [one for one in _listed() if _is(one, which)]
    if not chosen:
        if which == "unused":
            click.echo("nothing is unused")
            return
        made = [name for one in _listed() if one.state != "not made" for name in (*one.codecs, one.key)]
        raise UsageError(f"environments remove {which}: no such environment; made are: {', '.join(made) or 'none'}")
    for one in chosen:
        try:
            remove(one.folder)
        except Timeout:
            raise UsageError(f"environments remove {which}: {one.key} is being made now; try again later") from None
        click.echo(f"removed {one.key} ({', '.join(one.codecs) or one.state}), {one.size / 1e6:.0f} MB")


def _is(one: ListedEnvironment, which: str) -> bool:
    if one.state == "not made":
        return False
    if which == "unused":
        return one.state in ("unused", "not whole")
    return which == one.key or _spec(which) in one.codecs


def _spec(which: str) -> str:
    """As `name:checkpoint`, where it is a codec."""
    try:
        return registry().codec(which).card.spec
    except UsageError:
        return which


def _listed() -> list[ListedEnvironment]:
    return listed_environments(entry.card for entry in registry().codecs.values())
