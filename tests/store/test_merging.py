"""Row by row: what a shard adds to a run, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codecbench.store import SCHEMA, Store
from codecbench.store.current import CurrentCoding, CurrentRung, CurrentScore
from codecbench.store.facts import CodecFacts
from codecbench.store.ids import CellPlace, CodecId, Place
from codecbench.store.merging import applied_delays, copy_costs, copy_shard, count_done, has_costs
from codecbench.store.rows import CodecRow, CostRow, UtteranceRow

CELL = CellPlace("c", "d", "6", "u", 0)
OTHER = CELL._replace(utterance="v")


def made(folder: Path) -> Store:
    folder.mkdir()
    store = Store(folder, create=True)
    store.set_meta(schema=SCHEMA)
    store.put_codecs([CodecRow("c", "d", "plugin", CodecFacts(), None, "source")])
    return store


@pytest.fixture
def run(tmp_path: Path) -> Store:
    return made(tmp_path / "run")


@pytest.fixture
def shard(tmp_path: Path) -> Store:
    store = made(tmp_path / "shard")
    store.put_utterance(UtteranceRow("u", "sha", "u.wav", "words", "s", "F", 1.5), 4)
    code(store, CELL, "k")
    score(store, CELL, "m", "s", 3.0)
    store.put_evidence("e", {"value": "heard"})
    store.put_coding("of another shard", "ok", payload=b"only for its delay")
    return store


def code(store: Store, cell: CellPlace, key: str, payload: bytes = b"abc", delay_s: float = 0.002) -> None:
    store.put_coding(key, "ok", payload=payload, samples=10, seconds=1.5)
    store.put_decoding(key, "hash", 0.001, 0, 8)
    store.set_current_codings([CurrentCoding(cell, 6.0, key, delay_s)])


def score(store: Store, cell: CellPlace, metric: str, key: str, value: float | None, status: Any = "ok") -> None:
    store.put_score(key, "1", status, None if status == "ok" else "why", numerator=value, denominator=1.0)
    store.set_current_scores([CurrentScore(cell, metric, key)])


def copy(run: Store, shard: Store) -> None:
    shard.commit()  # as when its writer has ended
    copy_shard(run, shard.folder)


def costs(run: Store, shard: Store) -> None:
    shard.commit()
    copy_costs(run, shard.folder)


def everything(store: Store) -> list[Any]:
    tables = (
        "utterances",
        "codings",
        "scores",
        "ladder",
        "evidence",
        "cost_figures",
        "current_codings",
        "current_scores",
    )
    return [[tuple(row) for row in store.connection.execute(f"SELECT * FROM {table}")] for table in tables]


def test_what_is_current_comes_over_and_what_only_fixed_a_delay_does_not(run: Store, shard: Store) -> None:
    copy(run, shard)
    results = run.results()
    assert results.codings == shard.results().codings
    assert results.scores == shard.results().scores
    assert results.utterances == shard.results().utterances
    assert run.payload("k") == b"abc"
    assert run.payload("of another shard") is None
    assert run.evidence("e") == {"value": "heard"}
    before = everything(run)
    copy(run, shard)
    assert everything(run) == before


def test_what_stands_stays_and_what_does_not_gives_way(run: Store, shard: Store) -> None:
    run.put_evidence("e", {"status": "failed", "reason": "it hung"})
    run.put_evidence("nan", {"value": float("nan")})
    run.put_utterance(UtteranceRow("u", "sha", "u.wav", "words", "s", "F", None, "it could not be read"), 4)
    score(run, CELL, "m", "s", None, "failed")
    run.stop_coding("k", "failed", "encode: it broke")
    shard.put_evidence("nan", {"value": 1.0})
    copy(run, shard)
    assert run.results().scores[0].value == 3.0
    assert run.results().utterances[0].seconds == 1.5
    assert (run.results().codings[0].status, run.payload("k")) == ("ok", b"abc")
    assert run.evidence("e") == {"value": "heard"}
    # The shard is worse off than the run that it was merged into, which was mended meanwhile.
    shard.stop_coding("k", "failed", "encode: it broke")
    score(shard, CELL, "m", "s", None, "failed")
    shard.put_evidence("e", {"status": "failed", "reason": "it hung"})
    before = everything(run)
    copy(run, shard)
    assert everything(run) == before


def test_a_coding_that_was_only_begun_gives_way(run: Store, shard: Store) -> None:
    run.put_coding("k", "ok", payload=b"abc")
    copy(run, shard)
    assert run.results().codings[0].decoded_sha256 == "hash"


def test_done_is_what_has_all_its_scores(shard: Store) -> None:
    shard.put_utterance(UtteranceRow("v", "sha2", "v.wav", "words", "s", "F", 1.5), 5)
    assert count_done(shard, ["m"], []) == 1
    assert count_done(shard, ["m", "n"], []) == 0
    score(shard, CELL, "n", "s2", None, "failed")  # an answer too
    assert count_done(shard, ["m", "n"], []) == 1
    code(shard, OTHER, "k2")
    shard.set_current_scores([CurrentScore(OTHER, metric, f"not yet {metric}") for metric in "mn"])
    assert count_done(shard, ["m", "n"], []) == 1
    assert count_done(shard, [], []) == 2
    shard.put_ladder("l", "1", "none", "it has no such part")
    shard.set_current_ladder([CurrentRung(CodecId("c", "d"), "network", "u", "m", "l")])
    shard.set_current_ladder([CurrentRung(CodecId("c", "d"), "network", "v", "m", "not yet")])
    assert count_done(shard, ["m", "n"], ["m"]) == 2


def test_delays_are_told_by_place(shard: Store) -> None:
    assert applied_delays(shard) == {Place("c", "d", "6"): 0.002}


def test_speeds_that_stand_stay(run: Store, shard: Store) -> None:
    assert not has_costs(shard)
    for point in ("6", "12"):
        shard.put_cost(CostRow("c", "d", point, "quick", "ok", None, {"rtf_encode": 0.1}), f"key {point}")
    run.put_cost(CostRow("c", "d", "6", "quick", "ok", None, {"rtf_encode": 0.2}), "key 6")
    run.put_cost(CostRow("c", "d", "12", "quick", "abstained", "busy"), "key 12")
    costs(run, shard)
    assert {row.point: row.figures["rtf_encode"] for row in run.results().costs} == {"6": 0.2, "12": 0.1}
