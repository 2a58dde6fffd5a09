"""`--style` and `--label`: how a reader wants codecs to be called and drawn, in plots, tables and reports alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecbench.errors import UsageError

if TYPE_CHECKING:  # what --help does not need
    from codecbench.analysis.looks import Wishes
    from codecbench.store.ids import CodecId
    from codecbench.store.rows import Results

RENAME_HELP = "What a codec is called here: a codec or codec:checkpoint of the run; repeatable."


def style_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--style", type=click.Path(path_type=Path), metavar="CODECS.TOML",
        help="Label, colour and marker of each codec, from a file: docs/tables.md.",
    )(command)  # fmt: skip


def label_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--label ID=NAME` with its other spelling `--rename`, as `labels`; and `--style`."""
    named = click.option("--label", "--rename", "labels", multiple=True, metavar="ID=NAME", help=RENAME_HELP)
    return named(style_option(command))


def read_wishes(style: Path | None, labels: Sequence[str], results: Results) -> Wishes:
    """What is asked for the codecs of `results`.

    Raises:
        UsageError: the file or a label cannot be read, or names no codec of the run.
    """
    from codecbench.analysis.looks import Wishes, load_wishes

    ids = [row.codec_id for row in results.codecs]
    wishes = Wishes() if style is None else load_wishes(style)
    if wishes.of and not _known(ids) & set(wishes.of):
        raise UsageError(f"--style '{style}' names no codec of the run; it has: {_listed(ids)}")
    asked = dict(map(_split, labels))
    for name in asked:
        if name not in _known(ids):
            raise UsageError(f"--label {name}: the run has no such codec; it has: {_listed(ids)}")
    made = wishes.with_labels(asked)
    where = " and ".join(filter(None, [wishes.where, "--label" if asked else ""]))
    return Wishes(made.of, where)


def _split(text: str) -> tuple[str, str]:
    name, separator, label = text.partition("=")
    if not separator or not name.strip() or not label.strip():
        raise UsageError(f"--label '{text}': expected ID=NAME, for example encodec=EnCodec")
    return name.strip(), label.strip()


def _known(ids: Iterable[CodecId]) -> set[str]:
    return {name for one in ids for name in (one.codec, one.spec)}


def _listed(ids: Iterable[CodecId]) -> str:
    return ", ".join(one.spec for one in ids)
