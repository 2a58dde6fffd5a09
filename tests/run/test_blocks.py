from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import Utterance
from codecbench.run import blocks as module
from codecbench.run.blocks import blocks
from codecbench.run.planned import PlannedUtterance

PLANNED = [PlannedUtterance(Utterance(f"u{n}", Path(f"u{n}")), "sha") for n in range(7)]


@pytest.mark.parametrize(("size", "sizes"), [(3, [3, 3, 1]), (7, [7]), (8, [7]), (1, [1] * 7)])
def test_every_utterance_is_in_one_block_in_its_order(
    size: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UTTERANCES", size)
    made = blocks(PLANNED)
    assert [len(block.utterances) for block in made] == sizes
    assert [planned for block in made for planned in block.utterances] == PLANNED
    assert [block.index for block in made] == list(range(len(made)))


@pytest.mark.parametrize(("cells", "count"), [(1, 256), (16, 256), (41, 99), (400, 16), (100_000, 16)])
def test_a_codec_with_many_points_has_smaller_blocks_but_all_that_fix_a_delay_in_the_first(
    cells: int, count: int
) -> None:
    many = [PLANNED[0]] * 300
    assert len(blocks(many, cells)[0].utterances) == count


def test_nothing_is_no_block() -> None:
    assert blocks([]) == []
