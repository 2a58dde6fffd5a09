"""`codecbench weights`: published checkpoints, fetched on request, and held to what their cards pin."""

from __future__ import annotations

import json

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from tabulate import tabulate

from codecbench.plugins import registry
from codecbench.weights import WeightsStatus, status
from codecbench.weights import pull as pull_file
from codecbench.weights import verify as verify_file


@click.group()
def weights() -> None:
    """List, fetch and verify the weights of codecs."""


@weights.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def list_weights(as_json: bool) -> None:
    """Every checkpoint with weights: whether they are here, their size, sha256 and licence."""
    cards = [entry.card for entry in registry().codecs.values() if entry.card.weights is not None]
    statuses = [status(card) for card in cards]
    if as_json:
        click.echo(json.dumps([vars(state) for state in statuses], indent=2, default=str))
        return
    rows = [
        [state.spec, card.track, state.state, _size(state), (state.sha256 or "not known")[:12], state.licence]
        for card, state in zip(cards, statuses, strict=True)
    ]
    click.echo(tabulate(rows, headers=["codec", "track", "state", "size", "sha256", "licence"], disable_numparse=True))
    for state in statuses:
        if state.problem:
            click.echo(f"\n{state.problem}")


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def pull(codec: str) -> None:
    """Fetch a published checkpoint and check its size and sha256."""
    card = registry().codec(codec).card
    if card.weights is not None:
        click.echo(f"{card.spec}: licence of the weights: {card.weights.licence}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(card.spec, total=None)
        path = pull_file(card, lambda done, total: progress.update(task, completed=done, total=total))
    _print(verify_file(card))
    click.echo(f"{card.spec}: {path}")


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def verify(codec: str) -> None:
    """Check the weights that are here against what is pinned."""
    _print(verify_file(registry().codec(codec).card))


def _print(state: WeightsStatus) -> None:
    sha256 = f", sha256 {state.sha256}" if state.sha256 else ""
    click.echo(f"{state.spec}: {state.state}, {_size(state) or 'no file'}{sha256}")


def _size(state: WeightsStatus) -> str:
    return f"{state.size / 1e6:.1f} MB" if state.size else ""
