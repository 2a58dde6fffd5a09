"""Running codecs: the plan, the worker processes, and what they compute.

The package is called as a function too, `codecbench.run("opus,encodec")`: see `codecbench.running.run`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """`codecbench.run` is this package wherever a part of it was imported: then the name is no function's to have."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return import_module("codecbench.running").run(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
