"""Where the environments that codecbench has made are: each in a folder of the user's cache, by what it is made of."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codecbench.api import Environment, Interpreter
from codecbench.environments.probing import InterpreterFacts
from codecbench.errors import Unavailable
from codecbench.weights import cache_root

FORMAT = 1
"""Of the folder's layout, in its key."""
RECORD = "codecbench-environment.json"
PARTIAL = ".partial"


@dataclass(frozen=True)
class EnvironmentRecord:
    """What a folder holds; written into it when it is whole. `made_with` is "uv 0.13.9" or "pip 25.3"."""

    requirements: tuple[str, ...]
    python_wanted: str
    made_with: str
    made: str
    python: str
    packages: Mapping[str, str]

    @property
    def facts(self) -> InterpreterFacts:
        return InterpreterFacts(self.python, self.packages)

    @classmethod
    def read(cls, folder: Path) -> EnvironmentRecord | None:
        """None where the folder is not there, or is not whole."""
        try:
            values: dict[str, Any] = json.loads((folder / RECORD).read_text())
            return cls(**{**values, "requirements": tuple(values["requirements"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, folder: Path) -> None:
        (folder / RECORD).write_text(json.dumps(asdict(self), indent=2))


def environments_root() -> Path:
    """Raises Unavailable where this user has no cache."""
    return cache_root() / "environments"


def environment_key(environment: Environment) -> str:
    """By what decides what is installed: neither the side nor whether a GPU is needed does."""
    parts = [FORMAT, sorted(environment.requirements), environment.python]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def environment_folder(environment: Environment) -> Path:
    """Where it is, whether it is there or not. Raises as `environments_root`."""
    return environments_root() / environment_key(environment)


def python_in(folder: Path) -> Path:
    """The interpreter of an environment's folder."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def made_interpreter(spec: str, environment: Environment) -> Interpreter:
    """The interpreter of an environment that has been made. Raises Unavailable, with what to do, where it has not."""
    folder = environment_folder(environment)
    record = EnvironmentRecord.read(folder)
    if record is None or not python_in(folder).exists():
        raise Unavailable(not_made(spec))
    return Interpreter(python_in(folder), record.facts.sha256)


def not_made(spec: str) -> str:
    """In one line, what is not here and what to do."""
    return (
        f"{spec}: its environment has not been made on this machine; `codecbench environments create {spec}`, or name "
        f"a Python that has its packages: `--python {spec}=PATH`"
    )


def whole_folders() -> Iterator[tuple[Path, EnvironmentRecord]]:
    """All that have been made, by their keys."""
    root = environments_root()
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        record = EnvironmentRecord.read(folder) if not folder.name.startswith(".") else None
        if record is not None:
            yield folder, record


def partial_folders() -> Iterator[Path]:
    """What a maker that was killed has left, or one that is at work now is filling."""
    root = environments_root()
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir() and (folder.name.endswith(PARTIAL) or EnvironmentRecord.read(folder) is None):
            yield folder
