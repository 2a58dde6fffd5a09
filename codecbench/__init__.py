"""codecbench: a benchmark harness for neural audio codecs.

>>> import codecbench
>>> results = codecbench.run("opus,codec2", metrics="estoi", out="codecbench-run")  # doctest: +SKIP
>>> results = codecbench.open_run("codecbench-run")                                 # doctest: +SKIP
>>> results.table("latex"), results.plot(metric="estoi"), results.to_pandas()       # doctest: +SKIP

Nothing heavy is imported here: what is asked for is loaded then.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecbench.errors import UsageError as UsageError
    from codecbench.results import Results as Results
    from codecbench.results import open_run as open_run
    from codecbench.running import run as run
    from codecbench.running import score as score

__version__ = version("codecbench")
_LAZY = {
    "Results": "codecbench.results", "open_run": "codecbench.results", "UsageError": "codecbench.errors",
    "score": "codecbench.running",
}  # fmt: skip
"""By name where each lies. As text, so that importing a part of codecbench is no way to all others."""


def __getattr__(name: str) -> Any:
    if name == "run":  # the package, which can be called
        return import_module("codecbench.run")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'codecbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, "run"})
