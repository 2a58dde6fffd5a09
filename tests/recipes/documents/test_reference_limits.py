"""What limits the codecs is read from the ceiling and the bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from recipes.documents.reference_limits import bar_sentence, ceiling_table, limit_points, timbre_table
from recipes.documents.reference_track import BUDGET, first_seed
from recipes.documents.reports import Reports

CEILING, BAR = "reference-ceiling", "reference-bar"
CODED_ALIKE = {"estoi": 0.0015, "pesq_wb": 0.01}
"""Float16 weights code nearly as those that were trained."""


def standing(data: Any, rival: int, codec: str, metric: str) -> Any:
    return next(one for one in data["rivals"][rival]["codecs"] if one["codec"] == codec)["metrics"][metric]


def test_what_passes_with_all_codebooks_is_what_the_trainings_scored() -> None:
    reports = Reports()
    trained = first_seed(reports.trainings)
    for one in reports.ceiling.codecs:
        scores = trained[one.codec, BUDGET].scores
        for metric, passed in one.metrics.items():
            told = scores[max(scores)][metric]
            assert passed.coded == pytest.approx(told, abs=CODED_ALIKE[metric]), one
            assert (passed.unquantized or 0) > told, one


def test_the_table_is_the_ceilings(tmp_path: Path) -> None:
    def better(data: Any) -> None:
        next(one for one in data["codecs"] if one["codec"] == "facodec")["metrics"]["estoi"]["unquantized"] = 0.86

    lines = ceiling_table(changed_reports(tmp_path, CEILING, better)).splitlines()
    assert lines[-1].startswith("| plain (control) | 0.868 | 0.847 | 2.01 | 1.88 |")
    assert lines[5].startswith("| FACodec | 0.860 |")


def test_moves_of_the_timbre_are_the_reports(tmp_path: Path) -> None:
    def further(data: Any) -> None:
        data["moves"][0].update(rise=0.2, closer=30)

    lines = timbre_table(changed_reports(tmp_path, "timbre", further)).splitlines()
    assert lines[0].startswith("| towards another of 38 speakers |")
    assert lines[2].startswith("| timbre swapped, 2.4 kbps | +0.200 ± ")
    assert lines[2].endswith("| 30 of 38 |")


def test_what_the_quantizer_costs_is_the_ceilings(tmp_path: Path) -> None:
    def dearer(data: Any) -> None:
        next(one for one in data["codecs"] if one["codec"] == "vocodec")["metrics"]["estoi"]["lost"] = 0.3

    assert "0.019 (VoCodec) to 0.108 (LaDiffCodec) of ESTOI" in " ".join(limit_points().split())
    changed = changed_reports(tmp_path, CEILING, dearer)
    assert "to 0.300 (VoCodec) of ESTOI" in " ".join(limit_points(changed).split())


def test_another_limit_is_told(tmp_path: Path) -> None:
    def quantizer(data: Any) -> None:
        standing(data, 0, "dac", "estoi").update(limit="quantizer", unquantized=0.8)
        standing(data, 1, "dac", "estoi").update(limit="quantizer")

    told = " ".join(limit_points(changed_reports(tmp_path, BAR, quantizer)).split())
    assert "EnCodec and FACodec are below Opus at 6 kbps (ESTOI 0.784) even without a quantizer (0.736, 0.742)" in told
    assert "DAC, EuleroDec and LaDiffCodec (0.800, 0.807, 0.789) fall below it by their quantizers" in told
    assert "the quantizer in 12 of 14 cases" in told


def test_how_many_are_above(tmp_path: Path) -> None:
    def above(*names: str) -> Callable[[Any], None]:
        def change(data: Any) -> None:
            for name in names:
                standing(data, 0, name, "estoi").update(above=True, limit=None)

        return change

    assert "no codec is above Opus at 6 kbps on ESTOI, none on PESQ-WB; none is" in " ".join(bar_sentence().split())
    for names, told in (("vocodec",), "one codec is above"), (("vocodec", "ibpcodec"), "two codecs are above"):
        assert told in " ".join(bar_sentence(changed_reports(tmp_path, BAR, above(*names))).split())
