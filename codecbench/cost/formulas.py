"""FLOPs (two per multiply-accumulate) of the operations that torch's FlopCounterMode misses.

FlopCounterMode runs an operation it has no formula for and counts nothing, silently: on a CPU that is every LSTM,
scaled dot-product attention, matrix-vector products and `torch.cdist`. Each formula takes an operation's arguments as
shapes, as torch.utils.flop_counter's own do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch

Shape = Sequence[int]
Formula = Callable[..., int]


def recurrent_layer(x: Shape, input_weight: Shape, hidden_weight: Shape, *_: Any, **__: Any) -> int:
    """One direction of one layer (`aten.mkldnn_rnn_layer`): `x` [.., .., input], weights [gates · hidden, ..]."""
    steps = prod(x[:-1])
    return 2 * steps * (prod(input_weight) + prod(hidden_weight))


def attention(query: Shape, key: Shape, value: Shape, *_: Any, **__: Any) -> int:
    """QKᵀ and PV in full, masked or not: `query` [batch, heads, steps, dim]."""
    batch, heads, steps, dim = query
    return 2 * batch * heads * steps * key[-2] * (dim + value[-1])


def distances(left: Shape, right: Shape, *_: Any, **__: Any) -> int:
    """One multiply-accumulate per pair and dimension: `left` [.., P, D], `right` [.., R, D]."""
    shared: Shape = torch.broadcast_shapes(tuple(left[:-2]), tuple(right[:-2]))  # type: ignore[no-untyped-call]
    return 2 * prod(shared) * left[-2] * right[-2] * left[-1]


def matrix_vector(matrix: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(matrix)


def add_matrix_vector(_bias: Shape, matrix: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(matrix)


def dot_product(left: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(left)


def add_outer_product(_bias: Shape, left: Shape, right: Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(left) * prod(right)


def add_batched_product(_bias: Shape, left: Shape, right: Shape, *_: Any, **__: Any) -> int:
    """`aten.addbmm`: the sum over the batch of `left` [batch, n, k] times `right` [batch, k, m]."""
    return 2 * prod(left) * right[-1]


def bilinear(left: Shape, weight: Shape, *_: Any, **__: Any) -> int:
    """`aten._trilinear` as `F.bilinear` calls it: two products for each (batch, out, in1, in2)."""
    return 2 * 2 * prod(left) * prod(weight) // left[-1]


def extra_formulas() -> dict[Any, Formula]:
    """Formulas by operation; operations that this torch does not have are left out."""
    table: dict[str, Formula] = {
        "mkldnn_rnn_layer": recurrent_layer,
        "_scaled_dot_product_flash_attention_for_cpu": attention,
        "_scaled_dot_product_fused_attention_overrideable": attention,
        "_euclidean_dist": distances,
        "_cdist_forward": distances,
        "mv": matrix_vector,
        "addmv": add_matrix_vector,
        "dot": dot_product,
        "vdot": dot_product,
        "addr": add_outer_product,
        "addbmm": add_batched_product,
        "_trilinear": bilinear,
    }
    return {getattr(torch.ops.aten, name): formula for name, formula in table.items() if hasattr(torch.ops.aten, name)}
