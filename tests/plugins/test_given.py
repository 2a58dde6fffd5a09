"""Files and classes as codecs: what they register, and why some cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codecbench.api import UsageError
from codecbench.plugins import registry
from codecbench.plugins.given import take

CODEC = """
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Silent:
    card = CodecCard("{name}", 16000, (OperatingPoint(8),))
    def __init__(self, options): ...
    def encode(self, audio, point): return b""
    def decode(self, payload, point): return Audio.mono([0.0], 16000)
"""
HOOK = """
@hookimpl
def codecbench_register_codecs(register):
    register(Silent.card, Silent)
"""


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    registry.cache_clear()
    yield
    registry.cache_clear()


def test_a_file_registers_its_codecs_and_what_it_says_now_when_it_was_edited(tmp_path: Path) -> None:
    file = tmp_path / "given_file.py"
    file.write_text(CODEC.format(name="first") + HOOK)
    assert take([file], "codecs").names == ("first:default",)
    assert not registry().codecs["first:default"].is_own
    file.write_text(CODEC.format(name="second") + HOOK)
    assert take([str(file)], "codecs").names == ("second:default",)
    assert "first:default" not in registry().codecs
    with pytest.raises(UsageError, match="registers no metric"):
        take([file], "metrics")


def test_a_class_with_a_card_needs_no_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "given_class.py").write_text(CODEC.format(name="classy"))
    monkeypatch.syspath_prepend(tmp_path)
    from given_class import Silent  # type: ignore[import-not-found]

    assert take([Silent], "codecs").names == ("classy:default",)
    assert take([Silent], "codecs").names == ("classy:default",)
    assert registry().codecs["classy:default"].module == "given_class"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("no-name.py", "", "cannot be imported: call it by a Python name, for example my_codec.py"),
        ("json.py", "", "`import json` would import .*: call the file by another name"),
        ("empty_file.py", "", "it registers nothing"),
        ("broken_file.py", "import nowhere_at_all", "No module named 'nowhere_at_all'"),
        ("taken_file.py", CODEC.format(name="opus") + HOOK, "codec 'opus:default' is registered by codecbench"),
    ],
)
def test_what_cannot_be_a_codec_says_why(tmp_path: Path, name: str, text: str, message: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(UsageError, match=message):
        take([file], "codecs")


def test_a_class_of_the_script_itself_is_sent_to_a_file() -> None:
    made = type("Mine", (), {"__module__": "__main__"})
    with pytest.raises(UsageError, match=r"Mine is defined in this script or notebook, .* for example mine\.py"):
        take([made], "codecs")
