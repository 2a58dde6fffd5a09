"""What is on this machine of a codec's weights: whether it is all there, and as its card pins it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import CodecCard, WeightsFile
from codecbench.errors import Unavailable, UsageError
from codecbench.weights import check_file, how_to_get, location, sha256_of

State: TypeAlias = Literal["none needed", "bundled", "cached", "missing", "damaged", "broken"]
"""`damaged`: not the pinned file; `broken`: the card names a place that cannot be."""


@dataclass(frozen=True)
class WeightsStatus:
    """What is on this machine of one checkpoint's weights, its companions included: `size` is of all of them.

    `sha256` is the first file's, or what is pinned of it where it is missing. `files` counts them, `missing` names
    those that are not here. `problem` is one line where the state is damaged or broken.
    """

    spec: str
    state: State
    path: Path | None
    size: int | None
    sha256: str | None
    licence: str
    problem: str = ""
    files: int = 1
    missing: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The state, and of several files how many are missing: `missing (2 of 3 files)`."""
        part = 0 < len(self.missing) < self.files
        return f"{self.state} ({len(self.missing)} of {self.files} files)" if part else self.state


def status(card: CodecCard) -> WeightsStatus:
    """What `codecbench weights list` prints; hashes what is there. Raises nothing, whatever a card says."""
    weights = card.weights
    if weights is None:
        return WeightsStatus(card.spec, "none needed", None, None, None, "", files=0)
    names = tuple(file.name for file in weights.files)
    sizes = [file.size for file in weights.files]
    size = sum(one or 0 for one in sizes) if all(one is not None for one in sizes) else None
    absent = WeightsStatus(
        card.spec, "missing", None, size, weights.sha256, weights.licence, files=len(names), missing=names
    )
    try:
        return _seen(card, weights, location(card, weights), absent)
    except Unavailable as error:
        return replace(absent, problem=f"{card.spec}: {error}")
    except Exception as error:  # a plugin's card: its package is no package, its name no file's
        return replace(
            absent, state="broken", problem=f"{card.spec}: {' '.join(str(error).split()) or type(error).__name__}"
        )


def _seen(card: CodecCard, weights: WeightsFile, path: Path, absent: WeightsStatus) -> WeightsStatus:
    there = [(file, where) for file in weights.files if (where := path.with_name(file.name)).is_file()]
    names = {file.name for file, _ in there}
    missing = tuple(file.name for file in weights.files if file.name not in names)
    if missing:
        return replace(absent, missing=missing, path=path if path.is_file() else None)
    seen = replace(
        absent, state="bundled" if weights.package else "cached", path=path, missing=(), sha256=sha256_of(path),
        size=sum(where.stat().st_size for _, where in there),
    )  # fmt: skip
    try:
        for file, where in there:
            check_file(card.spec, file, where)
    except UsageError as error:
        return replace(seen, state="damaged", problem=str(error))
    return seen


def verify(card: CodecCard) -> WeightsStatus:
    """Like `status`, but what is missing or damaged is an error.

    Raises:
        Unavailable: the weights are not on this machine.
        UsageError: a file is not the pinned one, or the card names a place that cannot be.
    """
    current = status(card)
    if current.state in ("damaged", "broken"):
        raise UsageError(current.problem)
    if current.state == "missing" and card.weights is not None:
        path = location(card, card.weights)
        raise Unavailable(how_to_get(card, card.weights, path, list(current.missing)))
    return current
