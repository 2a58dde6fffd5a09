"""Names in `[tool.codecbench.gate]` or on the command line that mean nothing would leave the gate off unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.gate.thresholds import Settings
from codecbench.plugins import registry


@dataclass(frozen=True)
class _Asked:
    """A name, and who asks for it: an option, or a key of pyproject.toml."""

    by: str
    name: str


def refuse_unknown_names(settings: Settings, *sides: Baseline, codecs: Iterable[str] = ()) -> None:
    """Every metric, codec and operating point that `settings` name, and of `--codecs`, is one of `sides` or installed.

    What is installed counts too, for one project may gate several baselines.

    Raises:
        UsageError: a name is neither, with those that are known.
    """
    places = {row.place for side in sides for row in side.rows}
    metrics = {name for side in sides for name in side.metrics} | set(registry().metrics)
    for asked in _metrics(settings):
        if asked.name not in metrics:
            raise UsageError(_unknown(asked.by, "metric", asked.name, metrics))
    installed = registry().codecs
    known = {name for place in places for name in (place.codec, place.spec)}
    known |= {name for spec in installed for name in (spec, spec.partition(":")[0])}
    for asked in (*_codecs(settings), *(_Asked("--codecs", name) for name in codecs)):
        codec, _, point = asked.name.partition("@")
        if codec not in known:
            raise UsageError(_unknown(asked.by, "codec", codec, known))
        points = {place.point for place in places if codec in (place.codec, place.spec)}
        if not points:
            cards = [entry.card for spec, entry in installed.items() if codec in (spec, entry.card.name)]
            points = {one.label for card in cards for one in card.points}
        if point and point not in points:
            raise UsageError(_unknown(asked.by, f"operating point of {codec}", point, points))


def _metrics(settings: Settings) -> list[_Asked]:
    asked = [_Asked(settings.metrics_source or f"{settings.source}: metrics", name) for name in settings.metrics or ()]
    asked += [_Asked(f"{settings.source}: thresholds", name) for name in settings.thresholds]
    return asked + [_Asked(f"{settings.source}: floors", metric) for _, metric in settings.floors]


def _codecs(settings: Settings) -> list[_Asked]:
    asked = [_Asked(f"{settings.source}: exact_payload", name) for name in settings.exact_payload]
    return asked + [_Asked(f"{settings.source}: floors", place) for place, _ in settings.floors if place]


def _unknown(by: str, kind: str, name: str, known: Iterable[str]) -> str:
    return f"{by}: there is no {kind} '{name}'; known: {', '.join(sorted(known))}"
