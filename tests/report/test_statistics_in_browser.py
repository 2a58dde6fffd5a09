"""The controls of the verdict, the BD matrix, the charts and the breakdown, worked as a reader would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import Findings
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults


def visit(browser: Any, results: StoredResults, folder: Path) -> None:
    path = render_report(Findings(results), folder, folder / "report.html", "none")
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(path.as_uri())


def choose(browser: Any, element: str, value: str) -> None:
    browser.execute_script(
        "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'))",
        element, value,
    )  # fmt: skip


def test_one_bitrate_at_a_time(browser: Any, tmp_path: Path) -> None:
    visit(browser, realistic(), tmp_path)
    shown = "[...document.querySelectorAll('article.rate')].filter((one) => !one.hidden).map((one) => one.dataset.rate)"
    first = browser.execute_script(f"return {shown}")
    assert len(first) == 1
    buttons = browser.find_elements("css selector", "#rates button")
    assert len(buttons) == len(browser.find_elements("css selector", "article.rate"))
    buttons[-1].click()
    assert browser.execute_script(f"return {shown}") == [buttons[-1].get_attribute("data-rate")]
    assert [one.get_attribute("aria-pressed") for one in buttons].count("true") == 1
    assert browser.get_log("browser") == []


def test_the_matrix_follows_its_controls(browser: Any, tmp_path: Path) -> None:
    visit(browser, realistic(), tmp_path)
    rows = "return [...document.querySelectorAll('#bd-table tbody tr')].map((row) => row.textContent)"
    before = browser.execute_script(rows)
    anchors = browser.execute_script("return [...document.getElementById('bd-anchor').options].map((one) => one.text)")
    choose(browser, "bd-anchor", str(anchors.index("dac (reference)")))
    after = browser.execute_script(rows)
    assert len(after) == len(before) == len(anchors) - 1
    assert not any(text.startswith("dac") for text in after)
    assert browser.execute_script("return document.getElementById('bd-of').textContent") == "dac (reference)"
    choose(browser, "bd-metric", "wer")
    assert browser.execute_script(rows) != after
    assert browser.execute_script("return document.getElementById('bd-by').textContent") == "wer (lower is better)"
    assert browser.get_log("browser") == []


def test_published_marks_and_the_linear_axis(browser: Any, tmp_path: Path) -> None:
    visit(browser, realistic(), tmp_path)
    hollow = "return document.querySelectorAll('#quality-charts .hollow').length"
    assert browser.execute_script(hollow) > 0
    choose(browser, "rate-axis", "linear")
    assert browser.execute_script(hollow) > 0
    assert browser.execute_script("return document.querySelectorAll('#quality-charts svg').length") == 4
    chart = browser.find_element("css selector", "#quality-charts svg")
    chart.send_keys("\ue012")  # arrow left: the last point, a published one
    tip = browser.execute_script("return document.querySelector('#quality .tip').textContent")
    assert tip.startswith("published, other data: ")
    assert "arXiv" in tip or "ICASSP" in tip
    browser.find_element("id", "published").click()
    assert browser.execute_script(hollow) == 0
    assert browser.get_log("browser") == []


def test_the_front_is_drawn_and_said(browser: Any, tmp_path: Path) -> None:
    results = made_results(
        [MadeCodec("good", (6, 12), 0.8, card={"parameters": 10}),
         MadeCodec("poor", (6, 12), 0.2, card={"parameters": 20})],
        utterances=40, speakers=20,
    )  # fmt: skip
    visit(browser, results, tmp_path)
    choose(browser, "cost-axis", "parameters")
    count = "return document.querySelectorAll('#cost-charts .{}').length"
    assert [browser.execute_script(count.format(kind)) for kind in ("front", "dominated")] == [2, 2]
    assert "Not dominated: good at 6, 12." in browser.find_element("id", "front").text
    choose(browser, "cost-metric", "si_sdr")
    assert browser.execute_script(count.format("front")) == 0
    assert not browser.find_element("id", "front").is_displayed()
    assert browser.get_log("browser") == []


def test_the_breakdown_of_another_point(browser: Any, tmp_path: Path) -> None:
    visit(browser, realistic(), tmp_path)
    cells = "return [...document.querySelectorAll('.breakdown .figure')].map((one) => one.textContent)"
    before = browser.execute_script(cells)
    last = browser.execute_script("return document.getElementById('breakdown-point').options.length") - 1
    choose(browser, "breakdown-point", str(last))
    assert browser.execute_script(cells) != before
    assert "ladiff at 3 kbps" in browser.execute_script("return document.getElementById('breakdown-of').textContent")
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [400, 1400])
def test_nothing_overflows(browser: Any, tmp_path: Path, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    visit(browser, realistic(), tmp_path)
    assert browser.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
