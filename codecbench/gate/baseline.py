"""What is compared: per-utterance scores and exact figures, from a run's folder or a committed JSON file.

Both sides of every comparison are a Baseline, so that a fresh run and a file written a year ago are read as one thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codecbench.analysis.paired import Value
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place
from codecbench.store.rows import Status

SCHEMA = 1


@dataclass(frozen=True)
class Missing:
    """Why an utterance has no score; `perfect` where that is for want of any fault."""

    status: Status
    reason: str
    perfect: bool = False


@dataclass(frozen=True)
class Scores:
    """One metric at one place: `values` of the utterances that are ok; `missing` is known of runs alone."""

    version: str
    values: Mapping[str, Value]
    missing: Mapping[str, Missing] = field(default_factory=dict)


@dataclass(frozen=True)
class Payloads:
    """Bytes of each utterance's payload, and sha256 over all payloads in the order of the utterances' ids."""

    sizes: Mapping[str, int]
    sha256: str | None = None


@dataclass(frozen=True)
class BaselineRow:
    """All that was measured at one place.

    `figures` are exact: nominal_kbps, delay_ms, parameters, MACs, latency. `speed` is of one machine and only shown.
    """

    place: Place
    metrics: Mapping[str, Scores]
    figures: Mapping[str, float | str] = field(default_factory=dict)
    payloads: Payloads | None = None
    speed: Mapping[str, float] = field(default_factory=dict)
    stochastic: bool = False


@dataclass(frozen=True)
class Speaker:
    """Who speaks an utterance (empty: unknown), how long it is, and its cluster where that is not the speaker alone
    (`codecbench.analysis.clusters`).

    `revision` is a short digest of its recording and words; empty where it could not be read, and in older files.
    """

    name: str = ""
    seconds: float | None = None
    cluster: str = ""
    revision: str = ""


@dataclass(frozen=True)
class Baseline:
    """`source` says where it was read, for messages; `folder` is the run's, where it is one.

    `metrics` by id: a file keeps what a comparison asks of a card and no more. `skipped` has the reason by codec
    spec. `finished` is False for a run that was interrupted.
    """

    source: str
    dataset: str
    revision: str
    condition: str
    utterances: Mapping[str, Speaker]
    metrics: Mapping[str, MetricFacts]
    rows: tuple[BaselineRow, ...]
    recognizer: str | None = None
    machine: str | None = None
    codecbench: str = ""
    skipped: Mapping[str, str] = field(default_factory=dict)
    finished: bool = True
    folder: Path | None = None

    @property
    def codecs(self) -> tuple[str, ...]:
        """As `name:checkpoint`, in the order of the rows."""
        return tuple(dict.fromkeys(row.place.spec for row in self.rows))

    def row(self, place: Place) -> BaselineRow | None:
        return next((row for row in self.rows if row.place == place), None)

    @property
    def clusters(self) -> Mapping[str, str]:
        """Of each utterance; empty where nobody is known to speak it, so that it is one of its own."""
        return {name: facts.cluster or facts.name for name, facts in self.utterances.items()}


CARD = ("version", "unit", "higher_is_better", "low", "high", "pooling", "uses_recognizer", "parameters")
"""What a comparison asks of a metric's card. A file keeps no more of it: a new description would be a changed line."""


def compared(facts: MetricFacts) -> MetricFacts:
    """No more of `facts` than `CARD`, so that a run and the file written of it are equal."""
    return MetricFacts.from_json(facts.id, {name: getattr(facts, name) for name in CARD})


def known_metric(name: str, *sides: Baseline) -> MetricFacts:
    """As the first of `sides` that knows it describes it; without a field where none does."""
    return next((side.metrics[name] for side in sides if name in side.metrics), MetricFacts.from_json(name, {}))
