"""The model cards that are shipped say what the trainings wrote down."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from recipes.codecs import codecs
from recipes.training.model_card import model_card


@pytest.mark.parametrize("name", sorted(codecs()))
def test_the_shipped_card_is_of_the_shipped_weights(name: str) -> None:
    weights = Path(str(files(f"codecbench_{name}") / "weights" / f"{name}-reference.safetensors"))
    facts = json.loads(weights.with_suffix(".json").read_text())
    told = weights.with_suffix(".md").read_text()
    assert told == model_card(name, facts, weights.stat().st_size)
    for scores in facts["validation"].values():
        assert f"{scores['estoi']:.3f}" in told
