"""Whether the audio that a dataset names is there: one line if none is, and what is nearly of that name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.warnings import some
from codecbench.errors import UsageError


def located(dataset: Dataset, chosen: Sequence[int] | None = None) -> Dataset:
    """`dataset` with the files that are there under another Unicode form of their name.

    `chosen` are the indices of the utterances that are wanted: no others are looked for. A note says of those that are
    missing what lies nearby; each of them fails by itself.

    Raises:
        UsageError: no audio of what is wanted is there at all.
    """
    utterances = list(dataset.utterances)
    missing: list[Path] = []
    wanted = range(len(utterances)) if chosen is None else chosen
    for index in wanted:
        utterances[index] = _located(utterances[index])
        one = utterances[index]
        missing += [path for path in (one.path, one.reference) if path is not None and not _is_there(path)]
    dataset = replace(dataset, utterances=tuple(utterances))
    if not missing:
        return dataset
    near = next((hint for path in missing[:100] if (hint := _near(path))), "")
    paths = [path for index in wanted if (path := utterances[index].path) is not None]
    if paths and not any(map(_is_there, paths)):
        raise UsageError(
            f"dataset '{dataset.id}': its audio is not there, none of {len(paths)} files, not even "
            f"'{missing[0]}'; paths in a manifest are relative to it{near}"
        )
    said = f"{len(missing)} of {len(wanted)} audio files are not there ({some(list(map(str, missing)))})"
    return replace(dataset, warnings=(*dataset.warnings, said + near))


def _located(utterance: Utterance) -> Utterance:
    reference = utterance.reference and _found(utterance.reference)
    return replace(utterance, path=utterance.path and _found(utterance.path), reference=reference)


def _found(path: Path) -> Path:
    """A path in composed characters and a file in decomposed ones look alike, and are one file to who wrote them."""
    others = (Path(unicodedata.normalize(form, str(path))) for form in ("NFC", "NFD"))
    return path if _is_there(path) else next(filter(_is_there, others), path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a NUL
        return False


def _near(path: Path) -> str:
    """What there is of nearly this name: in another case, without blanks around it, with other slashes."""
    turned = Path(str(path).replace("\\", "/"))
    for other in (turned, path.with_name(path.name.strip() or path.name)):
        if other != path and _is_there(other):
            return f"; '{other}' is there, which differs in blanks or slashes"
    try:
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError:
        names = []
    alike = next((name for name in names if name.lower() == path.name.lower()), None)
    return f"; '{path.with_name(alike)}' is there, which differs in upper and lower case" if alike else ""
