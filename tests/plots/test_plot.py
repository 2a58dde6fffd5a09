from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import realistic

from codecbench.analysis import summarize
from codecbench.api import UsageError
from codecbench.plots.curves import rate_quality
from codecbench.plots.plot import Plot

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def plot() -> Plot:
    return Plot(rate_quality(summarize(realistic(8)), "stoi"))


def test_what_a_notebook_shows_is_what_is_saved(plot: Plot, tmp_path: Path) -> None:
    file = plot.save(tmp_path / "figure.svg")
    assert file.read_text() == plot._repr_svg_()
    assert plot.notes == plot.chart.notes
    assert plot.save(tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert plot.save(tmp_path / "as-png", "png").read_bytes().startswith(b"\x89PNG")


def test_another_ending_or_no_folder_is_one_line(plot: Plot, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"which format\? End it in \.pdf, \.svg, \.png"):
        plot.save(tmp_path / "figure.jpg")
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        plot.save(tmp_path / "nowhere" / "figure.svg")
