"""`codecbench datasets`: corpora that can be named, fetched on request and held to what their cards pin."""

from __future__ import annotations

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from codecbench.api import Archive, DatasetCard
from codecbench.datasets import load_dataset
from codecbench.datasets.pulled import megabytes, place_of, pulled_folder, refuse_changed
from codecbench.datasets.pulling import pull as pull_archive
from codecbench.errors import UsageError
from codecbench.plugins import registry


@click.group()
def datasets() -> None:
    """Fetch and verify datasets; `codecbench list datasets` names them."""


@datasets.command()
@click.argument("name")
@click.option(
    "--from", "source", metavar="URL|FILE", help="The archive from another address, or from its file; it is checked."
)
def pull(name: str, source: str | None) -> None:
    """Fetch a dataset, check its size and sha256, and unpack it; what broke off is gone on with."""
    card = registry().find("datasets", name).card
    archive = _archive(card)
    click.echo(f"{name}: {megabytes(archive.size)} from {source or archive.url}; licence: {card.licence}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(name, total=archive.size)
        folder = pull_archive(card, lambda done, total: progress.update(task, completed=done, total=total), source)
    dataset = load_dataset(name, registry())
    click.echo(f"{name}: {len(dataset.utterances)} utterances in {folder}")


@datasets.command()
@click.argument("name")
def verify(name: str) -> None:
    """Hash all files of a fetched dataset, and hold them against what was unpacked."""
    card = registry().find("datasets", name).card
    archive = _archive(card)
    pulled_folder(card, archive)
    count = refuse_changed(card, place_of(archive), thorough=True)
    click.echo(f"{name}: {count} files are as they were unpacked")


def _archive(card: DatasetCard) -> Archive:
    if card.archive is None:
        raise UsageError(f"dataset '{card.id}' is not fetched: it comes with its plugin")
    return card.archive
