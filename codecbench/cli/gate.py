"""`codecbench gate`: pass or fail, for CI."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.baseline import split
from codecbench.cli.files import save
from codecbench.errors import UsageError
from codecbench.gate.speed import FACTOR, ROUNDS

if TYPE_CHECKING:
    from codecbench.gate.matching import Scope


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="[RUN]", required=False)
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE|RUN", help="A baseline, or a run's folder.")
@click.option("--codecs", metavar="A,B:CHECKPOINT", help="Codecs to gate; default: all of the baseline.")
@click.option("--metrics", metavar="A,B", help="Metrics to gate; default: all of the baseline.")
@click.option("--subset", is_flag=True, help="The run may hold only a part of the baseline.")
@click.option("--config", type=click.Path(path_type=Path), metavar="PYPROJECT", help="Default: ./pyproject.toml.")
@click.option("--explain", is_flag=True, help="Show where each threshold comes from, and the power.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Append a summary for a pull request to this file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything to this file.")
@click.option(
    "--annotations/--no-annotations",
    default=lambda: os.environ.get("GITHUB_ACTIONS") == "true",
    show_default="on in GitHub Actions",
    help="Print GitHub annotations.",
)
@click.option("--speed", metavar="CODEC[@KBPS]", help="Also time this codec, in turns with another.")
@click.option("--speed-against", metavar="CODEC|FOLDER", help="The other: a codec, or a folder with older sources.")
@click.option("--rounds", type=click.IntRange(7), default=ROUNDS, show_default=True, help="Turns of each side.")
@click.option("--factor", type=click.FloatRange(1.0), default=FACTOR, show_default=True, help="Slowdown that fails.")
def gate(
    folder: Path | None, baseline: Path | None, codecs: str | None, metrics: str | None, subset: bool,
    config: Path | None, explain: bool, markdown: Path | None, json_file: Path | None, annotations: bool,
    speed: str | None, speed_against: str | None, rounds: int, factor: float,
) -> None:  # fmt: skip
    """Fail where the codec got worse than a baseline, and only then.

    Exit status: 0 pass, 1 regressed, 2 a mistake in the command, 3 could not measure (which wins over 1).
    """
    _check(folder, baseline, speed, speed_against)
    statuses = []
    if folder is not None and baseline is not None:
        from codecbench.gate.matching import Scope

        scope = Scope(split(codecs), subset)
        statuses.append(_quality(folder, baseline, scope, metrics, config, explain, markdown, json_file, annotations))
    if speed is not None and speed_against is not None:
        statuses.append(_speed(speed, speed_against, rounds, factor, markdown, annotations))
    sys.exit(max(statuses))


def _check(folder: Path | None, baseline: Path | None, speed: str | None, against: str | None) -> None:
    if (folder is None) != (baseline is None):
        raise UsageError("RUN and --baseline belong together: codecbench gate RUN --baseline FILE")
    if (speed is None) != (against is None):
        raise UsageError("--speed and --speed-against belong together: --speed mycodec --speed-against ../base")
    if folder is None and speed is None:
        raise UsageError("nothing to gate; give RUN --baseline FILE, or --speed CODEC --speed-against CODEC|FOLDER")


def _quality(
    folder: Path, baseline: Path, scope: Scope, metrics: str | None, config: Path | None, explain: bool,
    markdown: Path | None, json_file: Path | None, annotations: bool,
) -> int:  # fmt: skip
    from codecbench.gate import summary
    from codecbench.gate.baseline import load_baseline
    from codecbench.gate.comparison import compare
    from codecbench.gate.thresholds import load_settings
    from codecbench.gate.verdict import judge

    settings = load_settings(config).with_metrics(split(metrics))
    outcome = judge(compare(load_baseline(baseline), load_baseline(folder), settings, scope), settings)
    if explain:
        click.echo(f"{summary.explain(outcome.comparison)}\n")
    click.echo(summary.as_text(outcome))
    if annotations:
        for line in summary.as_annotations(outcome):
            click.echo(line)
    if markdown is not None:
        save(markdown, summary.as_markdown(outcome), append=True)
    if json_file is not None:
        save(json_file, summary.dumps(summary.as_json(outcome)))
    return outcome.status


def _speed(
    codec: str, against: str, rounds: int, factor: float, markdown: Path | None, annotations: bool
) -> int:  # fmt: skip
    from codecbench.gate.speed import SpeedError, compare_speed, parse_sides
    from codecbench.gate.verdict import NOT_MEASURED, PASS, REGRESSED

    before, after = parse_sides(codec, against)
    try:
        found = compare_speed(before, after, rounds, factor)
    except SpeedError as error:
        lines, status = [f"could not measure: {error}"], NOT_MEASURED
    else:
        lines = [
            f"{'regressed' if timing.slower else 'same'}: {found.after} against {found.before}: {timing}"
            for timing in found.timings
        ]
        status = REGRESSED if any(timing.slower for timing in found.timings) else PASS
    for line in lines:
        click.echo(line)
        if annotations and status != PASS:
            click.echo(f"::error title=codecbench gate::{line}")
    if markdown is not None:
        save(markdown, "\n".join(["", "#### Speed, in turns", "", *(f"- {line}" for line in lines), ""]), append=True)
    return status
