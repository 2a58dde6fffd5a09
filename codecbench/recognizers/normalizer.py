"""The text normalizers of all error rates: Whisper's (Radford et al., 2022, appendix C), for English and for the rest.

That for English lower-cases, drops punctuation and fillers, spells out contractions and titles, writes numbers in
digits and British spellings in American. What it leaves of "..." is a lone period, which would count as a word: words
without a letter or digit are dropped after it (`+words` in the name). The name, with the version, is part of every
error rate's key.

That for other languages lower-cases and drops punctuation, symbols and what stands in brackets. Marks are kept, as
whisper-normalizer recommends: without the vowel signs of Hindi or Tamil nothing is left to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version

from codecbench.api import Unavailable
from codecbench.api.dataset import ENGLISH

PACKAGE = "whisper-normalizer"
UNSPACED = frozenset({"zh", "yue", "cmn", "ja", "th", "lo", "my", "km", "bo"})
"""Languages that are written without a blank between words: their error rates are of characters (Radford et al., 2022,
section 4.4)."""

REMEMBERED = 8192
"""Texts whose normal form is kept: seven metrics of a cell ask for the same three, and for each of their words."""


@cache
def normalizer_id() -> str:
    """E.g. `whisper-english@0.1.15+words`; `missing` in place of the version where the package is not installed.

    It stands for that of the other languages too: they are of one package.
    """
    try:
        return f"whisper-english@{version(PACKAGE)}+words"
    except PackageNotFoundError:
        return "whisper-english@missing+words"


@cache
def load_normalizer(language: str = ENGLISH) -> Callable[[str], str]:
    """Text to normalized text: words separated by single spaces, empty for text without words.

    Raises:
        Unavailable: whisper-normalizer is not installed.
    """
    try:
        from whisper_normalizer.basic import BasicTextNormalizer
        from whisper_normalizer.english import EnglishTextNormalizer
    except ImportError as error:
        raise Unavailable(f"word error rates need {PACKAGE} ({error}): pip install 'codecbench[asr]'") from error
    normalizer: Callable[[str], object] = (
        EnglishTextNormalizer() if language == ENGLISH else BasicTextNormalizer(preserve_marks=True)
    )

    @lru_cache(maxsize=REMEMBERED)
    def normalize(text: str) -> str:
        return " ".join(word for word in str(normalizer(text)).split() if any(map(str.isalnum, word)))

    return normalize
