from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean

import pytest

from recipes.documents.trained import (
    SHARE,
    TRACK,
    TRAINED,
    TWO_CHANGES,
    changes_table,
    costs_row,
    equal_compute_table,
    learned_table,
    share_table,
    trained_tables,
)
from recipes.findings.results import load


def cells_of(table: str) -> dict[str, list[str]]:
    """Rows by their first cell."""
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    return {row[0]: row[1:] for row in rows}


def test_each_kept_training_is_a_table_of_its_own_figures() -> None:
    kept = [json.loads(file.read_text()) for file in sorted(TRAINED.glob("*/progress.json"))]
    tables = trained_tables().split("\n\n")
    assert len(tables) == len(kept) > 1
    for progress, table in zip(kept, tables, strict=True):
        assert f"{progress['validation']['12']['estoi']:.3f}" in table
        assert table.count("|---") == 6


def test_the_test_is_the_mean_over_its_clips(tmp_path: Path) -> None:
    clips = {"a": {"estoi": 0.4, "pesq_wb": 1.0}, "b": {"estoi": 0.6, "pesq_wb": 2.0}}
    points = {count: {"estoi": 0.7, "pesq_wb": 1.5, "clips": 12.0} for count in ("2", "4", "6", "12")}
    progress = {"codec": "vocodec", "rate": 1e-3, "seed": 0, "cpu_seconds": 10.0, "updates": 100, "validation": points,
                "test": dict.fromkeys(points, clips), "unquantized": clips}  # fmt: skip
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "progress.json").write_text(json.dumps(progress))
    table = trained_tables(tmp_path)
    assert "rate 0.001, seed 0, 0.100 CPU s an update" in table
    assert "| test, 2 speakers, whole utterances: ESTOI | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 |" in table


@pytest.mark.parametrize("codec", ["vocodec", "ibpcodec"])
def test_kept_weights_are_small(codec: str) -> None:
    assert (TRAINED / f"{codec}-medium" / "average.safetensors").stat().st_size < 8e6


def test_what_was_learned_is_the_mean_of_the_test_speakers() -> None:
    rows = cells_of(learned_table())
    (one,) = (one for one in load(TRACK) if (one.codec, one.budget) == ("dac", "small"))
    place = rows[""].index("6,000")
    assert rows["DAC"][place] == f"{one.reported[6.0]['estoi']:.3f}"
    assert rows["DAC"][place + len(rows[""]) // 2] == f"{fmean(one.unquantized['estoi'].values()):.3f}"


def test_a_share_is_compared_speaker_by_speaker() -> None:
    (part,) = load(SHARE)
    (whole,) = (one for one in load(TRACK) if (one.codec, one.updates) == (part.codec, part.updates))
    apart = [score - part.test[6.0]["estoi"][who] for who, score in whole.test[6.0]["estoi"].items()]
    assert len(apart) == 40
    cells = cells_of(share_table())["ESTOI"]
    assert cells[-1].startswith(f"{fmean(apart):.3f} ± ")
    assert len(cells) == len(whole.test)


def test_changes_are_compared_at_the_same_updates() -> None:
    before = {one.updates: one for one in load(TWO_CHANGES)}
    after = {one.updates: one for one in load(TRACK) if one.codec == "encodec"}
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in changes_table().splitlines()[2:]]
    assert len(table) == 2 * len(before.keys() & after.keys()) >= 6
    for row, one in zip(table[-2:], (before[max(before)], after[max(after)]), strict=True):
        assert row[0] == f"{one.updates:,}"
        assert row[-2:] == [f"{one.reported[6.0]['estoi']:.3f}", f"{fmean(one.unquantized['estoi'].values()):.3f}"]


def test_the_finished_trainings_are_in_the_track() -> None:
    known = {(one.codec, one.updates): one for one in load(TRACK)}
    for file in TRAINED.glob("*/progress.json"):
        progress = json.loads(file.read_text())
        found = known[progress["codec"], progress["updates"]]
        assert found.unquantized["estoi"] == {who: terms["estoi"] for who, terms in progress["unquantized"].items()}


def test_at_equal_compute_the_quick_ones_are_further() -> None:
    rows, costs = cells_of(equal_compute_table()), cells_of(costs_row())
    seconds = dict(zip(costs[""], map(float, next(iter(list(costs.values())[2:]))), strict=True))
    first = {name: next(i for i, cell in enumerate(row) if cell) for name, row in list(rows.items())[2:]}
    assert set(first) <= set(seconds)
    ordered = sorted(first, key=lambda name: seconds[name])
    assert [first[name] for name in ordered] == sorted(first.values())
