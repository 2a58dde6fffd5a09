"""The reference track's promise: seven sets of weights that were trained alike, small enough to ship."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from codecbench_layers import REFERENCE_TRAINING, TRAINING

from codecbench.entropy import model_path, read_model
from codecbench.weights import resolve, sha256_of

CODECS = ("encodec", "dac", "eulerodec", "ibpcodec", "vocodec", "facodec", "ladiff")
ALIKE = (
    "updates", "audio_seconds", "batch", "crop_seconds", "seed", "manifest_sha256", "speakers", "train_seconds",
    "started_with",
)  # fmt: skip
RATES = (1e-3, 3e-4, 1e-4)


def folder(name: str) -> Path:
    return Path(str(files(f"codecbench_{name}") / "weights"))


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return {name: json.loads((folder(name) / f"{name}-reference.json").read_text()) for name in CODECS}


def test_all_were_trained_alike(facts: dict[str, Any]) -> None:
    for key in ALIKE:
        assert len({facts[name][key] for name in CODECS}) == 1, key
    assert {facts[name]["rate"] for name in CODECS} <= set(RATES)


def test_the_cards_say_how(facts: dict[str, Any]) -> None:
    one = facts["encodec"]
    assert f"{one['train_seconds'] / 60:.0f} minutes of speech, {one['updates']:,} updates" == TRAINING
    assert f"({one['audio_seconds'] / 3600:.1f} hours of crops)" in REFERENCE_TRAINING
    for name in CODECS:
        assert import_module(f"codecbench_{name}").REFERENCE.training == TRAINING
        assert REFERENCE_TRAINING in import_module(f"codecbench_{name}").REFERENCE.notes


@pytest.mark.parametrize("name", CODECS)
def test_each_has_an_entropy_model_of_its_own(name: str) -> None:
    card = import_module(f"codecbench_{name}").REFERENCE
    weights, place = resolve(card), model_path(card)
    assert weights is not None
    assert place is not None
    assert read_model(place).weights_sha256 == sha256_of(weights)


@pytest.mark.parametrize("name", CODECS)
def test_the_configuration_tells_the_cards_number_of_parameters(name: str) -> None:
    """Where its docstring tells one, in millions."""
    reference = import_module(f"codecbench_{name}.config").CONFIGURATIONS["reference"]
    told = re.search(r"([\d.]+) M parameters", reference.__doc__ or "")
    if told:
        assert told[1] == f"{import_module(f'codecbench_{name}').REFERENCE.parameters / 1e6:.1f}"


def test_what_is_shipped_is_small() -> None:
    sizes = [path.stat().st_size for name in CODECS for path in folder(name).iterdir()]
    assert max(sizes) < 16e6
    assert sum(sizes) < 46e6
