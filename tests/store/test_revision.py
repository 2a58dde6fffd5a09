from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.store.revision import asked_of, disagreement, own_revision, revision
from codecbench.store.rows import UtteranceRow

ROW = UtteranceRow("a", "00", "a.wav", "two words", "s", "F", 1.0)


@pytest.mark.parametrize(
    "changed", [{"sha256": "01"}, {"transcript": None}, {"speaker": ""}, {"id": "b"}, {"extra": {"language": "fr"}}]
)
def test_what_decides_the_meaning_of_figures(changed: dict[str, object]) -> None:
    other = replace(ROW, **changed)  # type: ignore[arg-type]
    assert own_revision(other) != own_revision(ROW)
    assert revision([asked_of(other)]) != revision([asked_of(ROW)])


def test_what_does_not() -> None:
    moved = replace(ROW, path="elsewhere.wav", sex="M", seconds=None, extra={"language": "en-GB", "note": "x"})
    assert own_revision(moved) == own_revision(ROW)
    more = asked_of(replace(ROW, id="b"))
    assert revision([asked_of(ROW), more]) == revision([more, asked_of(moved)])


def test_two_runs_agree_by_what_both_have() -> None:
    assert disagreement({"a": "1", "b": "2"}, {"b": "2", "c": "3"}) is None
    assert disagreement({"a": "1", "b": "2"}, {"a": "4", "b": "5"}) == (
        "2 of 2 common utterances have another recording, words or speaker (a)"
    )
    assert disagreement({"a": "1"}, {"b": "1"}) == "they have no utterance in common"
    unread = own_revision(replace(ROW, sha256="unreadable:a", reason="it breaks off"))
    assert disagreement({"a": unread, "b": "2"}, {"a": "1", "b": "2"}) is None
    assert disagreement({"a": unread}, {"a": "1"}) == "of no common utterance both recordings are known"
