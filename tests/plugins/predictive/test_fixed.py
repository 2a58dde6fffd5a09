from __future__ import annotations

import math

import numpy as np
from codecbench_predictive.fixed import OCTAVES, ONE, POWERS, STEPS, fixed, frequencies, product, softsign


def test_a_product_does_not_depend_on_the_order_of_summation() -> None:
    rng = np.random.default_rng(0)
    matrix, vector = fixed(rng.standard_normal((50, 400))), fixed(4 * rng.standard_normal(400))
    order = rng.permutation(400)
    assert np.array_equal(product(matrix, vector), product(matrix[:, order].copy(), vector[order]))
    exact = [sum(int(a) * int(b) for a, b in zip(row, vector, strict=True)) for row in matrix]
    assert (matrix @ vector).astype(int).tolist() == exact


def test_powers_are_far_from_what_rounding_could_turn() -> None:
    """Libraries' powers differ in the last bit at most: no entry lies so near to a half."""
    for step, power in enumerate(POWERS):
        value = 2 ** (OCTAVES - step / STEPS)
        assert abs(value - math.floor(value) - 0.5) > 1e-8 or step % STEPS == 0
        assert power == round(value)
    assert POWERS.min() >= 1


def test_frequencies_are_powers_of_two_of_logits() -> None:
    likely = frequencies(fixed(np.array([3.0, 2.0, 0.0, -60.0])))
    assert likely.tolist() == [2**20, 2**19, 2**17, 1]


def test_softsign() -> None:
    assert softsign(fixed(np.array([0.0, 1.0, -3.0]))).tolist() == [0, ONE / 2, -0.75 * ONE]
