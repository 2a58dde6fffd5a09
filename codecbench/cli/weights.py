"""`codecbench weights`: published checkpoints, pinned by size and sha256, fetched on request."""

from __future__ import annotations

import click
from tabulate import tabulate

from codecbench.plugins import registry


@click.group()
def weights() -> None:
    """List, fetch and verify the weights of codecs."""


@weights.command(name="list")
def list_weights() -> None:
    """Every checkpoint with weights: where they are, licence, pinned hash."""
    from codecbench.weights import status

    rows = []
    for entry in registry().codecs.values():
        if entry.card.weights is not None:
            file = entry.card.weights
            pinned = file.sha256[:12] if file.sha256 else ("bundled" if file.package else "none known")
            size = f"{file.size / 1e6:.1f} MB" if file.size else ""
            rows.append([entry.card.spec, entry.card.track, status(entry.card), size, pinned, file.licence])
    headers = ["codec", "track", "state", "size", "sha256", "licence"]
    click.echo(tabulate(rows, headers=headers, disable_numparse=True))


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def pull(codec: str) -> None:
    """Fetch a published checkpoint and check its size and sha256."""
    from codecbench.weights import pull as pull_file

    card = registry().codec(codec).card
    if card.weights is not None:
        click.echo(f"{card.spec}: licence of the weights: {card.weights.licence}")
    click.echo(f"{card.spec}: {pull_file(card)}")


@weights.command()
@click.argument("codec", metavar="CODEC:CHECKPOINT")
def verify(codec: str) -> None:
    """Check the weights that are here against what is pinned."""
    from codecbench.weights import verify as verify_file

    card = registry().codec(codec).card
    click.echo(f"{card.spec}: {verify_file(card)}")
