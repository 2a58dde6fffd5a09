"""A codec: its card (plain data, read without loading anything heavy), its operating points and what it can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, get_args, runtime_checkable

from codecbench.api import checks
from codecbench.api.audio import Audio
from codecbench.api.environment import Environment, Interpreter
from codecbench.api.points import LatencyKind, OperatingPoint, PointLatency

Track: TypeAlias = Literal["reference", "published", "untrained", "none"]
"""Where the weights come from; `none` for codecs that have none."""


SOURCE = "source"
"""The setting by which a user names a copy of the repository that a codec's code is in (`Environment.checkout`)."""

Family: TypeAlias = Literal["speech", "audio", "neural", ""]
"""What a codec was made from and for: `speech` by a model of the voice or for telephony, `audio` for music and any
sound by transform and masking, `neural` learned. Empty: not said, as of PCM."""


@dataclass(frozen=True)
class WeightsFile:
    """One file of weights. Bundled with the plugin, in the folder `weights` of the package `package`; or else fetched
    from `url` on request, or given by the user.

    `sha256` and `size` (bytes) pin a file that is not bundled; bundled files are hashed where they lie. `companions`
    are further files that lie beside it and are loaded with it: each is fetched, pinned and looked for as the first,
    and counts for what was run. A plugin finds them by `options.weights.with_name(...)`.
    """

    name: str
    package: str | None = None
    url: str | None = None
    sha256: str | None = None
    size: int | None = None
    licence: str = "unknown"
    companions: tuple[WeightsFile, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should."""
        checks.check_fields(self, WEIGHTS_FIELDS, "a weights file")

    @property
    def files(self) -> tuple[WeightsFile, ...]:
        """Itself and its companions."""
        return (self, *self.companions)


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
    description: str = ""
    """What the codec is, in a few words, as it is listed: "EnCodec (Défossez et al. 2022)"."""
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
    latency_kind: LatencyKind | None = None
    """Of `latency_ms` and `buffering_ms`; None where the card does not say."""
    latency_by_point: Mapping[str, PointLatency] = field(default_factory=dict)
    """By an operating point's label, where points differ. A point that is not here has the figures above, which are
    then those of the longest."""
    training: str = ""
    """Of the reference track: how much speech the weights have seen and for how long, as it is printed below figures:
    "83 minutes of speech, 6,000 updates"."""
    delay: int | None = None
    """Samples at `sample_rate` by which its output trails its input. The latency is reckoned with it where the output
    does not show it, as of a vocoder or random weights; None where the card does not say."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a user may set for a run (`--set lyra.loss=0.1`): by name the default, a number, a text or a switch. What
    the user gives has the default's type, and is part of every key."""
    hop: int | None = None
    """Samples at `sample_rate` between frames of codes, where `frame`, the least that can be decoded, holds several."""
    output_sample_rate: int | None = None
    """Hz of what `decode` returns, where it is another rate than that of `encode`'s input: 16 kHz in and 24 out."""
    self_check: bool = False
    """Whether it codes so that the bench is checked and not the codec (PCM, an identity). Its rows stay in the tables;
    charts, verdicts and pickers leave it out."""
    environment: Environment | None = None
    """Of a codec whose code runs in a Python environment of its own: it is registered without a factory."""
    family: Family = ""
    """Which kind of codec it is; `--codecs neural` runs all of one. Left out, it is `neural` where it has weights (a
    `track` that is not `none`)."""
    streams: bool = False
    """Whether it decodes as codes arrive (`HasStreams`), to the very samples of decoding them at once."""
    on_request: bool = False
    """Run only where `--codecs` names it: neither `all` nor its family's word stands for it. Of a codec by its default
    checkpoint's card."""

    MEASURED: ClassVar[tuple[str, ...]] = (
        "parameters", "encoder_macs_per_s", "quantizer_macs_per_s", "decoder_macs_per_s", "latency_ms", "buffering_ms",
    )  # fmt: skip
    """The fields that `codecbench dev card` measures."""

    def __post_init__(self) -> None:
        """Raises ValueError for a card that no command line could name, a field that does not hold what it should, or
        points that could not be told apart.
        """
        for what, value in (("name", self.name), ("checkpoint", self.checkpoint)):
            # Both are folders of a run's audio too, which may not lead out of it.
            if not isinstance(value, str) or not re.fullmatch(r"[^\s:,=/\\]+", value) or not value.strip("."):
                raise ValueError(
                    f"a codec's {what} must be a word without : , = / and spaces, and more than dots, got {value!r}"
                )
            if not value.isprintable():
                raise ValueError(f"a codec's {what} must be printable, got {value!r}")
        points = self.points
        if not isinstance(points, tuple) or not points or not all(isinstance(p, OperatingPoint) for p in points):
            raise ValueError(f"{self.spec}: points must be a tuple of at least one OperatingPoint, got {points!r}")
        checks.check_fields(self, CODEC_FIELDS, self.spec)
        if not self.family and self.track != "none":
            object.__setattr__(self, "family", "neural")
        if self.environment is not None and self.environment.checkout:
            object.__setattr__(self, "settings", {SOURCE: "", **self.settings})
        labels = [point.label for point in points]
        if len(set(labels)) < len(labels):
            raise ValueError(
                f"{self.spec}: two operating points of one bitrate, {', '.join(labels)}: a name tells them apart, "
                'OperatingPoint(6.0, settings, name="steps=50")'
            )

    @property
    def rising_points(self) -> tuple[OperatingPoint, ...]:
        """From the lowest nominal bitrate on; those without one follow in the card's order."""
        return tuple(sorted(self.points, key=lambda point: (point.nominal_kbps is None, point.nominal_kbps or 0.0)))

    @property
    def decoded_rate(self) -> int:
        """Hz of what `decode` returns: `output_sample_rate`, or the `sample_rate` of its input."""
        return self.output_sample_rate or self.sample_rate

    def decoded_length(self, samples: int) -> int:
        """`samples` at `sample_rate` as samples at `decoded_rate`, rounded up: so long an output of theirs is.

        >>> CodecCard("c", 16000, (OperatingPoint(1.0),), output_sample_rate=24000).decoded_length(3)
        5
        """
        return -(-samples * self.decoded_rate // self.sample_rate)

    def frame_rate_at(self, point: OperatingPoint) -> float:
        """Frames of codes a second at an operating point."""
        return self.sample_rate / (self.hop or self.frame_at(point))

    def tokens_per_s_at(self, point: OperatingPoint) -> float | None:
        """Codes a second at an operating point; None where it states no codebooks. Those of the whole utterance, which
        are sent once, are not in it.
        """
        if not point.codebooks:
            return None
        return self.frame_rate_at(point) * sum(book.per_frame for book in point.codebooks)

    def frame_at(self, point: OperatingPoint) -> int:
        """The hop in samples at an operating point."""
        return self.frame if point.frame is None else point.frame

    def lookahead_at(self, point: OperatingPoint) -> int:
        """Samples that it declares to need beyond the frame at an operating point."""
        return self.lookahead if point.lookahead is None else point.lookahead

    def latency_kind_at(self, point: OperatingPoint) -> LatencyKind | None:
        """Where the latency at an operating point comes from; None where the card does not say."""
        own = self.latency_by_point.get(point.label)
        return self.latency_kind if own is None else own.latency_kind

    def check_audio(self, audio: Audio) -> None:
        """For the beginning of `encode`. Raises ValueError where `audio` is not at the card's rate and channels."""
        if (audio.sample_rate, audio.channels) != (self.sample_rate, self.channels):
            raise ValueError(
                f"{self.spec} takes {self.channels} channels at {self.sample_rate} Hz, got {audio.channels} at "
                f"{audio.sample_rate} Hz"
            )

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


def _file_name(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip(".") or re.search(r"[/\\\0]", value):
        raise ValueError("a file's name, without a folder")
    return value


def _companions(value: Any) -> Any:
    if not isinstance(value, (tuple, list)) or not all(type(one) is WeightsFile for one in value):
        raise ValueError("a tuple of WeightsFile")
    if any(one.companions or one.package for one in value):
        raise ValueError("a tuple of WeightsFile without companions and packages of their own: they lie beside it")
    return tuple(value)


WEIGHTS_FIELDS: Mapping[str, checks.Check] = {
    "name": _file_name,
    "package": checks.optional(checks.text),
    "url": checks.optional(checks.text),
    "sha256": checks.optional(checks.text),
    "size": checks.optional(checks.whole(0, "bytes")),
    "licence": checks.text_or("unknown"),
    "companions": _companions,
}
CODEC_FIELDS: Mapping[str, checks.Check] = {
    "name": checks.text,
    "sample_rate": checks.whole(1, "Hz"),
    "points": lambda value: value,  # checked by itself
    "checkpoint": checks.text,
    "description": checks.text_or(""),
    "track": checks.one_of(*get_args(Track)),
    "channels": checks.whole(1, "channels"),
    "frame": checks.whole(1, "samples"),
    "lookahead": checks.whole(0, "samples"),
    "causal": checks.flag,
    "whole_utterance": checks.flag,
    "stochastic": checks.flag,
    "version": checks.text,
    "licence": checks.text_or("unknown"),
    "paper": checks.text_or(""),
    "weights": checks.optional(checks.instance(WeightsFile)),
    "parameters": checks.optional(checks.whole(0, "parameters")),
    "encoder_macs_per_s": checks.optional(checks.real(0, "MACs")),
    "quantizer_macs_per_s": checks.optional(checks.real(0, "MACs")),
    "decoder_macs_per_s": checks.optional(checks.real(0, "MACs")),
    "latency_ms": checks.optional(checks.real(0, "ms")),
    "buffering_ms": checks.optional(checks.real(0, "ms")),
    "sources": checks.texts,
    "notes": checks.text_or(""),
    "macs_by_point": checks.mapping(checks.mapping(checks.real(0, "MACs"), "numbers of MACs"), "MACs by stage"),
    "latency_kind": checks.optional(checks.one_of(*get_args(LatencyKind))),
    "latency_by_point": checks.mapping(checks.instance(PointLatency), "PointLatency"),
    "training": checks.text_or(""),
    "delay": checks.optional(checks.whole(0, "samples")),
    "settings": checks.mapping(checks.scalar, "numbers, texts or switches"),
    "hop": checks.optional(checks.whole(1, "samples")),
    "output_sample_rate": checks.optional(checks.whole(1, "Hz")),
    "self_check": checks.flag,
    "environment": checks.optional(checks.instance(Environment)),
    "family": checks.one_of(*get_args(Family)),
    "streams": checks.flag,
    "on_request": checks.flag,
}
"""What each field may hold. None in a text stands for what is not known."""


@dataclass(frozen=True)
class CodecOptions:
    """What a codec's factory is given. `weights` is a checked local file where the card names one, else None.

    `settings` are those of the card, each by its name, as the user has set them or by their defaults.
    """

    checkpoint: str = "default"
    weights: Path | None = None
    device: str = "cpu"
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    interpreter: Interpreter | None = None
    """Of a codec with an environment of its own: the Python that runs its side. None for the one that codecbench has
    made for it."""

    @classmethod
    def of(
        cls, card: CodecCard, weights: Path | None = None, device: str = "cpu", seed: int = 0,
        changed: Mapping[str, Any] | None = None,
    ) -> CodecOptions:  # fmt: skip
        """For the codec of `card`, with its settings as they are but for those that are `changed`."""
        return cls(card.checkpoint, weights, device, seed, {**card.settings, **(changed or {})})


@runtime_checkable
class Codec(Protocol):
    """A codec. `encode` and `decode` run on different instances, in different processes: only bytes pass between."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        """The payload of `audio`, which is at the card's sample rate and channel count."""
        ...

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        """The audio of `payload`, at the card's `decoded_rate` and channels. It may be longer than the original by
        padding.

        Raises:
            PayloadError: the payload is not one of this codec at this point.
        """
        ...


CodecFactory: TypeAlias = Callable[[CodecOptions], Codec]

LadderStage: TypeAlias = Literal["front_end", "network"]
"""How far a signal goes into a codec before it is turned back: see `Ladder`."""


@runtime_checkable
class Ladder(Protocol):
    """A codec that can be run in part. Optional: the report shows from it which part of a codec loses what."""

    def bypass(self, audio: Audio, stage: LadderStage) -> Audio | None:
        """`audio`, at the card's rate and channels, through `stage` alone and back, at the rate and length of `decode`.

        `front_end` is the codec's own analysis and synthesis without network and quantizer: transform, band split,
        companding. `network` is encoder straight into decoder, nothing rounded, side information included; learned
        projections around the codebooks stay, as parts of the network: a decoder trained behind them makes noise of
        what they take out. Neither depends on the operating point; what does is that of the highest one. None where the
        codec has no such part: a network whose first layer takes the waveform has no front end to lose by.
        """
        ...
