"""BD matrix, breakdown, fronts and published markers: what stands in the page is what was computed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from made_pages import page
from made_runs import MadeCodec, made_results

from codecbench.report import bd, breakdown


def test_twelve_codecs_stay_small() -> None:
    codecs = [MadeCodec(f"codec{i}", (1, 2, 4, 6, 8, 12), 0.3 + 0.03 * i) for i in range(12)]
    results = made_results(codecs, utterances=24, speakers=12)
    for section in (bd.section, breakdown.section):
        content = section(page(results))
        assert content is not None
        assert len(json.dumps(content.data)) < 150_000


@pytest.mark.parametrize("section", [bd.section, breakdown.section])
def test_nothing_to_say(section: Any) -> None:
    dead = made_results([MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})])
    assert section(page(dead)) is None
    assert section(page(made_results([MadeCodec("a", (6,)), MadeCodec("b", (6,))], metrics=["delay_ms"]))) is None
