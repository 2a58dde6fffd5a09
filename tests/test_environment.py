from __future__ import annotations

import os

import pytest

from codecbench.environment import changed


def test_variables_hold_within_and_are_as_they_were_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_A", "before")
    monkeypatch.delenv("CODECBENCH_B", raising=False)
    with changed({"CODECBENCH_A": "1", "CODECBENCH_B": "2"}):
        assert (os.environ["CODECBENCH_A"], os.environ["CODECBENCH_B"]) == ("1", "2")
    assert os.environ["CODECBENCH_A"] == "before"
    assert "CODECBENCH_B" not in os.environ
