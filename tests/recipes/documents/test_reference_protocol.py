"""What the present figures are is read from the shipped weights, and said until there are better ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.errors import UsageError
from recipes.documents.reference_protocol import (
    ShippedTraining,
    readme_sentence,
    seed_spread,
    shipped_training,
    weights_sentence,
    what_these_are,
)

NAME = "reference-track"
SHIPPED = ShippedTraining(6000, 5002.0, 212, 19200.0, 12)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_training_is_read_from_the_weights_that_are_shipped() -> None:
    assert shipped_training() == SHIPPED
    assert SHIPPED.told == (
        "6,000 updates see 5.3 hours of crops, which are 83 minutes of speech by 212 speakers heard about four times"
    )


def test_both_documents_say_what_the_figures_are() -> None:
    for told in (what_these_are(), readme_sentence()):
        assert "a note on early learning" in one_line(told)
        assert "12 clips of at most 4 s" in one_line(told)
    assert "83 minutes of speech by 212 speakers, 6,000 updates (5.3 hours of crops)" in one_line(weights_sentence())


def test_results_with_a_test_want_other_sentences(tmp_path: Path) -> None:
    def tested(data: Any) -> None:
        for one in data:
            one["test"] = {kbps: {"estoi": {"ann": 0.5}} for kbps in one["scores"]}

    changed = changed_reports(tmp_path, NAME, tested)
    for sentence in (what_these_are, readme_sentence):
        with pytest.raises(UsageError, match="the present figures are a note on early learning, by protocol 1"):
            sentence(changed)


def test_another_seed_changes_what_seeds_are_said_to_change(tmp_path: Path) -> None:
    def wider(data: Any) -> None:
        for one in data:
            if (one["codec"], one["budget"], one["seed"]) == ("dac", "small", 1):
                one["scores"]["6.0"]["pesq_wb"] -= 0.05

    assert "three of two); IBPCodec's differ most (PESQ-WB at 6 kbps 1.95, 1.99 and 2.09)" in one_line(seed_spread())
    assert "the others' by 0.08 at most" in one_line(seed_spread(changed_reports(tmp_path, NAME, wider)))
