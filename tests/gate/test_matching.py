from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.analysis.paired import Value, pair
from codecbench.gate.baseline import Baseline, BaselineRow, Missing, Scores, Speaker
from codecbench.gate.matching import Matching, MetricPair, Scope
from codecbench.gate.thresholds import Settings
from codecbench.store.ids import Place

OPUS = Place("opus", "default", "6")


@pytest.mark.parametrize(("before", "after", "higher", "loss"), [
    (3.0, 2.5, True, 0.5), (3.0, 3.5, True, -0.5), (0.1, 0.3, False, 0.2), (0.3, 0.1, False, -0.2),
    (0.0, 0.5, None, 0.5), (0.5, 0.0, None, -0.5), (0.0, -0.5, None, 0.5), (0.5, -0.5, None, 1.0),
])  # fmt: skip
def test_a_loss_is_positive_whichever_way_is_better(
    before: float, after: float, higher: bool | None, loss: float
) -> None:
    old, new = ({f"u{n}": Value(value) for n in range(3)} for value in (before, after))
    paired = pair(old, new, {})
    assert paired is not None
    assert MetricPair(OPUS, "m", paired, higher).loss == pytest.approx(loss)


@pytest.mark.parametrize(("codecs", "included"), [
    (None, True), (("opus",), True), (("opus:default",), True), (("opus:other",), False), ((), False),
])  # fmt: skip
def test_a_codec_is_named_with_or_without_its_checkpoint(codecs: tuple[str, ...] | None, included: bool) -> None:
    assert Scope(codecs).includes(OPUS) == included


def side(values: dict[str, float], missing: dict[str, Missing] | None = None, metric: str = "m") -> Baseline:
    scores = Scores("1", {name: Value(value) for name, value in values.items()}, missing or {})
    return Baseline("s", "d", "r" * 64, "wb", {}, {}, (BaselineRow(OPUS, {metric: scores}),))


def matched(before: Baseline, after: Baseline, scope: Scope | None = None, **settings: object) -> Matching:
    matching = Matching(before, after, Settings(**settings), scope or Scope())  # type: ignore[arg-type]
    matching.collect()
    return matching


def test_what_is_independent_is_as_the_side_knows_it_that_tells_fewer_apart() -> None:
    """A file of before has the speakers alone, or nobody; the run knows who read the same text."""
    values = {"a": 1.0, "b": 1.0, "c": 1.0}
    people = {"a": Speaker("v0"), "b": Speaker("v1", cluster="v0"), "c": Speaker("v2")}
    run = replace(side(values), utterances=people)
    unknown = replace(run, utterances=dict.fromkeys(people, Speaker()))
    named = replace(run, utterances={name: Speaker(who.name) for name, who in people.items()})
    for old in (unknown, named, run):
        for sides in ((old, run), (run, old)):
            (found,) = matched(*sides).pairs
            assert [one.cluster for one in found.paired.differences] == ["v0", "v0", "v2"]


def test_a_failure_breaks_and_a_skip_was_not_measured() -> None:
    missing = {"b": Missing("failed", "boom"), "c": Missing("skipped", "no weights")}
    found = matched(side({"a": 1, "b": 1, "c": 1}), side({"a": 1}, missing))
    (broken,) = found.broken
    assert (broken.utterances, broken.reason) == (("b",), "boom")
    assert [(one.what, one.reason) for one in found.unmeasured] == [
        ("m of opus at 6 kbps", "skipped on 1 utterance: no weights")
    ]


def test_a_metric_that_is_missing_is_a_note_where_a_part_is_enough() -> None:
    before, after = side({"a": 1}), side({"a": 1}, metric="other")
    assert [one.what for one in matched(before, after).unmeasured] == ["m of opus at 6 kbps"]
    part = matched(before, after, Scope(subset=True))
    assert [one.what for one in part.unmeasured] == ["anything"]
    assert part.notes == ["not compared: m of opus at 6 kbps (the run has no such score)"]


def test_a_metric_that_is_asked_for_must_be_in_the_baseline() -> None:
    found = matched(side({"a": 1}), side({"a": 1}), metrics=("m", "visqol"))
    assert [(one.what, one.reason) for one in found.unmeasured] == [
        ("visqol of opus at 6 kbps", "it is not in the baseline, which has: m")
    ]
    assert len(found.pairs) == 1


def test_a_floor_that_holds_nothing_is_a_note() -> None:
    floors = {("", "m"): 0.5, ("opus:default", "m"): 0.4, ("opus@6", "m"): 0.3, ("opus@12", "m"): 1.0, ("", "n"): 1.0}
    found = matched(side({"a": 1}), side({"a": 1}), floors=floors)
    assert found.notes == [
        "the floor for n holds nothing here: no such score was compared",
        "the floor for m of opus@12 holds nothing here: no such score was compared",
    ]


@pytest.mark.parametrize("name", ["opus:default@6", "opus@6", "opus:default", "opus", ""])
def test_a_floor_is_found_under_each_of_its_names(name: str) -> None:
    assert Settings(floors={(name, "m"): 0.5}).floor(OPUS, "m") == 0.5
