"""Is it a word? The American English lexicon of hibari-tts (misaki's, 180,000 entries, both Apache-2.0)."""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files

from codecbench.api import Unavailable
from codecbench.metrics.phonemes.pronounce import PACKAGE

FILES = ("lexicon_us_gold.json.gz", "lexicon_us_silver.json.gz")


def is_real_word(word: str) -> bool:
    """Whether a normalized word is in the lexicon, as it stands or as a name; numbers are words.

    Raises:
        Unavailable: hibari-tts is not installed.
    """
    if any(map(str.isdigit, word)):
        return True
    bare = word.removesuffix("'s").removesuffix("'")
    return bool(bare) and bare in _words()


@cache
def _words() -> frozenset[str]:
    try:
        assets = files("hibari") / "assets"
        tables = [json.loads(gzip.decompress((assets / name).read_bytes())) for name in FILES]
    except (ImportError, OSError) as error:
        raise Unavailable(f"a word list needs {PACKAGE} ({error}): pip install 'codecbench[phonemes]'") from error
    return frozenset(word.lower() for table in tables for word in table)
