"""The built-in speech recognizers, registered through the hook that an outsider's recognizers use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import hookimpl
from codecbench.recognizers import moonshine, sphinx, whisper

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterRecognizer


@hookimpl
def codecbench_register_recognizers(register: RegisterRecognizer) -> None:
    register(whisper.CARD, whisper.bundled)
    register(sphinx.CARD, sphinx.PocketSphinx)
    register(moonshine.CARD, moonshine.Moonshine)
