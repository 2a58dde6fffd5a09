"""What runs in the process that uses the codec: one utterance, every way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codecbench.api import Codec, OperatingPoint
from codecbench.audio import resample, with_channels
from codecbench.conditions import SourceRecording
from codecbench.parity.difference import SignalDifference, difference, flipped
from codecbench.parity.ways import Pace, Subject, Tried, Way, ways
from codecbench.plugins import describe_error, registry
from codecbench.run.pool import guarded
from codecbench.run.workers.codecs import CodecJob, loaded
from codecbench.run.workers.signals import own_copy


@dataclass(frozen=True)
class Other:
    """A second decoder of the same payloads, and the name of its way."""

    way: str
    job: CodecJob


@dataclass(frozen=True)
class Found:
    """Of one way and one utterance. Without `difference` and `flipped`, `absent` or `failed` says why there is none."""

    way: str
    difference: SignalDifference | None = None
    flipped: float | None = None
    pace: Pace | None = None
    absent: str = ""
    failed: str = ""


@guarded
def compare(
    job: CodecJob, others: tuple[Other, ...], label: str, recording: SourceRecording, pieces: tuple[int, ...],
    context: int,
) -> tuple[Found, ...]:  # fmt: skip
    """`others` are built here as well."""
    codec, card = loaded(job)
    point = card.point(label)
    signal = recording.signal()
    audio = with_channels(resample(signal, card.sample_rate), card.channels)
    built = tuple((other.way, _built(other.job), _same_point(other.job, label)) for other in others)
    subject = Subject.of(codec, card, point, own_copy(audio), pieces=pieces, context=context, others=built)
    return try_all(subject)


def try_all(subject: Subject) -> tuple[Found, ...]:
    """Every way; one that raises is told beside the others."""
    return tuple(_tried(subject, name, way) for name, way in ways(subject))


def _tried(subject: Subject, name: str, way: Way) -> Found:
    try:
        tried: Tried = replace(way(subject), way=name)
    except Exception as error:  # of a plugin: told beside the ways that go well
        return Found(name, failed=describe_error(error))
    if tried.absent:
        return Found(name, absent=tried.absent)
    if tried.codes is not None and subject.codes is not None:
        return Found(name, flipped=flipped(subject.codes, tried.codes))
    assert tried.audio is not None
    return Found(
        name,
        difference(subject.whole if tried.instead is None else tried.instead, tried.audio, tried.seams),
        pace=tried.pace,
    )


def _built(job: CodecJob) -> Codec:
    """Anew: the one that codes is another object, with a state of its own."""
    codec: Codec = registry().codec(job.spec).factory(job.options)
    return codec


def _same_point(job: CodecJob, label: str) -> OperatingPoint:
    return registry().codec(job.spec).card.point(label)
