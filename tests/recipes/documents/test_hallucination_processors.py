"""The comparison of two processors ends where one of its runs is made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.errors import UsageError
from recipes.documents.hallucination_processors import processors


def test_a_new_run_ends_the_comparison(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        for one in data["runs"][0]["words"]:
            one["ci_wer"]["value"] += 1

    assert "5.6 or 4.9 % for VoCodec" in processors()
    with pytest.raises(UsageError, match="of the 8 clear differences above 7 were clear on both"):
        processors(changed_reports(tmp_path, "hallucination-answer", change))
