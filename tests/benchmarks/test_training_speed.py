"""What compiled activations save of an update: `pytest tests/benchmarks/test_training_speed.py --benchmark-only -s`.

Updates of the same crops by turns in one process, with a model's own activations and with the compiled ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from recipes.findings.costs import by_turns, under_way
from recipes.training import activations
from recipes.training.data import Speech
from recipes.training.progress import Settings

ROUNDS = 15


@pytest.mark.parametrize("codec", ["dac", "facodec"])
def test_compiled_activations(codec: str, benchmark: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    noise, shape = np.random.default_rng(0), (Settings.batch, 1, Settings(codec, 1e-4).crop)
    crops = 0.1 * noise.standard_normal(shape, dtype=np.float32)
    none_drawn = Speech((), (), (), 0, "")
    compiled = under_way(codec, none_drawn)
    with monkeypatch.context() as patch:
        patch.setattr(activations, "FASTER", {})
        own = under_way(codec, none_drawn)
    spent = by_turns({"own": own, "compiled": compiled}, lambda turn: crops, ROUNDS, lambda line: None)
    ratio = spent["own"] / spent["compiled"]
    print(f"\n{codec}: an update takes {spent['own']:.3f} CPU s, {spent['compiled']:.3f} compiled: {ratio:.2f} times")
