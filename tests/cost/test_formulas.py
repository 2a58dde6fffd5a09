from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from codecbench.cost import formulas  # noqa: E402


@pytest.mark.parametrize(("formula", "shapes", "macs"), [
    (formulas.attention, [(2, 4, 10, 32), (2, 4, 25, 32), (2, 4, 25, 16)], 2 * 4 * 10 * 25 * (32 + 16)),
    (formulas.recurrent_layer, [(7, 3, 5), (16, 5), (16, 4)], 7 * 3 * 16 * (5 + 4)),
    (formulas.distances, [(1, 6, 8), (3, 5, 8)], 3 * 6 * 5 * 8),
    (formulas.matrix_vector, [(3, 4), (4,)], 12),
    (formulas.add_matrix_vector, [(3,), (3, 4), (4,)], 12),
    (formulas.dot_product, [(9,), (9,)], 9),
    (formulas.add_outer_product, [(3, 4), (3,), (4,)], 12),
    (formulas.add_batched_product, [(3, 5), (2, 3, 4), (2, 4, 5)], 2 * 3 * 4 * 5),
    (formulas.bilinear, [(3, 5), (7, 5, 6), (3, 6)], 2 * 3 * 7 * 5 * 6),
])  # fmt: skip
def test_two_flops_for_each_mac(formula: formulas.Formula, shapes: list[tuple[int, ...]], macs: int) -> None:
    assert formula(*shapes) == 2 * macs


def test_every_formula_is_of_an_operation_that_this_torch_has() -> None:
    found = formulas.extra_formulas()
    assert {torch.ops.aten.mv, torch.ops.aten.dot, torch.ops.aten._cdist_forward} <= set(found)
    assert set(found.values()) >= {formulas.attention, formulas.recurrent_layer, formulas.bilinear}
