from __future__ import annotations

import pytest

from codecbench.api import Unavailable
from codecbench.metrics.hallucination import lexicon
from codecbench.metrics.hallucination.lexicon import is_real_word


def test_words_names_and_numbers_are_real() -> None:
    pytest.importorskip("hibari")
    assert all(map(is_real_word, ["solve", "serve", "london", "dog's", "$25", "2nd", "mister", "a"]))
    assert not any(map(is_real_word, ["asdf", "zxcvb", "'s", ""]))


def test_without_the_package_it_says_what_to_install_and_numbers_are_still_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'")

    monkeypatch.setattr(lexicon, "files", missing)
    lexicon._words.cache_clear()
    assert is_real_word("42")
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[phonemes\]'"):
        is_real_word("solve")
