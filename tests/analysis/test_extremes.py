from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, metric_facts, realistic
from made_words import made

from codecbench.analysis.extremes import SAMPLES, choose_utterances, find_extremes, listening_metric
from codecbench.store.ids import Place
from codecbench.store.rows import StoredResults

OPUS = Place("opus", "default", "6")


def scored(values: dict[str, float], metric: str = "pesq_wb") -> StoredResults:
    """One codec with these scores."""
    results = made_results([MadeCodec("opus", (6,))], utterances=len(values), metrics=[metric])
    return replace(
        results, scores=tuple(replace(row, numerator=values[row.utterance]) for row in results.scores)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "names"),
    [("pesq_wb", ["utt-01", "utt-02", "utt-00"]), ("wer", ["utt-00", "utt-02", "utt-01"])],
)
def test_the_best_comes_first_whichever_way_is_better(metric: str, names: list[str]) -> None:
    results = scored({"utt-00": 1.0, "utt-01": 4.0, "utt-02": 2.0}, metric)
    results = replace(results, scores=tuple(replace(row, denominator=1.0) for row in results.scores))
    found = find_extremes(results, metric)[OPUS]
    assert [one.role for one in found] == ["top", "median", "flop"]
    assert [one.utterance for one in found] == names


def test_best_worst_and_middle_are_always_among_the_chosen_and_nobody_twice() -> None:
    values = {f"utt-{number:02d}": float(number) for number in range(9)}
    chosen = choose_utterances(scored(values))
    assert [one.utterance for one in chosen[:3]] == ["utt-08", "utt-00", "utt-04"]
    assert len({one.utterance for one in chosen}) == len(chosen) == SAMPLES
    assert len(choose_utterances(scored(values), limit=2)) == 2


def test_only_among_those_allowed_and_readable() -> None:
    results = scored({"utt-00": 1.0, "utt-01": 4.0, "utt-02": 2.0})
    unreadable = replace(results.utterances[1], reason="no audio")
    results = replace(results, utterances=(results.utterances[0], unreadable, results.utterances[2]))
    assert {one.utterance for one in choose_utterances(results)} == {"utt-00", "utt-02"}
    assert {one.utterance for one in choose_utterances(results, among=["utt-02", "utt-01"])} == {"utt-02"}


def test_hallucinated_words_are_a_reason_of_their_own() -> None:
    why = [one.why for one in choose_utterances(made())]
    assert "many hallucinated words" in why


def test_without_a_score_to_choose_by_they_are_evenly_spread() -> None:
    results = made_results(utterances=9, metrics=["delay_ms"])
    assert listening_metric({"delay_ms": metric_facts("delay_ms")}) is None
    chosen = choose_utterances(results)
    assert [one.utterance for one in chosen] == ["utt-01", "utt-04", "utt-07"]
    assert choose_utterances(results, among=[]) == ()


def test_extremes_are_the_metrics_own() -> None:
    results = realistic()
    found = find_extremes(results, "pesq_wb")
    for place in (("opus", "default", "6"), ("dac", "reference", "4")):
        mine = [r for r in results.scores if r.place == place and r.metric == "pesq_wb"]
        values = sorted((row.value for row in mine if row.value is not None), reverse=True)
        assert [one.value for one in found[place]] == [values[0], values[(len(values) - 1) // 2], values[-1]]
    assert len(found[("opus", "default", "6")]) == 3


def test_lower_may_be_better() -> None:
    results = made_results([MadeCodec("opus", (6,))], metrics=["wer"])
    top, _, flop = find_extremes(results, "wer")["opus", "default", "6"]
    assert top.value <= flop.value
    assert listening_metric(results.metrics) == "wer"
    assert listening_metric({"delay_ms": metric_facts("delay_ms")}) is None


def test_few_utterances_have_few_extremes() -> None:
    for count, roles in ((1, ["top"]), (2, ["top", "flop"]), (3, ["top", "median", "flop"])):
        results = made_results([MadeCodec("opus", (6,))], utterances=count)
        assert [one.role for one in find_extremes(results, "pesq_wb")["opus", "default", "6"]] == roles


def test_choice_is_of_what_there_is_and_stays() -> None:
    results = realistic()
    chosen = choose_utterances(results)
    assert len({one.utterance for one in chosen}) == len(chosen) == 6
    assert chosen[0].why == "best of all by mean rank in pesq_wb"
    shuffled = replace(results, scores=results.scores[::-1])
    assert choose_utterances(shuffled) == chosen
    here = [row.id for row in results.utterances[:2]]
    assert {one.utterance for one in choose_utterances(results, here)} <= set(here)
    assert not choose_utterances(results, [])
    blind = made_results([MadeCodec("opus", (6,))], metrics=["delay_ms"])
    assert len(choose_utterances(blind)) == 3
    assert len(choose_utterances(made_results([MadeCodec("opus", (6,))], utterances=1))) == 1
