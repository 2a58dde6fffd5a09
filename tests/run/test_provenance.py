"""What a plan makes stale in the folder that it is written into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.run import provenance
from codecbench.run.plan import make_plan
from codecbench.run.planned import Plan
from codecbench.run.progress import Reporter
from codecbench.run.request import Request
from codecbench.run.shard import Shard
from codecbench.run.share import share_of
from codecbench.store import Store
from codecbench.store.current import CurrentCoding, CurrentScore
from codecbench.store.ids import CellPlace
from codecbench.store.rows import CostRow, UtteranceRow
from codecbench.store.shards import ShardFacts

CELL = CellPlace("pcm", "default", "256", "clip0", 0)


def plan(clips: Path, out: Path, **changes: object) -> Plan:
    request = Request(out=out, codecs="pcm", dataset=str(clips), bitrates="256", metrics="si_sdr", cost="none")
    return make_plan(replace(request, **changes), registry())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, create=True)


@pytest.fixture
def reporter() -> Reporter:
    return Reporter(Console(quiet=True))


def put_score(store: Store, metric: str) -> None:
    store.put_utterance(UtteranceRow("clip0", "sha", "clip0.wav", "words", "s", "F", 0.8), 0)
    store.set_current_codings([CurrentCoding(CELL, 256.0, "coded", 0.0)])
    store.put_score(f"key of {metric}", "1", "ok", numerator=1.0, denominator=1.0)
    store.set_current_scores([CurrentScore(CELL, metric, f"key of {metric}")])


def record(store: Store, plan: Plan, reporter: Reporter) -> None:
    provenance.record_run(plan, store, reporter, share_of(plan))


def test_a_shard_goes_on_as_itself_and_as_nothing_else(
    store: Store, reporter: Reporter, clips: Path, tmp_path: Path
) -> None:
    record(store, plan(clips, tmp_path, shard=Shard(2, 7)), reporter)
    record(store, plan(clips, tmp_path, shard=Shard(2, 7)), reporter)
    for other in (Shard(3, 7), Shard(2, 8), None):
        with pytest.raises(UsageError, match=r"holds shard 2/7, not (shard 3/7|shard 2/8|a whole run); choose another"):
            record(store, plan(clips, tmp_path, shard=other), reporter)
    assert ShardFacts.from_json(store.meta()["shard"]).index == 2


def test_a_whole_run_does_not_go_on_as_a_shard(store: Store, reporter: Reporter, clips: Path, tmp_path: Path) -> None:
    record(store, plan(clips, tmp_path), reporter)
    with pytest.raises(UsageError, match=r"holds a whole run, not shard 1/2; choose another --out"):
        record(store, plan(clips, tmp_path, shard=Shard(1, 2)), reporter)


def test_a_shard_holds_what_its_last_plan_asks_and_finds_the_rest_by_its_keys(
    store: Store, reporter: Reporter, clips: Path, tmp_path: Path
) -> None:
    one = Shard(1, 1)
    record(store, plan(clips, tmp_path, shard=one), reporter)
    put_score(store, "si_sdr")
    record(store, plan(clips, tmp_path, shard=one), reporter)
    assert len(store.connection.execute("SELECT * FROM current_scores").fetchall()) == 1
    record(store, plan(clips, tmp_path, shard=one, metrics="stoi"), reporter)
    assert list(store.metrics()) == ["stoi"]
    assert store.connection.execute("SELECT * FROM current_scores").fetchall() == []
    assert store.score_statuses(["key of si_sdr"]) == {"key of si_sdr": "ok"}


def test_speed_is_measured_by_the_first_shard_alone(clips: Path, tmp_path: Path) -> None:
    asked = [plan(clips, tmp_path, cost="quick", shard=shard).request for shard in (None, Shard(1, 2), Shard(2, 2))]
    assert [request.measures_cost for request in asked] == [True, True, False]


def test_another_recognizer_drops_the_scores_of_the_first_and_no_others(
    store: Store, reporter: Reporter, clips: Path, tmp_path: Path
) -> None:
    heard = plan(clips, tmp_path, metrics="si_sdr,wer,ci_wer")
    provenance.record_run(heard, store, reporter)
    for metric in ("si_sdr", "wer", "ci_wer"):
        put_score(store, metric)
    provenance.record_run(plan(clips, tmp_path, metrics="wer"), store, reporter)
    assert {row.metric for row in store.results().scores} == {"si_sdr", "wer", "ci_wer"}
    heard_again = plan(clips, tmp_path, metrics="wer")
    other = replace(heard_again, recognizer=replace(heard_again.recognizer, key="of another model"))
    provenance.record_run(other, store, reporter)
    assert {row.metric for row in store.results().scores} == {"si_sdr"}
    assert store.meta()["recognizer"]["key"] == "of another model"


def test_a_plan_without_words_leaves_the_recognizer_as_it_is(
    store: Store, reporter: Reporter, clips: Path, tmp_path: Path
) -> None:
    provenance.record_run(plan(clips, tmp_path, metrics="wer"), store, reporter)
    heard = store.meta()["recognizer"]
    provenance.record_run(plan(clips, tmp_path), store, reporter)
    assert heard is not None
    assert store.meta()["recognizer"] == heard


def test_speeds_of_two_machines_are_never_mixed(
    store: Store, reporter: Reporter, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provenance.record_run(plan(clips, tmp_path, cost="quick"), store, reporter)
    here = store.meta()["machine"]
    row = CostRow("pcm", "default", "256", "quick", "ok", None, {"rtf_encode": 0.1}, {})
    store.put_cost(row, "key")
    monkeypatch.setattr(provenance, "describe_machine", lambda device: here | {"processor": "another"})
    provenance.record_run(plan(clips, tmp_path), store, reporter)  # measures no speed
    assert store.meta()["machine"] == here
    (kept,) = store.results().costs
    assert kept == replace(row, invocation=kept.invocation)
    provenance.record_run(plan(clips, tmp_path, cost="quick"), store, reporter)
    assert store.meta()["machine"]["processor"] == "another"
    assert store.results().costs == ()
