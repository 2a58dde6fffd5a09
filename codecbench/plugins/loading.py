"""Loading one plugin in this process: its import, and what its hooks register.

pluggy's own loader calls `ep.load()` bare: one broken distribution would end every command. Here entry points are
loaded one by one, and whoever calls this keeps what a plugin raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import EntryPoint
from typing import Any

import pluggy

from codecbench import hookspecs
from codecbench.api import CodecCard, Dataset, MetricCard, hookimpl
from codecbench.environments.codec import SideFactory
from codecbench.environments.metric import SideMetricFactory
from codecbench.names import visible
from codecbench.plugins.registered import CARDS, OWN, Registered

GROUP = "codecbench"
HOOKS = tuple(CARDS)
NOTHING = (
    "it registers nothing: has its codecbench_register_ function @hookimpl, and does its entry point name the module?"
)


@dataclass(frozen=True)
class PluginPoint:
    """An entry point, as any process finds it again, and the distribution that has it."""

    name: str
    value: str
    distribution: str = ""
    version: str = ""

    @classmethod
    def of(cls, point: EntryPoint) -> PluginPoint:
        dist = point.dist
        return cls(point.name, point.value, dist.name if dist else "", dist.version if dist else "")

    @property
    def module(self) -> str:
        """What is imported."""
        return self.value.partition(":")[0].strip()

    @property
    def is_own(self) -> bool:
        return self.distribution == OWN


@cache
def load(point: PluginPoint) -> dict[str, list[Registered[Any]]]:
    """What the plugin registers, by kind, in its order. Raises whatever it raises; ValueError if that is nothing."""
    plugin = EntryPoint(point.name, point.value, GROUP).load()
    if isinstance(plugin, type) and isinstance(getattr(plugin, "card", None), CodecCard):
        plugin = _ClassPlugin(plugin)
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name=point.name)
    # A typo in a hook's name would otherwise pass silently and register nothing.
    manager.check_pending()
    found: dict[str, list[Registered[Any]]] = {}
    for kind in HOOKS:
        register = _Register(kind, point, getattr(plugin, "__name__", ""))
        handed: dict[str, Any] = {"register": register}
        if kind == "metrics":
            handed["register_group"] = register.group
        getattr(manager.hook, f"codecbench_register_{kind}")(**handed)
        found[kind] = register.entries
    if not any(found.values()):
        raise ValueError(NOTHING)
    return found


class _ClassPlugin:
    """A codec's class that has its card and no plugin around it: it is the factory."""

    def __init__(self, codec: Any) -> None:
        self.codec, self.__name__ = codec, codec.__module__

    @hookimpl
    def codecbench_register_codecs(self, register: Callable[..., None]) -> None:
        register(self.codec.card, self.codec)


def describe_error(error: BaseException) -> str:
    """One line: the exception's type and message."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception that cannot even be printed
        text = ""
    return visible(f"{type(error).__name__}: {text}" if text else type(error).__name__)


@dataclass
class _Register:
    """What a plugin's hook is handed: it keeps checked cards of one kind."""

    kind: str
    point: PluginPoint
    module: str
    entries: list[Registered[Any]] = field(default_factory=list)

    def __call__(
        self, card: Any, factory: Callable[..., Any] | None = None,
        check: Callable[[Dataset], object] | None = None,
    ) -> None:  # fmt: skip
        self._put(card, factory if factory is not None else self._of_side(card), check)

    def _of_side(self, card: Any) -> Callable[..., Any]:
        """The factory of a codec or metric that is registered without one."""
        if isinstance(card, CodecCard) and card.environment is not None:
            return SideFactory(card, self.module)
        if isinstance(card, MetricCard) and card.environment is not None:
            return SideMetricFactory(card, self.module)
        raise TypeError(f"a {self._what} is registered with its factory: register(card, factory)")

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
            self._put(card, factory, check, ids)

    def _put(
        self, card: Any, factory: Callable[..., Any], check: Callable[[Dataset], object] | None,
        group: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._check(card)
        if not callable(factory):
            raise TypeError(f"the factory of {self._what} must be a function, got {factory!r}")
        if getattr(card, "environment", None) is not None and not isinstance(factory, (SideFactory, SideMetricFactory)):
            name = card.spec if isinstance(card, CodecCard) else card.id
            raise TypeError(
                f"{name} has an environment, in which its side makes the {self._what}: register(card) alone"
            )
        point = self.point
        entry = Registered(
            card, factory, point.name, self.module, check, group, point.distribution, point.version
        )  # fmt: skip
        if any(entry.key == other.key for other in self.entries):
            raise ValueError(f"{self._what} '{entry.key}' is registered twice")
        self.entries.append(entry)

    @property
    def _what(self) -> str:
        return self.kind.removesuffix("s")

    def _check(self, card: Any) -> None:
        wanted = CARDS[self.kind]
        if type(card) is not wanted:  # a subclass would be another thing in each process
            raise TypeError(f"a {self._what}'s card must be a {wanted.__name__}, got {card!r}")
        if isinstance(card, (CodecCard, MetricCard)):
            json.dumps(asdict(card), allow_nan=False)  # kept as JSON: fail here, not in a run
