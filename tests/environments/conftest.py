"""A small environment that is really made, once for the tests of this folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codecbench.api import Environment
from codecbench.environments.making import make
from codecbench.weights import CACHE_VARIABLE

SMALL = Environment(("tabulate>=0.9",), python=">=3.8")


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which `SMALL` has been made."""
    cache = tmp_path_factory.mktemp("cache")
    before = os.environ.get(CACHE_VARIABLE)
    os.environ[CACHE_VARIABLE] = str(cache)
    try:
        make("small:default", SMALL, lambda _: None)
    finally:
        if before is None:
            del os.environ[CACHE_VARIABLE]
        else:
            os.environ[CACHE_VARIABLE] = before
    return cache
