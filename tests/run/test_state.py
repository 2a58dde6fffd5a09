from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codecbench.run.request import Request
from codecbench.run.state import PER_SECOND_OF_AUDIO, RunState, Tally
from codecbench.store.answers import Absent, Failure, ScoreValue


def state(**request: Any) -> RunState:
    plan: Any = SimpleNamespace(request=Request(Path("run"), **request))
    store: Any = SimpleNamespace(folder=Path("run"))
    reporter: Any = None
    return RunState(plan, store, reporter, [], samples=frozenset({"kept"}))


def cell(name: str, seed: int = 0) -> Any:
    card = SimpleNamespace(name="opus", checkpoint="default")
    planned = SimpleNamespace(utterance=SimpleNamespace(id=name))
    return SimpleNamespace(
        codec=SimpleNamespace(card=card), point=SimpleNamespace(label="6"), utterance=planned, id=name, seed=seed
    )


def test_each_answer_is_counted_once_and_what_does_not_exist_never() -> None:
    tally = Tally()
    answers = (
        ScoreValue(1.0, 1.0),
        Failure("abstained", ""),
        Failure("failed", ""),
        Failure("skipped", ""),
        Absent(""),
    )
    for answer in answers:
        tally.count(answer)
    for status in ("ok", "abstained", "none"):
        tally.reuse(status)
    assert vars(tally) == {"computed": 2, "reused": 2, "failed": 1, "skipped": 1, "abstained": 2}


@pytest.mark.parametrize(("keep", "name", "wanted"), [
    ("all", "other", True), ("none", "kept", False), ("samples", "kept", True), ("samples", "other", False),
])  # fmt: skip
def test_whose_audio_is_kept(keep: Any, name: str, wanted: bool) -> None:
    assert state(keep_audio=keep).wants_copy(cell(name).utterance) == wanted


def test_there_is_one_copy_to_listen_to_whatever_the_seeds() -> None:
    found = state(seed=3)
    assert [found.lacks_copy(cell("kept", seed)) for seed in (3, 4)] == [True, False]
    assert found.listening_copy(cell("a/b")) == Path("run/audio/opus/default/6/a%2Fb.flac")


def test_an_utterance_of_unknown_length_is_taken_for_a_long_one() -> None:
    found = state(cell_seconds=10.0)
    assert found.limit(2.0) == 10.0 + 2 * PER_SECOND_OF_AUDIO
    assert found.limit() > found.limit(30.0)


def test_a_skip_is_told_once() -> None:
    found = state()
    for name in ("a", "b"):
        found.note_skip(cell(name), Failure("skipped", "no weights"))
    assert [(row.point, row.reason) for row in found.skips] == [("6", "no weights")]
