"""Where a codec's weights are: bundled with its plugin, in the cache, or at the user's path.

Nothing is fetched unless asked for (`pull`); what was fetched is held to the size and sha256 on its card.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

from codecbench.api import CodecCard, RecognizerCard, WeightsFile
from codecbench.errors import Unavailable, UsageError
from codecbench.homes import user_cache

State: TypeAlias = Literal["none needed", "bundled", "cached", "missing", "damaged"]
ProgressCallback: TypeAlias = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all; 0 where the server does not say)."""

CACHE_VARIABLE = "CODECBENCH_CACHE"


@dataclass(frozen=True)
class WeightsStatus:
    """What is on this machine of one checkpoint's weights. `problem` is one line where the state is damaged."""

    spec: str
    state: State
    path: Path | None
    size: int | None
    sha256: str | None
    licence: str
    problem: str = ""


def cache_root() -> Path:
    """CODECBENCH_CACHE if it is set, else the user's cache folder on this system. Raises Unavailable without either."""
    root = os.environ.get(CACHE_VARIABLE)
    folder = Path(root) if root else user_cache()
    if folder is None:
        raise Unavailable(
            f"this user has no home, so there is no folder for fetched files; set {CACHE_VARIABLE}=FOLDER"
        )
    return folder


def cache_folder() -> Path:
    """Where fetched weights are kept."""
    return cache_root() / "weights"


def resolve(card: CodecCard, override: Path | None = None) -> Path | None:
    """The file that holds the card's weights, None where it needs none. `override` wins and need not be as pinned.

    Raises:
        Unavailable: the weights are not on this machine; the message says how to get them.
        UsageError: `override` is not a file, or a fetched file is not the pinned one.
    """
    if override is not None:
        if card.weights is None:
            raise UsageError(f"--weights {card.spec}={override}: this codec has no weights")
        if not override.is_file():
            raise UsageError(f"--weights {card.spec}={override}: no such file")
        return override.resolve()
    if card.weights is None:
        return None
    path = location(card, card.weights)
    if not path.is_file():
        raise Unavailable(_how_to_get(card, card.weights))
    if card.weights.package is None:
        _check(card.spec, card.weights, path)
    return path


def identity(card: CodecCard, path: Path) -> str:
    """The sha256 of the weights at `path`; of those of all files, in order, where companions lie beside it."""
    names = card.weights.companions if card.weights else ()
    beside = [path.with_name(name) for name in names if path.with_name(name).is_file()]
    if not beside:
        return sha256_of(path)
    return hashlib.sha256("".join(map(sha256_of, (path, *beside))).encode()).hexdigest()


def as_pinned(card: CodecCard, path: Path) -> bool:
    """Whether the file at `path` is the one that the card pins; true where it pins none."""
    pinned = card.weights.sha256 if card.weights else None
    return pinned is None or sha256_of(path) == pinned


def status(card: CodecCard) -> WeightsStatus:
    """What `codecbench weights list` prints; hashes what is there."""
    if card.weights is None:
        return WeightsStatus(card.spec, "none needed", None, None, None, "")
    missing = WeightsStatus(card.spec, "missing", None, card.weights.size, card.weights.sha256, card.weights.licence)
    try:
        path = location(card, card.weights)
    except Unavailable as error:
        return replace(missing, problem=f"{card.spec}: {error}")
    if not path.is_file():
        return missing
    size, digest = path.stat().st_size, sha256_of(path)
    try:
        _check(card.spec, card.weights, path)
    except UsageError as error:
        return WeightsStatus(card.spec, "damaged", path, size, digest, card.weights.licence, str(error))
    return WeightsStatus(
        card.spec, "bundled" if card.weights.package else "cached", path, size, digest, card.weights.licence
    )  # fmt: skip


def verify(card: CodecCard) -> WeightsStatus:
    """Like `status`, but what is missing or damaged is an error.

    Raises:
        Unavailable: the weights are not on this machine.
        UsageError: the file is not the pinned one.
    """
    current = status(card)
    if current.state == "missing" and card.weights is not None:
        raise Unavailable(_how_to_get(card, card.weights))
    if current.state == "damaged":
        raise UsageError(current.problem)
    return current


def pull(card: CodecCard, progress: ProgressCallback | None = None) -> Path:
    """Fetch the card's weights into the cache, checked and in one step: a broken transfer leaves nothing behind.

    Raises:
        UsageError: the card names no address, the transfer failed, or what came is not the pinned file.
    """
    weights = card.weights
    if weights is None:
        raise UsageError(f"{card.spec} needs no weights")
    if weights.url is None:
        where = "they come with the package" if weights.package else f"name a local file: --weights {card.spec}=PATH"
        raise UsageError(f"{card.spec} has no address to fetch its weights from; {where}")
    path = location(card, weights)
    if path.is_file() and weights.sha256 and sha256_of(path) == weights.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        _download(weights.url, partial, progress)
        _check(card.spec, weights, partial)
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{card.spec}: {weights.url} could not be fetched: {_one_line(error)}") from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def sha256_of(path: Path) -> str:
    """Hex digest of a file; a file unchanged in size and time is hashed once per process."""
    stat = path.stat()
    return _sha256(str(path.resolve()), stat.st_mtime_ns, stat.st_size)


@cache
def _sha256(path: str, mtime_ns: int, size: int) -> str:  # noqa: ARG001 - they are the cache's key
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_hashes(recognizer: RecognizerCard) -> tuple[str, ...]:
    """sha256 of each of the recognizer's model files. Raises Unavailable where they are not installed."""
    return tuple(sha256_of(path) for path in recognizer.model_files())


def location(card: CodecCard, weights: WeightsFile) -> Path:
    """Where this file is looked for, whether it is there or not."""
    if weights.package is None:
        return cache_folder() / f"{card.name}-{card.checkpoint}" / weights.name
    return Path(str(files(weights.package))) / "weights" / weights.name


def _how_to_get(card: CodecCard, weights: WeightsFile) -> str:
    if weights.package is not None:
        return f"{card.spec}: {weights.name} is missing from package {weights.package}; install codecbench again"
    pulling = f"`codecbench weights pull {card.spec}` or " if weights.url else ""
    return f"{card.spec}: its weights are not on this machine; {pulling}`--weights {card.spec}=PATH`"


def _check(spec: str, weights: WeightsFile, path: Path) -> None:
    size, digest = path.stat().st_size, sha256_of(path)
    if weights.size not in (None, size) or weights.sha256 not in (None, digest):
        expected = f"{weights.size or 'any number of'} bytes, sha256 {weights.sha256 or 'unknown'}"
        raise UsageError(f"{spec}: {path.name} is not the expected file: {size} bytes, sha256 {digest}, not {expected}")


class _Progress:
    """The four attributes pooch asks of a progress bar."""

    def __init__(self, callback: ProgressCallback) -> None:
        self.callback, self.done, self.total = callback, 0, 0

    def update(self, count: int) -> None:
        self.done += count
        self.callback(self.done, self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        self.callback(self.done, self.total)


def _download(url: str, path: Path, progress: ProgressCallback | None) -> None:
    import pooch

    bar: Any = _Progress(progress) if progress else False
    pooch.HTTPDownloader(progressbar=bar, timeout=60)(url, str(path), None)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
