"""What of a plugin's files is in the identity of its results."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecbench.plugins.registered import Registered


def module_of(factory: Callable[..., Any]) -> str:
    """The module in which a factory is defined, under whatever wrapping."""
    while hasattr(factory, "func"):  # functools.partial
        factory = factory.func
    stated = getattr(factory, "factory_module", None)  # of one that stands for another process's
    return str(stated or getattr(factory, "__module__", "") or type(factory).__module__)


def foreign_source_hash(entry: Registered[Any]) -> str:
    """Of a metric or recognizer that codecbench does not ship; empty for its own, whose version says all.

    Raises:
        ValueError: as `source_hash`.
    """
    if entry.is_own:
        return ""
    return source_hash(entry.factory, (entry.module, *getattr(entry.card, "sources", ())))


def source_hash(factory: Callable[..., Any], extra: tuple[str, ...] = ()) -> str:
    """sha256 over the Python sources that decide what a plugin computes: its own package, and `extra` packages.

    In the key of every coding, and of other people's scores: an author who edits a plugin must never read results of
    the older code.

    Raises:
        ValueError: a package has no sources here, so that an edit of it could not be seen.
    """
    digest = hashlib.sha256()
    for package in dict.fromkeys(name.partition(".")[0] for name in (module_of(factory), *extra) if name):
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
