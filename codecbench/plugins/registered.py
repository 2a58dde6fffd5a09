"""What plugins have registered: by kind and name, with where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from codecbench.api import CodecCard, ConditionCard, Dataset, DatasetCard, MetricCard, RecognizerCard, UsageError

CARDS: dict[str, type[Any]] = {
    "codecs": CodecCard,
    "metrics": MetricCard,
    "datasets": DatasetCard,
    "recognizers": RecognizerCard,
    "conditions": ConditionCard,
}
OWN = "codecbench"
"""The distribution whose plugins are loaded in every process; all others' in processes of their own."""

CardT = TypeVar("CardT")


@dataclass(frozen=True)
class Registered(Generic[CardT]):
    """One registered thing: its card, the factory that builds it, and the plugin it came from."""

    card: CardT
    factory: Callable[..., Any]
    plugin: str
    module: str = ""
    """The entry point's module: its sources are part of every key, wherever the factory is defined."""
    check: Callable[[Dataset], object] | None = None
    """Of a metric: what it asks of a dataset, see `codecbench.hookspecs`."""
    group: tuple[str, ...] = ()
    """Of a metric that is scored together with others: the ids of them all, in the order of registration."""
    distribution: str = OWN
    version: str = ""

    @property
    def key(self) -> str:
        """`name:checkpoint` of a codec, the id of the rest."""
        card: Any = self.card
        return str(card.spec if isinstance(card, CodecCard) else card.id)

    @property
    def is_own(self) -> bool:
        """Whether codecbench ships it."""
        return self.distribution == OWN

    @property
    def source(self) -> str:
        """The distribution and its version, for a person."""
        return f"{self.distribution} {self.version}".strip() or f"plugin {self.plugin}"


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that failed to import or to register, and how."""

    name: str
    error: str


@dataclass
class Registry:
    """Everything that was found. Keys are `name:checkpoint` for codecs and the id for the rest.

    `doubles`: by kind and key, what two distributions have registered under one name; nobody gets either by that name.
    """

    codecs: dict[str, Registered[Any]] = field(default_factory=dict)
    metrics: dict[str, Registered[Any]] = field(default_factory=dict)
    datasets: dict[str, Registered[Any]] = field(default_factory=dict)
    recognizers: dict[str, Registered[Any]] = field(default_factory=dict)
    conditions: dict[str, Registered[Any]] = field(default_factory=dict)
    broken: list[BrokenPlugin] = field(default_factory=list)
    doubles: dict[tuple[str, str], list[Registered[Any]]] = field(default_factory=dict)

    def table(self, kind: str) -> dict[str, Registered[Any]]:
        table: dict[str, Registered[Any]] = getattr(self, kind)
        return table

    def add(self, kind: str, entries: Iterable[Registered[Any]]) -> None:
        """What one plugin registers of a kind. A name that is taken is nobody's, unless it is one of codecbench's."""
        entries = list(entries)
        intruders = [entry for entry in entries if kind == "codecs" and self._intrudes(entry)]
        problems = [
            f"codec '{entry.card.name}' is codecbench's: {entry.source} cannot add checkpoint "
            f"'{entry.card.checkpoint}' to it; register it under a name of its own"
            for entry in intruders
        ]
        taken = {entry.key for entry in entries if entry.key in self.table(kind) or (kind, entry.key) in self.doubles}
        groups = [entry.group for entry in entries if entry.key in taken]
        for entry in (entry for entry in entries if entry not in intruders):
            if entry.key in taken or any(entry.key in group for group in groups):
                problems += self._double(kind, entry)
            else:
                self.table(kind)[entry.key] = entry
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self.broken.append(BrokenPlugin(entries[0].plugin, problems[0] + more))

    def _intrudes(self, entry: Registered[CodecCard]) -> bool:
        """A checkpoint under the name of a codec of codecbench's would be taken for one of that codec's."""
        own = {other.card.name for other in self.codecs.values() if other.is_own}
        return not entry.is_own and entry.card.name in own and entry.key not in self.codecs

    def _double(self, kind: str, entry: Registered[Any]) -> list[str]:
        """Takes the name from whoever had it; returns the problem, unless `entry` only shares a group with one."""
        first = self.table(kind).get(entry.key)
        if first is not None and not first.is_own:
            del self.table(kind)[entry.key]
        there = self.doubles.setdefault((kind, entry.key), [first] if first is not None else [])
        there.append(entry)
        return [self.double_problem(kind, entry.key)] if len(there) > 1 else []

    def double_problem(self, kind: str, key: str) -> str:
        sources = " and by ".join(dict.fromkeys(one.source for one in self.doubles[kind, key]))
        return f"{kind.removesuffix('s')} '{key}' is registered by {sources}: uninstall one of them, or rename it"

    def codec_names(self) -> list[str]:
        """Codec names in the order of registration, without checkpoints."""
        return list(dict.fromkeys(entry.card.name for entry in self.codecs.values()))

    def checkpoints(self, name: str) -> list[CodecCard]:
        return [entry.card for entry in self.codecs.values() if entry.card.name == name]

    def codec(self, spec: str) -> Registered[CodecCard]:
        """The codec `name` (its default checkpoint) or `name:checkpoint`.

        Raises:
            UsageError: there is none (naming those known, and what did not load), or two distributions have it.
        """
        name, _, checkpoint = spec.partition(":")
        for kind, key in self.doubles:
            if kind == "codecs" and (key == spec or (not checkpoint and key.partition(":")[0] == name)):
                raise UsageError(self.double_problem(kind, key))
        cards = self.checkpoints(name)
        if not cards:
            raise UsageError(f"unknown codec '{name}'; known: {', '.join(self.codec_names())}{self._not_loaded()}")
        if not checkpoint:
            return self.codecs[cards[0].spec]
        if spec not in self.codecs:
            known = ", ".join(card.checkpoint for card in cards)
            raise UsageError(f"codec '{name}' has no checkpoint '{checkpoint}'; it has: {known}{self._not_loaded()}")
        return self.codecs[spec]

    def find(self, kind: str, name: str) -> Registered[Any]:
        """A metric, dataset or recognizer by id. Raises as `codec`."""
        if (kind, name) in self.doubles:
            raise UsageError(self.double_problem(kind, name))
        table = self.table(kind)
        if name not in table:
            known = ", ".join(table) or "none"
            raise UsageError(f"unknown {kind.removesuffix('s')} '{name}'; known: {known}{self._not_loaded()}")
        return table[name]

    def _not_loaded(self) -> str:
        """The plugins that did not load: one of them may have what is missed."""
        said = "; ".join(f"'{plugin.name}' ({plugin.error})" for plugin in self.broken)
        return said and f". Plugins that did not load: {said}"

    def scorer_of(self, metric: str) -> str:
        """The id under which the object that scores `metric` is built: its own, or the first of its group's."""
        group = self.metrics[metric].group
        return group[0] if group else metric
