"""Datasets that were fetched: where each of them is, and whether it is as it was unpacked.

Two names of one archive share a folder. Beside the speech a list has each file's size, time and sha256: a file whose
size and time are as they were is not read again, another is hashed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from codecbench.api import Archive, Dataset, DatasetCard
from codecbench.datasets.unpacking import Unpacked
from codecbench.datasets.warnings import some
from codecbench.errors import UsageError
from codecbench.weights import cache_root, sha256_of
from codecbench.whole_files import replaced

SPEECH, LIST = "speech", "files.jsonl"


@dataclass(frozen=True)
class ListedFile:
    """A file of a dataset, as it was unpacked; `mtime_ns` is its time of modification."""

    name: str
    size: int
    sha256: str
    mtime_ns: int


@dataclass(frozen=True)
class PulledFolder:
    """Where an archive's speech is kept, whether it is there or not."""

    folder: Path

    @property
    def speech(self) -> Path:
        return self.folder / SPEECH

    @property
    def list(self) -> Path:
        """Written last: what has none is not whole."""
        return self.folder / LIST

    @property
    def is_whole(self) -> bool:
        return self.list.is_file() and self.speech.is_dir()


def place_of(archive: Archive) -> PulledFolder:
    """Raises Unavailable where this user has no cache folder."""
    return PulledFolder(cache_root() / "datasets" / f"{archive.name.partition('.')[0]}-{archive.sha256[:12]}")


def archive_of(card: DatasetCard) -> Archive:
    """Raises UsageError where it is not fetched."""
    if card.archive is None:
        raise UsageError(f"dataset '{card.id}' is not fetched: it comes with its plugin")
    return card.archive


def is_here(card: DatasetCard) -> bool:
    """True of one that is not fetched at all. Raises as `place_of`."""
    return card.archive is None or place_of(card.archive).is_whole


def pulled_folder(card: DatasetCard, archive: Archive) -> Path:
    """The folder of the unpacked speech.

    Raises:
        UsageError: it is not here, or not as it was unpacked; the message says what to do.
    """
    place = place_of(archive)
    if not place.is_whole:
        raise UsageError(
            f"dataset '{card.id}' is not on this machine ({megabytes(archive.size)}, {card.licence}); fetch it: "
            f"codecbench datasets pull {card.id}"
        )
    refuse_changed(card, place)
    return place.speech


def refuse_changed(card: DatasetCard, place: PulledFolder, *, thorough: bool = False) -> int:
    """Raises UsageError where files are missing or others; returns how many there are. `thorough`: hash each."""
    listed = read_list(place)
    wrong = [one.name for one in listed if not _is_as_listed(place.speech / one.name, one, thorough)]
    if wrong:
        raise UsageError(
            f"dataset '{card.id}': {len(wrong)} of {len(listed)} files are not as they were unpacked "
            f"({some(wrong)}); fetch it again: codecbench datasets pull {card.id}"
        )
    return len(listed)


def refuse_added(dataset: Dataset, card: DatasetCard, archive: Archive) -> None:
    """Raises UsageError where an utterance's audio did not come out of the archive."""
    place = place_of(archive)
    listed = {place.speech / one.name for one in read_list(place)}
    added = [str(one.path) for one in dataset.utterances if one.path not in listed]
    if added:
        raise UsageError(
            f"dataset '{card.id}': {len(added)} recordings are not of its archive ({some(added)}); remove them, or "
            "give the folder itself as --dataset"
        )


def write_list(place: PulledFolder, files: Iterable[Unpacked]) -> None:
    rows = (ListedFile(one.name, one.size, one.sha256, (place.speech / one.name).stat().st_mtime_ns) for one in files)
    with replaced(place.list) as partial:
        partial.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")


def read_list(place: PulledFolder) -> list[ListedFile]:
    try:
        lines = place.list.read_text(encoding="utf-8").splitlines()
        return [ListedFile(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"'{place.list}' cannot be read; remove '{place.folder}' and fetch it again") from error


def _is_as_listed(path: Path, listed: ListedFile, thorough: bool) -> bool:
    try:
        found = path.stat()
        if found.st_size != listed.size:
            return False
        return (found.st_mtime_ns == listed.mtime_ns and not thorough) or sha256_of(path) == listed.sha256
    except OSError:
        return False


def megabytes(size: int) -> str:
    """As a person reads it.

    >>> megabytes(346663984), megabytes(11747302977), megabytes(1200)
    ('347 MB', '11.7 GB', '1 kB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size / 1e3:.0f} kB"
