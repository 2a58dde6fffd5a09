"""What codecbench itself registers, for its documents: an outsider's plugins are left out, whatever is installed."""

from __future__ import annotations

from importlib.metadata import entry_points

from codecbench.plugins import Registry, load_registry


def own_registry() -> Registry:
    return load_registry(
        tuple(p for p in entry_points(group="codecbench") if p.dist is not None and p.dist.name == "codecbench")
    )
