"""Damaged payloads against every codec's decoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from codecbench.api import Audio, CodecOptions, PayloadError, Unavailable
from codecbench.audio import resample, with_channels
from codecbench.audio_files import LOUDEST
from codecbench.campaigns.mutations import ALL
from codecbench.campaigns.tally import LIMIT_S, Attempt, Campaign, attempts
from codecbench.cost.signals import speech_like
from codecbench.errors import UsageError
from codecbench.plugins import Registry, describe_error
from codecbench.run import workers
from codecbench.run.pool import Load, Slots, Task, guarded
from codecbench.run.workers.codecs import CodecJob, loaded
from codecbench.store.answers import Failure
from codecbench.store.ids import point_text
from codecbench.weights import resolve

SECONDS = 0.4
SOURCES = 3
"""Payloads of each operating point that are damaged."""


@guarded
def whole(job: CodecJob, seed: int) -> list[tuple[str, bytes]]:
    """Payloads of all operating points, by label."""
    codec, card = loaded(job)
    made = []
    for number in range(SOURCES):
        audio = speech_like(round(SECONDS * (number + 1) * 16000), 16000, seed + number)
        fitted = with_channels(resample(audio, card.sample_rate), card.channels)
        made += [(point.label, codec.encode(fitted, point)) for point in card.points]
    return made


@guarded
def decode(job: CodecJob, point: str, payload: bytes) -> Attempt:
    codec, card = loaded(job)
    try:
        audio = codec.decode(payload, card.point(point))
    except PayloadError as error:
        return Attempt(card.name, "refused", str(error))
    except Exception as error:
        return Attempt(card.name, "other error", f"{point_text(point)}, {payload[:16].hex()}: {describe_error(error)}")
    if not isinstance(audio, Audio) or (audio.sample_rate, audio.channels) != (card.sample_rate, card.channels):
        return Attempt(card.name, "wrong", f"{point_text(point)}: decode returned {audio!r}"[:200])
    if not np.isfinite(audio.samples).all() or audio.peak > LOUDEST:
        return Attempt(card.name, "other error", f"{point_text(point)}: NaN, infinite or counts; a run refuses them")
    return Attempt(card.name, "taken")


def payloads(registry: Registry, codecs: Sequence[str], count: int, seed: int, jobs: int, log: Path) -> Campaign:
    """`count` damaged payloads over `codecs`, those whose weights, packages and programs are here.

    Raises:
        UsageError: a codec does not code whole audio, so that there is nothing to damage.
    """
    campaign = Campaign("payloads", seed)
    with Slots(jobs, log) as slots:
        sources = dict(_sources(slots, list(_jobs(registry, codecs)), seed))
        for job, made in sources.items():
            tasks = _tasks(job, made, count // len(sources), seed, Load(job, workers.load, 600.0))
            for attempt in attempts(slots.pool("decode"), tasks):
                campaign.record(attempt)
    return campaign


def _sources(
    slots: Slots, jobs: Sequence[CodecJob], seed: int
) -> Iterator[tuple[CodecJob, Sequence[tuple[str, bytes]]]]:
    """Whole payloads of each codec that can run here."""
    for job in jobs:
        needs = Load(job, workers.load, 600.0)
        (made,) = slots.pool("encode").run(iter([Task(None, whole, (job, seed), 600.0, needs)]))
        if not isinstance(made.value, Failure):
            yield job, made.value
        elif made.value.status != "skipped":
            raise UsageError(f"{job.spec}: no payload could be made: {made.value.reason}")


def _jobs(registry: Registry, codecs: Sequence[str]) -> Iterator[CodecJob]:
    for name in codecs:
        card = registry.codec(name).card
        try:
            yield CodecJob(card.spec, CodecOptions.of(card, resolve(card)))
        except Unavailable:
            continue


def _tasks(job: CodecJob, made: Sequence[tuple[str, bytes]], count: int, seed: int, needs: Load) -> Iterator[Task]:
    name = job.spec.partition(":")[0]
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        point, payload = made[int(rng.integers(len(made)))]
        # Also what belongs to another operating point, whole.
        other = made[int(rng.integers(len(made)))][0] if number % 10 == 0 else point
        damaged = payload if number % 10 == 0 else ALL[number % len(ALL)](payload, rng)
        yield Task(name, decode, (job, other, damaged), LIMIT_S, needs)
