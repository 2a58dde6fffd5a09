"""`python -m recipes`: train reference codecs, export their weights into the plugins, calibrate what needs it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.command import Command
from recipes.schedule import BUDGETS

if TYPE_CHECKING:
    from recipes.data import Speech

CODECS = ("encodec", "dac", "eulerodec", "ibpcodec", "vocodec", "facodec", "ladiff")
TRAINED = (*CODECS, "plain")
"""With the control, which is trained to be compared with them."""

existing = click.Path(exists=True, path_type=Path)
data_option = click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
eval_option = click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data.")
threads_option = click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
batch_option = click.option("--batch", type=click.IntRange(1), default=4, show_default=True)
crop_option = click.option("--crop-seconds", type=click.FloatRange(0.2), default=0.8, show_default=True)


def _usable(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """Refuses a device that this machine's torch does not have, before anything is loaded."""
    import torch

    try:
        torch.empty(1, device=name)
    except (RuntimeError, AssertionError) as error:
        raise click.BadParameter(f"{name}: {str(error).splitlines()[0]}; cpu always works") from error
    return name


device_option = click.option("--device", default="cpu", show_default=True, callback=_usable, help="cpu or cuda.")


CALIBRATIONS = {
    "calibrate-hallucination": "recipes.hallucination:calibrate_hallucination",
    "calibrate-pairs": "recipes.pairs_calibration:main",
}


class Commands(Command, click.Group):
    """Calibrations are imported when they are asked for: they bring the recognizer's packages along."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted([*self.commands, *CALIBRATIONS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in CALIBRATIONS:
            return super().get_command(ctx, cmd_name)
        module, _, name = CALIBRATIONS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands)
def main() -> None:
    """Reference weights, from speech to the plugin's folder; and calibrations, to the metric's."""


@main.command()
@click.argument("codec", type=click.Choice(TRAINED))
@data_option
@eval_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the checkpoints.")
@click.option("--budget", default="small", show_default=True, help="quarter, half, small, medium or large.")
@click.option("--updates", type=click.IntRange(2), help="Instead of a budget.")
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@click.option("--rate", type=float, default=3e-4, show_default=True, help="Peak learning rate.")
@click.option("--seed", type=int, default=0, show_default=True)
@batch_option
@crop_option
@click.option("--start", type=existing, help="Go on from the weights of this finished training.")
@click.option("--checkpoint-minutes", type=float, default=4.0, show_default=True)
@device_option
@threads_option
def train(
    codec: str, data: Path, eval_data: Path | None, out: Path, budget: str, updates: int | None, minutes: float | None,
    rate: float, seed: int, batch: int, crop_seconds: float, start: Path | None, checkpoint_minutes: float,
    device: str, threads: int,
) -> None:  # fmt: skip
    """Train CODEC's reference configuration for a budget of updates."""
    from recipes.checkpoints import Keeping
    from recipes.progress import Settings
    from recipes.schedule import Leg
    from recipes.training import Order, carry_out

    if updates is None and budget not in BUDGETS:
        raise SystemExit(f"no budget {budget}; there are {', '.join(BUDGETS)}, or --updates")
    settings = Settings(codec, rate, seed, batch, crop_seconds)
    speech = _speech(data, eval_data, crop_seconds)
    leg = Leg.whole(updates or BUDGETS[budget])
    keeping = Keeping(out, checkpoint_minutes, stop_after_minutes=minutes)
    carry_out(Order(settings, leg, keeping, start=start, device=device, threads=threads), speech, click.echo)


@main.command()
@data_option
@eval_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of all trainings.")
@click.option("--codecs", default=",".join(TRAINED), show_default=True)
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@batch_option
@crop_option
@device_option
@threads_option
@click.option("--known", type=existing, help="reference-track.json: its results are not trained again.")
@click.option("--largest", type=click.Choice(BUDGETS), default="small", show_default=True, help="Budget to go up to.")
def experiment(
    data: Path, eval_data: Path | None, out: Path, codecs: str, minutes: float | None, batch: int, crop_seconds: float,
    device: str, threads: int, known: Path | None, largest: str,
) -> None:  # fmt: skip
    """Train all codecs with equal budgets: rates, three budgets, several seeds. Run it once for each core."""
    from recipes.experiment import Bench, work
    from recipes.known import recall

    chosen = tuple(codecs.split(","))
    if unknown := sorted(set(chosen) - set(TRAINED)):
        raise SystemExit(f"no codec {', '.join(unknown)}; there are {', '.join(TRAINED)}")
    speech = _speech(data, eval_data, crop_seconds)
    bench = Bench(out, speech, click.echo, minutes, device, threads, batch, crop_seconds, largest)
    if known:
        click.echo(f"{known}: {recall(known, bench)} results of before")
    work(bench, chosen)


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of `experiment --out`.")
@click.option("--to", type=existing, required=True, help="Folder of the tables and the figure.")
def curves(folder: Path, to: Path) -> None:
    """Write what the experiment in a folder has found so far."""
    from recipes.curves import write

    write(folder, to)
    click.echo(f"{to / 'reference-track.md'}")


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of `codecbench run --out`, over real speech.")
def bar(folder: Path) -> None:
    """Hold a run of the shipped weights against what they should reach."""
    from recipes.bar import report

    click.echo(report(folder), nl=False)


@main.command()
@click.option("--from", "folders", type=existing, required=True, multiple=True, help="Of `codecbench run --out`.")
@click.option("--codec", default="ladiff", show_default=True, help="The one that is asked about.")
def lies(folders: tuple[Path, ...], codec: str) -> None:
    """Ask of one codec whether it hallucinates more than the others at like bitrate."""
    from recipes.lies import report

    click.echo(report(folders, codec), nl=False)


@main.command()
@click.option("--control", type=existing, required=True, help="Finished training of `plain`.")
@data_option
def ceiling(control: Path, data: Path) -> None:
    """Tell what network and quantizer lose, of the shipped codecs and of the control beside them."""
    from recipes.ceiling import compare
    from recipes.training import read_facts

    click.echo(compare(control, CODECS, _speech(data, None, read_facts(control)["crop_seconds"])))


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished training.")
@data_option
def overfit(folder: Path, data: Path) -> None:
    """Compare scores of speech that was trained on with those of the held-out speakers."""
    from recipes.overfit import compare
    from recipes.training import read_facts

    click.echo(compare(folder, _speech(data, None, read_facts(folder)["crop_seconds"])))


def _speech(data: Path, eval_data: Path | None, crop_seconds: float) -> Speech:
    from recipes.data import SAMPLE_RATE, load_speech

    speech = load_speech(data, eval_data, round(crop_seconds * SAMPLE_RATE))
    told = f"{speech.train_seconds / 60:.1f} minutes of {speech.speakers} speakers; {len(speech.validation)} held out"
    click.echo(told + (f"; {speech.skipped} recordings shorter than a crop left out" if speech.skipped else ""))
    return speech


@main.command()
@click.argument("codec", type=click.Choice(CODECS))
@click.option("--from", "folder", type=existing, required=True, help="Of `train --out`.")
def export(codec: str, folder: Path) -> None:
    """Put CODEC's trained weights into its plugin as <codec>-reference.safetensors."""
    from recipes.export import export as run

    path = run(codec, folder)
    click.echo(f"{path}: {path.stat().st_size} bytes")


@main.command()
@click.argument("codec")
@data_option
@eval_option
@click.option("--seconds", type=float, default=1200.0, show_default=True, help="Speech to count codes on.")
@click.option("--seed", type=int, default=0, show_default=True)
def entropy(codec: str, data: Path, eval_data: Path | None, seconds: float, seed: int) -> None:
    """Train CODEC's entropy model on training speech, for the weights it has now."""
    from recipes.data import clean, read_manifest, refuse_shared_speakers
    from recipes.entropy import train as run

    recordings = clean(read_manifest(data))
    if eval_data:
        refuse_shared_speakers(recordings, read_manifest(eval_data), data, eval_data)
    click.echo(run(codec, recordings, seconds, seed))


if __name__ == "__main__":
    main()
