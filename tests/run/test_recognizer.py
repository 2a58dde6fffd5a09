from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import RecognizerCard, Unavailable
from codecbench.errors import UsageError
from codecbench.plugins import Registered, Registry, registry
from codecbench.run.planned import RecognizerChoice
from codecbench.run.recognizer import default_recognizer, named_recognizer


def absent() -> list[Path]:
    raise Unavailable("no model here")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch", "unknown recognizer 'nosuch'; known: whisper-tiny.en, pocketsphinx"),
        ("whisper:/nowhere", "there is no folder '/nowhere'"),
        ("ctc:/nowhere", "there is no folder '/nowhere'"),
    ],
)
def test_a_mistake_is_one_line(name: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        named_recognizer(name, registry(), tried=False)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_without_any_recognizer_the_reason_is_kept() -> None:
    found = default_recognizer(Registry())
    assert found.card is None
    assert "pip install 'codecbench[asr]'" in (found.reason or "")


def test_one_without_its_model_is_a_reason_by_default_and_a_mistake_by_name() -> None:
    card = RecognizerCard("deaf", "1", absent)
    made = Registry()
    made.recognizers["deaf"] = Registered(card, lambda: None, "a", "b")
    assert default_recognizer(made).reason == "no model here"
    with pytest.raises(UsageError, match=r"^--recognizer deaf: no model here$"):
        named_recognizer("deaf", made, tried=False)


def test_an_edited_recognizer_of_others_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "an_ear_of_others.py"
    monkeypatch.syspath_prepend(tmp_path)
    made = Registry()

    def found(source: str, distribution: str = "others") -> RecognizerChoice:
        module.write_text(source)
        made.recognizers["ear"] = Registered(
            RecognizerCard("ear", "1", list), lambda: None, "ear", module.stem, distribution=distribution
        )
        return named_recognizer("ear", made, tried=False)

    assert found("LOUD = 1").key == found("LOUD = 1").key != found("LOUD = 2").key
    assert found("LOUD = 1", "codecbench").key == found("LOUD = 2", "codecbench").key  # its version says all
    made.recognizers["ear"] = Registered(
        RecognizerCard("ear", "1", list), lambda: None, "e", "no_such_module", distribution="x"
    )
    with pytest.raises(UsageError, match="recognizer 'ear' cannot be planned: ValueError: no source files"):
        named_recognizer("ear", made, tried=False)
