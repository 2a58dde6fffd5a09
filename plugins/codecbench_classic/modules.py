"""Codecs that have a module of their own in this package."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from codecbench.api import Codec, CodecCard, CodecOptions


@dataclass(frozen=True)
class Module:
    """`codec` is "module:Class" in this package, called with the card; `means` what it calls in turn."""

    codec: str
    means: str

    @property
    def settings(self) -> dict[str, Any]:
        return {}

    def build(self, card: CodecCard, options: CodecOptions) -> Codec:
        del options
        module, _, name = self.codec.partition(":")
        codec: Codec = getattr(import_module(f"{__package__}.{module}"), name)(card)
        return codec
