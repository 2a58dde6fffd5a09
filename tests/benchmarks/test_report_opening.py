"""How long a large report takes to make and to open: `pytest tests/benchmarks/test_report_opening.py --benchmark-only`

12 codecs × 6 points × 75 utterances, no audio. An empty page in the same browser is the yardstick.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import require_tool
from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults

RATES = (1, 2, 4, 6, 8, 12)
LARGEST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def results() -> StoredResults:
    return made_results([MadeCodec(f"codec{k}", RATES, k / 12) for k in range(12)], utterances=75)


@pytest.fixture(scope="module")
def report(results: StoredResults, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    path = render_report(Findings(results), folder, folder / "report.html", "none")
    print(f"\n{path.stat().st_size:,} bytes")
    assert path.stat().st_size < LARGEST_BYTES
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium, driver = require_tool("chromium", "chromium-browser"), require_tool("chromedriver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking"):
        options.add_argument(f"--{flag}")
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield window
    window.quit()


def opened(browser: Any, address: str) -> str:
    """Load, and wait until it has drawn: two frames after the load event."""
    browser.get(address)
    return str(
        browser.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(document.title)));"
        )
    )


@pytest.mark.benchmark(group="open in Chromium")
class TestOpening:
    def test_an_empty_page(self, benchmark: Any, browser: Any) -> None:
        benchmark.extra_info["yardstick"] = True
        benchmark.pedantic(opened, (browser, "data:text/html,<title>empty</title>"), rounds=5, warmup_rounds=1)

    def test_the_report(self, benchmark: Any, browser: Any, report: Path) -> None:
        assert benchmark.pedantic(opened, (browser, report.as_uri()), rounds=5, warmup_rounds=1) == "codecbench: probe"


@pytest.mark.benchmark(group="make the report")
class TestMaking:
    def test_summary(self, benchmark: Any, results: StoredResults) -> None:
        benchmark.extra_info["yardstick"] = True
        assert len(benchmark.pedantic(summarize, (results,), rounds=1).rows) == 72

    def test_html(self, benchmark: Any, results: StoredResults, tmp_path: Path) -> None:
        benchmark.pedantic(render_report, (Findings(results), tmp_path, tmp_path / "report.html", "none"), rounds=1)
