"""Codecs and metrics that are given from Python: a file, or a class, that no distribution has registered."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import CodecCard, UsageError
from codecbench.names import names
from codecbench.plugins import registry
from codecbench.plugins.elsewhere import collect
from codecbench.plugins.loading import HOOKS, PluginPoint
from codecbench.plugins.registered import BrokenPlugin, Registered

GivenKind: TypeAlias = Literal["codecs", "metrics"]
FILE = re.compile(r"(?P<file>.+?\.py)(?::(?P<name>.+))?")
MAIN = ("__main__", "__mp_main__", "builtins")


def spec_of(codec: str | Path | type) -> str:
    """What a run calls a codec that is given as a name, a file or a class, which is registered in this process.

    A file is a plugin in one module (docs/tutorial-codec-plugin.md); its codecs are all meant. A class is one of such
    a module, or one with a `card` of its own.

    Raises:
        UsageError: workers could not import it, or it is no codec.
    """
    if isinstance(codec, type):
        return _of_class(codec)
    if isinstance(codec, Path) or (isinstance(codec, str) and codec.endswith(".py")):
        return ",".join(_kept(add_file(Path(codec)), "codecs", str(codec)))
    return str(codec)


def split_files(text: str, kind: GivenKind) -> tuple[str, tuple[Path, ...]]:
    """`text` of the command line with codecs (or metrics) in place of plugin files, and those files.

    `./my_codec.py` stands for all that the file registers, `./my_codec.py:mulaw` for one of them.

    Raises:
        UsageError: a file cannot be imported, or does not register that.
    """
    parts, files = [], []
    for part in names(text, f"--{kind}"):
        given = FILE.fullmatch(part)
        if given is None:
            parts.append(part)
            continue
        keys = _kept(add_file(Path(given["file"])), kind, given["file"])
        chosen = [key for key in keys if given["name"] in (None, key, key.partition(":")[0])]
        if not chosen:
            raise UsageError(f"{part}: the file registers {', '.join(keys)}")
        parts += chosen
        files.append(Path(given["file"]).absolute())
    return ",".join(parts), tuple(files)


def add_again(files: Iterable[Path]) -> None:
    """Those that a run's request names. One that is gone or broken registers nothing: its codecs are then missing."""
    for file in files:
        with suppress(UsageError):
            add_file(file)


def metric_of(metric: str | Path) -> str:
    """The same of a metric, by its id or the file of a plugin: its metrics are all meant. Raises UsageError."""
    if isinstance(metric, Path) or metric.endswith(".py"):
        return ",".join(_kept(add_file(Path(metric)), "metrics", str(metric)))
    return metric


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


def _of_class(codec: type) -> str:
    module, name = codec.__module__, codec.__qualname__
    if module in MAIN:
        raise UsageError(
            f"{name} is defined in this script or notebook, where worker processes cannot import it: put it into a "
            f"file, for example {name.lower()}.py, and give that file or import the class from it"
        )
    card = getattr(codec, "card", None)
    for spec, entry in registry().codecs.items():
        if entry.module == module and isinstance(card, CodecCard) and spec == card.spec:
            return spec
    keys = _add(PluginPoint(f"{module}:{name}", f"{module}:{name}" if isinstance(card, CodecCard) else module), name)
    return ",".join(_kept(keys, "codecs", name))


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
