"""The reference of the plugin contract: every public name of `codecbench.api` with its signature, and every hook."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any

import codecbench.api as api
from codecbench import codebooks, errors, hookspecs
from codecbench.api import (
    audio,
    codec,
    condition,
    dataset,
    environment,
    metric,
    metric_needs,
    packets,
    points,
    recognizer,
    streams,
    tokens,
)

MODULES: tuple[tuple[str, ModuleType], ...] = (
    ("Audio", audio), ("Codecs", codec), ("Operating points", points), ("Codecs of tokens", tokens),
    ("Codebooks", codebooks), ("Streams", streams), ("Packets", packets),
    ("Codecs in environments of their own", environment), ("Datasets", dataset), ("Recognizers", recognizer),
    ("Metrics", metric), ("Metrics that take weights", metric_needs), ("Conditions", condition),
    ("Errors", errors),
)  # fmt: skip


def contract() -> str:
    """Markdown: a section for each part of the contract, an entry for each public name, then the hooks."""
    parts = []
    for title, module in MODULES:
        parts += [f"## {title}", *(_entry(name, getattr(module, name)) for name in _public(module))]
    parts += ["## Hooks", *(_hook(name, hook) for name, hook in _hooks())]
    return "\n\n".join(parts)


def undocumented() -> list[str]:
    """Public names that no section has: type aliases and markers, which the sections' signatures name."""
    shown = {name for _, module in MODULES for name in _public(module)}
    return sorted(set(api.__all__) - shown)


def _public(module: ModuleType) -> list[str]:
    """In the order of the source: classes of this module that `codecbench.api` exports."""
    here = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return [name for name in here if name in api.__all__ and inspect.isclass(getattr(module, name))]


def _entry(name: str, value: type) -> str:
    parts = [f"### `{name}`", "```python\n" + "\n".join(_class_lines(name, value)) + "\n```"]
    parts += [_prose(inspect.getdoc(value) or ""), _method_prose(value)]
    return "\n\n".join(part for part in parts if part)


def _class_lines(name: str, value: type) -> Iterator[str]:
    bases = [base.__name__ for base in value.__bases__ if base.__name__ not in ("object", "Generic")]
    yield f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    lines = [*_field_lines(value), *_method_lines(value)]
    yield from lines or ["    ..."]


def _field_lines(value: type) -> Iterator[str]:
    if is_dataclass(value):
        for one in fields(value):
            yield f"    {one.name}: {one.type}{_default(one)}"


def _default(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return f" = {one.default!r}"
    factory = one.default_factory
    return "" if factory is MISSING else f" = {factory()!r}"


def _method_lines(value: type) -> Iterator[str]:
    for name, member in vars(value).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"    @property\n    def {name}(self) -> {member.fget.__annotations__.get('return', 'Any')}: ..."
        elif isinstance(member, classmethod):
            yield f"    @classmethod\n    def {name}{_signature(member.__func__)}: ..."
        elif isinstance(member, FunctionType):
            yield f"    def {name}{_signature(member)}: ..."


def _method_prose(value: type) -> str:
    """A line for each public method that says more than its signature."""
    entries = []
    for name, member in vars(value).items():
        about = inspect.getdoc(member) if not name.startswith("_") and callable(getattr(value, name, None)) else None
        if about:
            entries.append(f"- `{name}`: " + "\n  ".join(about.splitlines()))
    return "\n".join(entries)


def _signature(function: Any) -> str:
    """As it is written: annotations are texts of the source already."""
    text = str(inspect.signature(function))
    return text.replace("'", "") if "'" in text else text


def _hooks() -> Iterator[tuple[str, FunctionType]]:
    for name, value in vars(hookspecs).items():
        if name.startswith("codecbench_"):
            yield name, value


def _hook(name: str, hook: FunctionType) -> str:
    """The hook's own signature, and that of each function that it is handed."""
    lines = [f"def {name}{_signature(hook)}: ..."]
    for parameter, kind in typing.get_type_hints(hook).items():
        if parameter != "return":
            call = str(inspect.signature(kind.__call__)).replace("(self, ", "(", 1).replace("'", "")
            lines.append(f"{parameter}{call}")
    body = "\n".join(lines)
    return f"### `{name}`\n\n```python\n{body}\n```\n\n{_prose(inspect.getdoc(hook) or '')}"


def _prose(text: str) -> str:
    """A docstring as Markdown: a doctest becomes a block."""
    kept: list[str] = []
    example: list[str] = []
    for line in text.splitlines():
        (example if example or line.startswith(">>>") else kept).append(line)
    prose = "\n".join(kept).strip()
    return prose if not example else f"{prose}\n\n```pycon\n{chr(10).join(example).strip()}\n```"
