"""A speech recognizer: what it hears, and how likely it finds given texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from codecbench.api import checks
from codecbench.api.audio import Audio
from codecbench.api.checks import check_id

ANY_LANGUAGE = "*"
"""Among a card's `languages`: nothing says what it was trained for, and it is given speech of any language."""


@dataclass(frozen=True)
class Word:
    """A recognized word, its place in seconds and the recognizer's probability for it."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """What a recognizer heard; `words` may be empty where the recognizer returns no evidence on words."""

    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class RecognizerCard:
    """A recognizer. `model_files` finds its model without loading it (hashed into every key it has a part in).

    `model_files` raises Unavailable where the model is not installed. `parameters` are those that change results.
    `language` is the code of what it hears; one that hears any of several names them in `languages`, and is asked for
    another than `language` by `Multilingual.in_language`. `notes` is what who chooses it must know, in a line; no key
    holds it. `devices` names those besides the CPU that it can run on (`cuda`, `mps`), each with the parameters that it
    has there instead; its factory is then called with the device, `cuda:1` for example, as its only argument.
    """

    id: str
    version: str
    model_files: Callable[[], Sequence[Path]]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    languages: tuple[str, ...] = ()
    notes: str = ""
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no command line could name, or a field that does not hold what it should."""
        check_id(self.id, "recognizer")
        checks.check_fields(self, RECOGNIZER_FIELDS, f"recognizer '{self.id}'")

    def hears(self, language: str) -> bool:
        """Whether speech in the language of that code can be given to it."""
        return language == self.language or language in self.languages or ANY_LANGUAGE in self.languages


RECOGNIZER_FIELDS: Mapping[str, checks.Check] = {
    "id": checks.text,
    "version": checks.text,
    "model_files": checks.callable_,
    "parameters": checks.json_mapping,
    "language": checks.text,
    "languages": checks.texts,
    "notes": checks.text_or(""),
    "devices": checks.mapping(checks.json_mapping, "mappings of parameters"),
}


class Recognizer(Protocol):
    """Speech to text: deterministic, 16 kHz mono in."""

    def transcribe(self, audio: Audio) -> Hypothesis: ...


@runtime_checkable
class Multilingual(Protocol):
    """A recognizer of several languages. Optional: its card's `languages` says which."""

    def in_language(self, language: str) -> Recognizer:
        """The recognizer for speech in `language`, a code of its card's `languages`. It may share what is loaded."""
        ...


@dataclass(frozen=True)
class WordScore:
    """A word of a scored text: its part of the log-probability (nats) and its place in seconds."""

    text: str
    log_probability: float
    start: float
    end: float


@dataclass(frozen=True)
class TextScore:
    """How likely a recognizer finds a text given the audio: nats, summed over its `tokens` tokens."""

    text: str
    log_probability: float
    tokens: int
    words: tuple[WordScore, ...] = ()


@runtime_checkable
class Scorer(Protocol):
    """A recognizer that can also say how likely given texts are. Optional: metrics that need it abstain without."""

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """One score for each of `texts`, written as the recognizer writes; 16 kHz mono in.

        Raises:
            ValueError: the audio is longer, or a text has more tokens, than the recognizer can score at once.
        """
        ...
