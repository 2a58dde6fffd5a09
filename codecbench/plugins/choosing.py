"""`--codecs`: names, all that are installed, or all of a family. Those on request are run by name alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from codecbench.api import CodecCard, Family, UsageError
from codecbench.names import names
from codecbench.plugins.registered import Registry

ALL = "all"
FAMILIES = tuple(family for family in get_args(Family) if family)


@dataclass(frozen=True)
class ChosenCodecs:
    """Codecs as `name` or `name:checkpoint`, once each. Those that were not `named` are there because a word stands for
    all that are installed, or all of a family: that one of these cannot run here is no failure.
    """

    specs: tuple[str, ...]
    named: frozenset[str]

    @property
    def has_groups(self) -> bool:
        return len(self.named) < len(self.specs)


def choose_codecs(text: str, registry: Registry) -> ChosenCodecs:
    """`text` as on the command line: `all`, or names separated by commas, among which a family's name (`speech`,
    `audio`, `neural`) stands for its codecs with their default checkpoints, unless a codec has that name. `all` and
    families are without codecs whose card says `on_request`.

    Raises:
        UsageError: a name is empty, or no installed codec is of the family.
    """
    if text == ALL:
        return ChosenCodecs(tuple(name for name, _ in _defaults(registry)), frozenset())
    chosen: dict[str, bool] = {}
    for name in names(text, "--codecs"):
        if name in FAMILIES and name not in registry.codec_names():
            for member in _of_family(name, registry):
                chosen.setdefault(member, False)
        else:
            chosen[name] = True
    return ChosenCodecs(tuple(chosen), frozenset(name for name, named in chosen.items() if named))


def _of_family(family: str, registry: Registry) -> list[str]:
    found = [name for name, card in _defaults(registry) if card.family == family]
    if not found:
        raise UsageError(f"--codecs {family}: no installed codec is of the family {family} (CodecCard.family)")
    return found


def _defaults(registry: Registry) -> list[tuple[str, CodecCard]]:
    """What a word for many stands for: codecs by name with the card of their default checkpoint."""
    cards = ((name, registry.checkpoints(name)[0]) for name in registry.codec_names())
    return [(name, card) for name, card in cards if not card.on_request]
