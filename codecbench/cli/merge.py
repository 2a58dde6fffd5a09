"""`codecbench merge`: shards into one run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.execution import EXIT_FAILURES, write_results

if TYPE_CHECKING:  # what --help does not need
    from codecbench.run.merging import Merged


@click.command()
@click.argument("shards", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SHARD...")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("codecbench-run"), show_default=True, metavar="RUN",
    help="Folder of the whole run: a new one, or one that shards of this run were merged into before.",
)  # fmt: skip
def merge(shards: tuple[Path, ...], out: Path) -> None:
    """Merge the folders of `codecbench run --shard I/N` into one run, in any order, as far as each has come.

    Merging again adds what is new, and nothing twice. Exit status 3 while cells are missing. The command without
    --shard goes on with the merged folder: it computes what is missing, and keeps audio for the report.
    """
    from codecbench.run.merging import merge_shards
    from codecbench.telling import telling_utterances

    merged = merge_shards(shards, out, telling_utterances, lambda text: click.echo(f"note: {text}", err=True))
    write_results(out)
    tally = merged.tally
    click.echo(
        f"scores: {tally.computed} merged, {tally.failed} failed, {tally.skipped} skipped, {tally.abstained} abstained"
    )
    click.echo("\n".join(_standing(merged)))
    sys.exit(EXIT_FAILURES if merged.missing or tally.failed else 0)


def _standing(merged: Merged) -> Iterator[str]:
    """What is here, what is missing of which shards, and what to type to go on."""
    from codecbench.run.shard_folder import another_command

    facts = merged.facts
    if not merged.missing:
        yield f"complete: {facts.all_cells} cells of {facts.count} shards"
        return
    yield f"not complete: {merged.missing} of {facts.all_cells} cells missing"
    given = {shard.facts.index: shard for shard in merged.shards}
    for index, known in facts.shards.items():
        if not known.missing:
            continue
        shard = given.get(index)
        yield f"  shard {index}/{facts.count}: {known.missing} of {known.cells} missing" + (
            f"; go on with: {shard.command}" if shard else "; merge it again when it has come further"
        )
    if facts.absent:
        indices = ", ".join(map(str, facts.absent))
        each = another_command(merged.command, "--shard", f"I/{facts.count}", "--out", "FOLDER")
        yield f"  shards not given: {indices} of {facts.count}; each: {each}"
    yield f"then merge again; or compute the rest here: {merged.command}"
