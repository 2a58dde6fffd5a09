"""Weights in half precision, as they are shipped and kept, and back."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def halved(tensor: Tensor) -> Tensor:
    """In half precision; a complex tensor [...] as its real and imaginary parts [..., 2]; whole numbers as they are."""
    real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    return (real.half() if real.is_floating_point() else real).contiguous()


def restored(tensors: Mapping[str, Tensor], like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `halved` made of tensors as in `like`, in the precision of those.

    Raises ValueError where names or shapes differ.
    """
    if different := sorted(tensors.keys() ^ like.keys()):
        raise ValueError(f"{', '.join(different[:3])}: in one and not in the other")
    whole = {}
    for name, tensor in tensors.items():
        if like[name].is_complex():
            tensor = torch.view_as_complex(tensor.float().contiguous())
        if tensor.shape != like[name].shape:
            raise ValueError(f"{name}: {list(tensor.shape)} instead of {list(like[name].shape)}")
        whole[name] = tensor.to(like[name].dtype)
    return whole
