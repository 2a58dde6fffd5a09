"""`codecbench compare`: what changed between two runs. Always exit status 0: `gate` is what judges."""

from __future__ import annotations

from pathlib import Path

import click

from codecbench.cli.files import save
from codecbench.names import names


@click.command()
@click.argument("before", type=click.Path(path_type=Path), metavar="RUN_A")
@click.argument("after", type=click.Path(path_type=Path), metavar="RUN_B")
@click.option("--codecs", metavar="A,B", help="Codecs to compare; default: all of RUN_A.")
@click.option("--metrics", metavar="A,B", help="Metrics to compare; default: all of RUN_A.")
@click.option("--config", type=click.Path(path_type=Path), metavar="PYPROJECT", help="Default: ./pyproject.toml.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the table, with audio linked, to this file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything to this file.")
def compare(
    before: Path, after: Path, codecs: str | None, metrics: str | None, config: Path | None, markdown: Path | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Compare two runs (or baselines) on their common utterances: RUN_B against RUN_A."""
    from codecbench.gate import listing
    from codecbench.gate.comparison import compare as compare_baselines
    from codecbench.gate.loading import load_baseline
    from codecbench.gate.matching import Scope
    from codecbench.gate.summary import dumps
    from codecbench.gate.thresholds import load_settings

    settings = load_settings(config).with_metrics(names(metrics, "--metrics"))
    scope = Scope(names(codecs, "--codecs"), subset=True)
    compared = compare_baselines(load_baseline(before), load_baseline(after), settings, scope, purpose="compare")
    click.echo(listing.as_text(compared))
    if markdown is not None:
        save(markdown, listing.as_markdown(compared, markdown.parent))
    if json_file is not None:
        save(json_file, dumps(listing.as_json(compared)))
