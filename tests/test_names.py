"""One name, one thing: no two public classes of codecbench share a name, so that a search lands where it should."""

from __future__ import annotations

import ast
from collections import defaultdict

from conftest import REPOSITORY

TREES = ("codecbench", "recipes")


def public_classes(tree: str) -> dict[str, list[str]]:
    """Module paths by the names of the public classes that they define at top level.

    Not of sides, which run elsewhere: their exceptions have the names of codecbench's on purpose.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((REPOSITORY / tree).rglob("*.py")):
        if path.name.endswith("_side.py"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(REPOSITORY)))
    return places


def test_no_two_public_classes_share_a_name() -> None:
    for tree in TREES:
        doubles = {name: paths for name, paths in public_classes(tree).items() if len(paths) > 1}
        assert not doubles
