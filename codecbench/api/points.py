"""An operating point: one bitrate of a codec or one of several ways to code, with its codebooks and its latency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Any, Literal, TypeAlias, get_args

from codecbench.api import checks
from codecbench.codebooks import Codebook

Depth: TypeAlias = Literal["trained", "truncated"]
"""Of an operating point: its checkpoint was trained for so many codebooks, or its codes are cut to so many."""


@dataclass(frozen=True)
class OperatingPoint:
    """One bitrate of a codec, or one of several ways to code. `settings` is the plugin's own (JSON values), e.g.
    `{"codebooks": 4}`.

    `name` is for points that a bitrate does not tell apart (diffusion steps, `steps=50`) or that have none before they
    are measured: `OperatingPoint(None, name="q3")` of a codec of variable rate. It is no number.

    `frame` and `lookahead` in samples where they are not those of the card: a codec may have another frame at another
    bitrate.

    >>> OperatingPoint(1.5).label, OperatingPoint(6.0).label, OperatingPoint(6.0, name="fec").label
    ('1.5', '6', 'fec')
    """

    nominal_kbps: float | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    frame: int | None = None
    lookahead: int | None = None
    name: str = ""
    codebooks: tuple[Codebook, ...] = ()
    """Of a codec of tokens: those in use, in the order of the codes' rows; `(Codebook(1024),) * 8` are eight of one
    size. Where they are stated a plugin need not implement `codebook_sizes`, and lists show what is sent."""
    depth: Depth | None = None
    """Of a codec of tokens: whether the checkpoint was trained to decode so many codebooks, or its codes are cut to so
    many; None where that is not known or makes no sense."""

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should, and where neither rate nor name is given."""
        checks.check_fields(self, POINT_FIELDS, "an operating point")
        if self.nominal_kbps is None and not self.name:
            raise ValueError(
                "an operating point: it needs nominal_kbps, or a name where the bitrate is not known before"
            )

    @property
    def bits_per_frame(self) -> float:
        """Bits of a frame's codes; 0 where no codebooks are stated."""
        return fsum(book.per_frame * book.bits for book in self.codebooks)

    @property
    def label(self) -> str:
        """Its name, else nominal kbps as `%g`; unique per codec, stable across releases."""
        return self.name or f"{self.nominal_kbps:g}"

    def __str__(self) -> str:
        """`6 kbps`, or its name."""
        return self.name or f"{self.label} kbps"


LatencyKind: TypeAlias = Literal["measured", "structural"]
"""Where a latency comes from: seen in the output (a lower bound), or what frame and look-ahead reach."""


@dataclass(frozen=True)
class PointLatency:
    """The latency of one operating point, in ms; `buffering_ms` is the part of it that the frame explains."""

    latency_ms: float
    buffering_ms: float
    latency_kind: LatencyKind

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should."""
        checks.check_fields(self, LATENCY_FIELDS, "a point's latency")


POINT_FIELDS: Mapping[str, checks.Check] = {
    "nominal_kbps": checks.optional(checks.real(0, "kbps", above=True)),
    "name": checks.point_name,
    "settings": checks.json_mapping,
    "frame": checks.optional(checks.whole(1, "samples")),
    "lookahead": checks.optional(checks.whole(0, "samples")),
    "codebooks": checks.tuple_of(Codebook),
    "depth": checks.optional(checks.one_of(*get_args(Depth))),
}
LATENCY_FIELDS: Mapping[str, checks.Check] = {
    "latency_ms": checks.real(0, "ms"),
    "buffering_ms": checks.real(0, "ms"),
    "latency_kind": checks.one_of(*get_args(LatencyKind)),
}
