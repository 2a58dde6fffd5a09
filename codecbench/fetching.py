"""Putting a codec's weights into the cache, where they are found: fetched from their addresses, or added from a place.

Each file is checked before it is where it is looked for: a transfer that breaks off leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codecbench.api import CodecCard, WeightsFile
from codecbench.downloading import ProgressCallback, download
from codecbench.errors import UsageError
from codecbench.weights import check_file, files_at, location, resolve, sha256_of


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
        with _placed(path, f"{card.spec}: {file.url} could not be fetched") as partial:
            download(file.url, partial, progress, file.size)
            check_file(card.spec, file, partial)
    return path


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
        raise UsageError(f"{failed}: {_one_line(error)}") from error
    finally:
        partial.unlink(missing_ok=True)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
