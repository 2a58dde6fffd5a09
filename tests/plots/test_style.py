from __future__ import annotations

import re
from importlib.resources import files

from codecbench.analysis.looks import MARKERS as NAMES
from codecbench.analysis.looks import Look
from codecbench.plots.style import DASHES, MARKERS, SIZES, colour, dash, marker, report_colours


def look(series: int) -> Look:
    return Look("", series % 10, series % 10, series // 10)


TEMPLATES = files("codecbench.report") / "templates"


def test_the_colours_are_the_reports() -> None:
    css = (TEMPLATES / "report.css").read_text()
    light = css[css.index(":root") : css.index("data-theme")]
    for series in range(10):
        assert f"--c{series}: {colour(look(series))}" in light
    assert {"ink", "dim", "line"} <= report_colours().keys()


def test_there_is_a_marker_for_each_of_the_reports() -> None:
    script = (TEMPLATES / "charts.js").read_text()
    listed = re.search(r"const MARKS = \[(.*?)\];", script, re.DOTALL)
    assert listed is not None
    assert listed[1].count("(r) =>") == len(MARKERS) == len(SIZES) == len(NAMES)


def test_twenty_codecs_look_different_without_colour() -> None:
    looks = {(str(marker(look(series))[0]), str(dash(look(series)))) for series in range(20)}
    assert len(looks) == 20
    script = (TEMPLATES / "charts.js").read_text()
    listed = re.search(r"const DASHES = \[(.*?)\];", script)
    assert listed is not None
    assert listed[1].count('"') == 2 * len(DASHES)


def test_a_colour_of_the_readers_own_is_taken() -> None:
    assert colour(Look("mine", "#123456", 0)) == "#123456"
