"""`codecbench new-plugin`: a project for a new codec."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="new-plugin")
@click.argument("name", metavar="CODEC")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Default: a folder of the codec's name.")
def new_plugin(name: str, out: Path | None) -> None:
    """Write a ready project for a codec: a plugin that runs, tests that pass, and a workflow with a gate."""
    from codecbench.new_plugin import write_project

    folder = out or Path(name)
    for path in write_project(name, folder):
        click.echo(path)
    click.echo(
        f"\ncd {folder} && pip install -e '.[test]' && codecbench check {name} && codecbench run --codecs {name},opus\n"
        f"Then put your codec where {folder} says TODO."
    )
