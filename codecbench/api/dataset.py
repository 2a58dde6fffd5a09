"""A dataset: utterances, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codecbench.api import checks
from codecbench.api.checks import check_id

SYNTHESIZER = "synthesizer"
"""The column of a manifest that says what made a voice ("Kokoro-82M"); a person's has none there."""


@dataclass(frozen=True)
class Utterance:
    """One recording of a dataset. `transcript` None means unknown; an empty speaker makes it its own speaker.

    `extra` has the manifest's further columns. One of them says that the speaker is no person: `synthesizer`.
    """

    id: str
    path: Path
    transcript: str | None = None
    speaker: str = ""
    sex: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthesizer(self) -> str:
        """What made the voice; empty for a person's. Intervals are said to be over its voices, not over speakers."""
        return self.extra.get(SYNTHESIZER, "")


@dataclass(frozen=True)
class DatasetCard:
    """What is known of a built-in or plugin dataset without reading it."""

    id: str
    description: str
    licence: str
    synthetic: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no command line could name, or a field that does not hold what it should."""
        check_id(self.id, "dataset")
        checks.check_fields(self, DATASET_FIELDS, f"dataset '{self.id}'")


DATASET_FIELDS: Mapping[str, checks.Check] = {
    "id": checks.text,
    "description": checks.text_or(""),
    "licence": checks.text_or("unknown"),
    "synthetic": checks.flag,
}


@dataclass(frozen=True)
class Dataset:
    """Utterances, and where they come from."""

    id: str
    utterances: tuple[Utterance, ...]
    synthetic: bool = False
    warnings: tuple[str, ...] = ()
