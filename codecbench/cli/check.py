"""`codecbench check`: a codec plugin on the bench."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from codecbench.conformance.result import CheckResult, worst
from codecbench.errors import Unavailable

EXIT_FAILED, EXIT_UNAVAILABLE = 1, 3


@click.command()
@click.argument("codec", metavar="CODEC[:CHECKPOINT]")
@click.option("--weights", type=click.Path(path_type=Path), metavar="PATH", help="Its weights: a file or folder.")
@click.option("--python", metavar="PATH", help="A Python of yours, for a codec that runs in its own environment.")
@click.option("--device", default="cpu", show_default=True, help="Where it runs: cpu, cuda, cuda:1, mps.")
@click.option(
    "--set", "settings", multiple=True, metavar="CODEC.NAME=VALUE", help="A setting that the codec's card offers."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, for CI.")
def check(
    codec: str, weights: Path | None, python: str | None, device: str, settings: tuple[str, ...], as_json: bool
) -> None:
    """Try a codec plugin on what runs and users will do to it: pass, warn or fail for each item, and what to do.

    Exit status: 0 nothing failed, 1 something did, 2 a mistake in the command, 3 it cannot run here.
    """
    from codecbench.cli.one_codec import given_codec
    from codecbench.conformance.check import check as results_of

    found: list[CheckResult] = []
    try:
        entry, options = given_codec(codec, weights, python, device, settings)
        for result in results_of(entry, options):
            found.append(result)
            if not as_json:
                click.echo(_line(result))
    except Unavailable as error:
        click.echo(f"codecbench: {error}", err=True)
        sys.exit(EXIT_UNAVAILABLE)
    outcome = worst(found)
    if as_json:
        items = [asdict(result) for result in found]
        click.echo(json.dumps({"codec": entry.card.spec, "outcome": outcome, "items": items}, indent=2))
    else:
        counts = {one: sum(result.outcome == one for result in found) for one in ("pass", "warn", "fail", "skip")}
        click.echo(f"\n{entry.card.spec}: " + ", ".join(f"{count} {one}" for one, count in counts.items() if count))
    sys.exit(EXIT_FAILED if outcome == "fail" else 0)


def _line(result: CheckResult) -> str:
    line = f"{result.outcome:4}  {result.item:20}  {result.seen}"
    return f"{line}\n{'':28}→ {result.advice}" if result.advice else line
