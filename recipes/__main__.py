"""`python -m recipes`: train reference codecs, export their weights into the plugins, print what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.files import check_record, tell_record
from codecbench.command import Command
from codecbench.errors import UsageError
from codecbench.names import names
from recipes.codecs import codecs, trained
from recipes.prediction.commands import prediction, prediction_export, prediction_savings
from recipes.training.schedule import BUDGETS
from recipes.units.commands import units, units_export
from recipes.vocoded.commands import vocoded, vocoded_export

if TYPE_CHECKING:
    from recipes.training.data import Speech

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


record_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the tables there, too; as .json beside it."
)


class Commands(Command, click.Group):
    """A mistake in any of the commands is one line."""


@click.group(cls=Commands)
def main() -> None:
    """Reference weights, from speech to the plugin's folder, and what is found out by training them."""


@main.command()
@click.argument("codec", type=click.Choice(trained()))
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
@click.option("--start", type=existing, help="Go on from the weights of this training.")
@click.option("--checkpoint-minutes", type=float, default=4.0, show_default=True)
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Of the recordings to train on.")
@device_option
@threads_option
def train(
    codec: str, data: Path, eval_data: Path | None, out: Path, budget: str, updates: int | None, minutes: float | None,
    rate: float, seed: int, batch: int, crop_seconds: float, start: Path | None, checkpoint_minutes: float,
    share: float, device: str, threads: int,
) -> None:  # fmt: skip
    """Train CODEC's reference configuration for a budget of updates."""
    from recipes.training.checkpoints import Keeping
    from recipes.training.job import TrainingJob, run_job
    from recipes.training.progress import Settings
    from recipes.training.schedule import Leg

    if updates is None and budget not in BUDGETS:
        raise UsageError(f"--budget {budget}: there are {', '.join(BUDGETS)}; or use --updates")
    settings = Settings(codec, rate, seed, batch, crop_seconds)
    speech = _load(data, eval_data, crop_seconds).reduced(share)
    click.echo(speech.told())
    leg = Leg.whole(updates or BUDGETS[budget])
    keeping = Keeping(out, checkpoint_minutes, stop_after_minutes=minutes)
    run_job(TrainingJob(settings, leg, keeping, start=start, device=device, threads=threads), speech, click.echo)


@main.command()
@data_option
@eval_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of all trainings.")
@click.option("--codecs", "chosen", default=",".join(trained()), show_default=True)
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@batch_option
@crop_option
@device_option
@threads_option
@click.option("--known", type=existing, help="reference-track.json: its results are not trained again.")
@click.option("--largest", type=click.Choice(BUDGETS), default="small", show_default=True, help="Budget to go up to.")
def experiment(
    data: Path, eval_data: Path | None, out: Path, chosen: str, minutes: float | None, batch: int, crop_seconds: float,
    device: str, threads: int, known: Path | None, largest: str,
) -> None:  # fmt: skip
    """Train all codecs with equal budgets: rates, three budgets, several seeds. Run it once for each core."""
    from recipes.findings.earlier_results import recall
    from recipes.training.experiment import ExperimentSetup, work

    wanted = names(chosen, "--codecs")
    if unknown := sorted(set(wanted) - set(trained())):
        raise UsageError(f"--codecs: no recipe for {', '.join(unknown)}; there are {', '.join(trained())}")
    speech = _speech(data, eval_data, crop_seconds)
    setup = ExperimentSetup(out, speech, click.echo, minutes, device, threads, batch, crop_seconds, largest)
    if known:
        click.echo(f"{known}: {recall(known, setup)} earlier results")
    work(setup, wanted)


@main.command()
@click.argument("codec", type=click.Choice(codecs()))
@click.option("--speaker", required=True, metavar="PATH", help="Recordings of one speaker: a folder or a manifest.")
@click.option("--only", metavar="NAME", help="Of the manifest this speaker's.")
@click.option("--others", default="probe", show_default=True, metavar="NAME|PATH", help="Speech of others.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Utterances of others.")
@click.option("--updates", type=click.IntRange(2), default=300, show_default=True)
@click.option("--rate", type=float, default=1e-4, show_default=True, help="Peak learning rate.")
@click.option("--seed", type=int, default=0, show_default=True)
@threads_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
def personalize(
    codec: str, speaker: str, only: str | None, others: str, limit: int, updates: int, rate: float, seed: int,
    threads: int, out: Path,
) -> None:  # fmt: skip
    """Train CODEC's shipped weights on with one speaker's recordings; what that speaker gains and others lose."""
    from recipes.training.personal import WEIGHTS, PersonalJob, personalize, speech_of

    own, rest = speech_of(speaker, only, others, limit)
    found = personalize(PersonalJob(codec, own, rest, out, updates, rate, seed, threads), click.echo)
    click.echo(f"\n{found.markdown()}\n{out / WEIGHTS}: codecbench run --weights {codec}:reference={out / WEIGHTS}")


@main.command()
@click.option(
    "--from",
    "sources",
    type=existing,
    required=True,
    multiple=True,
    help="Of `experiment --out`; a folder of kept trainings; or reference-track.json; repeatable.",
)
@click.option("--costs", "costs_file", type=existing, help="Of `costs --out`: CPU time as of that one machine.")
@click.option("--to", type=existing, required=True, help="Folder of the tables and the figure.")
def curves(sources: tuple[Path, ...], costs_file: Path | None, to: Path) -> None:
    """Write what trainings have found so far."""
    from recipes.findings.costs import read_costs
    from recipes.findings.curves import write

    write(sources, to, read_costs(costs_file) if costs_file else None)
    click.echo(f"{to / 'reference-track.md'}")


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of `codecbench run --out`, over real speech.")
@record_option
def reference_bar(folder: Path, out: Path | None) -> None:
    """Hold a run of the shipped weights against what they should reach."""
    from recipes.findings.bar_tables import bar_markdown
    from recipes.findings.reference_bar import find_bar

    if out is not None:
        check_record(out, "reference-bar.md")
    bar = find_bar(folder)
    tell_record(bar, bar_markdown(bar), out)


@main.command()
@click.option("--from", "folders", type=existing, required=True, multiple=True, help="Of `codecbench run --out`.")
@click.option("--codec", default="ladiff", show_default=True, help="The one that is asked about.")
@record_option
def hallucination_answer(folders: tuple[Path, ...], codec: str, out: Path | None) -> None:
    """Ask of one codec whether it hallucinates more than the others at like bitrate."""
    from recipes.findings.hallucination_answer import find_answer

    if out is not None:
        check_record(out, "hallucination-answer.md")
    answer = find_answer(folders, codec)
    tell_record(answer, answer.markdown(), out)


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a run that has `confirmed_wer`.")
@record_option
def confirmed_words(folder: Path, out: Path | None) -> None:
    """Print how many of the words that each codec changed a second recognizer hears too."""
    from recipes.findings.confirmed import find_confirmed

    if out is not None:
        check_record(out, "confirmed-words.md")
    found = find_confirmed(folder)
    tell_record(found, found.markdown(), out)


@main.command()
@click.option("--control", type=existing, required=True, help="Finished training of `plain`.")
@data_option
@record_option
def ceiling(control: Path, data: Path, out: Path | None) -> None:
    """Print what network and quantizer lose, of the shipped codecs and of the control beside them."""
    from recipes.findings.ceiling import compare
    from recipes.training.job import read_facts

    if out is not None:
        check_record(out, "reference-ceiling.md")
    compared = compare(control, codecs(), _load(data, None, read_facts(control)["crop_seconds"]))
    tell_record(compared, compared.markdown(), out)


@main.command()
@click.argument("chosen", nargs=-1, type=click.Choice(trained()), metavar="[CODEC]...")
@data_option
@click.option("--rounds", type=click.IntRange(1), default=15, show_default=True)
@record_option
def costs(chosen: tuple[str, ...], data: Path, rounds: int, out: Path | None) -> None:
    """Measure the CPU time of an update of each CODEC (of all, where none is named), by turns in one process."""
    from recipes.findings.costs import measure_costs
    from recipes.training.progress import Settings

    if out is not None:
        check_record(out, "update-costs.md")
    speech = _load(data, None, Settings.crop_seconds)
    found = measure_costs(chosen or trained(), speech, rounds, lambda line: click.echo(line, err=True))
    tell_record(found, found.markdown(), out)


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished training.")
@data_option
def overfit(folder: Path, data: Path) -> None:
    """Compare scores of speech that was trained on with those of the validation speakers."""
    from recipes.findings.overfit import compare
    from recipes.training.job import read_facts

    click.echo(compare(folder, _speech(data, None, read_facts(folder)["crop_seconds"])))


@main.command()
@click.option("--data", default="probe", show_default=True, metavar="NAME|PATH", help="Speech of named speakers.")
@click.option("--weights", type=existing, help="Of `keep` or `export`; else those that are shipped.")
@record_option
def timbre(data: str, weights: Path | None, out: Path | None) -> None:
    """Print how far another speaker's timbre moves FACodec's voice to that speaker, and how far an equalizer would."""
    from codecbench.datasets import load_dataset
    from codecbench.plugins import registry
    from recipes.findings.timbre import find_timbre, load_facodec

    if out is not None:
        check_record(out, "timbre.md")
    found = find_timbre(load_facodec(weights), load_dataset(data, registry()))
    tell_record(found, found.markdown(), out)


def _speech(data: Path, eval_data: Path | None, crop_seconds: float) -> Speech:
    speech = _load(data, eval_data, crop_seconds)
    click.echo(speech.told())
    return speech


def _load(data: Path, eval_data: Path | None, crop_seconds: float) -> Speech:
    from codecbench.training_speech import SAMPLE_RATE
    from recipes.training.data import load_speech

    return load_speech(data, eval_data, round(crop_seconds * SAMPLE_RATE))


@main.command()
@click.argument("codec", type=click.Choice(codecs()))
@click.option("--from", "folder", type=existing, required=True, help="Of `train --out`.")
def export(codec: str, folder: Path) -> None:
    """Put CODEC's trained weights into its plugin as <codec>-reference.safetensors."""
    from recipes.training.export import export as run

    path = run(codec, folder)
    click.echo(f"{path}: {path.stat().st_size} bytes")


@main.command()
@click.option("--from", "folder", type=existing, required=True, help="Of `train --out`.")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="For `export --from`, `train --start`.")
def keep(folder: Path, to: Path) -> None:
    """Keep a training's weights and facts in a few megabytes: a finished one's as they will be exported, an
    unfinished one's for `train --start`.
    """
    from recipes.training.export import keep as run

    path = run(folder, to)
    click.echo(f"{path}: {path.stat().st_size} bytes")


@main.command()
@click.option(
    "--speech",
    multiple=True,
    default=("pairs",),
    show_default=True,
    metavar="NAME|PATH",
    help="Datasets as of `run --dataset`, sampled at 24 kHz or more; repeatable.",
)
@click.option("--updates", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def bandwidth(speech: tuple[str, ...], updates: int, seed: int) -> None:
    """Train what `bandwidth:vocodec-trained` adds above 8 kHz, into its plugin's folder, on one thread."""
    import torch

    from codecbench.datasets import list_dataset, located
    from codecbench.plugins import registry
    from recipes.bandwidth.training import train as run

    torch.set_num_threads(1)
    each = [located(list_dataset(name, registry())) for name in speech]
    click.echo(run([one for dataset in each for one in dataset.utterances], updates, seed, click.echo).told())


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 where a document would change.")
def documents(check: bool) -> None:
    """Write what stands between markers in README.md, docs and reports: figures, tables, the contract."""
    from recipes.documents.writing import COMMAND, documents, outdated, write

    if not check:
        write(documents())
    elif late := [path.name for path in outdated(documents())]:
        raise UsageError(f"{', '.join(late)} would change; run: {COMMAND}")


for command in (
    units, units_export, prediction, prediction_export, prediction_savings, vocoded, vocoded_export,
):  # fmt: skip
    main.add_command(command)

if __name__ == "__main__":
    main()
