"""Codecs as a run builds them, for tests: one that cannot run here skips the test, saying why."""

from __future__ import annotations

import os

import pytest

from codecbench.api import Codec, CodecOptions, Unavailable
from codecbench.plugins import registry


def built(spec: str) -> Codec:
    """A new instance. Where CI promised to install a program that is not here, the test fails instead of skipping."""
    entry = registry().codec(spec)
    try:
        return entry.factory(CodecOptions.of(entry.card))
    except Unavailable as error:
        if "install it: apt install" in str(error) and os.environ.get("CODECBENCH_REQUIRE_TOOLS") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
