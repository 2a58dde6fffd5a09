from __future__ import annotations

from codecbench.plugins import registry
from recipes.documents.codecs import codec_table


def test_every_codec_that_comes_with_codecbench_has_a_row_and_a_description() -> None:
    rows = {line.split("`")[1]: line for line in codec_table().splitlines()[2:]}
    assert set(rows) <= set(registry().codec_names())
    for name, row in rows.items():
        card = registry().checkpoints(name)[0]
        assert card.description
        assert f"| {card.description} |" in row
        assert all(point.label in row for point in card.points)
