"""`codecbench weights`: published checkpoints, fetched or added on request, and held to what their cards pin."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from tabulate import tabulate

from codecbench.fetching import add as add_files
from codecbench.fetching import pull as pull_files
from codecbench.plugins import registry
from codecbench.weights_status import WeightsStatus, status
from codecbench.weights_status import verify as verify_files


@click.group()
def weights() -> None:
    """List, fetch, add and verify the weights of codecs."""


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
        [state.spec, card.track, state.what, _size(state), (state.sha256 or "not known")[:12], state.licence]
        for card, state in zip(cards, statuses, strict=True)
    ]
    click.echo(tabulate(rows, headers=["codec", "track", "state", "size", "sha256", "licence"], disable_numparse=True))
    for state in statuses:
        if state.problem:
            click.echo(f"\n{state.problem}")


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def pull(codec: str) -> None:
    """Fetch a published checkpoint, all its files, and check size and sha256 of each."""
    card = registry().codec(codec).card
    if card.weights is not None:
        click.echo(f"{card.spec}: licence of the weights: {card.weights.licence}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(card.spec, total=None)
        paths = pull_files(card, lambda done, total: progress.update(task, completed=done, total=total))
    _print(verify_files(card), paths)


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
def add(codec: str, path: Path) -> None:
    """Copy a checkpoint's weights to where runs find them, from its file or the folder that it is in.

    `--weights` is then not needed any more. What the card pins is held to it.
    """
    card = registry().codec(codec).card
    paths = add_files(card, path.absolute())
    _print(verify_files(card), paths)


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def verify(codec: str) -> None:
    """Check the weights that are here against what is pinned."""
    _print(verify_files(registry().codec(codec).card))


def _print(state: WeightsStatus, paths: list[Path] | None = None) -> None:
    sha256 = f", sha256 {state.sha256}" if state.sha256 else ""
    files = f" in {state.files} files" if state.files > 1 else ""
    click.echo(f"{state.spec}: {state.what}, {_size(state) or 'no file'}{files}{sha256}")
    for path in paths or ():
        click.echo(f"{state.spec}: {path}")


def _size(state: WeightsStatus) -> str:
    return f"{state.size / 1e6:.1f} MB" if state.size else ""
