"""Named choices of `run`'s options: each is a few lines of TOML here, or a file of the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from codecbench.errors import UsageError
from codecbench.weights import sha256_of

OPTIONS = (
    "codecs", "dataset", "bitrates", "metrics", "limit", "condition", "language", "recognizer", "cost", "null_floor",
    "seeds", "ladder", "keep_audio",
)  # fmt: skip
"""What a preset may choose: what is asked, not where it runs or what it is called."""
DESCRIPTION = "description"


@dataclass(frozen=True)
class Preset:
    """`options` by the names of `run`'s, with _ for -; `label` is its name, of a file with the start of its hash."""

    label: str
    options: Mapping[str, Any]


def preset_names() -> list[str]:
    """Those that codecbench has."""
    return sorted(one.name.removesuffix(".toml") for one in _folder().iterdir() if one.name.endswith(".toml"))


def read_preset(name: str) -> Preset:
    """A preset by name, or a file that ends in .toml.

    Raises:
        UsageError: there is none, it is no TOML, or it chooses what no preset may.
    """
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise UsageError(f"--preset '{name}': there is no such file")
        label = f"{path.name} (sha256 {sha256_of(path)[:12]})"
    elif name in preset_names():
        path, label = Path(str(_folder() / f"{name}.toml")), name
    else:
        raise UsageError(f"unknown preset '{name}'; known: {', '.join(preset_names())}; or give a file: mine.toml")
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"preset '{name}' cannot be read: {error}") from error
    return Preset(label, {key: _value(name, key, value) for key, value in read.items() if key != DESCRIPTION})


def _value(name: str, key: str, value: Any) -> Any:
    """As the command line would have it: a list is names with commas between."""
    if key not in OPTIONS:
        raise UsageError(f"preset '{name}': no preset chooses '{key}'; allowed: {', '.join((DESCRIPTION, *OPTIONS))}")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if isinstance(value, (str, int, float)):
        return value
    raise UsageError(f"preset '{name}': {key} must be text, a number, true or false, or a list of names")


def _folder() -> Any:
    return files("codecbench.presets")
