"""A card is read whatever codecbench wrote it; what is missing has one meaning."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from codecbench.api import MetricCard
from codecbench.metrics.pairs import CARD as FLIPS
from codecbench.plugins import registry
from codecbench.store import SCHEMA, Store
from codecbench.store.current import CurrentCoding, CurrentScore
from codecbench.store.facts import TITLES_BEFORE_CARDS, CodecFacts, MetricFacts
from codecbench.store.ids import CellPlace
from codecbench.store.rows import CodecRow, UtteranceRow

CELL = CellPlace("c", "d", "6", "u", 0)
CARD = MetricCard("m", "1", "a metric", unit="dB", higher_is_better=True, parameters={"scales": ((1, 2), (3, 4))})


def stored(card: MetricCard) -> MetricFacts:
    return MetricFacts.from_json(card.id, json.loads(json.dumps(asdict(card))))


def test_an_empty_card_says_nothing_of_itself() -> None:
    facts = MetricFacts.from_json("m", {})
    assert (facts.title, facts.long_title, facts.unit, facts.pooling) == ("m", "m", "", "mean")
    assert (facts.higher_is_better, facts.low, facts.high, facts.parameters) == (None, None, None, None)
    codec = CodecFacts.from_json({})
    assert (codec.track, codec.sample_rate, codec.stochastic, codec.figures) == ("none", None, False, {})
    assert codec.figure("encoder_macs_per_s", "6") is None


def test_a_bound_that_is_infinite_is_none() -> None:
    facts = MetricFacts.from_json("m", {"low": float("-inf"), "high": 4.5})
    assert (facts.low, facts.high) == (None, 4.5)
    assert [facts.within(end) for end in (None, -9.0, 5.0)] == [None, -9.0, 4.5]


def test_a_title_is_the_cards_own_or_what_tables_had_before_or_the_id() -> None:
    assert MetricFacts.of(replace(CARD, title="M!")).title == "M!"
    assert MetricFacts.from_json("pesq_wb", {}).title == "PESQ-WB"
    assert MetricFacts.from_json("pesq_wb", {"title": ""}).title == "pesq_wb"
    assert MetricFacts.from_json("flip_rate", {}).long_title == MetricFacts.of(FLIPS).long_title != FLIPS.title


def test_every_built_in_metric_has_a_title_and_keeps_the_one_it_had() -> None:
    cards = {name: entry.card for name, entry in registry().metrics.items() if entry.plugin == "metrics"}
    assert all(card.title for card in cards.values())
    renamed = {
        "mel_distance": "mel dist. 16k",  # it was taken for DAC's
        "speaker_similarity": "speaker (GE2E)",  # papers use other encoders
    }
    assert {name: cards[name].title for name in TITLES_BEFORE_CARDS} == {
        name: renamed.get(name, titles.short) for name, titles in TITLES_BEFORE_CARDS.items()
    }


def test_what_decides_a_score_is_the_same_before_and_after_the_store() -> None:
    assert MetricFacts.of(CARD).decides() == stored(CARD).decides()
    assert MetricFacts.of(FLIPS).decides() == stored(FLIPS).decides()


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"title": "New"}, True), ({"description": "better told"}, True), ({"high": 5.0}, True),
        ({"version": "2"}, False), ({"parameters": {"scales": ((1, 2),)}}, False), ({"unit": "B"}, False),
    ],
)  # fmt: skip
def test_scores_stand_while_nothing_that_decides_them_changes(
    changed: dict[str, object], kept: bool, tmp_path: Path
) -> None:
    with Store(tmp_path, create=True) as store:
        store.set_meta(schema=SCHEMA)
        store.put_codecs([CodecRow("c", "d", "plugin", CodecFacts(), None, "source")])
        store.put_utterance(UtteranceRow("u", "sha", "u.wav", "words", "s", "F", 1.5), 0)
        store.put_coding("k", "ok")
        store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.0)])
        store.put_metrics([MetricFacts.of(CARD)])
        store.put_score("s", "1", "ok", numerator=1.0, denominator=1.0)
        store.set_current_scores([CurrentScore(CELL, "m", "s")])
        after = MetricFacts.of(replace(CARD, **changed))
        store.put_metrics([after])
        results = store.results()
    assert bool(results.scores) is kept
    assert results.metrics["m"] == replace(after, stored=results.metrics["m"].stored)
