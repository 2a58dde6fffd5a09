"""What of a run is shown, and how: the options that `table`, `plot` and `report` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:  # what --help does not need
    from codecbench.results import Results

Command = Callable[..., Any]
RENAME_HELP = "What a codec is called here: a codec or codec:checkpoint of the run; repeatable."
SHIPPED = "(shipped)"
"""Value of `--published` without a file."""

rename_option = click.option("--rename", "renamed", multiple=True, metavar="ID=NAME", help=RENAME_HELP)
label_option = click.option("--label", "--rename", "labels", multiple=True, metavar="ID=NAME", help=RENAME_HELP)
style_option = click.option(
    "--style", type=click.Path(path_type=Path), metavar="CODECS.TOML",
    help="Label, colour and marker of each codec, from a file: docs/tables.md.",
)  # fmt: skip
primary_option = click.option(
    "--primary", metavar="A,B", help="The metrics that come first and are tested as such, at most four."
)
mark_option = click.option(
    "--mark", type=click.Choice(["shown", "best"]), default="shown", show_default=True,
    help="Mark who is shown to be better than all others at like bitrate, or the best figure, tested or not.",
)  # fmt: skip
notes_option = click.option(
    "--notes", type=click.Choice(["full", "short", "none"]), default="full", show_default=True,
    help="Under the table: everything, what its signs mean, or nothing.",
)  # fmt: skip


def part_options(command: Command) -> Command:
    """`--codecs` and `--bitrates`: what of the run is shown."""
    codecs = click.option("--codecs", metavar="A,B:CHECKPOINT", help="Only these codecs; default: all of the run.")
    bitrates = click.option("--bitrates", metavar="1.5,3|1-6", help="Only nominal kbps within 5 % of these.")
    return codecs(bitrates(command))


def table_options(command: Command) -> Command:
    """What decides how a table is read."""
    return primary_option(mark_option(notes_option(command)))


def published_option(what: str) -> Callable[[Command], Command]:
    return click.option("--published", is_flag=False, flag_value=SHIPPED, metavar="[FILE.toml]", help=what)


def published_figures(asked: str | None) -> bool | str:
    """As `codecbench.results` takes it. Raises UsageError for what is no file of published figures."""
    if asked is None or asked == SHIPPED:
        return asked is not None
    if not asked.endswith(".toml"):
        raise UsageError(f"--published '{asked}': expected FILE.toml, or nothing: then put --published behind the runs")
    return asked


def shown_runs(
    folders: Sequence[Path], codecs: str | None, bitrates: str | None, labels: Sequence[str], style: Path | None,
    primary: str | None = None,
) -> Results:  # fmt: skip
    """Raises UsageError where a folder holds no run, or an option cannot be read."""
    from codecbench.results import open_run

    runs = open_run(*folders).select(names(codecs, "--codecs"), bitrates)
    return runs.styled(dict(map(_label, labels)), style, names(primary, "--primary"))


def _label(text: str) -> tuple[str, str]:
    name, separator, label = text.partition("=")
    if not separator or not name.strip() or not label.strip():
        raise UsageError(f"--label '{text}': expected ID=NAME, for example encodec=EnCodec")
    return name.strip(), label.strip()
