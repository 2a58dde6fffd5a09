"""codecbench: a benchmark harness for neural audio codecs.

>>> import codecbench
>>> results = codecbench.open_run("codecbench-run")  # doctest: +SKIP

Nothing heavy is imported here: `Results` and `open_run` are loaded when they are first asked for.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecbench.errors import UsageError as UsageError
    from codecbench.results import Results as Results
    from codecbench.results import open_run as open_run

__version__ = version("codecbench")
_LAZY = {
    "Results": "codecbench.results", "open_run": "codecbench.results", "UsageError": "codecbench.errors",
}  # fmt: skip
"""By name where each lies. As text, so that importing a part of codecbench is no way to all others."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'codecbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *_LAZY]
