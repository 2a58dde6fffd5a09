"""A metric: its card, what it may look at, and the scores that it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from codecbench.api import checks
from codecbench.api.audio import Audio
from codecbench.api.checks import check_id
from codecbench.api.dataset import Utterance
from codecbench.api.environment import Environment
from codecbench.api.metric_needs import MetricWeights
from codecbench.api.recognizer import Hypothesis, Recognizer, RecognizerCard, Scorer
from codecbench.errors import Abstain


@dataclass(frozen=True)
class MetricCard:
    """A metric, its scale and its needs. Bump `version` whenever the same audio can give another figure.

    Sources of a plugin that codecbench does not ship are hashed: while it is edited nothing older is read. The version
    tells users of two releases apart, and baselines.

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
    conditions: tuple[Literal["wb", "fb"], ...] = ("wb",)
    """Those that it has figures in: see `codecbench.conditions`, and `Sample`."""
    languages: tuple[str, ...] = ()
    """Codes of the languages that it is made for ("en"); of utterances in others it has no score. Empty: of any."""
    columns: tuple[str, ...] = ()
    """Further columns of the manifest that it reads: a score is made again where they change."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    """Heads its column, as the field writes it ("PESQ-WB"); empty: the id."""
    long_title: str = ""
    """Its name in a sentence, where the title alone would not be understood; empty: the title."""
    digits: int | None = None
    """Decimals of its printed figures, 0 to 6. None: of a rate in per cent 1, else 3 where its whole scale is at most
    2.5 wide, else 2."""
    on_request: bool = False
    """Scored only where `--metrics` names it: evidence to look closer with, no figure of every run."""
    sources: tuple[str, ...] = ()
    """Further importable packages whose source files decide its scores, besides the plugin's own."""
    needs_reference: bool = True
    """Whether it compares with the original. Where it judges the decoded alone, the harness scores each original too,
    and tables have a row "original". Not with a recognizer, whose floor is told otherwise."""
    stand_in: Literal["", "transcript", "enrolment"] = ""
    """What it compares with where there is no recording of the original, in a run over given payloads: the utterance's
    transcript, or the speaker's enrolment clip, of which `prepare` is then given. Empty: it abstains there, unless it
    needs no reference at all."""
    weights: MetricWeights | None = None
    """Weights that the user has to give: its factory is called with `MetricOptions`. Without them it is skipped, and
    the reason says what to give; their sha256 is in every score's key."""
    environment: Environment | None = None
    """Of a metric whose code runs in a Python environment of its own, and is registered without a factory:
    docs/environments.md. Its `sample_rate` is that at which its side gets the signals."""
    repetitions: int = 1
    """How often each sample is scored, by a metric whose figure differs from one time to the next: the score is the
    mean, its detail has each as `repeats`, and tables say how far they are apart. Part of every score's key."""

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no command line could name, or a field that does not hold what it should."""
        check_id(self.id, "metric")
        checks.check_fields(self, METRIC_FIELDS, f"metric '{self.id}'")
        if self.uses_recognizer and not self.needs_reference:
            raise ValueError(f"metric '{self.id}': needs_reference=False is not possible with uses_recognizer=True")
        if self.repetitions > 1 and self.pooling != "mean":
            raise ValueError(f"metric '{self.id}': repetitions are of metrics that are pooled as a mean")
        if self.environment is not None and (self.environment.gpu or self.environment.checkout):
            raise ValueError(f"metric '{self.id}': the environment of a metric has neither gpu nor checkout")

    def is_default(self, condition: str) -> bool:
        """Whether a run in that condition scores it without being asked to."""
        return condition in self.conditions and not self.on_request

    def speaks(self, language: str) -> bool:
        """Whether it has scores of utterances in the language of that code."""
        return not self.languages or language in self.languages


def _band(value: Any) -> Any:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError("a pair of Hz, low and high")
    low, high = (checks.real(0, "Hz")(one) for one in value)
    if not low < high:
        raise ValueError("a pair of Hz, low before high")
    return low, high


def _digits(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 6:
        raise ValueError("a whole number of decimals, 0 to 6")
    return value


def _conditions(value: Any) -> Any:
    if not value or not isinstance(value, tuple) or set(value) - {"wb", "fb"}:
        raise ValueError('a tuple of "wb", "fb" or both')
    return value


METRIC_FIELDS: Mapping[str, checks.Check] = {
    "id": checks.text,
    "version": checks.text,
    "description": checks.text_or(""),
    "unit": checks.text_or(""),
    "higher_is_better": checks.optional(checks.flag),
    "low": checks.optional(checks.real(None, "")),
    "high": checks.optional(checks.real(None, "")),
    "band": _band,
    "sample_rate": checks.whole(1, "Hz"),
    "pooling": checks.one_of("mean", "ratio"),
    "uses_recognizer": checks.flag,
    "needs_hypothesis": checks.flag,
    "needs_transcript": checks.flag,
    "conditions": _conditions,
    "languages": checks.texts,
    "columns": checks.texts,
    "parameters": checks.json_mapping,
    "title": checks.text_or(""),
    "long_title": checks.text_or(""),
    "digits": checks.optional(_digits),
    "on_request": checks.flag,
    "sources": checks.texts,
    "needs_reference": checks.flag,
    "stand_in": checks.one_of("", "transcript", "enrolment"),
    "weights": checks.optional(checks.instance(MetricWeights)),
    "environment": checks.optional(checks.instance(Environment)),
    "repetitions": checks.whole(1, "times"),
}


@dataclass(frozen=True)
class Sample:
    """All that a metric may look at for one cell: equally long mono 16 kHz signals, delay-compensated.

    In condition fb they are at the original's rate, of one or more channels, as many in all of them.

    `raw` is the decoded signal before delay compensation, cut to the reference's length; `prepared` what the metric's
    own `prepare` returned for this reference. Without a recording of the original `reference` and `raw` are the decoded
    signal and `reference_hypothesis` is None: metrics that do without one are asked alone (`MetricCard.stand_in`,
    `needs_reference`). `recognizer` is the card of the one that made the hypotheses, `scorer`
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

    def prepare(self, reference: Audio) -> Any:
        """What can be computed from the original alone, once per utterance (JSON), or None."""
        ...

    def score(self, sample: Sample) -> Score: ...


class MetricGroup(Protocol):
    """Metrics that one pass over a sample yields together: their cards share a factory (`register_group`)."""

    def prepare(self, reference: Audio) -> Any:
        """As `Metric.prepare`, once for the whole group; `Sample.prepared` has it."""
        ...

    def score_all(self, sample: Sample) -> Mapping[str, Score | Abstain]:
        """A score for each id of the group, or an Abstain with the reason why this one has none.

        An Abstain that is raised stands for all of them. Ids that the run did not ask for are ignored.
        """
        ...


@runtime_checkable
class Listener(Protocol):
    """A metric or group that wants the recognizer on the original too. Optional; a card sets `uses_recognizer`."""

    def prepare_heard(
        self, utterance: Utterance, reference: Audio, recognizer: Recognizer, parameters: Mapping[str, Any]
    ) -> Any:
        """Called in place of `prepare`, once per utterance (JSON): what a recognizer makes of the original.

        `parameters` are those of the metric's card as planned, which a run's options may have changed; of a group those
        of all its planned cards, which share their names. The answer is kept for every utterance of this audio,
        whatever is said of it: nothing of the transcript belongs in it.
        """
        ...
