"""A codec whose code runs in a Python environment of its own: what is on its card, and which interpreter runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from codecbench.api import checks


@dataclass(frozen=True)
class Environment:
    """What a codec's side needs: packages, a Python, a GPU; and the file in which the side is.

    `requirements` are as pip takes them, `"descript-audio-codec==1.0.0"`; numpy is always there. `python` is a version
    specifier (PEP 440), `">=3.9,<3.13"`; empty for the version that codecbench runs in. With `gpu` the codec is skipped
    on the CPU.

    `side` is a Python file beside the plugin's module, or in the package `package`, that imports numpy and what it
    needs, never codecbench, and defines `open_codec(options)`: docs/environments.md has the whole of it.
    """

    requirements: tuple[str, ...]
    python: str = ""
    gpu: bool = False
    side: str = "side.py"
    package: str | None = None
    empty_modules: tuple[str, ...] = ()
    """Modules that the codec's packages import and coding calls nothing of, where they may be impossible to import
    (torchaudio wants CUDA's libraries): an empty module stands in the place of each, whose functions raise."""
    checkout: str = ""
    """Of code that is no package: the address of its repository. The user names a copy of it by the setting `source`,
    which the card then has; without one the codec is skipped. Its Python files are in every key."""

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should."""
        checks.check_fields(self, ENVIRONMENT_FIELDS, "an environment")


@dataclass(frozen=True)
class Interpreter:
    """The Python at `path`, of which `sha256` stands for its version and the packages that are installed there.

    `isolated`: started without the user's own site-packages and `PYTHONPATH`, as what codecbench has made is. A Python
    that the user named is started as the user starts it.
    """

    path: Path
    sha256: str
    isolated: bool = True


def _requirements(value: Any) -> Any:
    from packaging.requirements import InvalidRequirement, Requirement

    texts = checks.texts(value)
    for text in texts:
        try:
            Requirement(text)
        except InvalidRequirement:
            raise ValueError(f"requirements as pip takes them ({text!r} is none)") from None
    return texts


def _python(value: Any) -> Any:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    text = checks.text(value)
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError('empty or a version specifier, for example ">=3.9,<3.13"') from None
    return text


def _side(value: Any) -> Any:
    text = checks.text(value)
    path = PurePosixPath(text)
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts or "\\" in text or "\0" in text:
        raise ValueError("the name of a Python file beside the plugin's module")
    return text


ENVIRONMENT_FIELDS: Mapping[str, checks.Check] = {
    "requirements": _requirements,
    "python": _python,
    "gpu": checks.flag,
    "side": _side,
    "package": checks.optional(checks.text),
    "empty_modules": checks.texts,
    "checkout": checks.text,
}
