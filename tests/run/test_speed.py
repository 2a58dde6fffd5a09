"""What makes speed be measured again, and in which processes cost is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench.plugins import load_registry
from codecbench.run.pool import Pool
from codecbench.run.speed import _interleaved, measure_speed
from codecbench.store.rows import CostRow
from codecbench.weights import resolve

POINTS = tuple(OperatingPoint(float(kbps)) for kbps in (1, 2, 6))


def planned(card: CodecCard) -> Any:
    return SimpleNamespace(card=card, points=POINTS, identity=("vocodec:reference", "1", None, "0" * 64, "cpu"))


def keys(*cards: CodecCard, cost: str = "quick") -> list[str]:
    plan = SimpleNamespace(request=SimpleNamespace(cost=cost), codecs=[planned(card) for card in cards])
    return [key for _, _, key in _interleaved(SimpleNamespace(plan=plan))]  # type: ignore[arg-type]


def test_a_card_that_was_measured_anew_replaces_the_figures_of_an_older_run() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert keys(card) == keys(card)
    for name in ("latency_ms", "buffering_ms", "parameters"):
        assert not set(keys(card)) & set(keys(replace(card, **{name: 1.0}))), name
    one = replace(card, macs_by_point={**card.macs_by_point, "1": {"encoder": 1.0}})
    assert [before == after for before, after in zip(keys(card), keys(one), strict=True)] == [False, True]
    plain = replace(card, macs_by_point={})
    assert not set(keys(plain)) & set(keys(replace(plain, encoder_macs_per_s=1.0)))
    assert keys(card) == keys(replace(card, notes="told in other words"))


def test_the_ends_of_the_rates_unless_all_are_asked_for() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert len(set(keys(card))) == 2
    assert len(set(keys(card, cost="full"))) == 3


class Reporter:
    def expect(self, steps: int) -> None: ...

    def step(self, steps: int) -> None: ...

    def say(self, text: str) -> None: ...


class Costs:
    """The store's part that the cost stage sees."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], CostRow] = {}
        self.keys: dict[tuple[str, str, str], tuple[str, str]] = {}

    def cost_key(self, codec: str, checkpoint: str, point: str) -> tuple[str, str] | None:
        return self.keys.get((codec, checkpoint, point))

    def put_cost(self, row: CostRow, key: str) -> None:
        self.rows[row.codec, row.point] = row
        self.keys[tuple(row.place)] = (key, row.status)


def run_of(clips: Path, *names: str, cost: str = "quick") -> Any:
    """A run's state over three clips, as far as the cost stage looks at it."""
    codecs = []
    for name in names:
        card = load_registry().codec(name).card
        options = CodecOptions(card.checkpoint, resolve(card))
        identity = (card.spec, "1", None, "0" * 64, "cpu")
        codecs.append(SimpleNamespace(card=card, points=card.points, options=options, identity=identity))
    files = sorted(clips.parent.glob("*.wav"))
    utterances = [SimpleNamespace(utterance=SimpleNamespace(path=file), sha256="ab") for file in files]
    plan = SimpleNamespace(request=SimpleNamespace(cost=cost), codecs=codecs, utterances=utterances)
    return SimpleNamespace(plan=plan, store=Costs(), reporter=Reporter(), limit=lambda seconds: 300.0)


def test_quick_does_not_replace_what_full_has_measured(clips: Path) -> None:
    full, quick = run_of(clips, "pcm", cost="full"), run_of(clips, "pcm")
    stored = {("pcm", "default", point.label): (key, "ok") for _, point, key in _interleaved(full)}
    assert len(stored) == 4

    def refuse(tasks: Any) -> None:
        pytest.fail(f"measured again: {next(tasks)}")

    pool: Any = SimpleNamespace(run=refuse, fresh=lambda: refuse(iter(["memory"])))
    quick.store.keys = dict(stored)
    measure_speed(quick, pool)
    full.store.keys = {place: (key, "abstained") for place, (key, _) in stored.items()}
    with pytest.raises(pytest.fail.Exception, match="measured again"):
        measure_speed(full, pool)


def test_memory_is_the_codecs_own_whatever_was_measured_before_it(clips: Path, tmp_path: Path) -> None:
    """Point by point over the codecs: PCM's lowest rate comes before EnCodec, its highest after it."""
    pytest.importorskip("torch")
    state = run_of(clips, "pcm", "encodec")
    with Pool(1, tmp_path / "log") as pool:
        measure_speed(state, pool)
    peaks = {place: row.figures["peak_rss_mb"] for place, row in state.store.rows.items()}
    assert peaks["pcm", "96"] == pytest.approx(peaks["pcm", "256"], rel=0.05)
    assert peaks["pcm", "256"] < 0.5 * peaks["encodec", "1"]
