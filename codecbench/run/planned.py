"""What a plan is made of: codecs with their points, utterances, metrics, each with its identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from codecbench.api import (
    CodecCard,
    CodecOptions,
    Dataset,
    MetricCard,
    OperatingPoint,
    RecognizerCard,
    Utterance,
)
from codecbench.api.dataset import ENGLISH
from codecbench.conditions import NOT_DEGRADED, WIDE_BAND, Condition, SourceRecording
from codecbench.degrading import DegradedInput
from codecbench.plugins import Registered
from codecbench.run import keys
from codecbench.run.metric_setup import MetricSetup
from codecbench.run.request import Request
from codecbench.store.environments import EnvironmentFacts
from codecbench.store.ids import CodecId
from codecbench.store.revision import Asked, asked
from codecbench.store.rows import SkipRow

LADDER_METRICS = ("pesq_wb", "estoi", "mel_distance")
"""What the loss ladder is scored by, where the run has it: quality that needs no recognizer."""


@dataclass(frozen=True)
class PlannedCodec:
    """One codec × checkpoint to run. `identity` is its part of every key."""

    entry: Registered[CodecCard]
    points: tuple[OperatingPoint, ...]
    options: CodecOptions
    weights_sha256: str | None
    source_sha256: str
    other_weights: bool = False
    """Whether its weights are others than the card pins by sha256, or the plugin bundles."""
    changed: Mapping[str, Any] = field(default_factory=dict)
    """Its settings that are not the card's defaults: see `codecbench.run.settings`."""
    generation: int = 0
    """How often the folder has seen it change by something that no hash covers: see `codecbench.run.recheck`."""
    environment: EnvironmentFacts | None = None
    """Of a codec whose code runs in one of its own."""

    @property
    def code_sha256(self) -> str:
        """What stands for its code, and how it is set, in every key."""
        environment = self.environment.identity if self.environment is not None else ""
        more = [part for part in (self.generation, dict(self.changed), environment) if part]
        return keys.digest(self.source_sha256, *more) if more else self.source_sha256

    @property
    def card(self) -> CodecCard:
        return self.entry.card

    @property
    def codec_id(self) -> CodecId:
        return CodecId(self.card.name, self.card.checkpoint)

    def seeds(self, request: Request) -> range:
        """One, unless the decoder is stochastic."""
        return range(request.seed, request.seed + (request.seeds if self.card.stochastic else 1))

    @property
    def identity(self) -> tuple[Any, ...]:
        card = self.card
        return keys.codec_identity(card.spec, card.version, self.weights_sha256, self.code_sha256, self.options.device)


@dataclass(frozen=True)
class PlannedMetric:
    """A metric to score by, its card as planned. `group` is the id under which its object is found.

    `source_sha256` is empty for a metric that codecbench ships.
    """

    card: MetricCard
    key: str
    group: str
    source_sha256: str = ""
    setup: MetricSetup = field(default_factory=MetricSetup)


@dataclass(frozen=True)
class MetricGroupPlan:
    """Metrics that one object scores: all that are planned of a registered group, or a metric by itself."""

    metrics: tuple[PlannedMetric, ...]

    @property
    def name(self) -> str:
        return self.metrics[0].group

    @property
    def cards(self) -> tuple[MetricCard, ...]:
        return tuple(metric.card for metric in self.metrics)

    @property
    def setup(self) -> MetricSetup:
        return self.metrics[0].setup

    @property
    def key(self) -> str:
        """Of what is prepared from an original: by one metric, or for all that are planned of the group."""
        if len(self.metrics) == 1:
            return self.metrics[0].key
        return keys.digest(sorted(metric.key for metric in self.metrics))


def grouped(metrics: Iterable[PlannedMetric]) -> tuple[MetricGroupPlan, ...]:
    """By the objects that score them, in the order of the metrics."""
    groups: dict[str, list[PlannedMetric]] = {}
    for metric in metrics:
        groups.setdefault(metric.group, []).append(metric)
    return tuple(MetricGroupPlan(tuple(members)) for members in groups.values())


@dataclass(frozen=True)
class PlannedUtterance:
    utterance: Utterance
    sha256: str | None
    """None where the file cannot be read; the worker says why. Without a recording it is the enrolment's."""
    position: int = 0
    """Among the dataset's utterances: results are in its order, whatever the order of the work."""
    condition: Condition = WIDE_BAND
    noise: Path | None = None

    @property
    def identity(self) -> str:
        if self.utterance.path is not None:
            return self.sha256 or f"unreadable:{self.utterance.id}"
        enrolled = f":{self.sha256 or 'unreadable'}" if self.utterance.enrolment is not None else ""
        return f"no recording:{self.utterance.id}{enrolled}"

    @property
    def asked(self) -> Asked:
        """What of it is in the run's revision."""
        one = self.utterance
        return asked(one.id, self.identity, one.transcript, one.speaker, one.language)

    @property
    def recording(self) -> SourceRecording:
        return SourceRecording(self.utterance.path, self.condition, self.noise, self.utterance.reference)

    @property
    def standing_in(self) -> SourceRecording:
        """The recording, or the enrolment that stands for it where there is none."""
        enrolled = SourceRecording(self.utterance.enrolment, self.condition, self.noise)
        return enrolled if self.utterance.path is None else self.recording

    @property
    def source(self) -> str:
        """What codings of it are kept under: the recording, and the condition."""
        if self.condition == WIDE_BAND:
            return self.identity
        plain = self.condition in NOT_DEGRADED
        more = "" if plain else f"#{DegradedInput.parse(self.condition, self.noise).identity}"
        return f"{self.identity}@{self.condition}{more}"

    @property
    def heard(self) -> str:
        """What evidence on it is kept under: the same recording is heard otherwise in another language."""
        language = self.utterance.language
        return self.source if language == ENGLISH else f"{self.source}@{language}"


def planned_utterance(
    utterance: Utterance, position: int = 0, condition: Condition = WIDE_BAND, noise: Path | None = None
) -> PlannedUtterance:
    """With its audio hashed."""
    return PlannedUtterance(utterance, keys.utterance_sha256(utterance), position, condition, noise)


class PayloadPlace(NamedTuple):
    """Which payload: a codec's spec, an operating point's label, an utterance's id."""

    spec: str
    point: str
    utterance: str


@dataclass(frozen=True)
class GivenPayload:
    """A file that takes the place of what the codec would encode; `sha256` None where it cannot be read."""

    path: Path
    sha256: str | None

    @property
    def identity(self) -> str:
        """Its part of the coding's key."""
        return f"payload:{self.sha256 or 'unreadable'}:{self.path.suffix.lower()}"


@dataclass(frozen=True)
class PlannedPayloads:
    """Of a run over given payloads: there is a cell where there is a payload. `counts` are by codec's spec."""

    given: Mapping[PayloadPlace, GivenPayload]
    counts: Mapping[str, int]

    def of(self, codec: PlannedCodec, point: OperatingPoint, utterance: str) -> GivenPayload | None:
        return self.given.get(PayloadPlace(codec.card.spec, point.label, utterance))


@dataclass(frozen=True)
class RecognizerChoice:
    """The recognizer of a run. `spec` is how a worker finds it again: its id, or the kind and folder of a model.

    All None where no metric asks for one; `reason` says why there is none although one is asked for.
    """

    card: RecognizerCard | None = None
    spec: str | None = None
    key: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Plan:
    request: Request
    dataset: Dataset
    revision: str
    """Of the plan's utterances: see `codecbench.store.revision`."""
    utterances: tuple[PlannedUtterance, ...]
    codecs: tuple[PlannedCodec, ...]
    metrics: tuple[PlannedMetric, ...]
    recognizer: RecognizerChoice
    skips: tuple[SkipRow, ...]
    broken: tuple[SkipRow, ...]
    """Plugins that did not load: reported like skips, but they make the exit status 3."""
    unmatched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By a part of `--bitrates`, as it was typed, the codecs of the plan that have no point there."""
    distributions: tuple[str, ...] = ()
    """Of other people's plugins that have a part in it: their versions and their requirements' are recorded."""
    payloads: PlannedPayloads | None = None
    """Where the request has `--payloads`: nothing is encoded."""

    @property
    def groups(self) -> Sequence[MetricGroupPlan]:
        """The metrics by the objects that score them."""
        return grouped(self.metrics)

    @property
    def original_keys(self) -> list[str]:
        """Of all that is kept of an original, besides its length: what metrics prepare, what the recognizer hears."""
        return [group.key for group in self.groups] + ([self.recognizer.key] if self.recognizer.key else [])

    @property
    def ladder_metrics(self) -> tuple[PlannedMetric, ...]:
        """None where `--ladder` was not asked for."""
        if not self.request.ladder:
            return ()
        return tuple(metric for metric in self.metrics if metric.card.id in LADDER_METRICS)
