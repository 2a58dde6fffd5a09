"""Finding plugins: each guarded, other people's never imported by the command itself, so that none can hurt it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from codecbench.plugins.choosing import ChosenCodecs, choose_codecs
from codecbench.plugins.elsewhere import ASKED, collect
from codecbench.plugins.loading import GROUP, HOOKS, PluginPoint, describe_error, load
from codecbench.plugins.registered import CARDS, OWN, BrokenPlugin, Registered, Registry
from codecbench.plugins.sources import foreign_source_hash, module_of, source_hash

__all__ = [
    "CARDS",
    "GROUP",
    "HOOKS",
    "OWN",
    "BrokenPlugin",
    "ChosenCodecs",
    "PluginPoint",
    "Registered",
    "Registry",
    "adopt",
    "choose_codecs",
    "describe_error",
    "foreign_source_hash",
    "handed_over",
    "listed_points",
    "load_registry",
    "module_of",
    "registry",
    "source_hash",
]  # fmt: skip


def load_registry(points: Iterable[EntryPoint] | None = None) -> Registry:
    """What each entry point of the group registers: codecbench's own first, then the others', as a child saw them."""
    found = Registry()
    every = listed_points(points)
    for point in (point for point in every if point.is_own):
        try:
            for kind, entries in load(point).items():
                found.add(kind, entries)
        except Exception as error:  # an extra that is half installed
            found.broken.append(BrokenPlugin(point.name, describe_error(error)))
    foreign = [point for point in every if not point.is_own]
    if foreign and ASKED not in os.environ:
        for answer in collect(foreign):
            if isinstance(answer, BrokenPlugin):
                found.broken.append(answer)
                continue
            for kind, listed in answer.items():
                found.add(kind, listed)
    return found


def listed_points(points: Iterable[EntryPoint] | None = None) -> list[PluginPoint]:
    """All of the group, each once: codecbench's own in their order, then the others by name, for a stable order."""
    every = dict.fromkeys(map(PluginPoint.of, entry_points(group=GROUP) if points is None else points))
    return sorted(every, key=lambda point: (not point.is_own, "" if point.is_own else point.name, point.distribution))


_handed: list[bytes] = []


@cache
def registry() -> Registry:
    """The registry of this process, loaded once; in a worker codecbench's own and what it was handed."""
    return _adopted(_handed[0]) if _handed else load_registry()


def handed_over() -> bytes:
    """What a worker is given, so that it finds what this process has found without asking every plugin again."""
    return pickle.dumps(
        [(kind, one) for kind in HOOKS for one in registry().table(kind).values() if not one.is_own]
    )  # fmt: skip


def adopt(data: bytes) -> None:
    """In a worker: what the process that started it has found."""
    _handed[:] = [data]
    registry.cache_clear()


def _adopted(data: bytes) -> Registry:
    found = load_registry(point for point in entry_points(group=GROUP) if PluginPoint.of(point).is_own)
    entries: list[tuple[str, Registered[Any]]] = pickle.loads(data)  # nosec B301 - from our parent
    for kind, entry in entries:
        found.table(kind)[entry.key] = entry
    return found
