from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codecbench.api import Abstain
from codecbench.cost.memory import peak_rss_mb


def test_where_the_system_does_not_tell_memory_there_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(Abstain, match="peak memory is not available on this system"):
        peak_rss_mb(lambda: None, tmp_path / "nothing")
    (tmp_path / "clear_refs").touch()
    (tmp_path / "status").write_text("Name: python\n")
    with pytest.raises(Abstain, match="no VmHWM"):
        peak_rss_mb(lambda: None, tmp_path)


PEAKS = """
import numpy as np
from codecbench.cost.memory import peak_rss_mb
print(peak_rss_mb(lambda: np.ones(25 * 2**20).sum()), peak_rss_mb(lambda: None))
"""


def test_the_peak_is_that_of_the_work_not_of_what_was_before() -> None:
    """In a process of its own: this one may hold enough of earlier tests for 200 MiB to need no more.

    Its allocator gives back what is freed, as a pool's is told not to.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    printed = subprocess.run(
        [sys.executable, "-c", PEAKS], env=environment, capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    large, idle = map(float, printed.split())
    assert idle < large - 150
