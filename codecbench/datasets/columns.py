"""What the columns of a manifest mean: those that are read, those that look like them, those that may not be there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codecbench.api.dataset import LANGUAGE

REQUIRED = ("id", "path")
NAMED = ("id", "path", "transcript", "speaker", "sex", "reference")

ALIASES = {
    "id": ("uttid", "utterance", "utteranceid", "utt", "uid", "fileid", "name", "key"),
    "path": ("file", "filename", "filepath", "audio", "audiopath", "audiofile", "audiofilepath", "wav", "wavpath"),
    "transcript": ("text", "sentence", "transcription", "words", "label", "normalizedtext", "normalizedtranscript"),
    "speaker": ("speakerid", "speakername", "spk", "spkid", "spkr", "reader", "readerid", "clientid", "voice"),
    "sex": ("gender", "speakergender", "speakersex"),
    "reference": ("referencepath", "referenceaudio", "clean", "cleanpath", "cleanaudio"),
    LANGUAGE: ("lang", "langid", "languageid", "languagecode", "locale"),
}
"""Names that other corpora and tools use, without case and punctuation."""
PARTS = (
    "start", "end", "begin", "stop", "offset", "duration", "length", "starttime", "endtime", "begintime", "startsec",
    "endsec", "segmentstart", "segmentend", "segment", "onset", "channel", "channels", "starts", "ends",
)  # fmt: skip
"""Names of columns by which a row means a part of its file. No part of a file is read."""


def plain(column: str) -> str:
    """Without case, blanks and punctuation: 'Speaker ID' and 'speaker_id' are one."""
    return "".join(letter for letter in column.lower() if letter.isalnum())


def meant(column: str) -> str | None:
    """The column that is read and that `column`, which is not, probably means."""
    name = plain(column)
    return next((known for known in ALIASES if name == known or name in ALIASES[known]), None)


def problem(columns: Sequence[str], required: Sequence[str] = REQUIRED) -> str | None:
    """Why rows of these columns cannot be read, in words that end a sentence about the manifest; None if they can."""
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        return f"has two columns '{twice}'"
    lacking = [column for column in required if column not in columns]
    if lacking:
        return f"has no {' and no '.join(lacking)}; it has: {_listed(columns)}{_renaming(columns, lacking)}"
    part = next((column for column in columns if plain(column) in PARTS), None)
    if part is not None:
        return (
            f"has a column '{part}', by which a row means a part of its file, and parts are not read: cut the "
            "recordings, one file per utterance; or leave the column out, where each file is one"
        )
    return None


def notes(columns: Iterable[str]) -> tuple[str, ...]:
    """One for each column that is kept unread although its name resembles one that is read and is not there."""
    here = list(columns)
    doubtful = {column: meant(column) for column in here if column not in ALIASES}
    said = [f"column '{column}' is not read; if it is the {name}, call it '{name}'"
            for column, name in doubtful.items() if name is not None and name not in here]  # fmt: skip
    return tuple(said)


def _listed(columns: Sequence[str]) -> str:
    text = ", ".join(map(repr, columns)) or "nothing"
    return text if len(text) <= 200 else text[:200] + " …"


def _renaming(columns: Sequence[str], lacking: Sequence[str]) -> str:
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|,"):
        return " (columns are separated by tabs in .tsv, by commas in .csv)"
    found = {name: column for column in columns if (name := meant(column)) in lacking}
    return "".join(f"; call '{column}' '{name}'" for name, column in found.items())
