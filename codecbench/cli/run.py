"""`codecbench run`: the main job."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.run.plan import CostMode, KeepAudio, NullFloor, Request

EXIT_FAILURES = 3


@click.command()
@click.option("--codecs", default="all", show_default=True, metavar="A,B:CHECKPOINT", help="Codecs to run.")
@click.option("--dataset", default="probe", show_default=True, metavar="NAME|MANIFEST|FOLDER", help="Speech to run on.")
@click.option("--bitrates", metavar="1.5,3|1-6", help="Nominal kbps to run (within 5 %); default: all of each codec.")
@click.option("--metrics", metavar="A,B", help="Metrics to score; default: all that are installed.")
@click.option(
    "--recognizer",
    metavar="ID|whisper:PLACE|ctc:FOLDER",
    help="Who hears the words; `codecbench list recognizers`. Default: whisper-tiny.en.",
)
@click.option("--limit", type=int, metavar="N", help="Only the first N utterances.")
@click.option("--jobs", type=click.IntRange(1), help="Worker processes, one thread each; default: the cores.")
@click.option("--device", default="cpu", show_default=True, help="Where neural codecs run: cpu, cuda, cuda:1, mps.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("codecbench-run"), show_default=True, help="Folder."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of stochastic decoders."
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=1, show_default=True, help="Seeds of each stochastic decoder."
)
@click.option("--weights", multiple=True, metavar="CODEC=PATH", help="Weights of a codec from a file; repeatable.")
@click.option(
    "--cost", type=click.Choice(get_args(CostMode)), default="quick", show_default=True, help="Speed figures."
)
@click.option(
    "--null-floor",
    type=click.Choice(get_args(NullFloor)),
    default="sample",
    show_default=True,
    help="Inaudible changes of originals that the recognizer hears too: one of every other, or all seven of each.",
)
@click.option(
    "--keep-audio",
    type=click.Choice(get_args(KeepAudio)),
    default="samples",
    show_default=True,
    help="Decoded audio to keep: a few utterances for the report, all (then `score` need not decode), or none.",
)
@click.option(
    "--cell-seconds",
    type=click.FloatRange(1.0, 1e6),
    default=60.0,
    show_default=True,
    help="Time limit of a cell, plus 20 × length.",
)
@click.option(
    "--ladder",
    is_flag=True,
    help="Also score each codec's front end alone and with the quantizer bypassed, where its plugin can: why it loses.",
)
def run(**options: Any) -> None:
    """Run codecs over speech; the same command again goes on where it stopped and recomputes nothing."""
    request = Request(
        **options | {
            "weights": dict(map(_weights, options["weights"])),
            "jobs": options["jobs"] or available_cores(),
            "dataset": _dataset(options["dataset"]),
            "device": _device(options["device"]),
            "recognizer": options["recognizer"] and _place(options["recognizer"]),
            "command": shlex.join(["codecbench", *sys.argv[1:]]),
        }
    )  # fmt: skip
    sys.exit(execute(request))


def execute(request: Request) -> int:
    """Plan, run, write the outputs, print the table; returns the exit status."""
    from codecbench.plugins import registry
    from codecbench.report import render_table, write_outputs
    from codecbench.run.execute import run as run_plan
    from codecbench.run.plan import make_plan
    from codecbench.run.progress import Reporter

    plan = make_plan(request, registry())
    console = Console(stderr=True)
    for warning in plan.dataset.warnings:
        console.print(f"note: {warning}", markup=False, highlight=False)
    if plan.recognizer and plan.recognizer.notes:
        console.print(f"note: {plan.recognizer.id} is {plan.recognizer.notes}", markup=False, highlight=False)
    with Reporter(console) as reporter:
        tally = run_plan(plan, reporter)
        reporter.say("writing the report")
    summary = write_outputs(request.out)
    click.echo(render_table(summary, width=_width()))
    click.echo(f"\n{request.out / 'report.html'}   {request.out / 'summary.json'}   {request.out / 'results.sqlite'}")
    click.echo(
        f"scores: {tally.computed} computed, {tally.reused} reused, {tally.failed} failed, {tally.skipped} skipped, "
        f"{tally.abstained} abstained"
    )
    for row in plan.broken:
        click.echo(f"plugin '{row.codec}': {row.reason}", err=True)
    return EXIT_FAILURES if tally.failed or plan.broken else 0


def available_cores() -> int:
    """Cores this process may use (a container's limit, not the machine's count)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _width() -> int:
    return Console().width


def _weights(text: str) -> tuple[str, Path]:
    codec, separator, path = text.partition("=")
    if not separator or not codec or not path:
        raise UsageError(
            f"--weights '{text}': expected CODEC=PATH, for example encodec:facebook-24khz=model.safetensors"
        )
    return codec, Path(path).absolute()


def _dataset(name: str) -> str:
    """A dataset's name is kept, whatever lies in the folder that the command is called from."""
    from codecbench.plugins import registry

    return name if name in registry().datasets else _absolute(name)


def _absolute(place: str, what: str = "dataset") -> str:
    """A path is kept absolute: `score` may be called from elsewhere, and a plugin may change its process's folder."""
    try:
        return str(Path(place).absolute()) if Path(place).exists() else place
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} '{place[:80]}': {error}") from error


def _place(recognizer: str) -> str:
    """As `_absolute`, of a model of the user's own; a hub's name stays one."""
    family, separator, place = recognizer.partition(":")
    return f"{family}:{_absolute(place, 'recognizer')}" if separator and place else recognizer


def _device(device: str) -> str:
    if not re.fullmatch(r"cpu|mps|cuda(:\d+)?", device):
        raise UsageError(f"--device '{device}': expected cpu, cuda, cuda:N or mps")
    return device
