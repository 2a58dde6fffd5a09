"""What stands, in this process, for what other people's plugins bring: cards as data, and calls that go elsewhere.

Their code is imported in worker processes, for what is needed there, and in a child process that does one thing and
ends. So what an import does to its process (to torch, the working folder, stdout, its end) reaches nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, RecognizerCard
from codecbench.plugins.loading import PluginPoint, load
from codecbench.plugins.registered import Registered
from codecbench.plugins.sources import module_of


@dataclass(frozen=True)
class Foreign:
    """One thing of a foreign plugin, by which any process finds it again."""

    point: PluginPoint
    kind: str
    key: str

    def loaded(self) -> Registered[Any]:
        """In a process that is there for it: the thing itself. Raises whatever the plugin's import raises."""
        return next(entry for entry in load(self.point)[self.kind] if entry.key == self.key)


@dataclass(frozen=True)
class ForeignFactory:
    """Builds the thing where it is called, which is in a worker."""

    what: Foreign
    factory_module: str
    preload: tuple[str, ...]
    """What the module of the factory asks the fork server to import: see `codecbench.run.preloading`."""

    def __call__(self, *arguments: Any) -> Any:
        return self.what.loaded().factory(*arguments)


@dataclass(frozen=True)
class ForeignDataset:
    """The utterances that a plugin lists; it lists them in a child process."""

    what: Foreign

    def __call__(self, *folder: Path) -> Dataset:
        from codecbench.plugins.elsewhere import ask

        dataset: Dataset = ask("dataset", self.what, *folder)
        return dataset


@dataclass(frozen=True)
class ForeignCheck:
    """What a metric asks of a dataset; it asks in a child process. Raises UsageError as it does there."""

    what: Foreign

    def __call__(self, dataset: Dataset) -> None:
        from codecbench.plugins.elsewhere import ask

        ask("check", self.what, dataset)


@dataclass(frozen=True)
class ForeignModelFiles:
    """The files of a recognizer's model, looked for in a child process. Raises Unavailable as it does there."""

    what: Foreign

    def __call__(self) -> Sequence[Path]:
        from codecbench.plugins.elsewhere import ask

        files: Sequence[Path] = ask("model_files", self.what)
        return files


def stand_in(entry: Registered[Any], point: PluginPoint, kind: str) -> Registered[Any]:
    """In the process that has loaded it: what other processes are given in place of `entry`."""
    import sys

    what = Foreign(point, kind, entry.key)
    name = module_of(entry.factory)
    asked = getattr(sys.modules.get(name), "PRELOAD", ())
    preload = tuple(str(one) for one in asked) if isinstance(asked, (tuple, list)) else ()
    factory = ForeignDataset(what) if kind == "datasets" else ForeignFactory(what, name, preload)
    card = entry.card
    if isinstance(card, RecognizerCard):
        card = replace(card, model_files=ForeignModelFiles(what))
    return replace(entry, card=card, factory=factory, check=None if entry.check is None else ForeignCheck(what))
