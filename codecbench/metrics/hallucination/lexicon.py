"""Is it a word? An American English lexicon with its regular inflections, and names.

The lexicon is hibari-tts's (misaki's, 180,000 entries, both Apache-2.0), whose own rules form "minutes", "wanted" and
"parents" from what it lists. Names are those that Faker (MIT) draws Americans from: 690 first names, and the 1,000
commonest last names of the census of 2010. Without both, 1.8 to 2.2 % of running words were taken for no words.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from codecbench.api import Unavailable
from codecbench.metrics.phonemes.pronounce import PACKAGE, lexicon_id

FILES = ("lexicon_us_gold.json.gz", "lexicon_us_silver.json.gz")
INSTALL = "pip install 'codecbench[phonemes]'"
NAMES = "faker"
NAMES_FILE = Path("providers", "person", "en_US", "__init__.py")


@cache
def word_list_id() -> str:
    """E.g. `hibari-tts@0.2.1+names@1f2e3d4c`: the lexicon's version and a hash of the names' file, which changes far
    less often than its package. `missing` in place of what is not installed.
    """
    spec = find_spec(NAMES)
    path = Path(spec.origin).parent / NAMES_FILE if spec is not None and spec.origin else None
    names = hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path is not None and path.is_file() else "missing"
    return f"{lexicon_id()}+names@{names}"


def is_real_word(word: str) -> bool:
    """Whether a normalized word is in the lexicon, is a regular form of a word there, or a name; numbers are words.

    Raises:
        Unavailable: hibari-tts or Faker is not installed.
    """
    if any(map(str.isdigit, word)):
        return True
    bare = word.removesuffix("'s").removesuffix("'")
    return bool(bare) and (bare in _words() or bare in _names() or _is_inflected(bare))


@cache
def _tables() -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        assets = files("hibari") / "assets"
        gold, silver = (json.loads(gzip.decompress((assets / name).read_bytes())) for name in FILES)
    except (ImportError, OSError) as error:
        raise Unavailable(f"a word list needs {PACKAGE} ({error}): {INSTALL}") from error
    return gold, silver


@cache
def _words() -> frozenset[str]:
    return frozenset(word.lower() for table in _tables() for word in table)


@cache
def _inflections() -> tuple[Callable[..., tuple[str | None, int | None]], ...]:
    """The lexicon's own rules for -s, -ed and -ing: each returns the pronunciation of a form whose stem it lists."""
    try:
        from hibari.g2p.lexicon import Lexicon
    except ImportError as error:
        raise Unavailable(f"a word list needs {PACKAGE} ({error}): {INSTALL}") from error
    lexicon = Lexicon(*_tables())
    return lexicon.stem_s, lexicon.stem_ed, lexicon.stem_ing


def _is_inflected(word: str) -> bool:
    return any(rule(word, None, None, None)[0] is not None for rule in _inflections())


@cache
def _names() -> frozenset[str]:
    try:
        from faker.providers.person.en_US import Provider
    except ImportError as error:
        raise Unavailable(f"a list of names needs {NAMES} ({error}): {INSTALL}") from error
    return frozenset(name.lower() for name in (*Provider.first_names, *Provider.last_names))
