"""Which codecs a plan has: those that are asked for, or for `score` those of the folder that are still installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench.environments.making import Say
from codecbench.errors import Unavailable, UsageError
from codecbench.names import names
from codecbench.plugins import Registered, Registry, choose_codecs, describe_error, source_hash
from codecbench.run.environments import Environments, refuse_pythons
from codecbench.run.given_paths import split_paths
from codecbench.run.planned import PlannedCodec
from codecbench.run.points import select_points, unmatched_parts
from codecbench.run.request import Request
from codecbench.run.settings import changed_settings, refuse_strangers
from codecbench.store.rows import SkipRow
from codecbench.weights import RANDOM, MissingWeights, as_pinned, identity, resolve


@dataclass(frozen=True)
class CodecSelection:
    """What is to be run; what cannot be and why; and what breaks when it is looked at, which is its plugin's fault."""

    planned: tuple[PlannedCodec, ...]
    skips: tuple[SkipRow, ...]
    broken: tuple[SkipRow, ...]
    unmatched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By a part of `--bitrates`, the planned codecs that have no point there."""


def select_codecs(request: Request, registry: Registry, say: Say | None = None) -> CodecSelection:
    """Those of `--codecs`. Raises UsageError for names, weights, interpreters or bitrates that cannot be.

    Environments of codecs that are asked for by name are made where they are not, and told of by `say`: of all that are
    registered some take gigabytes.
    """
    asked = choose_codecs(request.codecs, registry)
    entries = {entry.card.spec: entry for entry in map(registry.codec, asked.specs)}
    named = frozenset(registry.codec(name).card.spec for name in asked.named)
    overrides = split_paths(request.weights, registry, "--weights").codecs
    unused = overrides.keys() - entries.keys()
    if unused:
        raise UsageError(
            f"--weights {sorted(unused)[0]}: that codec is not in --codecs; in the run: {', '.join(entries)}"
        )
    refuse_strangers(request.settings, [entry.card for entry in entries.values()])
    pythons = split_paths(request.pythons, registry, "--python").codecs
    refuse_pythons(pythons, {spec: entry.card for spec, entry in entries.items()})
    environments = Environments(pythons, say or (lambda _: None))
    selected = _select(entries.values(), overrides, environments, request, named)
    if entries and not any(select_points(entry.card, request.bitrates) for entry in entries.values()):
        told = (skip.reason for skip in selected.skips if f"{skip.codec}:{skip.checkpoint}" in named)
        raise UsageError(
            f"--bitrates {request.bitrates}: no chosen codec has such a bitrate: "
            + next(told, "all bitrates are shown by: codecbench list codecs --rates")
        )
    return selected


def select_stored_codecs(request: Request, registry: Registry) -> CodecSelection:
    """Codecs of an older run: one whose plugin or weights are gone is skipped, not the user's mistake."""
    entries: dict[str, Registered[CodecCard]] = {}
    gone = []
    for name in names(request.codecs, "--codecs"):
        try:
            entry = registry.codec(name)
            entries[entry.card.spec] = entry
        except UsageError as error:
            codec, _, checkpoint = name.partition(":")
            gone.append(SkipRow(codec, checkpoint, None, f"not scored further: {error}"))
    known = {spec: path for spec, path in request.weights.items() if _is_installed(spec, registry)}
    pythons = {spec: path for spec, path in request.pythons.items() if _is_installed(spec, registry)}
    selected = _select(
        entries.values(), _by_spec(known, registry), Environments(_by_spec(pythons, registry)), request,
        frozenset(entries),
        unusable=lambda card, error: SkipRow(card.name, card.checkpoint, None, f"not scored further: {error}"),
    )  # fmt: skip
    return CodecSelection(selected.planned, (*gone, *selected.skips), selected.broken)


def _by_spec(paths: Mapping[str, Path], registry: Registry) -> dict[str, Path]:
    """With each codec's name as `name:checkpoint`."""
    return {registry.codec(spec).card.spec: path for spec, path in paths.items()}


def _is_installed(spec: str, registry: Registry) -> bool:
    try:
        registry.codec(spec)
    except UsageError:
        return False
    return True


def _select(
    entries: Iterable[Registered[CodecCard]], overrides: Mapping[str, Path], environments: Environments,
    request: Request, named: frozenset[str], unusable: Callable[[CodecCard, UsageError], SkipRow] | None = None,
) -> CodecSelection:  # fmt: skip
    """`unusable` turns a mistake in weights into a skip; without it the mistake is raised.

    Those that are not `named` are of a word for many: their environments are not made, and those without weights are
    told of together.
    """
    planned: list[PlannedCodec] = []
    skips: list[SkipRow] = []
    broken: list[SkipRow] = []
    for entry in entries:
        card = entry.card
        points = select_points(card, request.bitrates)
        try:
            some = _some(points, card, request, card.spec in named)
            theirs = environments if card.spec in named else replace(environments, say=None)
            planned.append(_planned(entry, some, overrides.get(card.spec), theirs, request))
        except MissingWeights as error:
            reason = str(error) if card.spec in named else error.SHORT
            skips.append(SkipRow(card.name, card.checkpoint, None, reason))
        except Unavailable as error:
            skips.append(SkipRow(card.name, card.checkpoint, None, str(error)))
        except UsageError as error:
            if unusable is None:
                raise
            skips.append(unusable(card, error))
        except Exception as error:  # a plugin's card that names what is not there
            broken.append(SkipRow(card.name, card.checkpoint, None, f"cannot be planned: {describe_error(error)}"))
    return CodecSelection(tuple(planned), tuple(skips), tuple(broken), _unmatched(planned, request.bitrates))


def _unmatched(planned: Iterable[PlannedCodec], bitrates: str | None) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for codec in planned:
        for part in unmatched_parts(codec.card, bitrates):
            found.setdefault(part, []).append(codec.codec_id.short)
    return {part: tuple(codecs) for part, codecs in found.items()}


def _some(
    points: Sequence[OperatingPoint], card: CodecCard, request: Request, named: bool
) -> tuple[OperatingPoint, ...]:  # fmt: skip
    """Raises Unavailable where no point is left: of a codec that was `named`, saying which it has."""
    if not points:
        has = f"; it has {', '.join(point.label for point in card.points)}" if named else ""
        raise Unavailable(f"no bitrate matches {request.bitrates}{has}")
    return tuple(points)


def _planned(
    entry: Registered[CodecCard], points: tuple[OperatingPoint, ...], override: Path | None,
    environments: Environments, request: Request,
) -> PlannedCodec:  # fmt: skip
    """Raises Unavailable where its weights or its environment are not here, UsageError where what the user names for
    them is not what it can be.
    """
    card = entry.card
    weights = resolve(card, override)  # first: an environment is not made for a codec without its weights
    if override == RANDOM:
        entry = replace(entry, card=replace(card, track="untrained", training=""))
    changed = changed_settings(card, request.settings)
    options = CodecOptions.of(card, weights, request.device, request.seed, changed)
    environment = environments.of(entry, options)
    return PlannedCodec(
        entry=entry,
        points=points,
        options=options if environment is None else replace(options, interpreter=environment.interpreter),
        changed=changed,
        weights_sha256=identity(card, weights) if weights else str(RANDOM) if override == RANDOM else None,
        source_sha256=source_hash(entry.factory, (entry.module, *card.sources)),
        other_weights=weights is not None and not as_pinned(card, weights),
        generation=request.generations.get(card.spec, 0),
        environment=None if environment is None else environment.facts,
    )
