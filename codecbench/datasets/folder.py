"""A dataset from a folder of audio; a `.txt` of the same name beside a file is its transcript."""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.manifest import speaker_warnings
from codecbench.errors import UsageError

RUN_FILE = "results.sqlite"
SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".w64", ".caf")


def read_folder(folder: Path) -> Dataset:
    """Every audio file below `folder`, in the order of its name.

    Raises:
        UsageError: there is none.
    """
    runs = {file.parent for file in folder.rglob(RUN_FILE)}  # a run's own audio is not speech to run on
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and runs.isdisjoint(path.parents)
    )
    if not paths:
        raise UsageError(f"folder '{folder}' holds no audio ({', '.join(SUFFIXES)})")
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in paths]
    # a.wav and a.flac side by side are two recordings: then the suffix stays in the id.
    ids = [
        name if names.count(name) == 1 else path.relative_to(folder).as_posix()
        for name, path in zip(names, paths, strict=True)
    ]
    utterances = tuple(Utterance(id, path, _transcript(path)) for id, path in zip(ids, paths, strict=True))
    return Dataset(folder.resolve().name, utterances, warnings=speaker_warnings(utterances))


def _transcript(path: Path) -> str | None:
    beside = path.with_suffix(".txt")
    if not beside.is_file():
        return None
    try:
        return beside.read_text(encoding="utf-8-sig").strip() or None
    except UnicodeDecodeError as error:
        raise UsageError(f"transcript '{beside}' is not UTF-8 text") from error
