from __future__ import annotations

import pytest
from codecbench_vocodec import CARDS
from codecbench_vocodec.config import CONFIGURATIONS

from codecbench.api import CodecCard


def test_points_are_whole_rates_of_the_frames_a_second() -> None:
    labels = {card.checkpoint: [point.label for point in card.points] for card in CARDS}
    assert labels == {"reference": ["1", "2", "3", "6"], "paper": ["1", "2", "3", "4", "5", "6"]}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_the_window_is_what_a_card_declares_to_wait_for(card: CodecCard) -> None:
    configuration = CONFIGURATIONS[card.checkpoint]()
    assert configuration.window % configuration.hop == 0
    assert configuration.window >= 2 * configuration.hop
    assert card.frame == configuration.hop
    assert configuration.width % configuration.attention_heads == 0


def test_the_papers_window_is_30_ms() -> None:
    paper = CONFIGURATIONS["paper"]()
    assert 1000 * paper.window / paper.sample_rate == 30
