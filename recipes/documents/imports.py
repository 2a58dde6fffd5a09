"""The import graph of codecbench as text: which package imports which, from the command line down to the contract."""

from __future__ import annotations

from collections.abc import Mapping

import grimp

ROOT = "codecbench"


def import_graph() -> str:
    """A line for each package or module right below `codecbench`, whoever imports most of the others first."""
    arrows = package_imports()
    return "\n".join(f"{name:<14} → {', '.join(sorted(arrows[name])) or '-'}" for name in _ordered(arrows))


def package_imports() -> Mapping[str, frozenset[str]]:
    """Direct imports between the children of `codecbench`, those that types alone need left out."""
    graph = grimp.build_graph(ROOT, exclude_type_checking_imports=True)
    arrows: dict[str, set[str]] = {}
    for module in graph.modules:
        if module != ROOT:
            here = _child(module)
            arrows.setdefault(here, set())
            for imported in graph.find_modules_directly_imported_by(module):
                if imported != ROOT and _child(imported) != here:
                    arrows[here].add(_child(imported))
    return {name: frozenset(targets) for name, targets in arrows.items()}


def _child(module: str) -> str:
    return module.split(".")[1]


def _ordered(arrows: Mapping[str, frozenset[str]]) -> list[str]:
    """By how many packages each reaches, most first; of equals by name. Nobody stands above who imports it."""
    return sorted(arrows, key=lambda name: (-len(_reached(name, arrows)), name))


def _reached(name: str, arrows: Mapping[str, frozenset[str]]) -> set[str]:
    reached: set[str] = set()
    todo = [name]
    while todo:
        for other in arrows[todo.pop()] - reached:
            reached.add(other)
            todo.append(other)
    return reached - {name}
