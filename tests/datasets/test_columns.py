from __future__ import annotations

import pytest

from codecbench.datasets.columns import ALIASES, NAMED, PARTS, meant, plain, problem


def test_no_name_means_two_things() -> None:
    every = [*NAMED, *(alias for aliases in ALIASES.values() for alias in aliases), *PARTS]
    assert len(set(every)) == len(every)
    assert [plain(name) for name in every] == every


@pytest.mark.parametrize("column", [" Speaker ID ", "speaker-id", "SPEAKER_ID", "spk"])
def test_case_blanks_and_punctuation_do_not_matter(column: str) -> None:
    assert meant(column) == "speaker"


@pytest.mark.parametrize("column", ["note", "", "transcript_kind", "synthesizer", "pair", "feature"])
def test_columns_of_their_own_are_nobody_elses(column: str) -> None:
    assert meant(column) is None
    assert problem(["id", "path", column]) is None
