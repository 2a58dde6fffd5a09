"""Codecs and metrics that are given from Python: a file, or a class, that no distribution has registered."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import CodecCard, UsageError
from codecbench.plugins import registry
from codecbench.plugins.elsewhere import collect
from codecbench.plugins.loading import HOOKS, PluginPoint
from codecbench.plugins.registered import BrokenPlugin, Registered

Given: TypeAlias = str | Path | type
GivenKind: TypeAlias = Literal["codecs", "metrics"]
FILE = re.compile(r"(?P<file>.+?\.py)(?::(?P<name>.+))?")
MAIN = ("__main__", "__mp_main__", "builtins")


@dataclass(frozen=True)
class Taken:
    """`names` of what is registered by now, and the plugin `files` that some of it came from."""

    names: tuple[str, ...]
    files: tuple[Path, ...]


def take(given: Iterable[Given], kind: GivenKind) -> Taken:
    """What a run calls the codecs (or metrics) that are given as names, files or classes; it registers the last two.

    A file is a plugin in one module (docs/tutorial-codec-plugin.md): `./my_codec.py` stands for all that it registers,
    `./my_codec.py:mulaw` for one of them. A class is one of such a module, or one with a `card` of its own.

    Raises:
        UsageError: workers could not import it, or it does not register that.
    """
    taken: list[str] = []
    files: list[Path] = []
    for one in given:
        if isinstance(one, type):
            taken += _of_class(one)
        elif found := FILE.fullmatch(str(one)):
            taken += _of_file(Path(found["file"]), found["name"], kind)
            files.append(Path(found["file"]).absolute())
        else:
            taken.append(str(one))
    return Taken(tuple(dict.fromkeys(taken)), tuple(files))


def _of_file(file: Path, name: str | None, kind: GivenKind) -> list[str]:
    keys = _kept(add_file(file), kind, str(file))
    chosen = [key for key in keys if name in (None, key, key.partition(":")[0])]
    if not chosen:
        raise UsageError(f"{file}:{name}: the file registers {', '.join(keys)}")
    return chosen


def add_again(files: Iterable[Path]) -> None:
    """Those that a run's request names. One that is gone or broken registers nothing: its codecs are then missing."""
    for file in files:
        with suppress(UsageError):
            add_file(file)


def add_file(path: Path) -> dict[str, list[str]]:
    """Registers what the plugin in `path` registers, in place of what it did before; the keys by kind."""
    if not path.is_file():
        raise UsageError(f"'{path}': there is no such file")
    name, folder = path.stem, str(path.absolute().parent)
    if not name.isidentifier():
        raise UsageError(f"'{path}' cannot be imported: call it by a Python name, for example my_codec.py")
    if folder not in sys.path:
        sys.path.append(folder)  # last: a file of the user's must not stand in for a library's
    importlib.invalidate_caches()
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None or Path(found.origin).resolve() != path.resolve():
        where = "nothing" if found is None else found.origin or found.name
        raise UsageError(f"'{path}': `import {name}` would import {where}: call the file by another name")
    return _add(PluginPoint(name, name), str(path))


def _of_class(codec: type) -> list[str]:
    module, name = codec.__module__, codec.__qualname__
    if module in MAIN:
        raise UsageError(
            f"{name} is defined in this script or notebook, where worker processes cannot import it: put it into a "
            f"file, for example {name.lower()}.py, and give that file or import the class from it"
        )
    card = getattr(codec, "card", None)
    for spec, entry in registry().codecs.items():
        if entry.module == module and isinstance(card, CodecCard) and spec == card.spec:
            return [spec]
    keys = _add(PluginPoint(f"{module}:{name}", f"{module}:{name}" if isinstance(card, CodecCard) else module), name)
    return _kept(keys, "codecs", name)


def _add(point: PluginPoint, what: str) -> dict[str, list[str]]:
    (found,) = collect([point])
    if isinstance(found, BrokenPlugin):
        raise UsageError(f"{what}: {found.error}")
    _forget(point.name)
    known, keys = registry(), {}
    for kind in HOOKS:
        entries: list[Registered[object]] = list(found.get(kind, ()))
        for entry in entries:
            if entry.key in known.table(kind):
                other = known.table(kind)[entry.key].source
                raise UsageError(f"{what}: {kind.removesuffix('s')} '{entry.key}' is registered by {other}: rename it")
        known.add(kind, entries)
        keys[kind] = [entry.key for entry in entries]
    return keys


def _forget(plugin: str) -> None:
    """What it registered before: a file may have been edited since."""
    for kind in HOOKS:
        table = registry().table(kind)
        for key in [key for key, entry in table.items() if entry.plugin == plugin]:
            del table[key]


def _kept(keys: dict[str, list[str]], kind: str, what: str) -> list[str]:
    if not keys[kind]:
        raise UsageError(f"{what} registers no {kind.removesuffix('s')}")
    return keys[kind]
