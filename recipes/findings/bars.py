"""What `reference-bar` found, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from recipes.findings.records import Measured, Ranged

Limit = Literal["network", "quantizer"]


@dataclass(frozen=True)
class Rise:
    """By rising bitrate: the scores, and the least step from one to the next; None where there is one point."""

    scores: tuple[float | None, ...]
    least_step: Ranged | None


@dataclass(frozen=True)
class CodecRise:
    """`metrics` by id."""

    codec: str
    kbps: tuple[float, ...]
    metrics: Mapping[str, Rise]


@dataclass(frozen=True)
class CodesInUse:
    """Shares of the first codebook and of the one used least; None where nothing is known of the codes."""

    codec: str
    first: float | None
    least: float | None
    enough: bool


@dataclass(frozen=True)
class Standing:
    """A score, and its difference from the rival's. Where it is not above it, and a ladder says so: by what."""

    score: float | None
    difference: Ranged
    above: bool
    limit: Limit | None
    unquantized: float | None


@dataclass(frozen=True)
class CodecStanding:
    """At the codec's highest point of at most the rival's bitrate; `metrics` by id."""

    codec: str
    kbps: float
    metrics: Mapping[str, Standing]


@dataclass(frozen=True)
class Rival:
    """Who is to be beaten: its own scores, and how each codec stands against it."""

    codec: str
    kbps: float
    scores: Mapping[str, float | None]
    codecs: tuple[CodecStanding, ...]

    def above(self, metric: str) -> int:
        return sum(one.metrics[metric].above for one in self.codecs)


@dataclass(frozen=True)
class WordCost:
    """ΔWER in points, None where there is none; `below`: its interval ends below the limit."""

    codec: str
    kbps: float
    points: Ranged | None
    below: bool


@dataclass(frozen=True)
class Bar:
    """Of a run. `titles` has the metrics by id; `comparisons` counts those of all simultaneous families."""

    speech: Measured
    titles: Mapping[str, str]
    comparisons: int
    rising: tuple[CodecRise, ...]
    codes: tuple[CodesInUse, ...]
    rivals: tuple[Rival, ...]
    words: tuple[WordCost, ...]
