"""The report in a real browser, opened from the disk as a reader would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, realistic, write_audio

from codecbench.analysis import Findings, summarize
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults


def visit(browser: Any, results: StoredResults, folder: Path) -> None:
    write_audio(results, folder, seconds=1.0)
    path = render_report(Findings(results), folder, folder / "report.html")
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(path.as_uri())


def requests(browser: Any) -> list[str]:
    """Addresses that left the page; what a blob or data URL holds is part of it."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    return [url for url in sent if not url.startswith(("blob:", "data:"))]


def wait(browser: Any, script: str) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20).until(lambda window: window.execute_script(f"return {script}"))


def test_a_realistic_report(browser: Any, tmp_path: Path) -> None:
    results = realistic()
    visit(browser, results, tmp_path)
    wait(browser, "document.querySelectorAll('#quality-charts svg').length == 4")
    marks = "document.querySelectorAll('#quality-charts figure:first-child .mark:not(.hollow)').length"
    assert browser.execute_script(f"return {marks}") == 27

    browser.find_element("css selector", "#quality .legend button").click()
    assert browser.execute_script(f"return {marks}") == 23
    browser.execute_script(
        "const s = document.getElementById('metric'); s.value = 'si_sdr'; s.dispatchEvent(new Event('change'))"
    )
    assert browser.execute_script("return document.querySelector('#quality figcaption').textContent").startswith(
        "SI-SDR"
    )

    chart = browser.find_element("css selector", "#quality-charts svg")
    chart.send_keys("\ue014")  # arrow right
    assert "opus at 6 kbps" in browser.execute_script("return document.querySelector('#quality .tip').textContent")

    headings = browser.find_elements("css selector", ".sortable thead button")
    headings[2].click()  # PESQ, ascending
    first = "document.querySelector('.sortable tbody tr').cells[2].dataset.sort"
    lowest = min(row.scores["pesq_wb"].mean or 9 for row in summarize(results).rows)
    assert float(browser.execute_script(f"return {first}")) == pytest.approx(lowest)

    browser.find_element("id", "theme").click()
    assert browser.execute_script("return document.documentElement.dataset.theme") in ("dark", "light")

    buttons = browser.find_elements("css selector", ".play")
    buttons[0].click()
    assert wait(browser, "player.state.duration") == pytest.approx(1.0, abs=0.01)
    assert browser.find_element("id", "playing").text.startswith("original")

    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (1600, 1280, 500):
        browser.set_window_size(width, 900)
        assert browser.execute_script(f"return {overflow}") <= 0
    assert browser.get_log("browser") == []
    assert requests(browser) == [(tmp_path / "report.html").as_uri()]


@pytest.mark.parametrize("kind", ["all-failed", "one", "hostile"])
def test_poor_and_hostile_reports(browser: Any, tmp_path: Path, kind: str) -> None:
    evil = '</script><script>document.title="owned"</script>"><img src=x onerror="document.title=1">'
    results = {
        "all-failed": made_results([MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})]),
        "one": made_results([MadeCodec("one", (6,))], utterances=1, metrics=["stoi"]),
        "hostile": made_results([MadeCodec("x", (6,), card={"notes": evil})], utterances=2, meta={"command": evil}),
    }[kind]
    visit(browser, results, tmp_path)
    assert browser.title == "codecbench: probe"
    assert browser.get_log("browser") == []
    assert requests(browser) == [(tmp_path / "report.html").as_uri()]
