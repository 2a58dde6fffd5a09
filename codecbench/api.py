"""What a plugin author imports: the whole contract between codecbench and its plugins.

A plugin registers *cards* (plain data, so that listing imports nothing heavy) together with a *factory* that is called
later, in a worker process, to build the object that does the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pluggy
from numpy.typing import NDArray

from codecbench.errors import Abstain, CodecBenchError, PayloadError, Unavailable, UsageError

__all__ = [
    "Abstain", "Audio", "Codec", "CodecBenchError", "CodecCard", "CodecFactory", "CodecOptions", "Dataset",
    "DatasetCard", "Hypothesis", "Ladder", "LadderStage", "Metric", "MetricCard", "OperatingPoint", "PayloadError",
    "Recognizer", "RecognizerCard", "Sample", "Score", "Scorer", "TextScore", "Track", "Unavailable", "UsageError",
    "Utterance", "WeightsFile", "Word", "WordScore", "hookimpl",
]  # fmt: skip

hookimpl = pluggy.HookimplMarker("codecbench")

Track: TypeAlias = Literal["reference", "published", "untrained", "none"]
"""Where the weights come from; `none` for codecs that have none."""


@dataclass(frozen=True, eq=False)
class Audio:
    """A signal: `samples` is float32 [channels, samples], nominally in [-1, 1]; `sample_rate` in Hz.

    >>> Audio.mono(np.zeros(8000), 16000).seconds
    0.5
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise ValueError(f"audio must be [channels, samples], got shape {self.samples.shape}")
        object.__setattr__(self, "samples", np.ascontiguousarray(self.samples, dtype=np.float32))

    @classmethod
    def mono(cls, samples: NDArray[Any], sample_rate: int) -> Audio:
        """One channel from `samples` [samples]."""
        return cls(np.asarray(samples)[None, :], sample_rate)

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def length(self) -> int:
        """Samples per channel."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        return self.length / self.sample_rate


@dataclass(frozen=True)
class OperatingPoint:
    """One bitrate of a codec. `settings` is the plugin's own (JSON values), e.g. `{"codebooks": 4}`.

    >>> OperatingPoint(1.5).label, OperatingPoint(6.0).label
    ('1.5', '6')
    """

    nominal_kbps: float
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Nominal kbps as `%g`; unique per codec, stable across releases."""
        return f"{self.nominal_kbps:g}"


@dataclass(frozen=True)
class WeightsFile:
    """One file of weights. Either bundled with the plugin (`package`) or fetched on request (`url`).

    `sha256` and `size` (bytes) pin a fetched file; bundled files are hashed where they lie. `companions` are names of
    further files that lie beside it and are loaded with it: they count for what was run, and are the plugin's to find.
    """

    name: str
    package: str | None = None
    url: str | None = None
    sha256: str | None = None
    size: int | None = None
    licence: str = "unknown"
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodecCard:
    """What is known of a codec without loading it. One card per checkpoint; a codec's first card is its default.

    `frame` is the hop in samples at `sample_rate`; `lookahead` what it declares to need beyond it. MACs are per second
    of audio at 10 s input, 1 MAC = 2 FLOPs. Figures not known are None, never 0.
    """

    name: str
    sample_rate: int
    points: tuple[OperatingPoint, ...]
    checkpoint: str = "default"
    track: Track = "none"
    channels: int = 1
    frame: int = 1
    lookahead: int = 0
    causal: bool = True
    whole_utterance: bool = False
    stochastic: bool = False
    version: str = "1"
    licence: str = "unknown"
    paper: str = ""
    weights: WeightsFile | None = None
    parameters: int | None = None
    encoder_macs_per_s: float | None = None
    quantizer_macs_per_s: float | None = None
    decoder_macs_per_s: float | None = None
    latency_ms: float | None = None
    buffering_ms: float | None = None
    sources: tuple[str, ...] = ()
    """Further importable packages whose source files decide what this codec computes."""
    notes: str = ""
    macs_by_point: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """An operating point's label to its MACs per second by stage (`encoder`, `quantizer`, `decoder`). Optional: a point
    or stage that is not here has the figure above. Where they are here, those above are of the highest point."""

    def __post_init__(self) -> None:
        """Raises ValueError for a card that no command line could name, or whose points could not be told apart."""
        for what, value in (("name", self.name), ("checkpoint", self.checkpoint)):
            if not isinstance(value, str) or not re.fullmatch(r"[^\s:,=/\\]+", value):
                raise ValueError(f"a codec's {what} must be a word without : , = / and spaces, got {value!r}")
        points = self.points
        if not isinstance(points, tuple) or not points or not all(isinstance(p, OperatingPoint) for p in points):
            raise ValueError(f"{self.spec}: points must be a tuple of at least one OperatingPoint, got {points!r}")
        labels = [point.label for point in points]
        if len(set(labels)) < len(labels):
            raise ValueError(f"{self.spec}: two operating points of one bitrate, {', '.join(labels)} kbps")

    @property
    def spec(self) -> str:
        """`name:checkpoint`, as on the command line."""
        return f"{self.name}:{self.checkpoint}"

    def point(self, label: str) -> OperatingPoint:
        """The operating point with this label. Raises KeyError, naming those that exist."""
        for point in self.points:
            if point.label == label:
                return point
        raise KeyError(f"{self.spec} has no operating point {label}; it has {', '.join(p.label for p in self.points)}")


@dataclass(frozen=True)
class CodecOptions:
    """What a codec's factory is given. `weights` is a checked local file where the card names one, else None."""

    checkpoint: str = "default"
    weights: Path | None = None
    device: str = "cpu"
    seed: int = 0


@runtime_checkable
class Codec(Protocol):
    """A codec. `encode` and `decode` run on different instances, in different processes: only bytes pass between."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        """The payload of `audio`, which is at the card's sample rate and channel count."""
        ...

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        """The audio of `payload`, at the card's rate and channels. May be longer than the original by padding.

        Raises:
            PayloadError: the payload is not one of this codec at this point.
        """
        ...


CodecFactory: TypeAlias = Callable[[CodecOptions], Codec]

LadderStage: TypeAlias = Literal["front_end", "network"]
"""How far a signal goes into a codec before it is turned back: see `Ladder`."""


@runtime_checkable
class Ladder(Protocol):
    """A codec that can be run in part. Optional: from it the report tells which part of a codec loses what."""

    def bypass(self, audio: Audio, stage: LadderStage) -> Audio | None:
        """`audio`, at the card's rate and channels, through `stage` alone and back, at the rate and length of `decode`.

        `front_end` is the codec's own analysis and synthesis without network and quantizer: transform, band split,
        companding. `network` is encoder straight into decoder, nothing rounded, side information included; learned
        projections around the codebooks stay, as parts of the network: a decoder trained behind them makes noise of
        what they take out. Neither depends on the operating point; what does is that of the highest one. None where the
        codec has no such part: a network whose first layer takes the waveform has no front end to lose by.
        """
        ...


@dataclass(frozen=True)
class Utterance:
    """One recording of a dataset. `transcript` None means unknown; an empty speaker makes it its own speaker."""

    id: str
    path: Path
    transcript: str | None = None
    speaker: str = ""
    sex: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetCard:
    """What is known of a built-in or plugin dataset without reading it."""

    id: str
    description: str
    licence: str
    synthetic: bool = False


@dataclass(frozen=True)
class Dataset:
    """Utterances, and where they come from."""

    id: str
    utterances: tuple[Utterance, ...]
    synthetic: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """A recognized word, its place in seconds and the recognizer's probability for it."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """What a recognizer heard; `words` may be empty where the recognizer gives no word evidence."""

    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class RecognizerCard:
    """A recognizer. `model_files` finds its model without loading it (hashed into every key it has a part in).

    `model_files` raises Unavailable where the model is not installed. `parameters` are those that change results.
    `notes` is what who chooses it must know, in a line; no key holds it.
    """

    id: str
    version: str
    model_files: Callable[[], Sequence[Path]]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    notes: str = ""


class Recognizer(Protocol):
    """Speech to text: deterministic, 16 kHz mono in."""

    def transcribe(self, audio: Audio) -> Hypothesis: ...


@dataclass(frozen=True)
class WordScore:
    """A word of a scored text: its part of the log-probability (nats) and its place in seconds."""

    text: str
    log_probability: float
    start: float
    end: float


@dataclass(frozen=True)
class TextScore:
    """How likely a recognizer finds a text given the audio: nats, summed over its `tokens` tokens."""

    text: str
    log_probability: float
    tokens: int
    words: tuple[WordScore, ...] = ()


@runtime_checkable
class Scorer(Protocol):
    """A recognizer that can also say how likely given texts are. Optional: metrics that need it abstain without."""

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """One score for each of `texts`, written as the recognizer writes; 16 kHz mono in.

        Raises:
            ValueError: the audio is longer, or a text has more tokens, than the recognizer can score at once.
        """
        ...


@dataclass(frozen=True)
class MetricCard:
    """A metric, its scale and its needs. Bump `version` whenever the same audio can give another figure.

    `pooling` says how a corpus figure is made: `mean` over utterances, or `ratio` of summed numerators to summed
    denominators (word error rate). `band` is the band it sees, in Hz. `uses_recognizer` asks the harness for
    hypotheses of original and decoded; with `needs_hypothesis` off the decoded is not transcribed for its sake, for it
    only has texts scored. `needs_transcript` abstains where the dataset has none.
    """

    id: str
    version: str
    description: str
    unit: str = ""
    higher_is_better: bool | None = None
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] = (0.0, 8000.0)
    sample_rate: int = 16000
    pooling: Literal["mean", "ratio"] = "mean"
    uses_recognizer: bool = False
    needs_hypothesis: bool = True
    needs_transcript: bool = False
    columns: tuple[str, ...] = ()
    """Further columns of the manifest that it reads: a score is made again where they change."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    on_request: bool = False
    """Scored only where `--metrics` names it: evidence to look closer with, no figure of every run."""


@dataclass(frozen=True)
class Sample:
    """All that a metric may look at for one cell: equally long mono 16 kHz signals, delay-compensated.

    `raw` is the decoded signal before delay compensation, cut to the reference's length; `prepared` what the metric's
    own `prepare` returned for this reference. `recognizer` is the card of the one that made the hypotheses, `scorer`
    the way to its scores of given texts (it raises Abstain where the recognizer has none).
    """

    utterance: Utterance
    reference: Audio
    decoded: Audio
    raw: Audio
    reference_hypothesis: Hypothesis | None = None
    decoded_hypothesis: Hypothesis | None = None
    prepared: Any = None
    recognizer: RecognizerCard | None = None
    scorer: Scorer | None = None


@dataclass(frozen=True)
class Score:
    """A measured figure: `numerator / denominator` (denominator 1 for an ordinary mean) and its evidence (JSON).

    >>> Score(3.0, 12.0).value
    0.25
    """

    numerator: float
    denominator: float = 1.0
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return self.numerator / self.denominator


class Metric(Protocol):
    """A metric. Raise Abstain where a figure would be meaningless; any other exception is a failure of the cell."""

    card: MetricCard

    def prepare(self, reference: Audio) -> Any:
        """What can be computed from the original alone, once per utterance (JSON), or None."""
        ...

    def score(self, sample: Sample) -> Score: ...


@runtime_checkable
class Listener(Protocol):
    """A metric that wants the recognizer on the original too. Optional, beside `Metric`; `uses_recognizer` is set."""

    def prepare_heard(
        self, utterance: Utterance, reference: Audio, recognizer: Recognizer, parameters: Mapping[str, Any]
    ) -> Any:
        """Called in place of `prepare`, once per utterance (JSON): what a recognizer makes of the original.

        `parameters` are those of the metric's card as planned, which a run's options may have changed. The answer is
        kept for every utterance of this audio, whatever is said of it: nothing of the transcript belongs in it.
        """
        ...
