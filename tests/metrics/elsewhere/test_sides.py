"""Sides of metrics in environments of their own; WARP-Q itself where its environment is made."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_samples import eval_signals, paired

from codecbench import degradations
from codecbench.api import Abstain, MetricCard, MetricOptions, Unavailable
from codecbench.environments.metric import SideMetric
from codecbench.environments.side import side_file
from codecbench.metrics.elsewhere import CARDS
from codecbench.plugins import registry

NOISE = (0.1 * np.random.default_rng(0).standard_normal(16000)).astype(np.float32)


def side(card_id: str) -> ModuleType:
    """Imported here, as its own interpreter does it there."""
    card = next(card for card in CARDS if card.id == card_id)
    assert card.environment is not None
    spec = importlib.util.spec_from_file_location(f"{card_id}_side", side_file(card.environment, "codecbench.metrics"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_each_is_there_on_request_and_of_the_oldest_python(card: MetricCard) -> None:
    assert card.on_request
    assert card.environment is not None
    text = side_file(card.environment, "codecbench.metrics").read_text()
    ast.parse(text, feature_version=(3, 8))
    assert "def open_metric(options" in text
    assert "import codecbench" not in text
    assert "from codecbench" not in text


def test_what_warp_q_cannot_score_abstains(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[dict[str, Any]] = [
        {"raw_warpq_score": 1.5, "normalized_warpq_score": 0.57, "total_patch_count": 4},
        {"raw_warpq_score": float("nan"), "normalized_warpq_score": float("nan"), "total_patch_count": 0},
    ]
    core: Any = ModuleType("warpq.core")
    core.warpqMetric = lambda **_: SimpleNamespace(evaluate=lambda *_, **__: answers.pop(0))
    monkeypatch.setitem(sys.modules, "warpq", ModuleType("warpq"))
    monkeypatch.setitem(sys.modules, "warpq.core", core)
    module = side("warp_q")
    metric = module.open_metric({})
    assert metric.score(NOISE, NOISE, 16000) == (1.5, {"normalized": 0.57, "patches": 4})
    with pytest.raises(module.Abstain, match="less than one patch"):
        metric.score(NOISE, NOISE, 16000)
    with pytest.raises(module.Abstain, match="the decoded signal is silent"):
        metric.score(NOISE, 0 * NOISE, 16000)


def test_warp_q_itself_where_its_environment_is_made(shared: Path) -> None:
    try:
        metric = registry().metrics["warp_q"].factory(MetricOptions())
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert isinstance(metric, SideMetric)
    clip = eval_signals(shared, 1)[0][:48000]
    rng = np.random.default_rng(0)
    found = [metric.score(paired(clip, degradations.with_noise(clip, level, rng))).value for level in (40, 20, 0)]
    assert 0 < found[0] < found[1] < found[2] < 5
    with pytest.raises(Abstain, match="silent"):
        metric.score(paired(clip, 0 * clip))
    metric.close()
