"""A codec for one speaker: the shipped reference weights, trained on with minutes of that voice.

The talk that the project began from asks for it: one voice is a smaller thing to learn than all. What is gained on
speech of that speaker that was held out, and what is lost on others', is measured utterance by utterance, at every
operating point. Encoder, codebooks and decoder all change: both ends need the new weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from codecbench_layers.adapter import TRAINING_ONLY
from safetensors.torch import save_file

from codecbench.analysis.paired import Value, pair
from codecbench.api import Dataset, Utterance
from codecbench.checkpoints import load_strict, plain_weights
from codecbench.datasets import load_dataset
from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.training_speech import Signal, read_audio
from codecbench.weights import resolve
from recipes.codecs import build, nominal_kbps
from recipes.findings.tables import QUALITY, table
from recipes.training.checkpoints import Keeping
from recipes.training.data import Speech, UnheardUtterance
from recipes.training.export import shipped
from recipes.training.progress import Settings
from recipes.training.schedule import Leg
from recipes.training.trainee import Trainee
from recipes.training.trainer import Training
from recipes.training.validation import UnheardScores, score_test

HELD_OUT = 4
"""Of the speaker's recordings one in four, by the hashes of their ids, is not trained on."""
FEWEST = 4
"""Recordings of the speaker."""
WEIGHTS = "personal.safetensors"

__all__ = ["PersonalJob", "Personalized", "personalize", "speech_of"]


@dataclass(frozen=True)
class PersonalJob:
    """`speaker` and `others` have recordings of at least 16 kHz. Weights go into `out`."""

    codec: str
    speaker: Dataset
    others: Dataset
    out: Path
    updates: int = 300
    rate: float = 1e-4
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Change:
    """Of a metric at an operating point, over utterances: after minus before with its 95 % interval, None of one."""

    kbps: float
    whose: str
    metric: str
    before: float
    after: float
    low: float | None
    high: float | None
    utterances: int

    @property
    def line(self) -> list[str]:
        """Of a table."""
        interval = "n/a" if self.low is None or self.high is None else f"{self.low:+.3f} to {self.high:+.3f}"
        change = self.after - self.before
        figures = [f"{value:.3f}" for value in (self.before, self.after)]
        return [f"{self.kbps:g}", self.whose, self.metric, *figures, f"{change:+.3f}", interval, str(self.utterances)]


@dataclass(frozen=True)
class Personalized:
    """What came of a job. `minutes` of speech were trained on."""

    codec: str
    minutes: float
    updates: int
    changes: tuple[Change, ...]

    def markdown(self) -> str:
        headers = ["kbps", "speech of", "metric", "before", "after", "change", "95 % interval", "utterances"]
        what = f"{self.codec}, {self.updates} updates on {self.minutes:.1f} minutes of one speaker"
        return f"{what}\n\n{table([change.line for change in self.changes], headers)}\n"


def personalize(job: PersonalJob, log: Callable[[str], None]) -> Personalized:
    """Train, write `personal.safetensors` into the job's folder, and score both kinds of speech before and after.

    Raises:
        UsageError: too few recordings, one that cannot be read, or a codec without its reference weights.
    """
    own = {one.id: one for one in job.speaker.utterances}
    if len(own) < FEWEST:
        raise UsageError(f"--speaker: {len(own)} recordings; at least {FEWEST} are needed, some of them are held out")
    settings = Settings(job.codec, job.rate, job.seed)
    held_out = _held_out(tuple(own))
    heard = [_signal(one) for name, one in own.items() if name not in held_out]
    speech = _speech([signal for signal in heard if len(signal) >= settings.crop], tuple(own))
    tested = {
        "the speaker": [UnheardUtterance(name, _signal(own[name])) for name in held_out],
        "others": [UnheardUtterance(one.id, _signal(one)) for one in job.others.utterances],
    }
    torch.set_num_threads(job.threads)
    training = Training(_shipped(job.codec, job.seed), speech, settings)
    before = _scores(training, tested, log, "before")
    training.run(Leg.whole(job.updates), Keeping(job.out), log)
    after = _scores(training, tested, log, "after")
    job.out.mkdir(parents=True, exist_ok=True)
    save_file(shipped(training.average.values), job.out / WEIGHTS)
    (job.out / WEIGHTS).chmod(0o644)  # safetensors writes files that only their owner can read
    changes = [change for whose in tested for change in _changes(job.codec, whose, before[whose], after[whose])]
    return Personalized(job.codec, speech.train_seconds / 60, job.updates, tuple(changes))


def speech_of(speaker: str, only: str | None, others: str, limit: int) -> tuple[Dataset, Dataset]:
    """The speaker's recordings, and one of each of `limit` others. Raises UsageError where there are none."""
    own = load_dataset(speaker, registry())
    mine = tuple(one for one in own.utterances if only is None or one.speaker == only)
    if not mine:
        known = sorted({one.speaker for one in own.utterances if one.speaker})
        raise UsageError(f"--only {only}: no such speaker in '{speaker}'; it has {', '.join(known[:8])}")
    voices = {one.speaker for one in mine} - {""}
    if len(voices) > 1:
        raise UsageError(f"--speaker '{speaker}' has {len(voices)} speakers; choose one: --only {sorted(voices)[0]}")
    rest = load_dataset(others, registry())
    first = {one.speaker or one.id: one for one in reversed(rest.utterances) if one.speaker not in voices}
    chosen = sorted(first.values(), key=lambda one: one.id)[:limit]
    return replace(own, utterances=mine), replace(rest, utterances=tuple(chosen))


def _held_out(names: Sequence[str]) -> tuple[str, ...]:
    hashed = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    return tuple(sorted(hashed[: -(-len(names) // HELD_OUT)]))


def _signal(utterance: Utterance) -> Signal:
    try:
        return read_audio(utterance.recording_path)
    except OSError as error:
        raise UsageError(f"utterance '{utterance.id}': {error}") from error


def _speech(train: Sequence[Signal], names: Sequence[str]) -> Speech:
    if not train:
        raise UsageError("--speaker: no recording is as long as a crop of 0.8 s")
    named = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return Speech(tuple(train), (), (), speakers=1, manifest_sha256=named)


def _shipped(codec: str, seed: int) -> Trainee:
    """With the reference weights, ready to be trained on; weight normalization is folded into them."""
    card = registry().codec(f"{codec}:reference").card
    weights = resolve(card)
    if weights is None:
        raise UsageError(f"{codec} has no reference weights")
    trainee = build(codec, seed)
    plain_weights(trainee.model)
    load_strict(trainee.model, card, weights, (), TRAINING_ONLY)
    for module in trainee.model.modules():
        if hasattr(module, "embed_avg"):  # statistics of moving averages are not shipped
            module.cluster_size.fill_(1.0)
            module.embed_avg.copy_(module.embed)
    trainee.start_from(trainee.model.state_dict())
    return trainee


def _scores(
    training: Training, tested: Mapping[str, Sequence[UnheardUtterance]], log: Callable[[str], None], when: str
) -> dict[str, UnheardScores]:
    log(f"scoring {when}: {', '.join(f'{len(some)} utterances of {whose}' for whose, some in tested.items())}")
    return {whose: score_test(training.trainee, training.average.values, some) for whose, some in tested.items()}


def _changes(codec: str, whose: str, before: UnheardScores, after: UnheardScores) -> list[Change]:
    found = []
    for codebooks, kbps in sorted(nominal_kbps(codec).items(), key=lambda item: item[1]):
        for metric in QUALITY:
            first, second = (
                {name: Value(terms[metric]) for name, terms in one.coded[str(codebooks)].items() if metric in terms}
                for one in (before, after)
            )
            paired = pair(first, second, {})
            if paired is None:
                continue
            change = paired.change
            found.append(
                Change(
                    kbps, whose, metric, paired.before, paired.after, change.low, change.high, len(paired.differences)
                )
            )
    return found
