from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codecbench.campaigns.mutations import ALL


@given(st.binary(max_size=300), st.sampled_from(ALL), st.integers(0, 2**32))
def test_any_bytes_are_damaged_and_alike_under_one_seed(data, mutation, seed) -> None:
    one, other = (mutation(data, np.random.default_rng(seed)) for _ in range(2))
    assert one == other
    assert isinstance(one, bytes)
    assert len(one) <= 2 * len(data) + 64
