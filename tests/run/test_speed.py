"""What makes speed be measured again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from codecbench.api import CodecCard, OperatingPoint
from codecbench.plugins import load_registry
from codecbench.run.speed import _interleaved

POINTS = tuple(OperatingPoint(float(kbps)) for kbps in (1, 2, 6))


def planned(card: CodecCard) -> Any:
    return SimpleNamespace(card=card, points=POINTS, identity=("vocodec:reference", "1", None, "0" * 64, "cpu"))


def keys(*cards: CodecCard, cost: str = "quick") -> list[str]:
    plan = SimpleNamespace(request=SimpleNamespace(cost=cost), codecs=[planned(card) for card in cards])
    return [key for _, _, key in _interleaved(SimpleNamespace(plan=plan))]  # type: ignore[arg-type]


def test_a_card_that_was_measured_anew_replaces_the_figures_of_an_older_run() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert keys(card) == keys(card)
    for name in ("latency_ms", "buffering_ms", "parameters", "encoder_macs_per_s"):
        assert not set(keys(card)) & set(keys(replace(card, **{name: 1.0}))), name
    assert keys(card) == keys(replace(card, notes="told in other words"))


def test_the_ends_of_the_rates_unless_all_are_asked_for() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert len(set(keys(card))) == 2
    assert len(set(keys(card, cost="full"))) == 3
