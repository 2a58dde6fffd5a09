"""`codecbench run`: the main job."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from codecbench.cli.execution import command_line, execute
from codecbench.cli.options import typed
from codecbench.cli.plugin_files import plugin_files
from codecbench.cli.several import run_each, split_conditions
from codecbench.conditions import WIDE_BAND
from codecbench.environments.probing import parse_python
from codecbench.errors import UsageError
from codecbench.limits import default_jobs
from codecbench.presets import read_preset
from codecbench.run.asked import dataset_place, device_name, recognizer_place
from codecbench.run.given_paths import parse_weights
from codecbench.run.request import CostMode, KeepAudio, NullFloor, Request
from codecbench.run.settings import Setting
from codecbench.run.shard import Shard


def _choose(context: click.Context, _: click.Parameter, name: str | None) -> str:
    """Its options are defaults: what is typed beside it goes first. Returns what the run keeps of its name."""
    if name is None:
        return ""
    preset = read_preset(name)
    context.default_map = {**(context.default_map or {}), **preset.options}
    return preset.label


@click.command()
@click.option(
    "--preset",
    is_eager=True,
    callback=_choose,
    metavar="NAME|FILE.toml",
    help="Options by a name (quick, default, paper, hallucination, cost) or from a file; what is typed goes first.",
)
@click.option(
    "--codecs",
    default="all",
    show_default=True,
    metavar="A,B:CHECKPOINT",
    help="Codecs to run; speech, audio or neural is a family of them, ./my_codec.py what a file registers. Codecs on "
    "request (codecbench list codecs) are in neither all nor a family.",
)
@click.option(
    "--dataset", default="probe", show_default=True, metavar="NAME|PATH|LAYOUT:PATH|hf:...", help="Speech to run on."
)
@click.option(
    "--payloads",
    type=click.Path(path_type=Path),
    metavar="FOLDER|MANIFEST",
    help="Decode these payloads or codes instead of encoding a dataset: docs/payloads.md.",
)
@click.option(
    "--condition",
    default=WIDE_BAND,
    show_default=True,
    metavar="wb|fb|NAME:VALUE,...",
    help="wb: 16 kHz mono. fb: recordings at their own rate and, where the codec is, in stereo; music too. noise:10 "
    "and others (codecbench list conditions): 16 kHz mono, degraded before the codec. Several, with commas between, "
    "are runs in folders of their own within --out.",
)
@click.option(
    "--noise",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With --condition noise:SNR: recordings of noise to take it from.",
)
@click.option(
    "--language",
    default="",
    metavar="CODE",
    help="What is spoken where the dataset does not say: fr, pt-BR. Default: English, or as the dataset's card says.",
)
@click.option("--bitrates", metavar="1.5,3|1-6", help="Nominal kbps to run (within 5 %); default: all of each codec.")
@click.option("--metrics", metavar="A,B", help="Metrics to score; default: all that are installed.")
@click.option(
    "--recognizer",
    metavar="ID|whisper:PLACE|ctc:FOLDER",
    help="Speech recognizer for the word-error metrics; `codecbench list recognizers`. Default: whisper-tiny.en.",
)
@click.option(
    "--recognizer-device",
    default="cpu",
    show_default=True,
    help="Where the recognizer runs: cpu, cuda, cuda:1, mps. Elsewhere than on the CPU it is another recognizer.",
)
@click.option(
    "--limit", type=int, metavar="N", help="Only N utterances, a speaker after the other in the dataset's order."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Worker processes, one thread each; default: the cores, or as many as memory reaches for.",
)
@click.option("--device", default="cpu", show_default=True, help="Where neural codecs run: cpu, cuda, cuda:1, mps.")
@click.option(
    "--device-jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="With --device cuda or mps: processes that code at once; the --jobs score meanwhile.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("codecbench-run"), show_default=True, help="Folder."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of stochastic decoders."
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=1, show_default=True, help="Seeds of each stochastic decoder."
)
@click.option(
    "--set", "settings", multiple=True, metavar="CODEC.NAME=VALUE", help="A setting that the codec's card offers."
)
@click.option(
    "--weights",
    multiple=True,
    metavar="NAME=PATH",
    help="Weights of a codec or metric from a file or folder, or of a codec `random`; repeatable.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="NAME=PATH",
    help="A Python of yours for a codec or metric that runs in an environment of its own; repeatable.",
)
@click.option(
    "--cost", type=click.Choice(get_args(CostMode)), default="quick", show_default=True, help="Speed figures."
)
@click.option(
    "--measure-again", is_flag=True, help="Measure speed again where the machine was busy and CPU time alone was kept."
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
    "--load-seconds",
    type=click.FloatRange(1.0, 1e6),
    default=600.0,
    show_default=True,
    help="Time limit for loading a codec, once in each process.",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Only part I of N of the cells, into a folder of its own, for `codecbench merge`. Part 1 alone measures "
    "speed and memory; no part keeps audio.",
)
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    help="Dask scheduler whose workers do most of the run: docs/cluster.md. Without tls:// use it on networks alone "
    "where everybody may run code.",
)
@click.option(
    "--ship-audio", is_flag=True, help="With --scheduler: send the audio to the workers, which need not see its files."
)
@click.option(
    "--ladder",
    is_flag=True,
    help="Also score each codec's front end alone and with the quantizer bypassed, where its plugin can: why it loses.",
)
def run(**options: Any) -> None:
    """Run codecs over speech; the same command again goes on where it stopped and recomputes nothing."""
    scheduler, ship_audio = options.pop("scheduler"), options.pop("ship_audio")
    shard = Shard.parse(options["shard"]) if options["shard"] is not None else None
    if shard is not None and scheduler is not None:
        raise UsageError(
            f"--shard {shard} with --scheduler: a scheduler's workers share the whole run; give one of them"
        )
    if ship_audio and scheduler is None:
        raise UsageError("--ship-audio: audio is shipped to the workers of a --scheduler; give one, or leave it out")
    if options["payloads"] is not None:
        options |= _of_payloads(options["payloads"], options, scheduler)
    if ship_audio and options["noise"] is not None:
        raise UsageError("--ship-audio with --noise: workers have no such folder; put it where all of them see it")
    codecs, files = plugin_files(options["codecs"], "codecs")
    metrics, more = plugin_files(options["metrics"], "metrics")
    files += more
    if options["pythons"] and scheduler is not None:
        raise UsageError("--scheduler with --python: workers have no such file; let codecbench make the environments")
    if files and scheduler is not None:
        raise UsageError(f"--scheduler with {files[0].name}: workers have no such file; install it there as a plugin")
    request = Request(
        **options | {
            "codecs": codecs,
            "metrics": metrics,
            "files": files,
            "shard": shard,
            "keep_audio": options["keep_audio"] if shard is None else _kept_by(shard, options["keep_audio"]),
            "weights": dict(map(parse_weights, options["weights"])),
            "pythons": dict(map(parse_python, options["pythons"])),
            "settings": tuple(map(Setting.parse, options["settings"])),
            "jobs": options["jobs"] or default_jobs(),
            "dataset": dataset_place(options["dataset"]),
            "noise": options["noise"] and options["noise"].absolute(),
            "device": device_name(options["device"]),
            "recognizer_device": device_name(options["recognizer_device"], "--recognizer-device"),
            "recognizer": options["recognizer"] and recognizer_place(options["recognizer"]),
            "command": command_line(),
        }
    )  # fmt: skip
    conditions = split_conditions(request.condition, request.noise)
    perform = partial(execute, scheduler=scheduler, ship_audio=ship_audio)
    sys.exit(perform(request) if len(conditions) == 1 else run_each(request, conditions, perform))


def _of_payloads(place: Path, options: Mapping[str, Any], scheduler: str | None) -> Mapping[str, Any]:
    """Options of a run over given payloads. Raises UsageError for those that were typed and are not of such a run."""
    for name in ("dataset", "cost", "ladder"):
        if typed(name) and options[name] not in ("none", False):
            raise UsageError(f"--payloads with --{name}: payloads are decoded alone; leave one of them out")
    if scheduler is not None:
        raise UsageError("--payloads with --scheduler: workers have no such files; run it on this machine, or shards")
    if not typed("codecs"):
        raise UsageError("--payloads needs --codecs: whose payloads are they?")
    return {"payloads": place.absolute(), "cost": "none", "ladder": False}


def _kept_by(shard: Shard, keep: KeepAudio) -> KeepAudio:
    """Which audio tells most is chosen by all scores, of which a shard has some."""
    if not typed("out"):
        raise UsageError(f"--shard {shard}: give it a folder of its own, for example --out shards/{shard.index}")
    if keep != "none" and typed("keep_audio"):
        raise UsageError(
            f"--keep-audio {keep}: a shard keeps no audio; merge the shards, then run the command without --shard on "
            "the merged folder: it decodes what it keeps, and computes nothing again"
        )
    return "none"
