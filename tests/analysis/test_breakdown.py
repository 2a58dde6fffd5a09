from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.breakdown import divide, estimates
from codecbench.analysis.cells import collect_cells
from codecbench.store.ids import Place
from codecbench.store.rows import StoredResults


def made(**columns: str) -> StoredResults:
    results = made_results([MadeCodec("opus", (6,))], utterances=24, speakers=8)
    people = [
        replace(row, sex="FM"[i % 2], seconds=1.0 + i / 10, extra={"rms_db": f"{-30 + i}"} | columns)
        for i, row in enumerate(results.utterances)
    ]
    return replace(results, utterances=tuple(people))


def test_every_utterance_is_in_one_group_of_each_division() -> None:
    divisions = divide(made())
    assert [division.by for division in divisions] == ["sex", "length", "level", "speaker"]
    for division in divisions:
        names = [name for group in division.groups for name in group.utterances]
        assert sorted(names) == [f"utt-{i:02d}" for i in range(24)]
    assert [len(group.utterances) for group in divisions[1].groups] == [8, 8, 8]
    assert [group.title for group in divisions[1].groups] == ["up to 1.7 s", "1.7 to 2.5 s", "over 2.5 s"]
    assert divisions[2].groups[0].title == "up to -23.0 dB (rms_db)"


def test_groups_average_to_the_whole() -> None:
    results = made()
    cells, place = collect_cells(results, ["pesq_wb"]), Place("opus", "default", "6")
    whole = summarize(results).rows[0].scores["pesq_wb"].mean
    for division in divide(results):
        parts = [
            (estimates(group, place, "pesq_wb", cells, counts=False), len(group.utterances))
            for group in division.groups
        ]
        assert sum(found.value * count for found, count in parts if found) / 24 == pytest.approx(whole)


def test_what_cannot_be_divided_says_why() -> None:
    results = made()
    poor = replace(results, utterances=tuple(replace(r, sex="", seconds=2.0, extra={}) for r in results.utterances))
    sex, length, level, speaker = divide(poor)
    assert (sex.groups, sex.reason) == ((), "no sex is known")
    assert length.reason == "it hardly differs between utterances"
    assert "no column active_level_db or level_db or rms_db" in (level.reason or "")
    assert len(speaker.groups) == 8


def test_a_level_that_is_no_number_is_left_out() -> None:
    level = divide(made(rms_db="loud"))[2]
    assert level.reason == "0 utterances have one, thirds need 6"
