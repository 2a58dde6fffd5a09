from __future__ import annotations

import re
from importlib.resources import files

from codecbench.plots.style import DASHES, MARKERS, SIZES, colour, dash, marker, report_colours

TEMPLATES = files("codecbench.report") / "templates"


def test_the_colours_are_the_reports() -> None:
    css = (TEMPLATES / "report.css").read_text()
    light = css[css.index(":root") : css.index("data-theme")]
    for series in range(10):
        assert f"--c{series}: {colour(series)}" in light
    assert colour(12) == colour(2)
    assert {"ink", "dim", "line"} <= report_colours().keys()


def test_there_is_a_marker_for_each_of_the_reports() -> None:
    script = (TEMPLATES / "charts.js").read_text()
    listed = re.search(r"const MARKS = \[(.*?)\];", script, re.DOTALL)
    assert listed is not None
    assert listed[1].count("(r) =>") == len(MARKERS) == len(SIZES)


def test_twenty_codecs_look_different_without_colour() -> None:
    looks = {(str(marker(series)[0]), str(dash(series))) for series in range(20)}
    assert len(looks) == 20
    assert all(dash(series) != dash(series + 1) for series in range(20))
    assert len(DASHES) == 5
