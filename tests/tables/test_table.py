from __future__ import annotations

from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings
from codecbench.names import visible
from codecbench.tables.build import build_table
from codecbench.tables.selection import preset_columns
from codecbench.tables.table import (
    Column,
    Gap,
    Origin,
    PublishedBlock,
    PublishedRow,
    Table,
    TableCell,
    TableRow,
)


def made_table() -> Table:
    findings = Findings(made_results([MadeCodec("opus", (6, 12))], utterances=4))
    return build_table(findings, preset_columns(findings.summary, "codec"))


def test_one_column_less_is_one_less_everywhere() -> None:
    table = made_table()
    less = table.without(1)
    assert less.columns == (table.columns[0], *table.columns[2:])
    for before, after in zip(table.rows, less.rows, strict=True):
        assert after.cells == (before.cells[0], *before.cells[2:])


def test_only_columns_of_which_some_paper_has_a_figure_are_shown() -> None:
    rows = (PublishedRow("a", "6", "a", ("", "1", "")), PublishedRow("b", "6", "a", ("", "", "2")))
    assert PublishedBlock(rows, ()).shown == (1, 2)


def test_of_many_reasons_the_first_are_told_and_the_rest_counted() -> None:
    gaps = tuple(Gap("speed", f"busy {number}", (f"codec{number}",)) for number in range(5))
    few, many = (Table((), (), gaps=found).all_notes("best", "second") for found in (gaps[:3], gaps))
    assert few == [f"No speed: busy {number} (codec{number})." for number in range(3)]
    assert len(many) == 3
    assert many[-1] == "No speed: 3 more reasons, each in report.html (codec2, codec3, codec4)."


def test_the_origin_is_one_line_whatever_a_command_holds() -> None:
    table = Table((), (), origins=(Origin("a", "0.1", "codecbench run\n--codecs x"),), command="codecbench  table")
    assert table.origin() == (
        "run a of codecbench 0.1, made by: codecbench run --codecs x · this table: codecbench table"
    )


def test_a_cell_with_fewer_utterances_has_its_dagger() -> None:
    assert TableCell("2.4", "±0.1", n=22, planned=24).whole == "2.4 ±0.1†"
    assert TableCell("2.4", n=24, planned=24).whole == "2.4"
    assert TableCell("n/a", n=0, planned=24).whole == "n/a"


def test_untrained_weights_are_marked_and_scales_have_their_arrow() -> None:
    row = TableRow("c", "d", "c:d", "untrained", "6", 0, "run", ())
    assert row.label == "c:d‡"
    assert [Column("m", "M", "MOS", way).scale for way in (True, False, None)] == ["MOS ↑", "MOS ↓", "MOS"]


def test_control_characters_are_seen_and_letters_of_any_script_are_kept() -> None:
    assert visible("a\u200bb\tc") == "a\\u200bb\\tc"
    assert visible("日本 é") == "日本 é"
