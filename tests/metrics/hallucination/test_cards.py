from __future__ import annotations

import pytest

from codecbench.metrics.hallucination.cards import (
    CF_CARD,
    CI_CARD,
    DEGRADED_CARD,
    HALLUCINATED_CARD,
    NULL_FLOOR,
    calibrations_of,
)


def test_all_four_are_ratios_of_words_that_need_ears_and_less_is_better() -> None:
    cards = (CI_CARD, CF_CARD, HALLUCINATED_CARD, DEGRADED_CARD)
    assert len({card.id for card in cards}) == len({card.title for card in cards}) == 4
    assert {(card.pooling, card.uses_recognizer, card.higher_is_better, card.low) for card in cards} == {
        ("ratio", True, False, 0.0)
    }


def test_verdicts_change_with_thresholds_and_counts_do_not() -> None:
    assert HALLUCINATED_CARD.parameters == DEGRADED_CARD.parameters
    assert "calibrations" not in CI_CARD.parameters
    assert NULL_FLOOR in CI_CARD.parameters
    assert NULL_FLOOR not in CF_CARD.parameters


@pytest.mark.parametrize("parameters", [None, {}, {"normalizer": "n"}])
def test_a_card_of_an_older_run_names_no_calibration(parameters: dict[str, str] | None) -> None:
    assert calibrations_of(parameters) == {}
    assert calibrations_of(HALLUCINATED_CARD.parameters) == HALLUCINATED_CARD.parameters["calibrations"]
