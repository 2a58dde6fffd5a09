"""Putting a codec's weights into the cache, where they are found: fetched from their addresses, or added from a place.

Each file is checked before it is where it is looked for. A transfer of a pinned file that broke off is gone on with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from codecbench.api import CodecCard, WeightsFile
from codecbench.downloading import ProgressCallback, download
from codecbench.errors import UsageError, one_line
from codecbench.weights import cache_root, check_file, files_at, location, resolve, sha256_of


def pull(card: CodecCard, progress: ProgressCallback | None = None) -> list[Path]:
    """Fetch what is not in the cache of the card's weights, companions included; returns all their paths.

    Raises:
        UsageError: a file has no address, a transfer failed, or what came is not the pinned file.
    """
    weights = _not_bundled(card)
    for file in weights.files:
        if file.url is None:
            raise UsageError(
                f"{card.spec} has no address to fetch {file.name} from; name a local file: codecbench weights add "
                f"{card.spec} PATH"
            )
    places = files_at(weights, location(card, weights))
    return [_pulled(card, file, path, progress) for file, path in places]


def add(card: CodecCard, source: Path) -> list[Path]:
    """Copy the card's weights from `source`, their file or a folder that has it, into the cache; returns their paths.

    From then on they are found without `--weights`.

    Raises:
        UsageError: `source` does not have them, or they are not those that the card pins.
    """
    weights = _not_bundled(card)
    try:
        given = resolve(card, source)
    except UsageError as error:
        raise UsageError(
            str(error).replace(f"--weights {card.spec}={source}", f"weights add {card.spec} {source}")
        ) from None
    assert given is not None
    first = location(card, weights)
    found = files_at(weights, given)
    for file, where in found:
        try:
            check_file(card.spec, file, where)
        except UsageError as error:
            raise UsageError(
                f"{error}; for a run with other weights than the card's: --weights {card.spec}=PATH"
            ) from None
    return [_put(card, where, first.with_name(file.name)) for file, where in found]


def _not_bundled(card: CodecCard) -> WeightsFile:
    if card.weights is None:
        raise UsageError(f"{card.spec} needs no weights")
    if card.weights.package is not None:
        raise UsageError(f"{card.spec}: its weights come with the package {card.weights.package}")
    return card.weights


def _pulled(card: CodecCard, file: WeightsFile, path: Path, progress: ProgressCallback | None) -> Path:
    assert file.url is not None
    if not (path.is_file() and file.sha256 and sha256_of(path) == file.sha256):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(card):
            partial = path.with_name(f"{path.name}.partial")
            try:
                _fetch(card, file, partial, progress)
                partial.replace(path)
            except OSError as error:
                raise UsageError(
                    f"{card.spec}: {file.url} could not be fetched: {one_line(error)}{_kept(file, partial)}"
                ) from error
    return path


def _fetch(card: CodecCard, file: WeightsFile, partial: Path, progress: ProgressCallback | None) -> None:
    """Whole, and as it is pinned; what is not pinned cannot be gone on with, for it may be of another file."""
    assert file.url is not None
    if not _is_pinned(file):
        partial.unlink(missing_ok=True)
    download(file.url, partial, progress, file.size)
    if file.size is not None and partial.stat().st_size < file.size:
        raise OSError("it broke off")
    try:
        check_file(card.spec, file, partial)
    except UsageError:
        partial.unlink()
        raise


def _kept(file: WeightsFile, partial: Path) -> str:
    """What is said of a part that the next attempt goes on with; other parts are removed."""
    here = partial.stat().st_size if partial.exists() else 0
    if not here or not _is_pinned(file):
        partial.unlink(missing_ok=True)
        return ""
    return f"; {here} of {file.size} bytes are here, the same command goes on from there"


def _is_pinned(file: WeightsFile) -> bool:
    return file.sha256 is not None and file.size is not None


@contextmanager
def _alone(card: CodecCard) -> Iterator[None]:
    """Nobody else fetches this checkpoint: two would write into one part. Raises UsageError where somebody does."""
    locks = cache_root() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(locks / f"{card.name}-{card.checkpoint}.lock", timeout=0):
            yield
    except Timeout as error:
        raise UsageError(f"{card.spec}: another process fetches it") from error


def _put(card: CodecCard, source: Path, path: Path) -> Path:
    if source != path.resolve():
        with _placed(path, f"{card.spec}: '{source}' could not be copied to '{path}'") as partial:
            shutil.copyfile(source, partial)
    return path


@contextmanager
def _placed(path: Path, failed: str) -> Iterator[Path]:
    """A file to write to, which is at `path` if nothing went wrong, and gone else.

    Raises:
        UsageError: the system or the network refused; `failed` begins the message.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{failed}: {one_line(error)}") from error
    finally:
        partial.unlink(missing_ok=True)
