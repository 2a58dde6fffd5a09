from __future__ import annotations

import pytest

from codecbench.recognizers.normalizer import load_normalizer, normalizer_id

pytest.importorskip("whisper_normalizer")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" ... ", ""),
        ("[BLANK_AUDIO]", ""),
        ("so ... no", "so no"),
        ("$20 or 5%", "$20 or 5%"),
        ("Hello,   World!", "hello world"),
        ("Don't you think it's Mr. Hale's?", "do not you think it is mister hale is"),
        ("twenty five dogs", "25 dogs"),
        ("25 dogs", "25 dogs"),
        ("one hundred and one", "101"),
        ("colour and honour", "color and honor"),
        ("um, well, uh, yes", "well yes"),
        ("a well-known café", "a well known cafe"),
    ],
)
def test_what_should_be_equal_is_equal(text: str, expected: str) -> None:
    assert load_normalizer()(text) == expected


def test_normalizing_twice_changes_nothing() -> None:
    normalize = load_normalizer()
    once = normalize("I'd said: \"It's 3 o'clock, won't you come?\"")
    assert normalize(once) == once


def test_the_version_is_in_the_name() -> None:
    assert normalizer_id().startswith("whisper-english@")
    assert "missing" not in normalizer_id()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L'été, déjà [bruit] : 25 %", "l été déjà 25"),
        ("ru", "Ёлка — это ДЕРЕВО!", "ёлка это дерево"),
        ("hi", "नमस्ते, दुनिया।", "नमस्ते दुनिया"),
        ("de", "...", ""),
    ],
)
def test_other_languages_keep_their_letters_and_signs(language: str, text: str, expected: str) -> None:
    assert load_normalizer(language)(text) == expected
