"""Finding and loading plugins: each guarded and lazy, so that none can hurt the command line.

pluggy's own loader calls `ep.load()` bare: one broken distribution would end every command. Here entry points are
iterated by us, and whatever a plugin raises is kept beside its name and shown by `codecbench list`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

import pluggy

from codecbench import hookspecs
from codecbench.api import CodecCard, CodecFactory, Dataset, DatasetCard, MetricCard, RecognizerCard, UsageError

GROUP = "codecbench"
CARDS: dict[str, type[Any]] = {
    "codecs": CodecCard,
    "metrics": MetricCard,
    "datasets": DatasetCard,
    "recognizers": RecognizerCard,
}
HOOKS = tuple(CARDS)

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


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that failed to import or to register, and how."""

    name: str
    error: str


@dataclass
class Registry:
    """Everything that was found. Keys are `name:checkpoint` for codecs and the id for the rest."""

    codecs: dict[str, Registered[Any]] = field(default_factory=dict)
    metrics: dict[str, Registered[Any]] = field(default_factory=dict)
    datasets: dict[str, Registered[Any]] = field(default_factory=dict)
    recognizers: dict[str, Registered[Any]] = field(default_factory=dict)
    broken: list[BrokenPlugin] = field(default_factory=list)

    def codec_names(self) -> list[str]:
        """Codec names in the order of registration, without checkpoints."""
        return list(dict.fromkeys(entry.card.name for entry in self.codecs.values()))

    def checkpoints(self, name: str) -> list[CodecCard]:
        return [entry.card for entry in self.codecs.values() if entry.card.name == name]

    def codec(self, spec: str) -> Registered[CodecCard]:
        """The codec `name` (its default checkpoint) or `name:checkpoint`. Raises UsageError, naming those known."""
        name, _, checkpoint = spec.partition(":")
        cards = self.checkpoints(name)
        if not cards:
            broken = next((b for b in self.broken if b.name == name), None)
            if broken:
                raise UsageError(f"codec '{name}': its plugin did not load: {broken.error}")
            raise UsageError(f"unknown codec '{name}'; known: {', '.join(self.codec_names())}")
        if not checkpoint:
            return self.codecs[cards[0].spec]
        if spec not in self.codecs:
            known = ", ".join(card.checkpoint for card in cards)
            raise UsageError(f"codec '{name}' has no checkpoint '{checkpoint}'; it has: {known}")
        return self.codecs[spec]

    def find(self, kind: str, name: str) -> Registered[Any]:
        """A metric, dataset or recognizer by id. Raises UsageError, naming those known."""
        table: dict[str, Registered[Any]] = getattr(self, kind)
        if name not in table:
            raise UsageError(f"unknown {kind.removesuffix('s')} '{name}'; known: {', '.join(table) or 'none'}")
        return table[name]

    def scorer_of(self, metric: str) -> str:
        """The id under which the object that scores `metric` is built: its own, or the first of its group's."""
        group = self.metrics[metric].group
        return group[0] if group else metric


def load_registry(points: tuple[EntryPoint, ...] | None = None) -> Registry:
    """Load every entry point of the group, one by one, and collect what each registers."""
    registry = Registry()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    for point in ordered(entry_points(group=GROUP) if points is None else points):
        try:
            plugin = point.load()
            manager.register(plugin, name=point.name)
            # A typo in a hook's name would otherwise pass silently and register nothing.
            manager.check_pending()
            _collect(registry, manager, plugin, point.name)
        except (Exception, SystemExit) as error:  # whatever it raises, the others must live
            registry.broken.append(BrokenPlugin(point.name, describe_error(error)))
            if manager.has_plugin(point.name):
                manager.unregister(name=point.name)
    return registry


@cache
def registry() -> Registry:
    """The registry of this process, loaded once."""
    return load_registry()


def describe_error(error: BaseException) -> str:
    """One line: the exception's type and message."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception that cannot even be printed
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def ordered(points: Any) -> Iterator[EntryPoint]:
    """codecbench's own first, so that nobody can take a built-in's name; then by name, for a stable order."""
    own: list[EntryPoint] = []
    foreign: list[EntryPoint] = []
    for point in points:
        (own if point.dist is not None and point.dist.name == "codecbench" else foreign).append(point)
    yield from own
    yield from sorted(foreign, key=lambda point: point.name)


def _collect(registry: Registry, manager: pluggy.PluginManager, plugin: Any, name: str) -> None:
    others = [other for other in manager.get_plugins() if other is not plugin]
    module = getattr(plugin, "__name__", "")
    for kind in HOOKS:
        register = _Register(getattr(registry, kind), kind, name, module)
        handed: dict[str, Any] = {"register": register}
        if kind == "metrics":
            handed["register_group"] = register.group
        manager.subset_hook_caller(f"codecbench_register_{kind}", others)(**handed)


@dataclass(frozen=True)
class _Register:
    """What a plugin's hook is handed: it puts checked cards into the registry's table of one kind."""

    table: dict[str, Registered[Any]]
    kind: str
    plugin: str
    module: str

    def __call__(
        self, card: Any, factory: Callable[..., Any], check: Callable[[Dataset], object] | None = None
    ) -> None:
        self._put(card, Registered(card, factory, self.plugin, self.module, check))

    def group(
        self, cards: Sequence[Any], factory: Callable[..., Any], check: Callable[[Dataset], object] | None = None
    ) -> None:
        """One factory for the metrics of all `cards`."""
        if not cards:
            raise ValueError("register_group needs at least one card")
        for card in cards:
            self._check(card)
        ids = tuple(card.id for card in cards)
        for card in cards:
            self._put(card, Registered(card, factory, self.plugin, self.module, check, ids))

    def _put(self, card: Any, entry: Registered[Any]) -> None:
        self._check(card)
        key: str = card.spec if isinstance(card, CodecCard) else card.id
        if key in self.table:
            raise ValueError(f"'{key}' is already registered by plugin '{self.table[key].plugin}'")
        self.table[key] = entry

    def _check(self, card: Any) -> None:
        wanted = CARDS[self.kind]
        if not isinstance(card, wanted):
            raise TypeError(f"a {self.kind.removesuffix('s')}'s card must be a {wanted.__name__}, got {card!r}")
        if isinstance(card, (CodecCard, MetricCard)):
            json.dumps(asdict(card), allow_nan=False)  # kept as JSON: fail here, not in a run


def source_hash(factory: CodecFactory, extra: tuple[str, ...] = ()) -> str:
    """sha256 over the Python sources that decide what a codec computes: its own package, and `extra` packages.

    In every coding's key: an author who edits a plugin must never read scores of the older code.

    Raises:
        ValueError: a package has no sources here, so that an edit of it could not be seen.
    """
    digest = hashlib.sha256()
    while hasattr(factory, "func"):  # functools.partial
        factory = factory.func
    own = str(getattr(factory, "__module__", "") or type(factory).__module__)
    for package in dict.fromkeys(name.partition(".")[0] for name in (own, *extra) if name):
        files = _source_files(package)
        if not files:
            raise ValueError(f"no source files of '{package}' were found, so that an edit could not be seen")
        for name, path in files:
            digest.update(f"{package}/{name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files(package: str) -> list[tuple[str, Path]]:
    """The files of a module, a package, or a namespace package, which may lie in several folders."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return []
    if spec.origin is not None and Path(spec.origin).name != "__init__.py":
        return [(Path(spec.origin).name, Path(spec.origin))]
    files = []
    for folder in map(Path, spec.submodule_search_locations or ()):
        # Entropy models decide the entropy-coded size; weights have a hash of their own.
        paths = [*folder.rglob("*.py"), *folder.rglob("*-entropy.safetensors")]
        files += [(str(path.relative_to(folder)), path) for path in paths]
    return sorted(files)
