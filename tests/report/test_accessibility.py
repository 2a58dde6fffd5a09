"""axe (Deque's checker) in a real browser: nothing serious for who reads by keyboard, by ear or with weak eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_runs import realistic, write_audio

from codecbench.analysis import Findings
from codecbench.report.html import render_report

SERIOUS = ("serious", "critical")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 400)])
def test_axe_finds_no_serious_fault(browser: Any, tmp_path: Path, theme: str, width: int) -> None:
    from axe_core_python.selenium import Axe

    results = realistic()
    write_audio(results, tmp_path, seconds=0.2)
    path = render_report(Findings(results), tmp_path, tmp_path / "report.html")
    browser.set_window_size(width, 1000)
    browser.get(path.as_uri())
    browser.execute_script(
        "document.documentElement.dataset.theme = arguments[0];"
        "for (const one of document.querySelectorAll('details')) one.open = true;",
        theme,
    )
    found = Axe().run(browser, options={"resultTypes": ["violations"]})["violations"]
    faults = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: "
        + "; ".join(node["html"][:120] for node in fault["nodes"][:3])
        for fault in found
        if fault["impact"] in SERIOUS
    ]
    assert faults == []
