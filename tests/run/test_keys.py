from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codecbench.api import CodecCard, MetricCard, OperatingPoint, Utterance
from codecbench.run import keys

CARD = MetricCard("m", "1", "a metric")
SPOKEN = replace(CARD, uses_recognizer=True)
UTTERANCE = Utterance("u", Path("u.wav"), "some words")


def test_score_keys_hold_what_changes_the_figure_and_nothing_else() -> None:
    base = keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.0)
    assert base == keys.score_key("coding", keys.metric_key(CARD, "other"), CARD, UTTERANCE, 0.0)
    assert base == keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, replace(UTTERANCE, transcript="x"), 0.0)
    different = [
        keys.score_key("other", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(replace(CARD, version="2"), "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(replace(CARD, parameters={"a": 1}), "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.001),
    ]
    spoken = keys.score_key("coding", keys.metric_key(SPOKEN, "r"), SPOKEN, UTTERANCE, 0.0)
    different += [
        spoken,
        keys.score_key("coding", keys.metric_key(SPOKEN, "other"), SPOKEN, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(SPOKEN, "r"), SPOKEN, replace(UTTERANCE, transcript="x"), 0.0),
    ]
    assert len({base, *different}) == len(different) + 1


def test_coding_keys_hold_codec_point_seed_and_audio() -> None:
    identity = ("c:d", "1", "weights", "source", "cpu")
    base = keys.coding_key(identity, OperatingPoint(6), 0, "u", "audio")
    different = [
        keys.coding_key(("c:d", "1", "weights", "edited", "cpu"), OperatingPoint(6), 0, "u", "audio"),
        keys.coding_key(("c:d", "1", "retrained", "source", "cpu"), OperatingPoint(6), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(8), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6, {"mode": 1}), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6), 1, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6), 0, "u", "other"),
        keys.coding_key(identity, OperatingPoint(6), 0, "v", "audio"),
    ]
    assert len({base, *different}) == len(different) + 1
    assert CodecCard("c", 16000, (OperatingPoint(6),)).spec == "c:default"


def test_revision_is_of_content_not_of_order() -> None:
    rows = [(UTTERANCE, "a"), (replace(UTTERANCE, id="v"), "b")]
    assert keys.revision(rows) == keys.revision(rows[::-1])
    assert keys.revision(rows) != keys.revision([(replace(UTTERANCE, speaker="s"), "a"), rows[1]])
