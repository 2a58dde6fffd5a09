from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, with_card

from codecbench.analysis import as_json, summarize
from codecbench.analysis.ladder import LossLadder
from codecbench.store.rows import LadderRow, LadderRung, StoredResults

ABSENT = "waveform"


def rung(
    results: StoredResults, name: LadderRung, value: float | None, codec: str | None, metric: str
) -> list[LadderRow]:
    """The same value for every utterance, None where the codec has no such part."""
    place = (codec, "default" if codec else None, name)
    return [
        LadderRow(*place, row.id, metric, "1", "none", ABSENT)
        if value is None
        else LadderRow(*place, row.id, metric, "1", "ok", None, value, 1.0)
        for row in results.utterances
    ]


def made(
    original: float, front_end: float | None, network: float | None, coded: float, metric: str = "pesq_wb",
    higher: bool | None = True,
) -> StoredResults:  # fmt: skip
    results = made_results([MadeCodec("opus", (6,))], metrics=[metric])
    rows = [
        *rung(results, "original", original, None, metric),
        *rung(results, "front_end", front_end, "opus", metric),
        *rung(results, "network", network, "opus", metric),
    ]
    scores = tuple(replace(row, numerator=coded, denominator=1.0) for row in results.scores)
    return with_card(replace(results, scores=scores, ladder=tuple(rows)), metric, higher_is_better=higher)


def ladder(results: StoredResults) -> LossLadder:
    (found,) = summarize(results).ladder
    return found


def losses(found: LossLadder) -> list[float | None]:
    return [None if step.loss is None else pytest.approx(step.loss.value) for step in found.steps]


def test_each_part_is_charged_with_its_own_step() -> None:
    found = ladder(made(4.6, 4.5, 3.0, 2.8))
    assert losses(found) == [0.1, 1.5, 0.2]
    assert [step.score for step in found.steps] == pytest.approx([4.5, 3.0, 2.8])
    assert found.total is not None
    assert found.total.value == pytest.approx(4.6 - 2.8)
    assert (found.worst, found.n, found.planned) == ("network", 24, 24)


def test_a_gain_is_shown_as_one() -> None:
    assert losses(ladder(made(4.6, 4.6, 1.0, 2.0))) == [0.0, 3.6, -1.0]


def test_where_less_is_better_more_is_lost() -> None:
    assert losses(ladder(made(0.0, 0.1, 1.0, 1.5, higher=False))) == [0.1, 0.9, 0.5]


def test_a_part_that_is_not_there_hands_over_to_the_next() -> None:
    waveform = ladder(made(4.6, None, 3.0, 2.0))
    assert losses(waveform) == [None, 1.6, 1.0]
    assert (waveform.steps[0].absent, waveform.steps[0].reason) == (True, ABSENT)
    companding = ladder(made(4.6, 4.5, None, 2.0))
    assert losses(companding) == [0.1, None, 2.5]
    assert companding.worst == "quantizer"


def test_without_any_part_there_is_none_but_a_reason() -> None:
    found = ladder(made(4.6, None, None, 2.0))
    assert (found.reason, found.steps, found.total) == (ABSENT, (), None)


def stopped(results: StoredResults, rung: LadderRung, utterances: Sequence[str]) -> StoredResults:
    """Those of one rung failed."""
    rows = (
        replace(row, status="failed", reason="ValueError: no", numerator=None, denominator=None)
        if row.rung == rung and row.utterance in utterances
        else row
        for row in results.ladder
    )
    return replace(results, ladder=tuple(rows))


def test_a_failed_rung_leaves_its_neighbours_unknown() -> None:
    """Its loss and the next part's could only be told together: neither is guessed."""
    results = made(4.6, 4.5, 3.0, 2.8)
    everyone = [row.id for row in results.utterances]
    found = ladder(stopped(results, "front_end", everyone))
    assert losses(found) == [None, None, 0.2]
    assert found.steps[0].reason == "failed on 24 of 24: ValueError: no"
    assert (found.steps[1].score, found.steps[1].reason) == (3.0, "the score before it is not known")
    assert found.worst is None
    assert found.total is not None
    failures = summarize(stopped(results, "front_end", everyone)).failures
    assert [(group.what, group.reason, group.cells) for group in failures] == [
        ("ladder, front end", "ValueError: no", 24)
    ]


def test_a_rung_that_a_killed_run_never_wrote_is_told_and_not_absent() -> None:
    results = made(4.6, 4.5, 3.0, 2.8)
    found = ladder(replace(results, ladder=tuple(row for row in results.ladder if row.rung != "front_end")))
    first, *_ = found.steps
    assert (first.score, first.absent, first.reason) == (None, False, "it was not scored")
    assert found.worst is None


def test_means_are_over_the_utterances_that_all_rungs_have() -> None:
    results = made(4.6, 4.5, 3.0, 2.8)
    odd = [replace(row, numerator=1.0) if row.utterance == "utt-03" else row for row in results.scores]
    results = stopped(replace(results, scores=tuple(odd)), "network", ["utt-03"])
    found = ladder(results)
    assert (found.n, found.planned) == (23, 24)
    assert losses(found) == [0.1, 1.5, 0.2]  # the odd one is not in any of the means


def test_intervals_are_paired() -> None:
    """Utterances differ a lot, what a part loses does not: the interval is that of the differences."""
    results = made(4.6, 4.5, 3.0, 2.8)
    index = {row.id: number for number, row in enumerate(results.utterances)}
    rows = tuple(
        replace(row, numerator=(row.numerator or 0) - 0.05 * index[row.utterance])
        if row.rung != "original"
        else row
        for row in results.ladder
    )  # fmt: skip
    front_end, network, _ = ladder(replace(results, ladder=rows)).steps
    assert front_end.loss is not None
    assert network.loss is not None
    assert (network.loss.low, network.loss.high) == (pytest.approx(1.5), pytest.approx(1.5))
    assert front_end.loss.high is not None
    assert front_end.loss.low is not None
    assert front_end.loss.high - front_end.loss.low > 0.1


def test_it_is_in_the_document() -> None:
    text = json.dumps(as_json(summarize(made(4.6, None, 3.0, 2.8))), allow_nan=False)
    (found,) = json.loads(text)["ladder"]
    assert (found["codec"], found["point"], found["metric"], found["worst"]) == ("opus", "6", "pesq_wb", "network")
    assert [step["part"] for step in found["steps"]] == ["front_end", "network", "quantizer"]
    assert found["steps"][0] | {"absent": True, "loss": None, "reason": ABSENT} == found["steps"][0]
    assert found["steps"][1]["loss"]["value"] == pytest.approx(1.6)
    assert as_json(summarize(made_results()))["ladder"] == []
