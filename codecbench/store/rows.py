"""The rows of the store: what everything to the right of it (summary, report, tables, gate) works from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Codebook, LatencyKind
from codecbench.api.dataset import SYNTHESIZER, spoken_language
from codecbench.errors import PERFECT
from codecbench.store.environments import EnvironmentFacts
from codecbench.store.facts import CodecFacts, MetricFacts
from codecbench.store.ids import AtPoint, CodecId, OfCell, OfCodec
from codecbench.store.invocations import UsedInvocation

Status: TypeAlias = Literal["ok", "failed", "skipped", "abstained"]


def audio_file(utterance: str) -> str:
    """File name of an utterance's kept audio: readable, and never too long for a file system (255 bytes)."""
    name = quote(utterance, safe="", errors="replace")
    if len(name) > 120:
        name = f"{name[:100]}-{hashlib.sha256(utterance.encode(errors='surrogatepass')).hexdigest()[:12]}"
    return f"{name}.flac"


@dataclass(frozen=True)
class UtteranceRow:
    """An utterance of the run. `seconds` of the original at 16 kHz; `reason` is set where it could not be read."""

    id: str
    sha256: str
    path: str
    transcript: str | None
    speaker: str
    sex: str
    seconds: float | None
    reason: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthesizer(self) -> str:
        """What made the voice, by the manifest's column; empty for a person's, and where nothing is said."""
        return self.extra.get(SYNTHESIZER, "")

    @property
    def language(self) -> str:
        """What is spoken: see `codecbench.api.Utterance.language`."""
        return spoken_language(self.extra)


@dataclass(frozen=True)
class CodecRow(OfCodec):
    """A codec × checkpoint of the run: its card, and what decided its results."""

    codec: str
    checkpoint: str
    plugin: str
    card: CodecFacts
    weights_sha256: str | None
    source_sha256: str
    other_weights: bool = False
    """Whether its weights are others than the card pins by sha256, or the plugin bundles."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that the user set to other values than the card's defaults."""
    environment: EnvironmentFacts | None = None
    """Of a codec whose code ran in one of its own."""


CUT_SOUND_DB = -40.0
"""Above it what is cut of an output is sound: so far under its loudest part a frame counts as active in STOI, too."""
CUT_WINDOW_S = 0.02
"""Levels are RMS values of 20 ms. What is shorter holds no speech: a tail of fewer samples is not looked at."""
CUT_FLOOR_DB = -120.0
"""Nothing is said to be quieter: digital silence has no level."""


@dataclass(frozen=True, slots=True)
class CodingRow(OfCell):
    """One cell's coding. Bytes and seconds of the original give the measured bitrate.

    `entropy_bytes` is the payload's size with its codes really entropy-coded, side information included; None where
    there is no model. `codes`, one row a codebook, with `codebooks` for token codecs, else None. `delay_s` is this
    utterance's own delay, None where it has no clear peak; `applied_delay_s` the one constant of its codec × point.
    `missing` and `surplus` count output samples at the codec's rate against the original's length. `cut_level_db` is
    the loudest 20 ms of what is cut of the output re the loudest of the rest, None where under 20 ms are cut.
    `clipped` is the share of output samples beyond full scale, `peak` the largest re full scale; None in runs that did
    not look. `invocation` made it: see `codecbench.store.invocations`.
    """

    key: str
    codec: str
    checkpoint: str
    point: str
    nominal_kbps: float | None
    utterance: str
    seed: int
    status: Status
    reason: str | None = None
    payload_bytes: int | None = None
    seconds: float | None = None
    entropy_bytes: int | None = None
    codebooks: tuple[Codebook, ...] | None = None
    codes: tuple[NDArray[np.uint32], ...] | None = None
    decoded_sha256: str | None = None
    delay_s: float | None = None
    applied_delay_s: float | None = None
    missing: int | None = None
    surplus: int | None = None
    cut_level_db: float | None = None
    clipped: float | None = None
    peak: float | None = None
    invocation: str = field(default="", compare=False)

    @property
    def cuts_sound(self) -> bool:
        """Whether what nobody scores of the output is more than padding."""
        return self.cut_level_db is not None and self.cut_level_db > CUT_SOUND_DB


class _Quotient:
    """Mixed into a row that has these fields."""

    __slots__ = ()

    status: Status | Literal["none"]
    numerator: float | None
    denominator: float | None

    @property
    def value(self) -> float | None:
        """None unless the status is ok."""
        if self.status != "ok" or self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class ScoreRow(OfCell, _Quotient):
    """One cell's score of one metric: `numerator / denominator`, or why there is none."""

    codec: str
    checkpoint: str
    point: str
    nominal_kbps: float | None
    utterance: str
    seed: int
    metric: str
    version: str
    status: Status
    reason: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    invocation: str = field(default="", compare=False)

    @property
    def perfect(self) -> bool:
        """Whether there is no value because nothing could be better (`codecbench.api.Abstain`)."""
        return self.status == "abstained" and self.detail.get(PERFECT) is True


LadderRung: TypeAlias = Literal["original", "front_end", "network"]
"""What is scored for the loss ladder: the originals against themselves, and codecs in part."""


@dataclass(frozen=True, slots=True)
class LadderRow(_Quotient):
    """One utterance's score on a rung of the loss ladder; `codec` and `checkpoint` None for the originals.

    Status `none` where the codec has no such part, with the reason; that is an answer, not a failure.
    """

    codec: str | None
    checkpoint: str | None
    rung: LadderRung
    utterance: str
    metric: str
    version: str
    status: Status | Literal["none"]
    reason: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    invocation: str = field(default="", compare=False)

    @property
    def codec_id(self) -> CodecId | None:
        return CodecId(self.codec, self.checkpoint or "") if self.codec is not None else None


CostKind: TypeAlias = Literal["memory", "speed", "complexity", "latency"]
"""What is measured, and kept, by itself. Complexity is parameters and multiply-accumulates."""

UTTERANCE = "utterance"
"""The latency of a codec that needs all of an utterance before it can give any of it: a figure, and no number."""


@dataclass(frozen=True)
class CostRow(AtPoint):
    """Cost of one codec at one point: `figures` by name (`rtf_encode`, ...), `reasons` for those that are absent.

    A figure is a number, or for a latency UTTERANCE. `latency_kind` says where a latency comes from. The store keeps a
    row for each `kind`; readers get one of each point, with the mode and status of its speed.
    """

    codec: str
    checkpoint: str
    point: str
    mode: str
    status: Status
    reason: str | None = None
    figures: Mapping[str, float | str | None] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    latency_kind: LatencyKind | None = None
    kind: CostKind = "speed"
    invocation: str = field(default="", compare=False)


@dataclass(frozen=True)
class SkipRow(OfCodec):
    """A codec × point that was not run, and why. `point` None means all of the codec's."""

    codec: str
    checkpoint: str
    point: str | None
    reason: str


@dataclass(frozen=True)
class StoredResults:
    """All current rows of a run's folder.

    `metrics` has each metric's card by its id, in the order of the plan. `meta` holds the run's facts: see
    `codecbench.store.META`.
    """

    meta: Mapping[str, Any]
    metrics: Mapping[str, MetricFacts]
    utterances: tuple[UtteranceRow, ...]
    codecs: tuple[CodecRow, ...]
    codings: tuple[CodingRow, ...]
    scores: tuple[ScoreRow, ...]
    costs: tuple[CostRow, ...]
    skips: tuple[SkipRow, ...]
    ladder: tuple[LadderRow, ...] = ()
    """Empty where `--ladder` was not asked for."""
    invocations: tuple[UsedInvocation, ...] = ()
    """Those that made any of these rows; empty in a folder of before they were recorded."""

    @property
    def synthetic(self) -> bool:
        """Whether nobody speaks in any utterance, as the dataset says."""
        return bool(self.meta.get("dataset_synthetic"))
