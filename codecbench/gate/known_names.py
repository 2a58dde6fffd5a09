"""Names in `[tool.codecbench.gate]` that mean nothing would leave the gate off without a word."""

from __future__ import annotations

from collections.abc import Iterable

from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.gate.thresholds import Settings
from codecbench.plugins import registry
from codecbench.store.ids import Place


def refuse_unknown_names(settings: Settings, *sides: Baseline) -> None:
    """Every metric, codec and operating point that `settings` name is one of `sides`, or is installed.

    What is installed counts too, for one project may gate several baselines.

    Raises:
        UsageError: a name is neither, with those that are known.
    """
    places = {row.place for side in sides for row in side.rows}
    metrics = {name for side in sides for name in side.metrics} | set(registry().metrics)
    asked = [("thresholds", name) for name in settings.thresholds]
    asked += [("floors", metric) for _, metric in settings.floors]
    for what, name in asked:
        if name not in metrics:
            raise UsageError(_unknown(settings, what, "metric", name, metrics))
    codecs = {name for place in places for name in (place.codec, place.spec)}
    installed = {name for spec in registry().codecs for name in (spec, spec.partition(":")[0])}
    asked = [("exact_payload", name) for name in settings.exact_payload]
    asked += [("floors", place) for place, _ in settings.floors if place]
    for what, name in asked:
        codec, _, point = name.partition("@")
        if codec not in codecs | installed:
            raise UsageError(_unknown(settings, what, "codec", codec, codecs | installed))
        if point and codec in codecs and point not in _points(places, codec):
            raise UsageError(_unknown(settings, what, f"operating point of {codec}", point, _points(places, codec)))


def _points(places: Iterable[Place], codec: str) -> set[str]:
    return {place.point for place in places if codec in (place.codec, place.spec)}


def _unknown(settings: Settings, key: str, kind: str, name: str, known: Iterable[str]) -> str:
    return f"{settings.source}: {key}: there is no {kind} '{name}'; known: {', '.join(sorted(known))}"
