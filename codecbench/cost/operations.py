"""Which torch operations are free of multiply-accumulates, so that whatever is left can be named.

By the convention of the field, elementwise arithmetic, normalizations, activations, biases and plain sums are no
MACs; contractions (convolution, matrix product, attention, recurrence, distances) are.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

NO_CONVENTION = ("_fft_",)
"""Operations that do multiply and accumulate, but for which codecbench has no MAC convention (FFTs)."""

_MOVES_DATA = """
alias arange as_strided bernoulli bincount bucketize cat clone constant_pad_nd contiguous copy detach diag diagonal_copy
embedding empty empty_like empty_permuted empty_strided expand_copy eye fill flip full full_like gather hann_window
hamming_window im2col col2im index index_add index_copy index_fill index_put index_select is_same_size isin item
kaiser_window lift lift_fresh lift_fresh_copy linspace logspace masked_fill masked_scatter masked_select multinomial
new_empty new_empty_strided new_full new_ones new_zeros nonzero normal normal_functional ones ones_like pad
pixel_shuffle pixel_unshuffle permute_copy rand rand_like randint randn randn_like randperm range reflection_pad1d
reflection_pad2d replication_pad1d replication_pad2d repeat repeat_interleave resize roll scalar_tensor scatter
scatter_add scatter_reduce searchsorted select_copy select_scatter set slice_copy slice_scatter sort stack
sym_numel sym_size sym_stride sym_storage_offset take tril tril_indices triu triu_indices unfold_copy uniform unique_dim
_unique2 unsafe_chunk unsafe_split unsafe_split_with_sizes upsample_nearest1d upsample_nearest2d view_copy where
zeros zeros_like zero _conj_copy _efficientzerotensor _local_scalar_dense _mkldnn_reshape _mkldnn_transpose
_reshape_alias _reshape_alias_copy _reshape_copy _to_copy _to_dense _unsafe_index _unsafe_view random exponential
unfold_backward index_reduce resolve_conj resolve_neg _unsafe_index_put complex polar
"""

_REDUCES = """
all allclose amax amin aminmax any argmax argmin argsort avg_pool1d avg_pool2d adaptive_avg_pool1d adaptive_avg_pool2d
_adaptive_avg_pool2d cummax cummin cumprod cumsum equal histc kthvalue linalg_vector_norm logcumsumexp logsumexp max
mse_loss l1_loss max_pool2d_with_indices mean median min mode nansum norm prod std std_mean sum topk var var_mean
count_nonzero floor_divide
"""

_NORMALIZES = """
_log_softmax _softmax _safe_softmax native_batch_norm native_group_norm native_layer_norm native_dropout
_native_batch_norm_legit _native_batch_norm_legit_no_training _weight_norm_interface _fused_rms_norm
cudnn_batch_norm batch_norm_elemt _fused_dropout glu prelu _prelu_kernel rrelu_with_noise
"""

_FREE_TAGS = frozenset({torch.Tag.pointwise, torch.Tag.inplace_view})

WITHOUT_MACS = frozenset(f"{_MOVES_DATA} {_REDUCES} {_NORMALIZES}".split())


class UncountedOperations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Collects, by name and number of calls, the operations that may multiply-accumulate and have no formula.

    Enter it before FlopCounterMode: it then sees what is left after that mode has decomposed and counted.
    """

    def __init__(self, counted: frozenset[Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.counted = counted
        self.unknown: Counter[str] = Counter()
        self.no_convention: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        packet = getattr(func, "_overloadpacket", func)
        if packet not in self.counted and not _without_macs(func):
            name = f"{getattr(func, 'namespace', 'higher_order')}.{_base_name(func)}"
            table = self.no_convention if _base_name(func).startswith(NO_CONVENTION) else self.unknown
            table[name] += 1
        return func(*args, **(kwargs or {}))


def _without_macs(func: Any) -> bool:
    name = _base_name(func)
    if getattr(func, "namespace", "") in ("prim", "prims"):
        return True
    if getattr(func, "is_view", False) or not _FREE_TAGS.isdisjoint(getattr(func, "tags", ())):
        return True
    # An in-place variant may lack the tag that its functional form carries.
    functional = getattr(torch.ops.aten, name, None)
    overloads = [getattr(functional, overload) for overload in functional.overloads()] if functional else []
    return name in WITHOUT_MACS or any(torch.Tag.pointwise in overload.tags for overload in overloads)


def _base_name(func: Any) -> str:
    """`add` for aten.add_.Tensor."""
    name = str(getattr(func, "__name__", func)).partition(".")[0]
    return name if name.startswith("__") else name.removesuffix("_")
