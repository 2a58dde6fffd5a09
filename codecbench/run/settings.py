"""`--set CODEC.NAME=VALUE`: settings of a codec that its card offers, as the user wants them in this run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from codecbench.api import CodecCard
from codecbench.errors import UsageError

SWITCH = {"true": True, "false": False}


class Setting(NamedTuple):
    """One of the user's. `codec` is a name, for all its checkpoints, or `name:checkpoint`; `text` is as typed."""

    codec: str
    name: str
    text: str

    @classmethod
    def parse(cls, typed: str) -> Setting:
        """Raises UsageError for what is no `CODEC.NAME=VALUE`.

        >>> Setting.parse("lyra:v2.loss=0.1")
        Setting(codec='lyra:v2', name='loss', text='0.1')
        """
        where, equals, text = typed.partition("=")
        codec, dot, name = where.rpartition(".")
        if not equals or not dot or not codec or not name:
            raise UsageError(f"--set '{typed}': expected CODEC.NAME=VALUE, for example --set lyra.loss=0.1")
        return cls(codec, name, text)

    def __str__(self) -> str:
        return f"--set {self.codec}.{self.name}={self.text}"

    def is_of(self, card: CodecCard) -> bool:
        return self.codec in (card.name, card.spec)


def refuse_strangers(settings: Iterable[Setting], cards: Sequence[CodecCard]) -> None:
    """Raises UsageError for a setting of no codec among `cards`."""
    for setting in settings:
        if not any(setting.is_of(card) for card in cards):
            raise UsageError(
                f"{setting}: no codec {setting.codec} in --codecs; in the run: {', '.join(card.spec for card in cards)}"
            )


def changed_settings(card: CodecCard, settings: Iterable[Setting]) -> Mapping[str, Any]:
    """What `settings` say of this codec, by name, where it is not the card's default; the last one counts.

    Raises:
        UsageError: the card has no such setting, or it is of another type.
    """
    found: dict[str, Any] = {}
    for setting in settings:
        if setting.is_of(card):
            if setting.name not in card.settings:
                known = ", ".join(f"{name}={value}" for name, value in card.settings.items())
                raise UsageError(f"{setting}: {card.spec} has {f'these settings: {known}' if known else 'no settings'}")
            found[setting.name] = _value(setting, card.settings[setting.name])
    return {name: value for name, value in sorted(found.items()) if value != card.settings[name]}


def _value(setting: Setting, default: Any) -> Any:
    """As what the default is."""
    try:
        if isinstance(default, bool):
            return SWITCH[setting.text.lower()]
        value = type(default)(setting.text)
        if isinstance(value, float) and not isfinite(value):
            raise ValueError
        return value
    except (KeyError, ValueError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise UsageError(f"{setting}: expected {wanted}, as the default {default} is") from None
