from __future__ import annotations

from codecbench_classic.table import ROWS

from recipes.documents.codecs import classical_table, codec_table
from recipes.documents.own import own_registry


def test_every_codec_that_comes_with_codecbench_is_there() -> None:
    *rows, _, classical = codec_table().splitlines()[2:]
    told = {line.split("`")[1]: line for line in rows}
    for name in own_registry().codec_names():
        card = own_registry().checkpoints(name)[0]
        if card.weights is None:
            assert f"`{name}` " in classical
            assert card.family or card.self_check
            continue
        assert f"| {card.description} |" in told[name]
        assert all(point.label in told[name] for point in card.points)


def test_the_table_of_classical_codecs_has_their_rows() -> None:
    lines = classical_table().splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert len({line.count("|") for line in lines}) == 1
    assert "| `opus:fec` | libopus, CBR with in-band FEC | PyAV: libopus | 20, 24, 32 | 20 + 6.5 |" in "\n".join(lines)
    assert "| 8 + 4.562 or 7.5 + 4.562 |" in "\n".join(lines)
