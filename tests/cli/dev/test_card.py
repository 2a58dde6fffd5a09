"""`codecbench dev card` writes what it prints."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from codecbench.cli.dev.card import card
from codecbench.cost import card as card_module
from codecbench.cost.figures import read_figures
from codecbench.errors import Abstain, UsageError


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(card_module, "write_figures", lambda package, spec, figures: kept.update({spec: figures}))
    return kept


def test_it_writes_what_it_prints(written: dict[str, Any]) -> None:
    result = CliRunner().invoke(card, ["pcm"], catch_exceptions=False)
    assert result.exit_code == 0
    assert written["pcm:default"] == read_figures("codecbench_classic")["pcm:default"]
    assert result.output.startswith('pcm:default: {"weights": "own"')


def test_a_codec_that_is_not_there(written: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="unknown codec 'nosuch'"):
        CliRunner().invoke(card, ["nosuch"], catch_exceptions=False)
    assert not written


def test_what_cannot_be_measured_names_the_codec(written: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def declines(*_: object) -> dict[str, Any]:
        raise Abstain("no delay was found")

    monkeypatch.setattr(card_module, "measure_card", declines)
    with pytest.raises(Abstain, match=r"^pcm: no delay was found$"):
        CliRunner().invoke(card, ["pcm"], catch_exceptions=False)
