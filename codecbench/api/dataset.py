"""A dataset: utterances, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from codecbench.api import checks
from codecbench.api.checks import check_id
from codecbench.errors import UsageError

LANGUAGE = "language"
"""The column of a manifest that says what is spoken: a code of BCP 47 ("fr", "pt-BR")."""
LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
ENGLISH = "en"
SYNTHESIZER = "synthesizer"
"""The column of a manifest that says what made a voice ("Kokoro-82M"); a person's has none there."""


@dataclass(frozen=True)
class Utterance:
    """One recording of a dataset. `transcript` None means unknown; an empty speaker makes it its own speaker.

    `path` is None in a run over given payloads alone, of what nobody has a recording of: docs/payloads.md.

    `extra` has the manifest's further columns. Two of them are read: `synthesizer` says that the speaker is no person,
    `language` what is spoken.
    """

    id: str
    path: Path | None
    transcript: str | None = None
    speaker: str = ""
    sex: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    reference: Path | None = None
    """What decoded signals are held to, where that is not `path`: the clean recording beside a noisy one, as long."""
    enrolment: Path | None = None
    """Another recording of the speaker, which stands for this one where voices are compared and there is no `path`."""

    @property
    def recording_path(self) -> Path:
        """`path`, where a recording is needed. Raises UsageError where there is none."""
        if self.path is None:
            raise UsageError(f"utterance '{self.id}' has no recording")
        return self.path

    @property
    def synthesizer(self) -> str:
        """What made the voice; empty for a person's. Intervals are said to be over its voices, not over speakers."""
        return self.extra.get(SYNTHESIZER, "")

    @property
    def language(self) -> str:
        """The language's code without region or script, in lower case ("pt" of "pt-BR"); `en` where nothing is said."""
        return spoken_language(self.extra)


def spoken_language(extra: Mapping[str, str]) -> str:
    """Of an utterance's further columns, what `Utterance.language` says."""
    return extra.get(LANGUAGE, ENGLISH).replace("_", "-").partition("-")[0].lower()


@dataclass(frozen=True)
class Archive:
    """Where a dataset is fetched from on request, and what must come: `size` in bytes, and sha256.

    A .tar.gz, .tgz, .tar or .zip of files and folders; one with links, or with names that lead out of its folder, is
    refused. `members` is a regular expression of the names that are unpacked; empty: all of them.
    """

    url: str
    size: int
    sha256: str
    members: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should."""
        checks.check_fields(self, ARCHIVE_FIELDS, "an archive")

    @property
    def name(self) -> str:
        """Its file's."""
        return PurePosixPath(urlsplit(self.url).path).name


@dataclass(frozen=True)
class DatasetCard:
    """What is known of a built-in or plugin dataset without reading it. `language`: of utterances that name none.

    With an `archive` it is fetched by `codecbench datasets pull ID`, and its factory is called with the folder that it
    was unpacked to.
    """

    id: str
    description: str
    licence: str
    synthetic: bool = False
    language: str = ENGLISH
    archive: Archive | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no command line could name, or a field that does not hold what it should."""
        check_id(self.id, "dataset")
        checks.check_fields(self, DATASET_FIELDS, f"dataset '{self.id}'")


def _language(value: Any) -> Any:
    if not isinstance(value, str) or not LANGUAGE_CODE.fullmatch(value):
        raise ValueError('a language\'s code, such as "en" or "pt-BR"')
    return value


def _url(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"https?://\S+\.(tar\.gz|tgz|tar|zip)", value):
        raise ValueError("an address of http or https that ends in .tar.gz, .tgz, .tar or .zip")
    return value


def _sha256(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError("64 hexadecimal digits")
    return value


def _pattern(value: Any) -> Any:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise ValueError("a regular expression") from error
    return value


ARCHIVE_FIELDS: Mapping[str, checks.Check] = {
    "url": _url,
    "size": checks.whole(1, "bytes"),
    "sha256": _sha256,
    "members": _pattern,
}
DATASET_FIELDS: Mapping[str, checks.Check] = {
    "id": checks.text,
    "description": checks.text_or(""),
    "licence": checks.text_or("unknown"),
    "synthetic": checks.flag,
    "language": _language,
    "archive": checks.optional(checks.instance(Archive)),
}


@dataclass(frozen=True)
class Dataset:
    """Utterances, and where they come from."""

    id: str
    utterances: tuple[Utterance, ...]
    synthetic: bool = False
    warnings: tuple[str, ...] = ()
