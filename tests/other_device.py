"""A second device that is none: tensors that say they are on `meta`, hold their values on the CPU, and refuse to mix.

What a GPU would refuse, an operation on tensors of two devices, is refused here; everything else is computed as on the
CPU. So a training that passes here would not end at its first update on a GPU. Speed, memory and the GPU's own rounding
are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("meta")


class MixedDevices(RuntimeError):
    """As torch's on a GPU: tensors on two devices."""


class Elsewhere(Tensor):
    """A tensor on `DEVICE`, whose values `held` has."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> Elsewhere:
        return torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined,no-any-return]
            cls, held.shape, strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype,
            device=DEVICE, requires_grad=held.requires_grad,
        )  # fmt: skip

    def __init__(self, held: Tensor) -> None:
        self.held = held

    def __repr__(self, **_: Any) -> str:  # type: ignore[override]
        return f"Elsewhere({self.held!r})"

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(operation, args, kwargs or {})


class _Devices(TorchDispatchMode):
    """Catches what makes tensors, which no tensor tells of its device."""

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(operation, args, kwargs or {})


def computed(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """`operation` of torch's dispatcher, on the values; on `DEVICE` where its tensors are, or where it is told so."""
    tensors: list[Tensor] = []
    changed((args, kwargs), Tensor, tensors.append)
    there = [one for one in tensors if isinstance(one, Elsewhere)]
    moved = kwargs.get("device") is not None
    copies = operation in (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)
    strangers = [one for one in tensors if not isinstance(one, Elsewhere) and one.ndim]
    if there and strangers and not copies:
        raise MixedDevices(f"{operation}: tensors on {DEVICE} and on cpu, of shape {tuple(strangers[0].shape)}")
    on_device = torch.device(kwargs["device"]) == DEVICE if moved else bool(there)
    if copies and not moved:
        on_device = isinstance(args[0], Elsewhere)
    if there and torch.Tag.inplace_view in operation.tags:
        with no_dispatch():  # the shape that it changes is the wrapper's too
            operation(*args, **kwargs)
    args, kwargs = changed((args, kwargs), Elsewhere, lambda one: one.held)
    if moved:
        kwargs = kwargs | {"device": torch.device("cpu")}
    found = operation(*args, **kwargs)
    if operation._schema.is_mutable and tensors and not moved:
        return _same(found, tensors, bool(there))
    return changed(found, Tensor, Elsewhere) if on_device else found


def changed(value: Any, kind: type[Tensor], change: Callable[[Any], Any]) -> Any:
    """`value` with each tensor of `kind` in it changed: operations nest nothing but tuples, lists and dictionaries."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)([changed(one, kind, change) for one in value])
    if isinstance(value, dict):
        return {name: changed(one, kind, change) for name, one in value.items()}
    return value


def _same(found: Any, tensors: list[Tensor], on_device: bool) -> Any:
    """What an operation that changes its arguments gives: the arguments themselves, as the caller has them."""
    known = {id(one.held if isinstance(one, Elsewhere) else one): one for one in tensors}
    make = Elsewhere if on_device else (lambda one: one)
    return changed(found, Tensor, lambda one: known[id(one)] if id(one) in known else make(one))


@contextmanager
def other_device() -> Iterator[torch.device]:
    """Within it, what is made on or moved to the given device is elsewhere."""
    with _Devices():
        yield DEVICE
