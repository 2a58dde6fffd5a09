from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Codebook
from codecbench.errors import UsageError
from codecbench.store import META, SCHEMA, Store
from codecbench.store.current import CodedCell, CurrentCoding, CurrentRung, CurrentScore
from codecbench.store.facts import CodecFacts
from codecbench.store.ids import CellPlace
from codecbench.store.layout import LATER_COLUMNS
from codecbench.store.rows import CodecRow, CostRow, SkipRow, UtteranceRow

CELL = CellPlace("c", "d", "6", "u", 0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, create=True)
    store.set_meta(schema=SCHEMA, dataset="d")
    store.put_codecs([CodecRow("c", "d", "plugin", CodecFacts(), None, "source")])
    store.put_utterance(UtteranceRow("u", "sha", "u.wav", "words", "s", "F", 1.5), 0)
    return store


def test_rows_come_back_as_they_went(store: Store, tmp_path: Path) -> None:
    codes = np.arange(24).reshape(2, 12)
    books = (Codebook(32), Codebook(32))
    store.put_coding("k", "ok", payload=b"abc", samples=10, seconds=1.5, codebooks=books, codes=codes)
    store.put_decoding("k", "hash", 0.001, 0, 8)
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.002)])
    store.put_score("s", "1", "ok", numerator=3.0, denominator=4.0, detail={"a": [1]})
    store.set_current_scores([CurrentScore(CELL, "m", "s")])
    store.close()
    results = Store(tmp_path).results()
    (coding,) = results.codings
    assert (coding.payload_bytes, coding.seconds, coding.surplus, coding.applied_delay_s) == (3, 1.5, 8, 0.002)
    assert coding.codes is not None
    assert np.array_equal(np.stack(coding.codes), codes)
    assert coding.codebooks == books
    (score,) = results.scores
    assert (score.value, score.detail, score.nominal_kbps) == (0.75, {"a": [1]}, 6.0)


def test_current_is_the_latest_plan(store: Store) -> None:
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.0)])
    for key, value in (("old", 1.0), ("new", 2.0)):
        store.put_score(key, "1", "ok", numerator=value, denominator=1.0)
        store.set_current_scores([CurrentScore(CELL, "m", key)])
    assert [row.value for row in store.results().scores] == [2.0]
    assert store.score_statuses(["old"]) == {"old": "ok"}


def test_a_stopped_coding_keeps_its_payload(store: Store) -> None:
    store.put_coding("k", "ok", payload=b"abc")
    store.stop_coding("k", "failed", "decode: it broke")
    stored = store.codings(["k"])["k"]
    assert stored is not None
    assert (stored.status, stored.reason) == ("failed", "decode: it broke")
    assert store.payload("k") == b"abc"


def test_skips_are_of_the_last_plan_alone(store: Store) -> None:
    store.replace_skips([SkipRow("a", "b", None, "no weights")])
    store.replace_skips([SkipRow("c", "d", "6", "no package")])
    assert store.results().skips == (SkipRow("c", "d", "6", "no package"),)


def test_every_meta_name_is_documented(store: Store) -> None:
    assert META.keys() >= store.meta().keys()
    with pytest.raises(AssertionError, match="undocumented"):
        store.set_meta(colour="red")


def test_no_run_and_another_layout(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        Store(tmp_path)
    with Store(tmp_path, create=True) as store:
        store.set_meta(schema=SCHEMA + 1)
    with pytest.raises(UsageError, match="use another --out"):
        Store(tmp_path)


def test_scores_under_another_delay_go_one_by_one(store: Store) -> None:
    for name in ("v", "w"):
        store.put_utterance(UtteranceRow(name, name, f"{name}.wav", "words", "s", "F", 1.5), 1)
    store.set_current_codings([CurrentCoding(CELL._replace(utterance=name), 6.0, "k", 0.001) for name in "uvw"])
    store.put_score("s", "1", "ok", numerator=1.0, denominator=1.0)
    store.set_current_scores([CurrentScore(CELL._replace(utterance=name), "m", "s") for name in "uvw"])

    def utterances() -> set[str]:
        return {row.utterance for row in store.results().scores}

    # A plan of one utterance, at another delay: the scores of the others are not of that delay either.
    store.drop_other_delays("c", "d", "6", 0.002)
    assert utterances() == set()
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.002)])
    store.set_current_scores([CurrentScore(CELL, "m", "s")])
    # One more of it, at the same delay: what the first one scored stands, though other codings are of another delay.
    store.drop_other_delays("c", "d", "6", 0.002)
    assert utterances() == {"u"}


def test_what_is_coded_is_told_under_the_delay_that_was_scored(store: Store) -> None:
    store.put_coding("k", "ok", payload=b"abc")
    other, gone = CELL._replace(utterance="v"), CELL._replace(utterance="gone")
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.002), CurrentCoding(other, 6.0, "k", 0.001)])
    store.set_current_codings([CurrentCoding(gone, 6.0, "no such coding", 0.002)])
    assert {cell.utterance for cell in store.coded()} == {"u", "v"}
    store.set_current_scores([CurrentScore(CELL, "m", "s")])
    assert store.coded() == {CELL: CodedCell("k", 0.002)}
    assert store.extent() == (["c:d"], ["u"])


def test_a_folder_of_before_is_read_as_it_is_and_gets_its_columns_when_it_is_written(
    store: Store, tmp_path: Path
) -> None:
    store.put_coding("k", "ok", payload=b"abc", seconds=1.5)
    store.put_decoding("k", "hash", None, 0, 8000, -3.5)
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.0)])
    store.put_cost(CostRow("c", "d", "6", "quick", "ok", None, {"latency_ms": 40.0}, {}, "structural"), "key")
    assert (store.results().codings[0].cut_level_db, store.results().costs[0].latency_kind) == (-3.5, "structural")
    for table, column, _ in LATER_COLUMNS:
        store.connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("cost_figures", "invocations"):
        store.connection.execute(f"DROP TABLE {table}")
    store.connection.execute("ALTER TABLE costs DROP COLUMN latency_kind")
    store.connection.execute(
        "INSERT INTO costs VALUES ('c', 'd', '6', 'quick', 'key', 'ok', NULL, '{\"rtf_encode\": 0.1}', "
        '\'{"latency_ms": "utterance"}\')'
    )
    store.close()
    before = Store(tmp_path).results()
    assert (before.codings[0].cut_level_db, before.costs[0].latency_kind) == (None, None)
    assert before.costs[0].figures == {"rtf_encode": 0.1, "latency_ms": "utterance"}
    assert before.invocations == ()
    with Store(tmp_path, create=True) as again:
        again.put_decoding("k", "hash", None, 0, 8000, -4.5)
        assert again.results().codings[0].cuts_sound


def test_statuses_are_counted_of_what_is_current_alone(store: Store) -> None:
    store.put_coding("k", "ok")
    store.set_current_codings([CurrentCoding(CELL, 6.0, "k", 0.0)])
    for key, status in (("s", "ok"), ("t", "abstained"), ("older", "failed")):
        store.put_score(key, "1", status)
    store.set_current_scores([CurrentScore(CELL, "m", "s"), CurrentScore(CELL, "n", "t")])
    store.put_ladder("r", "1", "ok", numerator=1.0, denominator=1.0)
    store.set_current_ladder([CurrentRung(None, "original", "u", "m", "r")])
    assert store.status_counts() == {"ok": 2, "abstained": 1}
