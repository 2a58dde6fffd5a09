from __future__ import annotations

from recipes.documents.imports import import_graph, package_imports


def test_nobody_stands_above_who_imports_it() -> None:
    arrows = package_imports()
    order = [line.split()[0] for line in import_graph().splitlines()]
    assert sorted(order) == sorted(arrows)
    for name, imported in arrows.items():
        assert all(order.index(other) > order.index(name) for other in imported), name


def test_the_contract_imports_nothing_of_the_harness() -> None:
    assert package_imports()["api"] <= {"bitstream", "codebooks", "errors"}
