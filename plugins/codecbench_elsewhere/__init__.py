"""Neural codecs of others, each by its authors' code in a Python environment of its own (docs/environments.md).

Only cards are imported here; the code is in the `*_side.py` files, which run there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import hookimpl
from codecbench_elsewhere import checkouts, packages

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

CARDS = (*packages.CARDS, *checkouts.CARDS)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card)
