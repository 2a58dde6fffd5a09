from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecbench.api import CodecCard, OperatingPoint
from codecbench.cost.card import write_figures
from codecbench.cost.figures import card_path, figures_at, load_figures, read_figures


def test_opus_and_pcm_figures() -> None:
    assert load_figures("codecbench_classic", "pcm:default")["latency_ms"] == 1 / 16
    assert load_figures("codecbench_classic", "opus:default")["latency_ms"] == 26.5


def test_figures_are_kept_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "codecbench_card_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_figures("codecbench_card_test", "x:y") == {}
    write_figures("codecbench_card_test", "x:y", {"latency_ms": 1.0, "parameters": None, "weights": "own"})
    write_figures("codecbench_card_test", "a:b", {"latency_ms": 2.0})
    assert load_figures("codecbench_card_test", "x:y") == {"latency_ms": 1.0}
    assert list(json.loads(card_path("codecbench_card_test").read_text())) == ["a:b", "x:y"]
    with pytest.raises(ModuleNotFoundError, match="no package"):
        card_path("codecbench_no_such_package")


def test_a_stage_of_an_operating_point_goes_before_the_cards() -> None:
    low, high = OperatingPoint(1.0), OperatingPoint(6.0)
    card = CodecCard("c", 1000, (low, high), encoder_macs_per_s=5.0, quantizer_macs_per_s=6.0,
                     macs_by_point={"1": {"quantizer": 1.0}})  # fmt: skip
    assert figures_at(card, low) | {"quantizer_macs_per_s": 6.0} == figures_at(card, high)
    assert (figures_at(card, low)["quantizer_macs_per_s"], figures_at(card, low)["encoder_macs_per_s"]) == (1.0, 5.0)
    assert set(figures_at(card, low)) == set(CodecCard.MEASURED)


def test_a_package_without_a_card_has_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "codecbench_bare_test").mkdir()
    (tmp_path / "codecbench_bare_test" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert read_figures("codecbench_bare_test") == {}
