"""The Summary: every figure that a report, a table or a gate may print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from codecbench.analysis.clusters import VoiceCount
from codecbench.analysis.codes import CodebookUse
from codecbench.analysis.costs import Cost
from codecbench.analysis.failures import FailureGroup
from codecbench.analysis.floor import Floor
from codecbench.analysis.hallucination import (
    HallucinationSummary,
    NullFloor,
)
from codecbench.analysis.ladder import LossLadder
from codecbench.analysis.looks import Look, find_looks
from codecbench.analysis.rates import Rate
from codecbench.analysis.repeats import RepeatSpread
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.seeds import SeedDisagreement
from codecbench.analysis.series import number
from codecbench.analysis.speaker_pairs import ModelThreshold, SpeakerBands
from codecbench.analysis.tokens import TokenRate
from codecbench.analysis.view import View
from codecbench.conditions import WIDE_BAND, condition_of
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import AtPoint, CodecId
from codecbench.store.invocations import UsedInvocation
from codecbench.store.rows import CodecRow, SkipRow, UtteranceRow

PRIMARY = ("pesq_wb", "estoi", "wer", "speaker_similarity")
"""The declared primary metrics; all others are exploratory."""


@dataclass(frozen=True)
class Row(AtPoint):
    """One codec × checkpoint × operating point with at least one coding that is ok."""

    codec: str
    checkpoint: str
    track: str
    point: str
    nominal_kbps: float | None
    rate: Rate
    scores: Mapping[str, MetricSummary]
    cost: Cost
    codebooks: tuple[CodebookUse, ...]
    tokens: TokenRate | None
    """None for codecs without codes."""
    delay_ms: float | None
    warnings: tuple[str, ...]
    hallucination: HallucinationSummary | None = None
    seeds: SeedDisagreement | None = None
    self_check: bool = False
    """Of a codec that checks the bench."""
    family: str = ""
    """`speech`, `audio` or `neural`; empty where it is not known."""
    label: str = ""
    """What the run's reader calls the codec; empty where it is its name."""

    other_weights: bool = False
    """Whether its weights are others than its card pins by sha256, or its plugin bundles."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the codec, those that the user set to other values than its card's."""
    changes: Mapping[str, MetricSummary] = field(default_factory=dict)
    """Decoded minus original, of metrics that need no reference."""
    clipped: tuple[str, ...] = ()
    """Utterances that it decodes audibly beyond full scale: see `analysis.warnings.clipped`."""

    @property
    def off_nominal(self) -> bool:
        """Whether its measured bitrate is another one than it is called by."""
        return self.nominal_kbps is not None and self.rate.is_off(self.nominal_kbps)

    @property
    def name(self) -> str:
        """The codec's, as a reader of figures sees it."""
        return self.label or self.codec_id.name

    @property
    def spent_kbps(self) -> float:
        """What the payloads measure; nominal where nothing was measured."""
        return (self.nominal_kbps or 0.0) if self.rate.measured_kbps is None else self.rate.measured_kbps

    @property
    def rising_kbps(self) -> float:
        """What rows of a codec are ordered by: the nominal bitrate, or the measured one of a point that has none."""
        return self.spent_kbps if self.nominal_kbps is None else self.nominal_kbps


@dataclass(frozen=True)
class Coverage:
    """Scores (codec × point × utterance × metric) that are ok, of those that were asked for.

    `abstained`: the metric does not apply (no transcript, no pause), which is no failure.
    """

    ok: int
    planned: int
    abstained: int = 0

    @property
    def share(self) -> float:
        """Of those that could be scored, the fraction that is ok; 0 where there is none."""
        possible = self.planned - self.abstained
        return self.ok / possible if possible else 0.0

    def __str__(self) -> str:
        text = f"{self.ok} of {self.planned - self.abstained} scores ok"
        return f"{text}, {self.abstained} abstained" if self.abstained else text


@dataclass(frozen=True)
class Summary:
    """`run` holds the store's meta; `seconds` of the originals that could be read."""

    run: Mapping[str, Any]
    metrics: Mapping[str, MetricFacts]
    codecs: tuple[CodecRow, ...]
    rows: tuple[Row, ...]
    floor: Mapping[str, Floor]
    coverage: Coverage
    failures: tuple[FailureGroup, ...]
    skipped: tuple[SkipRow, ...]
    unreadable: tuple[UtteranceRow, ...]
    utterances: int
    voices: VoiceCount | None
    """Of all utterances; a metric rests on those that it scored. None where it is not known who speaks."""
    seconds: float
    notes: tuple[str, ...] = field(default=())
    synthesizer: str = ""
    """What made all voices; empty where people speak."""
    ladder: tuple[LossLadder, ...] = ()
    """Empty where the run did not ask for it."""
    originals: Mapping[str, MetricSummary] = field(default_factory=dict)
    """The originals' own scores, of metrics that need no reference."""
    null_floor: NullFloor = field(default=NullFloor(None, reason="not looked for"))

    speaker_bands: SpeakerBands = field(default=SpeakerBands(reason="not looked for"))
    """How like the dataset's own speakers are, to themselves and to each other."""
    speaker_thresholds: Mapping[str, ModelThreshold] = field(default_factory=dict)
    """By the metric of each speaker model, what tells the dataset's own speakers apart."""
    repeats: Mapping[str, RepeatSpread] = field(default_factory=dict)
    """By metric id, of those that score each sample several times."""
    invocations: tuple[UsedInvocation, ...] = ()
    """By which the figures were made, in which environments."""
    view: View = field(default_factory=View)

    @cached_property
    def _drawn(self) -> tuple[CodecId, ...]:
        """Codecs of the run, in its order, then those that only papers have."""
        return (*(codec.codec_id for codec in self.codecs), *self.guests)

    @property
    def guests(self) -> tuple[CodecId, ...]:
        """Codecs that only papers have, of a file of published figures that the reader named."""
        return self.view.guests(codec.codec_id for codec in self.codecs)

    @cached_property
    def series(self) -> Mapping[CodecId, int]:
        """Codec × checkpoint, in the order of the run, to its number among all codecs of the run."""
        return number(self._drawn)

    @cached_property
    def looks(self) -> Mapping[CodecId, Look]:
        """Codec × checkpoint, in the order of the run, to how it is called and drawn. Raises as `find_looks`."""
        return find_looks(self._drawn, self.view.wishes)

    def name(self, one: CodecId) -> str:
        """What a reader of figures calls it, also where it ran nowhere."""
        return self.looks[one].label if one in self.looks else self.view.wishes.label(one)

    @property
    def primary(self) -> tuple[str, ...]:
        """The declared primary metrics, or those that the reader chose; all others are exploratory."""
        return PRIMARY if self.view.primary is None else self.view.primary

    @cached_property
    def compared(self) -> Summary:
        """Without self-checks, which would stretch every axis; the same where there is nothing else."""
        rows = tuple(row for row in self.rows if not row.self_check)
        return replace(self, rows=rows) if rows and len(rows) < len(self.rows) else self

    @property
    def speakers(self) -> int | None:
        return None if self.voices is None else self.voices.speakers

    @property
    def condition(self) -> str:
        return condition_of(self.run)

    @property
    def other_condition(self) -> str:
        """The condition where it is not `wb`, to be named wherever figures stand; else empty."""
        return "" if self.condition == WIDE_BAND else self.condition

    @property
    def synthetic(self) -> bool:
        return bool(self.run.get("dataset_synthetic"))

    @property
    def indicative(self) -> list[str]:
        """Metrics of which an interval somewhere does not hold its 95 %."""
        names = {name for row in self.rows for name, score in row.scores.items() if score.indicative}
        return [name for name in self.metric_order() if name in names]

    @property
    def all_indicative(self) -> bool:
        """Whether no metric with an interval holds its 95 %."""
        with_interval = {name for row in self.rows for name, score in row.scores.items() if score.low is not None}
        return bool(with_interval) and with_interval <= set(self.indicative)

    @property
    def rare(self) -> list[str]:
        """Metrics of which a figure somewhere rests on a handful of events."""
        names = {name for row in self.rows for name, score in row.scores.items() if score.rare}
        return [name for name in self.metric_order() if name in names]

    def metric_order(self) -> list[str]:
        """Primary metrics first, then the others as the run lists them."""
        first = [name for name in self.primary if name in self.metrics]
        return first + [name for name in self.metrics if name not in first]

    @cached_property
    def judged(self) -> tuple[str, ...]:
        """What codecs are compared on, a family each."""
        return judged_of(self.metrics, self.primary)


def judged_of(metrics: Mapping[str, MetricFacts], primary: Sequence[str] = PRIMARY) -> tuple[str, ...]:
    """Of `metrics` by id the primary ones; as many of the first where none is. All have a better side.

    >>> made = lambda name, better: MetricFacts(name, name, name, higher_is_better=better)
    >>> judged_of({name: made(name, True) for name in ("si_sdr", "estoi", "pesq_wb")})
    ('pesq_wb', 'estoi')
    >>> judged_of({"delay_ms": made("delay_ms", None), "si_sdr": made("si_sdr", True)})
    ('si_sdr',)
    """
    directed = [name for name, facts in metrics.items() if facts.higher_is_better is not None]
    return tuple(name for name in primary if name in directed) or tuple(directed[: len(PRIMARY)])
