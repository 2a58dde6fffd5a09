from __future__ import annotations

from dataclasses import replace
from typing import Any

from codecbench.analysis.seeds import SeedWord, compare_seeds
from codecbench.store.rows import ScoreRow


def error(operation: str, position: int, heard: str | None) -> dict[str, Any]:
    said = None if operation == "insertion" else ("we", "solve", "it", "now")[position]
    return {"operation": operation, "position": position, "reference": said, "heard": heard}


def heard(utterance: str, seed: int, reference: list[str], errors: list[dict[str, Any]]) -> ScoreRow:
    detail = {"reference": reference, "errors": errors}
    return ScoreRow(
        "c", "default", "6", 6.0, utterance, seed, "ci_wer", "1", "ok", None, len(errors), len(reference), detail
    )


def test_words_that_one_seed_breaks_and_another_does_not() -> None:
    reference = ["we", "solve", "it", "now"]
    both = error("deletion", 3, None)
    rows = [
        heard("a", 0, reference, [error("substitution", 1, "serve"), both]),
        heard("a", 1, reference, [error("insertion", 1, "re"), both]),
        heard("b", 0, reference, []),
        heard("b", 1, reference, []),
        heard("alone", 0, reference, [both]),
    ]
    found = compare_seeds(rows)
    assert found is not None
    assert (found.seeds, found.utterances, found.words, found.rate) == (2, 2, 8, 0.25)
    assert found.places == (
        SeedWord("a", 1, None, {0: "", 1: "re"}),
        SeedWord("a", 1, "solve", {0: "serve", 1: "solve"}),
    )
    assert compare_seeds(rows[-1:]) is None


def test_scores_that_do_not_tell_their_words_are_no_agreement() -> None:
    old = heard("a", 0, ["we"], [])
    assert compare_seeds([replace(old, seed=seed, detail={}) for seed in (0, 1)]) is None
