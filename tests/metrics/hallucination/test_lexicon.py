from __future__ import annotations

import re

import pytest

from codecbench.api import Unavailable
from codecbench.metrics.hallucination import lexicon
from codecbench.metrics.hallucination.lexicon import is_real_word


def test_words_names_and_numbers_are_real() -> None:
    pytest.importorskip("hibari")
    assert all(map(is_real_word, ["solve", "serve", "london", "dog's", "$25", "2nd", "mister", "a"]))
    assert not any(map(is_real_word, ["asdf", "asdfs", "zxcvbed", "qwing", "zxcvb", "'s", ""]))


def test_regular_forms_and_common_names_are_real() -> None:
    pytest.importorskip("hibari")
    pytest.importorskip("faker")
    assert all(map(is_real_word, ["minutes", "results", "wanted", "parents", "cities", "running", "boxes"]))
    assert all(map(is_real_word, ["paul", "emily", "linda", "kevin", "eric", "margaret", "anna's", "robinson"]))


def test_the_word_list_says_which_names_it_has() -> None:
    pytest.importorskip("hibari")
    pytest.importorskip("faker")
    assert re.fullmatch(r"hibari-tts@[\d.]+\+names@[0-9a-f]{8}", lexicon.word_list_id())


def test_without_the_package_it_says_what_to_install_and_numbers_are_still_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'")

    monkeypatch.setattr(lexicon, "files", missing)
    for cached in (lexicon._words, lexicon._tables, lexicon._inflections):
        monkeypatch.setattr(lexicon, cached.__name__, cached.__wrapped__)
    assert is_real_word("42")
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[phonemes\]'"):
        is_real_word("solve")
