"""The waist of codecbench: a run's rows, typed, and how they are written and read.

Whoever runs codecs writes here and whoever looks at results reads here; neither knows of the other.
"""

from codecbench.store.current import StoredCoding
from codecbench.store.meta import FILE, META, SCHEMA
from codecbench.store.opening import open_run, require_results
from codecbench.store.writing import Store

__all__ = ["FILE", "META", "SCHEMA", "Store", "StoredCoding", "open_run", "require_results"]
