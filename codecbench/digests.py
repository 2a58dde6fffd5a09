"""sha256 of values: equal for equal values, whatever the order of a mapping's keys."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
"""One for all keys, of which a run has several a cell: `json.dumps` makes another for each call."""


def digest(*parts: Any) -> str:
    """sha256 of the parts as canonical JSON."""
    return hashlib.sha256(_CANONICAL.encode(parts).encode(errors="surrogatepass")).hexdigest()
