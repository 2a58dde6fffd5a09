from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import UsageError
from codecbench.cli.run import run
from codecbench.names import names
from codecbench.plugins import registry
from codecbench.presets import OPTIONS, preset_names, read_preset


def test_each_names_what_there_is() -> None:
    assert preset_names() == ["cost", "default", "hallucination", "paper", "quick"]
    typed = {parameter.name for parameter in run.params}
    assert typed.issuperset(OPTIONS)
    for name in preset_names():
        options = read_preset(name).options
        assert typed.issuperset(options)
        for metric in names(options.get("metrics") or "wer", "--metrics"):
            assert registry().metrics[metric].card.conditions[0] == "wb"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("metrics = [", "cannot be read: "),
        ("out = 'there'", "no preset chooses 'out'; allowed: description, codecs, "),
        ("limit = {a = 1}", "limit must be text, a number, true or false, or a list of names"),
        ("metrics = [1]", "metrics must be text"),
    ],
)
def test_what_is_no_preset_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(UsageError, match=says):
        read_preset(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize("name", ["papers", "none.toml"])
def test_one_that_is_not_there(name: str) -> None:
    with pytest.raises(UsageError, match=r"unknown preset 'papers'; known: cost, default|there is no such file"):
        read_preset(name)
