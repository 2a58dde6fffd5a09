from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.analysis.summary import Summary
from codecbench.plots.curves import cost_quality, rate_quality
from codecbench.plots.notes import intervals


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarize(realistic(16))


def test_the_caption_names_speech_coverage_and_untrained_weights(summary: Summary) -> None:
    chart = rate_quality(summary, "pesq_wb")
    assert chart.notes[0].startswith("probe: synthetic speech, 16 utterances, 8 speakers, ")
    every = "Fewer utterances have a figure: PESQ-WB 15/16 (pcm; opus; encodec (reference); dac (reference)), "
    assert f"{every}PESQ-WB 14/16 (codec2), PESQ-WB 12/16 (ladiff)." in chart.notes
    assert any(note.startswith("‡ The weights are not trained") for note in chart.notes)
    assert [curve.label for curve in chart.panels[0].curves if curve.untrained] == ["ladiff‡"]
    unfinished = replace(summary, notes=("the run is not finished",))
    assert rate_quality(unfinished, "pesq_wb").notes[-1] == "the run is not finished"


def test_every_codec_and_point_that_is_not_drawn_is_named() -> None:
    dead = MadeCodec("dead", (3, 6), fails={f"utt-{i:02d}": "it raised" for i in range(8)})
    half = MadeCodec("half", (3, 6))
    results = made_results([MadeCodec("opus", (6, 8, 12)), half, dead], metrics=["pesq_wb", "stoi"], utterances=8)
    silent = {
        "status": "abstained", "reason": "silence", "numerator": None, "denominator": None,
    }  # fmt: skip
    scores = tuple(
        replace(row, **silent) if (row.codec, row.point, row.metric) == ("half", "3", "pesq_wb") else row
        for row in results.scores
    )
    summary = summarize(replace(results, scores=scores))
    notes = rate_quality(summary, "pesq_wb").notes
    assert "Not drawn: half at 3 (abstained on 8 of 8 utterances: silence)." in notes
    assert "Not drawn: dead (failed: it raised)." in notes
    speed = cost_quality(summary, "stoi", "rtf").notes
    ends = "measured at the lowest and highest point only (all points: --cost full)"
    assert f"Not drawn: opus at 8 ({ends})." in speed


def test_a_self_check_is_not_drawn_beside_codecs_and_the_caption_says_how_it_is() -> None:
    check = MadeCodec("pcm", (96,), card={"self_check": True})
    told = "Not drawn: pcm (a self-check of the harness; alone: --codecs pcm)."
    both = summarize(made_results([MadeCodec("opus", (6, 12)), check], metrics=["pesq_wb", "stoi"]))
    for chart in (rate_quality(both, "stoi"), cost_quality(both, "stoi", "rtf")):
        assert [curve.name for curve in chart.panels[0].curves] == ["opus"]
        assert told in chart.notes
    alone = rate_quality(summarize(made_results([check], metrics=["stoi"])), "stoi")
    assert [curve.name for curve in alone.panels[0].curves] == ["pcm"]
    assert not any(note.startswith("Not drawn") for note in alone.notes)


def test_intervals_that_the_axis_cuts_are_told(summary: Summary) -> None:
    assert not any(note.startswith("Bars cut") for note in rate_quality(summary, "stoi").notes)
    wild = tuple(
        replace(row, scores={**row.scores, "stoi": replace(row.scores["stoi"], low=-9.0)})
        if row.place == ("opus", "default", "6") else row
        for row in summary.rows
    )  # fmt: skip
    assert "Bars cut: opus at 6." in rate_quality(replace(summary, rows=wild), "stoi").notes


def test_without_intervals_it_says_so() -> None:
    one = summarize(made_results(utterances=3, speakers=1, metrics=["stoi"]))
    assert intervals(one, ["stoi"]) == "No intervals: too few speakers."
    few = summarize(made_results(utterances=6, speakers=3, metrics=["stoi"]))
    assert intervals(few, ["stoi"]) == "Bars: 95 % intervals over speakers (indicative: too few speakers or events)."
