"""`codecbench listen`: a listening test of a run's audio, and its answers read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.execution import command_line
from codecbench.cli.options import only_with
from codecbench.cli.view import part_options
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.listen.design import Kind, ListeningTest
    from codecbench.listen.outcome import ConditionResult
    from codecbench.listen.screening import ScreenedAnswers

FEW = 20
"""Listeners that BS.1534-3 asks for after screening."""
MAKING = ("out", "codecs", "bitrates", "utterances", "anchors", "mnru", "seed", "kind")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--test", "kind", type=click.Choice(["mushra", "abx"]), default="mushra", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Make a test there: a new folder.")
@part_options
@click.option("--utterances", metavar="A,B", help="Default: all whose audio was kept of every codec.")
@click.option("--anchors", metavar="KHZ,KHZ", help="Low-pass anchors of MUSHRA; default: 3.5.")
@click.option("--mnru", metavar="DB,DB", help="Modulated noise (ITU-T P.810) at these Q, as further anchors.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of names and noise.")
@click.option("--results", type=click.Path(path_type=Path), metavar="FILE.csv", help="Read webMUSHRA's answers.")
@click.option("--key", type=click.Path(path_type=Path), metavar="key.json", help="Of --results: the test's key.")
def listen(
    folder: Path, kind: Kind, out: Path | None, codecs: str | None, bitrates: str | None, utterances: str | None,
    anchors: str | None, mnru: str | None, seed: int, results: Path | None, key: Path | None,
) -> None:  # fmt: skip
    r"""Make a listening test of a run's kept audio for webMUSHRA, or read its answers into the run as a metric.

    \b
    codecbench listen RUN --test mushra --bitrates 3,6 --out test
    codecbench listen RUN --key test/key.json --results mushra.csv
    """
    if (out is None) == (results is None):
        raise UsageError("give --out FOLDER to make a listening test, or --results FILE.csv to read its answers")
    if results is not None:
        only_with("--out", *MAKING)
        if key is None:
            raise UsageError("--results: give --key, the key.json of the test that was made")
        _read(folder, key, results)
        return
    only_with("--results", "key")
    assert out is not None
    _make(
        folder, kind, out, names(codecs, "--codecs"), bitrates, names(utterances, "--utterances"), anchors, mnru, seed
    )


def _make(
    folder: Path, kind: Kind, out: Path, codecs: tuple[str, ...] | None, bitrates: str | None,
    utterances: tuple[str, ...] | None, anchors: str | None, mnru: str | None, seed: int,
) -> None:  # fmt: skip
    from codecbench.listen.making import SERVED, Wanted, make
    from codecbench.results import open_run

    if kind == "abx":
        only_with("--test mushra", "anchors", "mnru")
    hertz = tuple(1000 * value for value in _numbers(anchors or "3.5", "--anchors")) if kind == "mushra" else ()
    wanted = Wanted(kind, hertz, _numbers(mnru, "--mnru"), utterances, seed)
    findings = open_run(folder).select(codecs, bitrates).findings(ladder=False)
    design = make(findings, (folder,), out, wanted)
    hidden = " and the hidden reference" if kind == "mushra" else ""
    click.echo(f"{out}: {len(design.trials)} trials of {len(design.trials[0].stimuli)} signals{hidden}")
    click.echo(f"copy {out / SERVED}/configs into webMUSHRA's folder, open it with ?config={design.id}.yaml")
    click.echo(f"keep {out / 'key.json'} to yourself: it says what is what")


def _read(folder: Path, key: Path, results: Path) -> None:
    from codecbench.listen.answers import read_answers
    from codecbench.listen.design import ListeningTest
    from codecbench.listen.outcome import outcomes
    from codecbench.listen.screening import ScreenedAnswers, screen
    from codecbench.listen.storing import store_answers

    design = ListeningTest.read(key)
    answers = read_answers(results, design)
    heard = screen(answers) if design.kind == "mushra" else ScreenedAnswers(answers, ())
    for one in heard.screened:
        click.echo(f"left out: listener {one.listener} {one.reason}")
    if not heard.answers:
        raise UsageError(f"--results '{results}': post-screening leaves no listener; nothing was stored")
    _tell(outcomes(heard, design.kind), heard, design)
    card = store_answers(folder, design, heard, command_line(), lambda text: click.echo(text, err=True))
    click.echo(f"stored as {card.id}: codecbench table {folder} --columns measured_kbps,{card.id}")


def _tell(found: tuple[ConditionResult, ...], heard: ScreenedAnswers, design: ListeningTest) -> None:
    from tabulate import tabulate

    mushra = design.kind == "mushra"
    factor, unit = (1.0, "points") if mushra else (100.0, "% found")
    rows = [(one.condition, f"{factor * one.mean:.1f}", _interval(one, factor), one.count, _p(one)) for one in found]
    heads = ["condition", unit, "95 % interval", "answers", "p of guessing"][: 4 if mushra else 5]
    click.echo(tabulate([row[: len(heads)] for row in rows], heads, disable_numparse=True))
    count = len(heard.listeners)
    few = f"; BS.1534-3 asks for {FEW} listeners after screening" if mushra and count < FEW else ""
    click.echo(f"{count} listeners, {len(design.trials)} trials{few}")


def _interval(one: ConditionResult, factor: float) -> str:
    return "" if one.low is None or one.high is None else f"{factor * one.low:.1f} to {factor * one.high:.1f}"


def _p(one: ConditionResult) -> str:
    return "" if one.p is None else f"{one.p:.3f}"


def _numbers(text: str | None, option: str) -> tuple[float, ...]:
    if text is None:
        return ()
    try:
        return tuple(float(part) for part in names(text, option, doubles="refuse"))
    except ValueError as error:
        raise UsageError(f"{option} '{text}': expected numbers separated by commas") from error
