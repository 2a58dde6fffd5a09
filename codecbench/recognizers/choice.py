"""Which recognizer: one that is registered, by id, or a model of the user's own, as `whisper:PLACE` or `ctc:FOLDER`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from codecbench.api import RecognizerCard, Scorer, UsageError
from codecbench.plugins import Registered, Registry
from codecbench.recognizers import ctc, whisper

ON_DEVICE = re.compile(r"(?P<spec>.+)@(?P<device>(?P<family>cuda|mps)(:\d+)?)")
"""A resolved recognizer that is to run elsewhere than on the CPU: `whisper-tiny.en@cuda:1`."""
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


def at(spec: str, device: str) -> str:
    """A resolved `spec` on `device`."""
    return spec if device == "cpu" else f"{spec}@{device}"


def find_recognizer(spec: str, registry: Registry) -> Registered[RecognizerCard]:
    """The recognizer of a resolved `spec`, on the device that it names. Loads nothing.

    Raises:
        UsageError: there is none of this name.
        Unavailable: its folder is not there, or holds no such model.
    """
    if spec in registry.recognizers:
        return registry.recognizers[spec]
    if elsewhere := ON_DEVICE.fullmatch(spec):
        return _on_device(find_recognizer(elsewhere["spec"], registry), elsewhere["device"], elsewhere["family"])
    family, _, place = spec.partition(":")
    if family not in OWN or not place:
        known = [*registry.recognizers, *OWN.values()]
        raise UsageError(f"unknown recognizer '{spec}'; known: {', '.join(known)}")
    return whisper.in_folder(Path(place)) if family == "whisper" else ctc.in_folder(Path(place))


def _on_device(entry: Registered[RecognizerCard], device: str, family: str) -> Registered[RecognizerCard]:
    """Under an id of its own: what it hears there differs in rounding, so that figures of the two are never mixed.

    Raises:
        UsageError: it cannot run there.
    """
    card = entry.card
    if family not in card.devices:
        possible = ", ".join(["cpu", *card.devices])
        raise UsageError(f"recognizer '{card.id}' cannot run on {family}; it runs on: {possible}")
    parameters = {**card.parameters, **card.devices[family], "device": family}
    return replace(
        entry,
        card=replace(card, id=f"{card.id}-{family}", parameters=parameters),
        factory=partial(entry.factory, device),
    )


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
