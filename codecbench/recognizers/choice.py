"""Which recognizer: one that is registered, by id, or a model of the user's own, as `whisper:PLACE` or `ctc:FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codecbench.api import RecognizerCard, Scorer, UsageError
from codecbench.plugins import Registered, Registry
from codecbench.recognizers import ctc, whisper

OWN = {"whisper": "whisper:FOLDER-OR-HUB-NAME", "ctc": "ctc:FOLDER"}


def resolve(spec: str, registry: Registry) -> str:
    """`spec` as any process on this machine finds it again: its folder absolute, and fetched if it was a hub's name.

    Raises:
        Unavailable: what has to be fetched cannot be.
    """
    family, _, place = spec.partition(":")
    if spec in registry.recognizers or family not in OWN or not place:
        return spec
    folder = whisper.resolve(place) if family == "whisper" else Path(place).expanduser().absolute()
    return f"{family}:{folder}"


def find_recognizer(spec: str, registry: Registry) -> Registered[RecognizerCard]:
    """The recognizer of a resolved `spec`. Loads nothing.

    Raises:
        UsageError: there is none of this name.
        Unavailable: its folder is not there, or holds no such model.
    """
    if spec in registry.recognizers:
        return registry.recognizers[spec]
    family, _, place = spec.partition(":")
    if family not in OWN or not place:
        known = [*registry.recognizers, *OWN.values()]
        raise UsageError(f"unknown recognizer '{spec}'; known: {', '.join(known)}")
    return whisper.in_folder(Path(place)) if family == "whisper" else ctc.in_folder(Path(place))


def load_scorer(name: str | None, registry: Registry) -> tuple[Any, RecognizerCard]:
    """A recognizer that is a `Scorer` too, loaded, by what the user calls it; the first registered without a name.

    Raises:
        UsageError: there is none of this name, or it cannot score texts.
        Unavailable: it is not here.
    """
    entry = find_recognizer(resolve(name or next(iter(registry.recognizers)), registry), registry)
    recognizer = entry.factory()
    if not isinstance(recognizer, Scorer):
        raise UsageError(f"recognizer '{entry.card.id}' cannot score given texts")
    return recognizer, entry.card
