"""Fetching a dataset: its archive is downloaded, held to its size and sha256, unpacked, and gone.

A download that breaks off is gone on with. What is unpacked is where it is looked for only when all of it is there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from codecbench.api import Archive, DatasetCard
from codecbench.datasets.pulled import PulledFolder, archive_of, megabytes, place_of, refuse_changed, write_list
from codecbench.datasets.unpacking import unpack
from codecbench.downloading import ProgressCallback, download
from codecbench.errors import UsageError, one_line
from codecbench.weights import sha256_of

ROOM = 2
"""Times the archive's size that its speech takes, at most: 1.5 of WAV in a .tar.gz, and something for the system."""


def pull(card: DatasetCard, progress: ProgressCallback | None = None, source: str | None = None) -> Path:
    """Fetch what the card's archive holds, unless it is here; returns its folder.

    `source` is another address of the same archive, or its file on this machine.

    Raises:
        UsageError: the dataset has no archive, the transfer failed, what came is not the pinned archive or cannot be
            unpacked, there is no room, or another process fetches it.
    """
    archive = archive_of(card)
    place = place_of(archive)
    with alone(place, card):
        if not _is_here(place, card):
            local = Path(source) if source is not None and "://" not in source else None
            packed = _checked(card, archive, local) if local else _downloaded(card, archive, place, source, progress)
            _unpack(card, archive, packed, place)
            if local is None:
                packed.unlink()
    return place.speech


def _is_here(place: PulledFolder, card: DatasetCard) -> bool:
    if not place.is_whole:
        return False
    try:
        refuse_changed(card, place)
    except UsageError:
        return False
    return True


@contextmanager
def alone(place: PulledFolder, card: DatasetCard) -> Iterator[None]:
    """The folder is made, and nobody else puts anything there. Raises UsageError where that cannot be."""
    failed = f"dataset '{card.id}' could not be put into '{place.folder}'"
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(place.folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise UsageError(f"dataset '{card.id}': another process fetches it") from error
    except OSError as error:
        raise UsageError(f"{failed}: {one_line(error)}; CODECBENCH_CACHE names another folder") from error


def _downloaded(
    card: DatasetCard, archive: Archive, place: PulledFolder, source: str | None, progress: ProgressCallback | None
) -> Path:
    url = source or archive.url
    partial = place.folder / f"{archive.name}.partial"
    here = partial.stat().st_size if partial.exists() else 0
    require_room(card, place.folder, archive.size - here + ROOM * archive.size)
    try:
        download(url, partial, progress, archive.size)
    except OSError as error:
        here = partial.stat().st_size if partial.exists() else 0
        raise UsageError(
            f"dataset '{card.id}': {url} could not be fetched: {one_line(error)}; {here} of {archive.size} bytes are "
            "here, the same command goes on from there"
        ) from error
    size = partial.stat().st_size
    if size < archive.size:
        raise UsageError(
            f"dataset '{card.id}': {url} broke off: {size} of {archive.size} bytes are here, the same command goes on "
            "from there"
        )
    try:
        return _checked(card, archive, partial)
    except UsageError:
        partial.unlink()
        raise


def _checked(card: DatasetCard, archive: Archive, path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"dataset '{card.id}': '{path}' is no file")
    size, digest = path.stat().st_size, sha256_of(path)
    if (size, digest) != (archive.size, archive.sha256):
        raise UsageError(
            f"dataset '{card.id}': {path.name} is not the expected archive: {size} bytes, sha256 {digest}, not "
            f"{archive.size} bytes, sha256 {archive.sha256}"
        )
    return path


def _unpack(card: DatasetCard, archive: Archive, packed: Path, place: PulledFolder) -> None:
    require_room(card, place.folder, ROOM * archive.size)
    try:
        with refilled(place) as folder:
            files = unpack(packed, folder, archive.members)
            if not files:
                raise UsageError(f"'{packed.name}' holds none of the files that are wanted")
    except UsageError as error:
        raise UsageError(f"dataset '{card.id}': {error}") from error
    write_list(place, files)


@contextmanager
def refilled(place: PulledFolder) -> Iterator[Path]:
    """An empty folder, which is the speech's if nothing goes wrong. What was there is gone, and its list."""
    place.list.unlink(missing_ok=True)
    unpacking = place.folder / "unpacking"
    for folder in (unpacking, place.speech):  # of an earlier attempt, or changed since
        if folder.exists():
            shutil.rmtree(folder)
    try:
        unpacking.mkdir()
        yield unpacking
        unpacking.rename(place.speech)
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)


def require_room(card: DatasetCard, folder: Path, needed: int) -> None:
    """Raises UsageError where fewer than `needed` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UsageError(
            f"dataset '{card.id}' needs {megabytes(needed)} in '{folder}', and {megabytes(free)} are free; make room, "
            "or name another folder by CODECBENCH_CACHE"
        )
