"""Reading a file of weights into a model: tensors only, every key accounted for, one line when it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codecbench.api import CodecCard
from codecbench.errors import UsageError
from codecbench.weights import sha256_of

if TYPE_CHECKING:
    from torch import Tensor, nn

Renames = Iterable[tuple[str, str]]
"""(regular expression, replacement) pairs, applied in order to every key."""


def load_strict(
    model: nn.Module, card: CodecCard, path: Path, renames: Renames = (), training_only: str | None = None
) -> None:
    """Copy the tensors of `path` into `model`, whose weights must be plain (see `plain_weights`).

    safetensors, or PyTorch's format without executing any pickle. Names are as in `model`, or become so by `renames`;
    weight normalisation (`weight_g`, `weight_v`) is folded in; half precision is widened; real and imaginary parts
    [..., 2] fill a complex tensor. Tensors of the model whose names match the expression `training_only` play no part
    in coding and may be absent.

    Raises:
        UsageError: one line with what was found and what was expected.
    """
    try:
        tensors = rename(read_tensors(path), renames)
    except UsageError as error:
        raise UsageError(f"{card.spec}: {error}{_pin(card, path)}") from error
    load_tensors(model, card, path, tensors, training_only)


def load_tensors(
    model: nn.Module, card: CodecCard, path: Path, tensors: Mapping[str, Tensor], training_only: str | None = None
) -> None:
    """The same for tensors that were read and renamed before; `path` is the file that an error names."""
    try:
        plain = fold_weight_norm(tensors)
    except UsageError as error:
        raise UsageError(f"{card.spec}: {error}{_pin(card, path)}") from error
    expected = model.state_dict()
    plain = {name: _complex_if(expected.get(name), tensor) for name, tensor in plain.items()}
    problem = _difference(expected, plain, training_only)
    if problem:
        raise UsageError(f"{card.spec}: {path.name} does not hold this model: {problem}{_pin(card, path)}")
    model.load_state_dict({**expected, **{name: tensor.to(expected[name].dtype) for name, tensor in plain.items()}})


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name; a checkpoint that wraps them in `state_dict` is unwrapped.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    import torch
    from safetensors.torch import load_file

    reader: Callable[[], Any] = (
        (lambda: load_file(path)) if path.suffix == ".safetensors"
        else (lambda: torch.load(path, map_location="cpu", weights_only=True))
    )  # fmt: skip
    try:
        content = reader()
    except Exception as error:  # what a hostile or truncated file raises is not enumerable
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise UsageError(f"{path.name} cannot be read as weights ({type(error).__name__}: {reason})") from error
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not all(isinstance(value, torch.Tensor) for value in content.values()):
        raise UsageError(f"{path.name} cannot be read as weights (it is not a table of tensors)")
    return {str(name): value for name, value in content.items()}


def rename(tensors: Mapping[str, Tensor], renames: Renames) -> dict[str, Tensor]:
    """Every key after all replacements."""
    result: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        for pattern, replacement in renames:
            name = re.sub(pattern, replacement, name)
        if name in result:
            raise UsageError(f"two tensors are both called {name}")
        result[name] = tensor
    return result


def fold_weight_norm(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Replace each pair (direction v, gain g over the first axis) by the weight g v / |v|, in either of its spellings.

    Salimans and Kingma, "Weight Normalization", 2016, equation 2.
    """
    import torch

    result = dict(tensors)
    for gain, direction in (
        ("weight_g", "weight_v"),
        ("parametrizations.weight.original0", "parametrizations.weight.original1"),
    ):
        for name in [name for name in result if name.endswith(gain)]:
            stem = name.removesuffix(gain)
            if stem + direction not in result:
                raise UsageError(f"{name} has no {stem}{direction} beside it")
            g, v = result.pop(name), result.pop(stem + direction)
            if v.ndim < 1 or g.numel() != v.shape[0]:
                raise UsageError(f"{name} has shape {list(g.shape)}, for a weight of {list(v.shape)}")
            result[f"{stem}weight"] = torch._weight_norm(v.float(), g.float().view(-1, *[1] * (v.ndim - 1)), 0)
    return result


def plain_weights(model: nn.Module) -> None:
    """Replace weight normalisation in `model` by its result: the same figures, computed once."""
    from torch.nn.utils import parametrize

    for module in model.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight")


def _complex_if(expected: Tensor | None, tensor: Tensor) -> Tensor:
    """`tensor` [..., 2] as complex [...] where a complex one of that shape is expected; else as it is."""
    import torch

    if expected is None or not expected.is_complex() or not tensor.is_floating_point():
        return tensor
    return torch.view_as_complex(tensor.float().contiguous()) if tensor.shape == (*expected.shape, 2) else tensor


def _difference(expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor], training_only: str | None) -> str:
    import torch

    missing = [
        name for name in expected if name not in tensors and not (training_only and re.search(training_only, name))
    ]  # fmt: skip
    unexpected = [name for name in tensors if name not in expected]
    if missing or unexpected:
        parts = [f"{len(keys)} {word} (first: {keys[0]})" for keys, word in
                 ((missing, "missing"), (unexpected, "unexpected")) if keys]  # fmt: skip
        return f"of {len(expected)} tensors, " + ", ".join(parts)
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            return f"{name} is {list(tensor.shape)}, not {list(expected[name].shape)}"
        if tensor.is_complex() != expected[name].is_complex() or not torch.isfinite(tensor).all():
            return f"{name} holds values that are not finite real numbers"
    return ""


def _pin(card: CodecCard, path: Path) -> str:
    pinned = card.weights
    text = f"; found {path.stat().st_size} bytes, sha256 {sha256_of(path)}"
    if pinned is None or pinned.package is not None:
        return text
    size = f"{pinned.size} bytes" if pinned.size else "size unknown"
    return f"{text}; expected {pinned.name}, {size}, sha256 {pinned.sha256 or 'unknown'}"
