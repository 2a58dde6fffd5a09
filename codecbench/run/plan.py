"""From what the user asked for to what is to be done: codecs × points, utterances, metrics, and their identities.

Planning loads no codec and imports no torch; every mistake of the user's ends here, as a UsageError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from codecbench.api import CodecCard, CodecOptions, Dataset, MetricCard, OperatingPoint, RecognizerCard, Utterance
from codecbench.datasets import load_dataset
from codecbench.errors import Unavailable, UsageError
from codecbench.plugins import Registered, Registry, describe_error, source_hash
from codecbench.run import keys
from codecbench.run.recognizer import Chosen, default_recognizer, named_recognizer
from codecbench.store.rows import SkipRow
from codecbench.weights import identity, resolve

CostMode = Literal["quick", "full", "none"]
KeepAudio = Literal["samples", "all", "none"]
NullFloor = Literal["sample", "full"]
NULL_FLOOR = "null_floor"
"""The parameter by which a metric's card asks for `Request.null_floor`."""
LADDER_METRICS = ("pesq_wb", "estoi", "mel_distance")
"""What the loss ladder is scored by, where the run has it: quality that needs no recognizer."""
NEAR = 0.05
"""`--bitrates 1.5` matches a nominal bitrate within 5 %."""


@dataclass(frozen=True)
class Request:
    """What the user asked for, as on the command line."""

    out: Path
    codecs: str = "all"
    dataset: str = "probe"
    bitrates: str | None = None
    metrics: str | None = None
    limit: int | None = None
    jobs: int = 1
    device: str = "cpu"
    seed: int = 0
    seeds: int = 1
    """Of a stochastic decoder, this many from `seed` on."""
    weights: Mapping[str, Path] = field(default_factory=dict)
    cost: CostMode = "quick"
    keep_audio: KeepAudio = "samples"
    cell_seconds: float = 60.0
    command: str = ""
    ladder: bool = False
    """Also score each codec in part: see `codecbench.api.Ladder`."""
    recognizer: str | None = None
    """An id, or a model of the user's own: see `codecbench.recognizers.choice`. None is the first registered."""
    null_floor: NullFloor = "sample"
    """How many inaudible changes of each original the recognizer hears: see `codecbench.metrics.hallucination`."""
    rescore: bool = False
    """Score stored payloads; nothing may be encoded."""

    def as_json(self) -> dict[str, Any]:
        """What the store keeps, so that `score` can plan the same cells again."""
        values = dict(vars(self)) | {"weights": {spec: str(path) for spec, path in self.weights.items()}}
        del values["out"]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], out: Path) -> Request:
        weights = {spec: Path(path) for spec, path in values["weights"].items()}
        return cls(**dict(values) | {"weights": weights, "out": out})

    def rescoring(self, metrics: str | None, jobs: int, specs: Sequence[str], utterances: int) -> Request:
        """Other metrics on all that the folder holds, by however many plans: these codecs and so many utterances."""
        return replace(
            self, metrics=metrics, jobs=jobs, codecs=",".join(specs), bitrates=None, limit=utterances, cost="none",
            ladder=False, rescore=True,
        )  # fmt: skip


@dataclass(frozen=True)
class PlannedCodec:
    """One codec × checkpoint to run. `identity` is its part of every key."""

    entry: Registered[CodecCard]
    points: tuple[OperatingPoint, ...]
    options: CodecOptions
    weights_sha256: str | None
    source_sha256: str

    @property
    def card(self) -> CodecCard:
        return self.entry.card

    def seeds(self, request: Request) -> range:
        """One, unless the decoder is stochastic."""
        return range(request.seed, request.seed + (request.seeds if self.card.stochastic else 1))

    @property
    def identity(self) -> tuple[Any, ...]:
        card = self.card
        return keys.codec_identity(
            card.spec, card.version, self.weights_sha256, self.source_sha256, self.options.device
        )


@dataclass(frozen=True)
class PlannedMetric:
    card: MetricCard
    key: str


@dataclass(frozen=True)
class PlannedUtterance:
    utterance: Utterance
    sha256: str | None
    """None where the file cannot be read; the worker says why."""

    @property
    def identity(self) -> str:
        return self.sha256 or f"unreadable:{self.utterance.id}"


@dataclass(frozen=True)
class Plan:
    request: Request
    dataset: Dataset
    revision: str
    utterances: tuple[PlannedUtterance, ...]
    codecs: tuple[PlannedCodec, ...]
    metrics: tuple[PlannedMetric, ...]
    recognizer: RecognizerCard | None
    recognizer_key: str | None
    recognizer_reason: str | None
    """Why there is none, where a metric asks for one."""
    recognizer_spec: str | None
    """How a worker finds it again."""
    skips: tuple[SkipRow, ...]
    broken: tuple[SkipRow, ...]
    """Plugins that did not load: reported like skips, but they make the exit status 3."""

    @property
    def ladder_metrics(self) -> tuple[PlannedMetric, ...]:
        """None where `--ladder` was not asked for."""
        if not self.request.ladder:
            return ()
        return tuple(metric for metric in self.metrics if metric.card.id in LADDER_METRICS)


def make_plan(request: Request, registry: Registry) -> Plan:
    """Raises UsageError for anything that the user has to change."""
    if request.limit is not None and request.limit < 1:
        raise UsageError(f"--limit must be at least 1, got {request.limit}")
    dataset = load_dataset(request.dataset, registry)
    hashed = [PlannedUtterance(u, keys.file_sha256(u.path)) for u in dataset.utterances]
    metrics = _select_metrics(request, registry, dataset)
    if request.ladder and not any(card.id in LADDER_METRICS for card in metrics):
        raise UsageError(f"--ladder needs one of {', '.join(LADDER_METRICS)} among --metrics '{request.metrics}'")
    chosen = _select_recognizer(request, metrics, registry)
    codecs, skips, broken = _select_codecs(request, registry)
    if request.codecs == "all":
        broken += [SkipRow(b.name, "", None, f"plugin did not load: {b.error}") for b in registry.broken]
    return Plan(
        request=request,
        dataset=dataset,
        revision=keys.revision((u.utterance, u.identity) for u in hashed),
        utterances=tuple(hashed[: request.limit]),
        codecs=codecs,
        metrics=tuple(PlannedMetric(card, keys.metric_key(card, chosen.key)) for card in metrics),
        recognizer=chosen.card,
        recognizer_key=chosen.key,
        recognizer_reason=chosen.reason,
        recognizer_spec=chosen.spec,
        skips=tuple(skips),
        broken=tuple(broken),
    )


def _select_metrics(request: Request, registry: Registry, dataset: Dataset) -> list[MetricCard]:
    """Those asked for; or all but those on request, and those that read columns which the dataset does not have."""
    if request.metrics is None:
        every = [entry for entry in registry.metrics.values() if not entry.card.on_request]
        entries = [entry for entry in every if _has_columns(entry.card, dataset)]
    else:
        entries = [registry.find("metrics", name) for name in _names(request.metrics, "--metrics")]
    for entry in entries:
        _check(entry, dataset)
    return [_as_asked(entry.card, request) for entry in entries]


def _check(entry: Registered[MetricCard], dataset: Dataset) -> None:
    """What the metric itself asks of the dataset. Raises UsageError, also for a check that breaks."""
    if entry.check is None:
        return
    try:
        entry.check(dataset)
    except UsageError:
        raise
    except Exception as error:  # a plugin's: its name instead of a traceback
        raise UsageError(f"metric '{entry.card.id}' could not check the dataset ({describe_error(error)})") from error


def _has_columns(card: MetricCard, dataset: Dataset) -> bool:
    if not card.columns:
        return True
    return any(utterance.extra.get(column) for utterance in dataset.utterances for column in card.columns)


def _as_asked(card: MetricCard, request: Request) -> MetricCard:
    """The card with the run's own options among its parameters: they are part of its key."""
    if NULL_FLOOR not in card.parameters:
        return card
    return replace(card, parameters={**card.parameters, NULL_FLOOR: request.null_floor})


def _select_recognizer(request: Request, metrics: Sequence[MetricCard], registry: Registry) -> Chosen:
    """None where no metric asks for one; a name is held to what there is all the same."""
    wanted = any(card.uses_recognizer for card in metrics)
    if request.recognizer is None:
        return default_recognizer(registry) if wanted else Chosen()
    if wanted:
        return named_recognizer(request.recognizer, registry)
    if not request.rescore:  # an old run may be scored further where its model is gone
        named_recognizer(request.recognizer, registry, tried=False)
    return Chosen()


def _select_codecs(
    request: Request, registry: Registry
) -> tuple[tuple[PlannedCodec, ...], list[SkipRow], list[SkipRow]]:
    """What is to be run; what cannot be and why; and what breaks when it is looked at, which is its plugin's fault."""
    names = registry.codec_names() if request.codecs == "all" else _names(request.codecs, "--codecs")
    skips: list[SkipRow] = []
    if request.rescore:
        names = _installed(names, registry, skips)
    entries = {entry.card.spec: entry for entry in map(registry.codec, names)}
    overrides = {registry.codec(spec).card.spec: path for spec, path in request.weights.items()}
    unused = overrides.keys() - entries.keys()
    if unused and not request.rescore:
        raise UsageError(
            f"--weights {sorted(unused)[0]}: that codec is not in --codecs; in the run: {', '.join(entries)}"
        )
    planned: list[PlannedCodec] = []
    broken: list[SkipRow] = []
    for entry in entries.values():
        card = entry.card
        points = _select_points(card, request.bitrates)
        try:
            if not points:
                has = ", ".join(point.label for point in card.points)
                raise Unavailable(f"no bitrate matches {request.bitrates}; it has {has}")
            planned.append(_planned(entry, points, overrides.get(card.spec), request))
        except Unavailable as error:
            skips.append(SkipRow(card.name, card.checkpoint, None, str(error)))
        except UsageError as error:
            if not request.rescore:
                raise
            skips.append(SkipRow(card.name, card.checkpoint, None, f"not scored further: {error}"))
        except Exception as error:  # a plugin's card that names what is not there
            broken.append(SkipRow(card.name, card.checkpoint, None, f"cannot be planned: {describe_error(error)}"))
    if not planned and not broken and request.bitrates:
        raise UsageError(f"--bitrates {request.bitrates}: no chosen codec has such a bitrate: {skips[0].reason}")
    return tuple(planned), skips, broken


def _planned(
    entry: Registered[CodecCard], points: tuple[OperatingPoint, ...], override: Path | None, request: Request
) -> PlannedCodec:
    """Raises Unavailable where its weights are not here, UsageError where `override` is not what it can be."""
    card = entry.card
    weights = resolve(card, override)
    return PlannedCodec(
        entry=entry,
        points=points,
        options=CodecOptions(card.checkpoint, weights, request.device, request.seed),
        weights_sha256=identity(card, weights) if weights else None,
        source_sha256=source_hash(entry.factory, (entry.module, *card.sources)),
    )


def _installed(names: Sequence[str], registry: Registry, skips: list[SkipRow]) -> list[str]:
    """Of the codecs of an older run those whose plugins are still here; the others are told."""
    here = []
    for name in names:
        try:
            registry.codec(name)
            here.append(name)
        except UsageError as error:
            codec, _, checkpoint = name.partition(":")
            skips.append(SkipRow(codec, checkpoint, None, f"not scored further: {error}"))
    return here


def _names(text: str, option: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise UsageError(f"{option} '{text}': expected names separated by commas")
    return list(dict.fromkeys(names))


def _select_points(card: CodecCard, bitrates: str | None) -> tuple[OperatingPoint, ...]:
    points = sorted(card.points, key=lambda point: point.nominal_kbps)
    if bitrates is None:
        return tuple(points)
    ranges = _parse_bitrates(bitrates)
    return tuple(
        point
        for point in points
        if any(low * (1 - NEAR) <= point.nominal_kbps <= high * (1 + NEAR) for low, high in ranges)
    )


def _parse_bitrates(text: str) -> list[tuple[float, float]]:
    number = r"(\d+(?:\.\d+)?)"
    ranges = []
    for part in text.split(","):
        match = re.fullmatch(rf"\s*{number}(?:\s*-\s*{number})?\s*", part)
        if match is None:
            raise UsageError(f"--bitrates '{text}': expected kbps such as 1.5,3 or a range such as 1-6")
        low, high = float(match[1]), float(match[2] or match[1])
        if low > high or high == 0:
            raise UsageError(f"--bitrates '{text}': {part.strip()} is an empty range")
        ranges.append((low, high))
    return ranges
