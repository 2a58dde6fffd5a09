"""The transcripts that lie beside the recordings of a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from codecbench.errors import UsageError

NORMALIZED = ".normalized"
"""LibriTTS keeps `NAME.normalized.txt` beside `NAME.original.txt`."""
ORIGINAL = ".original"
LISTS = ".trans"
"""LibriSpeech keeps one `*.trans.txt` for the recordings of a folder, a line each."""


class Transcripts:
    """All `.txt` files of a folder, whatever the case of the suffix, by the recordings that they belong to."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Raises UsageError where a list of transcripts cannot be read."""
        self._beside: dict[Path, Path] = {}
        self._listed: dict[Path, str] = {}
        for path in paths:
            if Path(path.stem).suffix.lower() == LISTS:
                self._listed |= _lines(path)
            else:
                self._beside[path.with_suffix("")] = path

    def of(self, recording: Path) -> str | None:
        """The transcript of a recording; None where there is none. Raises UsageError where it is no text."""
        name = recording.with_suffix("")
        for place in _places(name):
            if place in self._beside:
                return read_text(self._beside[place]).strip() or None
        return self._listed.get(name)

    def without_recording(self, recordings: Iterable[Path]) -> list[Path]:
        """Transcripts that no recording has; of a text that is there in two spellings the other one is no such text."""
        names = [path.with_suffix("") for path in recordings]
        used = {place for name in names for place in (*_places(name), name.with_name(name.name + ORIGINAL))}
        return [text for place, text in self._beside.items() if place not in used]


def _places(name: Path) -> tuple[Path, Path]:
    """Where a recording's text would lie, without `.txt`, the better one first."""
    return name.with_name(name.name + NORMALIZED), name


def _lines(path: Path) -> dict[Path, str]:
    pairs = (line.partition(" ") for line in read_text(path).splitlines() if line.strip())
    return {path.parent / name: words.strip() for name, _, words in pairs if words.strip()}


def read_text(path: Path) -> str:
    """A UTF-8 text. Raises UsageError where it is none, or cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"transcript '{path}' is not UTF-8 text") from error
    except OSError as error:
        raise UsageError(f"transcript '{path}' cannot be read: {error.strerror}") from error
