"""An environment on a card: what it may say."""

from __future__ import annotations

from typing import Any

import pytest

from codecbench.api import CodecCard, Environment, OperatingPoint


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"requirements": "numpy"}, "requirements must be a tuple of texts"),
        (
            {"requirements": ("two words",)},
            r"requirements must be requirements as pip takes them \('two words'",
        ),
        ({"python": "3.8 or later"}, "python must be empty or a version specifier"),
        ({"gpu": "yes"}, "gpu must be True or False"),
        ({"side": "../side.py"}, "side must be the name of a Python file beside"),
        ({"side": "/tmp/side.py"}, "side must be the name of a Python file beside"),
        ({"side": "side.txt"}, "side must be the name of a Python file beside"),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"an environment: {said}"):
        Environment(**{"requirements": (), **wrong})


def test_it_is_on_a_card() -> None:
    environment = Environment(["torch>=2.2,<2.14", "vocos @ https://example.org/vocos-0.1.zip"], python=">=3.9,<3.13")  # type: ignore[arg-type]
    card = CodecCard("mine", 16000, (OperatingPoint(6.0),), environment=environment)
    assert card.environment is not None
    assert card.environment.requirements[0] == "torch>=2.2,<2.14"
    with pytest.raises(ValueError, match="environment must be a Environment, or None"):
        CodecCard("mine", 16000, (OperatingPoint(6.0),), environment={"requirements": ()})  # type: ignore[arg-type]
