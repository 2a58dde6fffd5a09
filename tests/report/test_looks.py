"""In the page, as in the plots, no two codecs of a run look alike: read off both, from one run of ten codecs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_outsiders import OUTSIDERS, ten_codecs
from running import in_process

from codecbench.analysis import summarize
from codecbench.plots.curves import rate_quality
from codecbench.plots.drawing import draw
from codecbench.store import open_run

NAMES = {*OUTSIDERS, "encodec (reference)", "opus"}
CHIPS = """return [...document.querySelectorAll('#quality .legend button')].map((chip) => [chip.textContent,
    getComputedStyle(chip).color, chip.querySelector('path.mark').getAttribute('d'),
    chip.querySelector('path.line').getAttribute('stroke-dasharray')])"""
CURVES = """return [...document.querySelectorAll('#quality-charts figure:first-child g:has(path.line)')].map(
    (curve) => [getComputedStyle(curve).color, curve.querySelector('path.line').getAttribute('stroke-dasharray')])"""
KEYS = """return [...document.querySelectorAll('#figures tbody th')].map((cell) => [
    cell.querySelector('bdi').textContent, getComputedStyle(cell.querySelector('.key')).color,
    cell.querySelector('path.mark').getAttribute('d')])"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ten_codecs(tmp_path_factory.mktemp("ten") / "run")


def open_report(browser: Any, run: Path, out: Path, *arguments: object) -> None:
    result = in_process("report", run, "--out", out, *arguments)
    assert result.returncode == 0, result.stderr
    browser.get(out.as_uri())


def test_ten_looks_in_the_plot(run: Path) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    draw(rate_quality(summarize(open_run(run)), "stoi"), figure, "page")
    handles = figure.legends[0].legend_handles
    lines = [line for line in figure.axes[0].get_lines() if line.get_marker() not in (None, "None")]
    for drawn in (handles, lines):
        looks = {(line.get_color(), str(line.get_marker()), str(line.get_linestyle())) for line in drawn}
        assert len(looks) == len({colour for colour, _, _ in looks}) == len({marker for _, marker, _ in looks}) == 10
        assert {dash for _, _, dash in looks} == {"-"}
    assert {text.get_text() for text in figure.legends[0].get_texts()} == NAMES


def test_ten_looks_in_the_page_and_its_chips(browser: Any, run: Path, tmp_path: Path) -> None:
    open_report(browser, run, tmp_path / "report.html")
    chips = browser.execute_script(CHIPS)
    assert {name for name, *_ in chips} == NAMES
    assert len({colour for _, colour, _, _ in chips}) == len({marker for _, _, marker, _ in chips}) == 10
    assert {dash for *_, dash in chips} == {"none"}
    curves = browser.execute_script(CURVES)
    assert {tuple(curve) for curve in curves} == {(colour, dash) for _, colour, _, dash in chips}
    keys = {tuple(key) for key in browser.execute_script(KEYS)}
    assert keys == {(name, colour, marker) for name, colour, marker, _ in chips}
    assert browser.get_log("browser") == []


def test_what_the_reader_asks_for_stands_in_the_page(browser: Any, run: Path, tmp_path: Path) -> None:
    style = tmp_path / "codecs.toml"
    style.write_text('[lyra]\nlabel = "Lyra"\ncolour = "#123456"\nmarker = "star"\n')
    open_report(browser, run, tmp_path / "r.html", "--style", style, "--label", "encodec=EnCodec")
    browser.execute_script("document.documentElement.dataset.theme = 'light'")
    chips = {name: look for name, *look in browser.execute_script(CHIPS)}
    assert chips["Lyra"][0] == "rgb(18, 52, 86)"
    assert "EnCodec (reference)" in chips
    assert "lyra" not in chips
    browser.execute_script("document.documentElement.dataset.theme = 'dark'")
    assert {name: look for name, *look in browser.execute_script(CHIPS)}["Lyra"][0] != "rgb(18, 52, 86)"
    assert browser.get_log("browser") == []


def test_an_eleventh_codec_is_dashed_in_the_chart_and_in_its_chip(browser: Any, run: Path, tmp_path: Path) -> None:
    from made_runs import MadeCodec, made_results, store_results

    codecs = [MadeCodec(f"codec{number}", (3, 6)) for number in range(11)]
    many = store_results(made_results(codecs, utterances=4, meta={"request": {}}), tmp_path / "many")
    open_report(browser, many, tmp_path / "many.html")
    dashes = [dash for *_, dash in browser.execute_script(CHIPS)]
    assert dashes == ["none"] * 10 + ["6 3"]
    assert [dash for _, dash in browser.execute_script(CURVES)] == dashes
