"""`codecbench gate`: pass or fail, for CI."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codecbench.cli.files import check_out, save
from codecbench.cli.options import only_with
from codecbench.errors import UsageError
from codecbench.gate.speed import FACTOR, ROUNDS
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.gate.speed_verdict import SpeedOutcome
    from codecbench.gate.verdict import GateOutcome


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
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML to this file: a case for each figure.")
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
    config: Path | None, explain: bool, markdown: Path | None, json_file: Path | None, junit: Path | None,
    annotations: bool,
    speed: str | None, speed_against: str | None, rounds: int, factor: float,
) -> None:  # fmt: skip
    """Fail where the codec got worse than a baseline, and only then.

    Exit status: 0 pass, 1 regressed, 2 a mistake in the command, 3 could not measure (which wins over 1).
    """
    _check(folder, baseline, speed, speed_against)
    for file, option, example in (
        (markdown, "--markdown", "summary.md"), (json_file, "--json", "gate.json"), (junit, "--junit", "gate.xml"),
    ):  # fmt: skip
        if file is not None:
            check_out(file, example, option)
    outcome, timed = None, None
    document: dict[str, Any] = {}
    if folder is not None and baseline is not None:
        from codecbench.gate import summary

        outcome = _judged(folder, baseline, codecs, subset, metrics, config)
        _tell(outcome, explain, markdown, annotations)
        document = summary.as_json(outcome)
        _write(json_file, document)
        _write_junit(junit, outcome, None)
    if speed is not None and speed_against is not None:
        from codecbench.gate.speed_verdict import with_speed

        timed = _timed(speed, speed_against, rounds, factor, markdown, annotations)
        _write(json_file, with_speed(document, timed))
        _write_junit(junit, outcome, timed)
    sys.exit(max(one.status for one in (outcome, timed) if one is not None))


def _check(folder: Path | None, baseline: Path | None, speed: str | None, against: str | None) -> None:
    if (folder is None) != (baseline is None):
        raise UsageError("RUN and --baseline belong together: codecbench gate RUN --baseline FILE")
    if (speed is None) != (against is None):
        raise UsageError("--speed and --speed-against belong together: --speed mycodec --speed-against ../base")
    if folder is None and speed is None:
        raise UsageError("nothing to gate; give RUN --baseline FILE, or --speed CODEC --speed-against CODEC|FOLDER")
    if folder is None:
        only_with("RUN --baseline FILE", "codecs", "metrics", "subset", "config", "explain")
    if speed is None:
        only_with("--speed CODEC --speed-against CODEC|FOLDER", "rounds", "factor")


def _judged(
    folder: Path, baseline: Path, codecs: str | None, subset: bool, metrics: str | None, config: Path | None
) -> GateOutcome:
    from codecbench.gate.comparison import compare
    from codecbench.gate.known_names import refuse_unknown_names
    from codecbench.gate.loading import load_baseline
    from codecbench.gate.matching import Scope
    from codecbench.gate.thresholds import load_settings
    from codecbench.gate.verdict import judge

    scope = Scope(names(codecs, "--codecs"), subset)
    settings = load_settings(config).with_metrics(names(metrics, "--metrics"))
    before, after = load_baseline(baseline), load_baseline(folder)
    refuse_unknown_names(settings, before, after, codecs=scope.codecs or ())
    return judge(compare(before, after, settings, scope), settings)


def _tell(outcome: GateOutcome, explain: bool, markdown: Path | None, annotations: bool) -> None:
    from codecbench.gate import summary

    if explain:
        click.echo(f"{summary.explain(outcome.comparison)}\n")
    click.echo(summary.as_text(outcome))
    if annotations:
        for line in summary.as_annotations(outcome):
            click.echo(line)
    if markdown is not None:
        save(markdown, summary.as_markdown(outcome), append=True)


def _timed(
    codec: str, against: str, rounds: int, factor: float, markdown: Path | None, annotations: bool
) -> SpeedOutcome:
    from codecbench.gate.speed import parse_sides
    from codecbench.gate.speed_verdict import as_markdown, judge_speed

    outcome = judge_speed(*parse_sides(codec, against), rounds, factor)
    for line in (*outcome.lines, *(outcome.annotations if annotations else ())):
        click.echo(line)
    if markdown is not None:
        save(markdown, as_markdown(outcome), append=True)
    return outcome


def _write_junit(file: Path | None, outcome: GateOutcome | None, timed: SpeedOutcome | None) -> None:
    from codecbench.gate.junit import as_junit

    if file is not None:
        save(file, as_junit(outcome, timed))


def _write(file: Path | None, document: dict[str, Any]) -> None:
    from codecbench.gate.summary import dumps

    if file is not None:
        save(file, dumps(document))
