"""Classical codecs, the rows of one table: `codecbench_classic.table`; and PCM, the harness's self-check.

Only cards live there, so that listing codecs loads no codec library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import hookimpl
from codecbench_classic.table import ROWS

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for row in ROWS:
        register(row.card, row.build)
