from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any, get_args

import pytest

from codecbench.analysis.looks import Look
from codecbench.api import UsageError
from codecbench.plots.chart import Chart, Curve, Line, Panel, Point
from codecbench.plots.drawing import Format, save
from codecbench.plots.style import WIDTHS_IN, Width

pytest.importorskip("matplotlib")
CURVE = Curve("a codec", 0, (Point(1.5, 1.2, 1.1, 1.3, "1.5"), Point(3.0, 1.8, 1.7, 9.0, "3")), Look("a codec", 0, 0))
OTHER = Curve("costs $5 & <b>", 3, (Point(2.0, 1.5, None, None, "2"),), Look("costs $5 & <b>", 3, 3))
MARK = Curve("a codec", 0, (Point(3.0, 2.0, label="3"),), Look("a codec", 0, 0))
CHART = Chart("bitrate (kbps)", (Panel("PESQ-WB (MOS) ↑", (CURVE, OTHER), Line(1.0, "originals"), (MARK,)),))


@pytest.mark.parametrize("file_format", get_args(Format))
def test_the_same_chart_is_the_same_file(tmp_path: Path, file_format: Format) -> None:
    for name in ("one", "two"):
        save(CHART, tmp_path / name, file_format, "column")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("width", get_args(Width))
def test_it_has_the_width_of_a_column_or_page(tmp_path: Path, width: Width) -> None:
    save(CHART, tmp_path / "chart.pdf", "pdf", width)
    text = (tmp_path / "chart.pdf").read_bytes()
    assert f"/MediaBox [ 0 0 {72 * WIDTHS_IN[width]:g} ".encode() in text


def test_fonts_are_embedded_and_nothing_is_dated(tmp_path: Path) -> None:
    save(CHART, tmp_path / "chart.pdf", "pdf", "column")
    text = (tmp_path / "chart.pdf").read_bytes()
    assert b"/FontFile2" in text
    assert b"/Type3" not in text
    assert b"CreationDate" not in text


def test_names_are_drawn_as_they_are(tmp_path: Path) -> None:
    """No mathematics, no markup: a codec's name is text."""
    save(CHART, tmp_path / "chart.svg", "svg", "column")
    text = (tmp_path / "chart.svg").read_text()
    assert "<b>" not in text
    assert "costs $5 &amp; " in text  # matplotlib's comment beside the outlines


def test_one_point_and_two_panels_are_drawn(tmp_path: Path) -> None:
    chart = Chart("parameters", (Panel("x", (OTHER,)), Panel("y", (OTHER,))), labels=True)
    for width in get_args(Width):
        save(chart, tmp_path / "chart.png", "png", width)
        assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_a_users_own_style_does_not_decide(tmp_path: Path) -> None:
    import matplotlib

    save(CHART, tmp_path / "one", "svg", "column")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        save(CHART, tmp_path / "two", "svg", "column")
        assert matplotlib.rcParams["font.size"] == 30
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_without_matplotlib_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError("No module named 'matplotlib'")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match=r"figures need matplotlib .*: pip install 'codecbench\[plots\]'"):
        save(CHART, tmp_path / "chart.pdf", "pdf", "column")


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        save(CHART, tmp_path, "pdf", "column")
