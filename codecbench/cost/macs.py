"""Counting multiply-accumulates, exactly: torch's FlopCounterMode, completed.

Conventions: 1 MAC = 2 FLOPs; a transposed convolution counts its input positions; a complex MAC is 4 real ones,
however torch computes it (its complex convolution runs as three real ones after Gauss, its complex matrix product as
one operation); masked attention counts in full. Products that are written as elementwise multiplication followed by a
sum are invisible to any operation-level counter. FFTs have no MAC convention here: they are listed, not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.flop_counter import FlopCounterMode, flop_registry

from codecbench.cost.formulas import Formula, extra_formulas
from codecbench.cost.operations import UncountedOperations

REAL_PER_COMPLEX = 4

CONVOLUTIONS = frozenset(
    getattr(torch.nn.functional, f"conv{transposed}{dims}d") for transposed in ("", "_transpose") for dims in (1, 2, 3)
)


@dataclass(frozen=True)
class MacCount:
    """Real multiply-accumulates of one run. `by_operation` is keyed by torch's operation, e.g. `aten.convolution`.

    `unknown` names operations that may multiply-accumulate and have no formula, `not_counted` those without a
    convention (FFTs) with their number of calls: where either is not empty, `total` is a lower bound.
    """

    total: int
    by_operation: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    not_counted: Mapping[str, int] = field(default_factory=dict)


def count_macs(run: Callable[[], object]) -> MacCount:
    """The MACs of `run()`, which is called once, without gradients.

    Works on any device, `meta` included (shapes alone, no arithmetic). Modules must be in `eval` mode, as in use.
    `torch.inference_mode` inside `run` breaks torch's own counter where weight norm is a parametrization.
    """
    convolution = _ComplexConvolution()
    formulas = flop_registry | {operation: _of_shapes(formula) for operation, formula in extra_formulas().items()}
    formulas = {operation: _by_dtype(formula, convolution) for operation, formula in formulas.items()}
    uncounted = UncountedOperations(frozenset(formulas))
    counter = FlopCounterMode(display=False, custom_mapping=formulas)
    with torch.no_grad(), _without_fast_path(), convolution, uncounted, counter:
        run()
    flops = counter.get_flop_counts().get("Global", {})
    by_operation = {str(operation): count // 2 for operation, count in flops.items() if count}
    return MacCount(
        total=sum(by_operation.values()),
        by_operation=by_operation,
        unknown=tuple(sorted(uncounted.unknown)),
        not_counted=dict(sorted(uncounted.no_convention.items())),
    )


class _ComplexConvolution(TorchFunctionMode):
    """Marks the real convolutions that torch runs in place of a complex one, which no longer show its dtype.

    There are three (Gauss) of equal size; the first stands for the complex convolution, the others count nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.counted = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func not in CONVOLUTIONS or not _any_complex((args, kwargs)):
            return func(*args, **kwargs)
        self.running, self.counted = True, False
        try:
            return func(*args, **kwargs)
        finally:
            self.running = False

    def share(self, flops: int) -> int:
        """What a real convolution of `flops` counts, seen while a complex one is running."""
        first, self.counted = not self.counted, True
        return REAL_PER_COMPLEX * flops if first else 0


def _by_dtype(formula: Formula, convolution: _ComplexConvolution) -> Formula:
    """`formula` (of tensors), multiplied where they are complex."""

    def flops(*args: Any, **kwargs: Any) -> int:
        count = formula(*args, **kwargs)
        if _any_complex((args, kwargs)):
            return REAL_PER_COMPLEX * count
        return convolution.share(count) if convolution.running else count

    flops._get_raw = True  # type: ignore[attr-defined]  # FlopCounterMode's mark for "give me tensors, not shapes"
    return flops


def _of_shapes(formula: Formula) -> Formula:
    def flops(*args: Any, **kwargs: Any) -> int:
        kwargs.pop("out_val", None)  # the operation's result: no formula of ours needs it
        args, kwargs = tree_map(lambda leaf: leaf.shape if isinstance(leaf, torch.Tensor) else leaf, (args, kwargs))
        return formula(*args, **kwargs)

    return flops


def _any_complex(arguments: Any) -> bool:
    return any(isinstance(leaf, torch.Tensor) and leaf.is_complex() for leaf in tree_leaves(arguments))


@contextmanager
def _without_fast_path() -> Iterator[None]:
    """Without the fused multi-head attention and encoder layer, whose insides no counter sees."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)
