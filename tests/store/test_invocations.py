"""Rows know the command that made them; those of a folder of before are of the one that its facts tell of."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.store import SCHEMA, Store
from codecbench.store.current import CurrentCoding, CurrentScore
from codecbench.store.facts import CodecFacts
from codecbench.store.ids import CellPlace
from codecbench.store.invocations import Invocation, UsedInvocation, libraries_of
from codecbench.store.rows import CodecRow, CostRow, UtteranceRow


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, create=True)
    store.set_meta(schema=SCHEMA)
    store.put_codecs([CodecRow(name, "d", "plugin", CodecFacts(), None, "source") for name in "ab"])
    store.put_utterance(UtteranceRow("u", "sha", "u.wav", "words", "s", "F", 1.5), 0)
    return store


def begun(command: str, at: str, **libraries: str) -> Invocation:
    return Invocation.begun(at, command, "0.1.0", {"cores": 2}, libraries)


def code(store: Store, codec: str, metric: str = "m") -> None:
    cell = CellPlace(codec, "d", "6", "u", 0)
    store.put_coding(f"coding {codec}", "ok", payload=b"abc", samples=10, seconds=1.5)
    store.put_decoding(f"coding {codec}", "hash", 0.0, 0, 0)
    store.set_current_codings([CurrentCoding(cell, 6.0, f"coding {codec}", 0.0)])
    store.put_score(f"{metric} {codec}", "1", "ok", numerator=1.0, denominator=1.0)
    store.set_current_scores([CurrentScore(cell, metric, f"{metric} {codec}")])


def told(made: tuple[UsedInvocation, ...]) -> list[tuple[str, int, int, int, tuple[str, ...]]]:
    return [(one.command, one.codings, one.scores, one.costs, one.codecs) for one in made]


def test_each_is_told_with_what_it_made_and_one_that_made_nothing_is_not(store: Store) -> None:
    store.begin(begun("first", "2026-01-01", torch="2.11.0", numpy="2.4"))
    code(store, "a")
    store.begin(begun("second", "2026-01-02", torch="2.13.0", numpy="2.4"))
    code(store, "b")
    store.put_cost(CostRow("a", "d", "6", "quick", "ok", None, {"rtf_encode": 0.1}), "key")
    store.put_decoding("coding a", "hash", 0.0, 0, 0)  # decoded again, to the same samples
    store.begin(begun("third", "2026-01-03", torch="2.14.0", numpy="3.0"))
    found = store.results()
    assert told(found.invocations) == [("first", 1, 1, 0, ("a:d",)), ("second", 1, 1, 1, ("b:d", "a:d"))]
    assert found.meta["command"] == "first; second"
    assert found.meta["libraries"] == {"torch": "2.11.0 and 2.13.0", "numpy": "2.4"}
    assert [row.invocation for row in found.codings] == [one.id for one in found.invocations]


def test_what_is_there_when_the_first_is_recorded_is_of_the_run_before(store: Store) -> None:
    code(store, "a")
    store.set_meta(
        command="codecbench run --out old", created="2025-01-01", codecbench="0.0.9", libraries={"torch": "1"}
    )
    assert store.results().invocations == ()
    assert store.results().meta["command"] == "codecbench run --out old"
    store.begin(begun("new", "2026-01-01", torch="2"))
    code(store, "b")
    old, new = store.results().invocations
    assert (old.command, old.codecbench, old.libraries, old.codecs) == (
        "codecbench run --out old", "0.0.9", {"torch": "1"}, ("a:d",),
    )  # fmt: skip
    assert (new.command, new.codecs) == ("new", ("b:d",))


def test_a_merged_run_has_the_command_that_makes_it_whole(store: Store) -> None:
    store.set_meta(command="codecbench run --out whole", shards={})
    store.begin(begun("codecbench run --shard 1/2", "2026-01-01"))
    code(store, "a")
    store.set_meta(shards={"count": 2})
    assert store.results().meta["command"] == "codecbench run --out whole"


def test_a_library_with_several_versions_has_them_all() -> None:
    assert libraries_of([begun("", "", torch="1"), begun("", "", torch="2", numpy="3"), begun("", "", torch="1")]) == {
        "torch": "1 and 2", "numpy": "3",
    }  # fmt: skip
