"""A real browser, for looking at reports and playing stimuli: fixtures that a folder's conftest imports."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import require_tool


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium with a fresh profile, its console and network logs on; one for all tests of a process."""
    chromium, driver = require_tool("chromium", "chromium-browser"), require_tool("chromedriver")
    from selenium import webdriver

    profile = tmp_path_factory.mktemp("chromium")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking",
                 "disable-component-update", "disable-sync", "no-first-run", "force-color-profile=srgb"):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield window
    window.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """A tab that nothing was opened in, with empty logs: a report keeps nothing beyond its tab."""
    idle = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    chromium.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    chromium.set_window_size(1280, 900)
    for log in ("browser", "performance"):
        chromium.get_log(log)
    yield chromium
    chromium.close()
    chromium.switch_to.window(idle)
