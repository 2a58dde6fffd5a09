"""Lists of names as an option takes them."""

from __future__ import annotations

from codecbench.errors import UsageError


def split_names(text: str, option: str) -> list[str]:
    """`a,b` as names, each once. Raises UsageError where one is empty.

    >>> split_names("opus, dac,opus", "--codecs")
    ['opus', 'dac']
    """
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise UsageError(f"{option} '{text}': expected names separated by commas")
    return list(dict.fromkeys(names))
