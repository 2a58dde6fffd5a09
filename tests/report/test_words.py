from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codecbench.report.words import mark_changes


def test_changes_ignore_case_and_punctuation() -> None:
    assert [piece.kind for piece in mark_changes("Did you, lock it?", "did you lock it")] == ["same"]
    assert [piece.kind for piece in mark_changes("", "noise")] == ["changed"]
    assert [piece.kind for piece in mark_changes("all lost", "")] == ["lost"]


TEXT = st.lists(st.sampled_from(["a", "b", "A.", "c,", "—"]), max_size=8).map(" ".join)


@given(TEXT, TEXT)
def test_no_word_is_lost_or_made_up(said: str, heard: str) -> None:
    pieces = mark_changes(said, heard)
    assert " ".join(piece.text for piece in pieces if piece.kind != "lost").split() == heard.split()
    kept = sum(len(piece.text.split()) for piece in pieces if piece.kind in ("same", "lost"))
    assert kept == len(said.split())
