"""What readers know of a metric or a codec: its card, typed, built once from the JSON that the store keeps.

A card is written by another codecbench than reads it: older, newer, or with a plugin's own fields. What is missing is
borne here, each field with one meaning of "missing", and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import Any, Literal, NamedTuple, get_args

from codecbench.api import CodecCard, Depth, LatencyKind, MetricCard

Pooling = Literal["mean", "ratio"]


class _Titles(NamedTuple):
    short: str
    long: str = ""


SOURCE = "source_sha256"
"""Kept beside a metric's own fields."""

TITLES_BEFORE_CARDS: Mapping[str, _Titles] = {
    "pesq_wb": _Titles("PESQ-WB"), "pesq_nb": _Titles("PESQ-NB"), "stoi": _Titles("STOI"), "estoi": _Titles("ESTOI"),
    "si_sdr": _Titles("SI-SDR"), "lsd": _Titles("LSD"), "mel_distance": _Titles("mel dist."), "wer": _Titles("WER"),
    "cer": _Titles("CER"), "delta_wer": _Titles("ΔWER"), "dwer": _Titles("dWER"), "dper": _Titles("dPER"),
    "ci_wer": _Titles("CI-WER"), "cf_wer": _Titles("CF-WER"), "hallucinated_wer": _Titles("H-WER"),
    "degraded_wer": _Titles("Deg-WER"), "flip_rate": _Titles("Flips", "flips of minimal pairs"),
    "speaker_similarity": _Titles("speaker", "speaker similarity"), "speech_in_silence": _Titles("in silence"),
    "delay_ms": _Titles("delay"), "level_error_db": _Titles("level"), "correlation": _Titles("correl."),
}  # fmt: skip
"""Of runs that were stored before cards had a title: their tables keep the headings that they had. Closed: a new metric
has its title on its card."""


@dataclass(frozen=True)
class MetricFacts:
    """A metric's card. Where it lacks a field: no better side, no bound, no unit, pooled as a mean; `parameters` None.

    `title` heads its column, `long_title` names it in a sentence. `stored` is the card as the store has it.
    """

    id: str
    title: str
    long_title: str
    version: str = ""
    description: str = ""
    unit: str = ""
    higher_is_better: bool | None = None
    low: float | None = None
    high: float | None = None
    pooling: Pooling = "mean"
    band: tuple[float, ...] = ()
    uses_recognizer: bool = False
    parameters: Mapping[str, Any] | None = None
    source_sha256: str = ""
    """Of the plugin's files; empty for a metric that codecbench ships."""
    digits: int | None = None
    needs_reference: bool = True
    repetitions: int = 1
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, card: MetricCard, source_sha256: str = "") -> MetricFacts:
        return cls.from_json(card.id, _plain(asdict(card)) | ({SOURCE: source_sha256} if source_sha256 else {}))

    @classmethod
    def from_json(cls, metric: str, card: Mapping[str, Any]) -> MetricFacts:
        titles = _titles(metric, card)
        return cls(
            id=metric,
            title=titles.short,
            long_title=titles.long or titles.short,
            version=_text(card.get("version")),
            description=_text(card.get("description")),
            unit=_text(card.get("unit")),
            higher_is_better=_side(card.get("higher_is_better")),
            low=_number(card.get("low")),
            high=_number(card.get("high")),
            pooling="ratio" if card.get("pooling") == "ratio" else "mean",
            band=tuple(card.get("band") or ()),
            uses_recognizer=bool(card.get("uses_recognizer")),
            parameters=card.get("parameters"),
            source_sha256=_text(card.get(SOURCE)),
            digits=digits if isinstance(digits := card.get("digits"), int) else None,
            needs_reference=card.get("needs_reference") is not False,
            repetitions=times if isinstance(times := card.get("repetitions"), int) else 1,
            stored=card,
        )

    def heard_by(self, recognizer: str) -> MetricFacts:
        """With the recognizer in its titles, where its figures are that one's and no other's; ids stay as they are.

        >>> card = {"title": "WER", "uses_recognizer": True}
        >>> MetricFacts.from_json("wer", card).heard_by("whisper-tiny.en").title
        'WER (tiny.en)'
        """
        if not (self.uses_recognizer and recognizer):
            return self
        model = recognizer.removeprefix("whisper-")
        return replace(self, title=f"{self.title} ({model})", long_title=f"{self.long_title} ({model})")

    @property
    def counts(self) -> bool:
        """Whether a score is a count of events among so many trials (errors among words), and no other quotient."""
        return self.pooling == "ratio" and not self.unit and self.low == 0

    def decides(self) -> tuple[Any, ...]:
        """What a score depends on: of another card that differs in it, older scores are scores of another metric.

        Not its title and description, nor its bounds and better side, by which a score is only read.
        """
        more = [self.stored.get(name) for name in ("sample_rate", "columns")] + [self.repetitions]
        declared = self.id, self.version, self.unit, self.pooling, self.uses_recognizer, self.parameters
        return *declared, self.source_sha256, *more

    def within(self, end: float | None) -> float | None:
        """The end of an interval, which ends where the metric does."""
        if end is None:
            return None
        end = end if self.low is None else max(end, self.low)
        return end if self.high is None else min(end, self.high)


def _family(card: Mapping[str, Any]) -> str:
    said = _text(card.get("family"))
    return said or ("neural" if _text(card.get("track")) not in ("", "none") else "")


def latency_kind(value: Any) -> LatencyKind | None:
    """What a stored word says; None for any other."""
    return value if value in get_args(LatencyKind) else None


@dataclass(frozen=True)
class LatencyFacts:
    """The latency of one operating point: `latency_ms` and `buffering_ms` as far as it has them."""

    figures: Mapping[str, float]
    kind: LatencyKind | None


@dataclass(frozen=True)
class PointFacts:
    """What a card states of one operating point: its hop in samples, and how deep into its codebooks it reaches."""

    frame: int | None = None
    depth: Depth | None = None


@dataclass(frozen=True)
class CodecFacts:
    """A codec's card. `figures` are the measured fields that it states, each a finite number; `stored` the whole card.

    `points` by their labels. `macs_by_point` (by label, then by stage) and `latency_by_point` have those that differ
    between operating points.
    """

    track: str = "none"
    licence: str = "unknown licence"
    sample_rate: int | None = None
    output_sample_rate: int | None = None
    whole_utterance: bool = False
    stochastic: bool = False
    training: str = ""
    self_check: bool = False
    family: str = ""
    """`speech`, `audio`, `neural`; empty where the card does not say. A card of before there were families has weights
    where it is of a track, and is neural then."""
    figures: Mapping[str, float] = field(default_factory=dict)
    macs_by_point: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    latency_kind: LatencyKind | None = None
    latency_by_point: Mapping[str, LatencyFacts] = field(default_factory=dict)
    points: Mapping[str, PointFacts] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, card: CodecCard) -> CodecFacts:
        return cls.from_json(_plain(asdict(card)))

    @classmethod
    def from_json(cls, card: Mapping[str, Any]) -> CodecFacts:
        stages, latencies = card.get("macs_by_point") or {}, card.get("latency_by_point") or {}
        return cls(
            track=_text(card.get("track")) or "none",
            licence=_text(card.get("licence")) or "unknown licence",
            sample_rate=card.get("sample_rate"),
            output_sample_rate=card.get("output_sample_rate"),
            whole_utterance=bool(card.get("whole_utterance")),
            stochastic=bool(card.get("stochastic")),
            training=_text(card.get("training")),
            self_check=bool(card.get("self_check")),
            family=_family(card),
            figures=_numbers(card),
            macs_by_point={point: _numbers(macs) for point, macs in stages.items()},
            latency_kind=_latency_kind(card),
            latency_by_point={
                point: LatencyFacts(_numbers(own), latency_kind(own.get("latency_kind")))
                for point, own in latencies.items()
            },
            points=_points(card),
            stored=card,
        )

    def frame_rate(self, point: str) -> float | None:
        """Frames a second at the operating point labelled `point`, by the card's hop; None where it states none."""
        frame = self.points[point].frame if point in self.points else None
        return self.sample_rate / frame if self.sample_rate and frame else None

    def figure(self, name: str, point: str) -> float | None:
        """What the card states at the operating point labelled `point`; None where it does not say."""
        at_point = self.macs_by_point.get(point, {}).get(name.removesuffix("_macs_per_s"))
        if at_point is None and point in self.latency_by_point:
            at_point = self.latency_by_point[point].figures.get(name)
        return self.figures.get(name) if at_point is None else at_point

    def latency_kind_at(self, point: str) -> LatencyKind | None:
        """Where the latency at the operating point labelled `point` comes from; None where the card does not say."""
        own = self.latency_by_point.get(point)
        return self.latency_kind if own is None else own.kind

    def entries(self, names: Sequence[str]) -> list[tuple[str, Any]]:
        """Those of `names` that the card has, to be printed."""
        return [(name, self.stored[name]) for name in names if name in self.stored]


def _points(card: Mapping[str, Any]) -> dict[str, PointFacts]:
    """A hop of one sample is what a card says that states none."""
    found = {}
    for point in card.get("points") or ():
        label = point.get("name") or f"{point['nominal_kbps']:g}"
        frame, depth = card.get("hop") or point.get("frame") or card.get("frame"), point.get("depth")
        found[label] = PointFacts(frame if frame != 1 else None, depth if depth in get_args(Depth) else None)
    return found


def _latency_kind(card: Mapping[str, Any]) -> LatencyKind | None:
    """A codec that needs the whole utterance declares that; older cards do not say where a latency comes from."""
    return (
        "structural"
        if card.get("whole_utterance") and "latency_kind" in card
        else latency_kind(card.get("latency_kind"))
    )


def _titles(metric: str, card: Mapping[str, Any]) -> _Titles:
    if "title" in card:
        return _Titles(_text(card["title"]) or metric, _text(card.get("long_title")))
    return TITLES_BEFORE_CARDS.get(metric, _Titles(metric))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _side(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _number(value: Any) -> float | None:
    """An infinite bound is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return value


def _numbers(card: Mapping[str, Any]) -> dict[str, float]:
    return {name: number for name, value in card.items() if (number := _number(value)) is not None}


def _plain(value: Any) -> Any:
    """As JSON reads it back, so that a card equals the one that was stored of it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
