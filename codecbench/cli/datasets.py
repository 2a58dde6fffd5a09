"""`codecbench datasets`: corpora that can be named, fetched on request and held to what their cards pin."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from codecbench.api import DatasetCard
from codecbench.datasets import load_dataset
from codecbench.datasets.hub.names import PREFIX, parse
from codecbench.datasets.hub.pulling import place_of as place_of_hub
from codecbench.datasets.hub.pulling import pull_hub
from codecbench.datasets.pulled import archive_of, megabytes, place_of, pulled_folder, refuse_changed
from codecbench.datasets.pulling import pull as pull_archive
from codecbench.errors import UsageError
from codecbench.names import visible
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
    """Fetch a dataset, check its size and sha256, and unpack it; what broke off is gone on with.

    NAME is of `codecbench list datasets`, or hf:OWNER/NAME@REVISION:SPLIT.
    """
    if name.startswith(PREFIX):
        if source is not None:
            raise UsageError(f"--from {source}: '{name}' is fetched from the Hub; HF_ENDPOINT names a mirror")
        _say_pulled(name, pull_hub(name, click.echo))
        return
    card = registry().find("datasets", name).card
    archive = archive_of(card)
    click.echo(f"{name}: {megabytes(archive.size)} from {source or archive.url}; licence: {card.licence}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(name, total=archive.size)
        folder = pull_archive(card, lambda done, total: progress.update(task, completed=done, total=total), source)
    _say_pulled(name, folder)


@datasets.command()
@click.argument("name")
def verify(name: str) -> None:
    """Hash all files of a fetched dataset, and hold them against what was unpacked."""
    if name.startswith(PREFIX):
        load_dataset(name, registry())
        place, card = place_of_hub(parse(name)), DatasetCard(name, "", "")
        _say_verified(name, refuse_changed(card, place, thorough=True))
        return
    card = registry().find("datasets", name).card
    archive = archive_of(card)
    pulled_folder(card, archive)
    _say_verified(name, refuse_changed(card, place_of(archive), thorough=True))


def _say_verified(name: str, count: int) -> None:
    click.echo(f"{name}: {count} files are as they were unpacked")


def _say_pulled(name: str, folder: Path) -> None:
    dataset = load_dataset(name, registry())
    click.echo(f"{name}: {len(dataset.utterances)} utterances in {folder}")
    for warning in dataset.warnings:
        click.echo(f"note: {visible(warning)}")
