"""Calibrations: a metric's thresholds for one recognizer, as JSON files `<metric>-<recognizer>.json`.

They are looked for, in this order:

1. in the user's folder (`user_folder`), where `codecbench dev calibrate` writes: who calibrates means to use it;
2. in `calibrations/` beside each plugin's module, codecbench's own plugins first, so that installing a plugin does not
   replace what is shipped. A recognizer's plugin ships its calibrations there as package data.

The first file counts alone. If it is of another model it is an error and not passed over: which file is in effect must
not depend on what is in it, for its sha256 is part of every score's key. Nothing is written into an installed package.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import quote, unquote

from codecbench.api import Abstain, RecognizerCard, UsageError
from codecbench.homes import user_data
from codecbench.plugins import listed_points
from codecbench.weights import model_hashes, sha256_of

FOLDER = "calibrations"


@dataclass(frozen=True)
class Calibration:
    """What every calibration says of its recognizer; a metric's own adds its thresholds and where they come from."""

    metric: ClassVar[str]
    """How its files' names begin, and its command ends."""
    purpose: ClassVar[str]
    """What a recognizer is calibrated for, in messages."""
    command: ClassVar[str]
    """The command that makes one."""

    recognizer: str
    recognizer_version: str
    model_sha256: tuple[str, ...]

    @classmethod
    def of(cls, recognizer: RecognizerCard) -> Self:
        """The calibration of this very model.

        Raises:
            Abstain: there is none, it cannot be read, or it was measured with another model or version.
            Unavailable: the model is not installed.
        """
        path = cls.in_effect().get(recognizer.id)
        if path is None:
            raise Abstain(
                f"recognizer '{recognizer.id}' is not calibrated for {cls.purpose}; "
                f"if it can score texts, run: {cls.command}"
            )
        calibration = cls.read(path)
        if (calibration.recognizer_version, calibration.model_sha256) != (recognizer.version, model_hashes(recognizer)):
            raise Abstain(
                f"'{path}' calibrates another model or version of '{recognizer.id}' for {cls.purpose}; "
                f"run again: {cls.command}"
            )
        return calibration

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises Abstain where the file is not a calibration of this kind."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            chosen = {field.name: values[field.name] for field in fields(cls)}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Abstain(f"the calibration '{path}' cannot be read ({error!r}); run again: {cls.command}") from error
        return cls(**chosen | {"model_sha256": tuple(values["model_sha256"])})

    @classmethod
    def in_effect(cls) -> dict[str, Path]:
        """The file that counts for each recognizer that has one, by its id. Reads none of them."""
        chosen: dict[str, Path] = {}
        for recognizer, path in cls.files():
            chosen.setdefault(recognizer, path)
        return dict(sorted(chosen.items()))

    @classmethod
    def with_sha256(cls, recognizer: str, sha256: str | None) -> Self | None:
        """The calibration whose file has this hash, be it in effect or not; None where no file here has it."""
        for name, path in cls.files():
            if name == recognizer and sha256_of(path) == sha256:
                return cls.read(path)
        return None

    @classmethod
    def files(cls) -> Iterator[tuple[str, Path]]:
        """All files of this kind with their recognizer's id, those that count first."""
        own = user_folder()
        for folder in (*([own] if own else []), *plugin_folders()):
            for path in sorted(folder.glob(f"{cls.metric}-*.json")):
                yield unquote(path.stem.removeprefix(f"{cls.metric}-")), path

    @classmethod
    def file_name(cls, recognizer: str) -> str:
        """`whisper:small.en` has a colon, which some systems do not allow in names."""
        return f"{cls.metric}-{quote(recognizer, safe='')}.json"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def write(self, out: Path | None = None) -> Path:
        """Write to `out`, or to where it is found again: the user's folder. Returns the path.

        Raises:
            UsageError: there is neither.
        """
        folder = user_folder()
        if out is None and folder is None:
            raise UsageError("this user has no home, so there is no folder for calibrations; give --out FILE")
        path = out or (folder or Path()) / self.file_name(self.recognizer)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def user_folder() -> Path | None:
    """The user's own calibrations, e.g. `~/.local/share/codecbench/calibrations`; None where a user has no home."""
    data = user_data()
    return None if data is None else data / FOLDER


@cache
def plugin_folders() -> tuple[Path, ...]:
    """`calibrations/` beside the module of each plugin, where there is one. Imports no plugin: it may be broken."""
    folders = (_module_folder(point.module) for point in listed_points())
    places = dict.fromkeys(folder / FOLDER for folder in folders if folder is not None)
    return tuple(place for place in places if place.is_dir())


def _module_folder(module: str) -> Path | None:
    """The folder of a package, or the one that a module is in."""
    top, *inner = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations is None:
        return Path(spec.origin).parent if spec.origin else None
    for location in spec.submodule_search_locations:
        place = Path(location, *inner)
        if place.is_dir() or place.with_name(f"{place.name}.py").is_file():
            return place if place.is_dir() else place.parent
    return None
