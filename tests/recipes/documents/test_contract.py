from __future__ import annotations

import inspect

from codecbench import api, hookspecs
from recipes.documents.contract import contract, undocumented

ALIASES = {"CodeRows", "CodecFactory", "Codes", "Depth", "Family", "LadderStage", "LatencyKind", "Track", "hookimpl"}
"""Types and a marker that the signatures name; each has its line in the tutorials or the docstrings."""


def test_every_public_name_and_hook_has_an_entry() -> None:
    text = contract()
    assert set(undocumented()) == ALIASES
    for name in set(api.__all__) - ALIASES:
        assert f"### `{name}`\n\n```python\nclass {name}" in text, name
    for name in vars(hookspecs):
        if name.startswith("codecbench_"):
            assert f"### `{name}`\n\n```python\ndef {name}(register" in text, name


def test_signatures_are_those_of_the_source() -> None:
    text = contract()
    assert "def encode(self, audio: Audio, point: OperatingPoint) -> bytes: ..." in text
    assert "    checkpoint: str = 'default'" in text
    assert "register_group(cards: Sequence[MetricCard], factory: Callable[..., MetricGroup], check:" in text


def test_every_public_class_and_its_methods_are_documented() -> None:
    """With a docstring of its own: a dataclass's made-up one is none."""
    for name in set(api.__all__) - ALIASES:
        about = inspect.getdoc(getattr(api, name)) or ""
        assert about, name
        assert not about.startswith(f"{name}("), name
