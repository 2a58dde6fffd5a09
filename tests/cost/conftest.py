"""A clock that only the codec under test moves."""

from __future__ import annotations

import pytest
from clockwork import Clock

from codecbench.cost import blocks


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(blocks, "time", clock)
    return clock
