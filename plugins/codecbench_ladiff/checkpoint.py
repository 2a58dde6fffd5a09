"""Weights: the reference's one file, and the release's two, whose names become ours by a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from codecbench_encodec.model import RENAMES as ENCODEC_RENAMES
from codecbench_layers.adapter import TRAINING_ONLY, LoadedNetwork, load_network
from torch import Tensor, nn

from codecbench.api import CodecCard, CodecOptions
from codecbench.checkpoints import load_tensors, read_tensors, rename
from codecbench.cost.random_weights import spread_weights
from codecbench.errors import UsageError
from codecbench_ladiff.config import LadiffConfiguration
from codecbench_ladiff.diffusion import kept_signal
from codecbench_ladiff.model import Ladiff

CONDITION_FILE = "condition.amlt"
"""The release calls both of its files `model_best.amlt`, in two folders; here the condition codec's lies beside the
other one under this name."""

UNUSED = ("condition.decoder.", "autoencoder.encoder.")
"""What coding never runs: the condition codec's own way back to audio, and the way to the latents that the diffusion is
trained on."""

SCHEDULE = re.compile(
    r"^diffusion\.(betas|alphas_cumprod(_prev)?|sqrt_\w+|log_\w+|posterior_\w+|p2_loss_weight)$"
)  # fmt: skip
"""Constants of the schedule; `alphas_cumprod` is compared with ours, then all are dropped."""
DUPLICATE = "diffusion.model."
"""The network once more, as a part of the diffusion."""

_BLOCK = (
    (r"\.mlp\.1\.", ".step."),
    (r"\.block(\d)\.proj\.", r".conv\1."),
    (r"\.block(\d)\.norm\.", r".norm\1."),
    (r"\.res_conv\.", ".shortcut."),
)
_ATTENTION = (
    (r"\.fn\.norm\.g$", ".norm.gain"),
    (r"\.fn\.fn\.to_qkv\.", ".project_in."),
    (r"\.fn\.fn\.to_out\.0\.", ".project_out."),
    (r"\.fn\.fn\.to_out\.1\.g$", ".norm_out.gain"),
    (r"\.fn\.fn\.to_out\.", ".project_out."),
)
_LEVEL = (
    (r"^diff_model\.(downs|ups)\.(\d+)\.0\.", r"unet.\1.\2.block1."),
    (r"^diff_model\.(downs|ups)\.(\d+)\.1\.", r"unet.\1.\2.block2."),
    (r"^diff_model\.(downs|ups)\.(\d+)\.2\.", r"unet.\1.\2.attention."),
    (r"^diff_model\.(downs|ups)\.(\d+)\.3\.(1\.)?(weight|bias)$", r"unet.\1.\2.sample.\4"),
)
RENAMES = (
    *_BLOCK,
    *_ATTENTION,
    *_LEVEL,
    (r"^diff_model\.init_conv\.", "unet.first."),
    (r"^diff_model\.time_mlp\.1\.", "unet.step.widen."),
    (r"^diff_model\.time_mlp\.3\.", "unet.step.mix."),
    (r"^diff_model\.mid_block1\.", "unet.middle1."),
    (r"^diff_model\.mid_block2\.", "unet.middle2."),
    (r"^diff_model\.mid_attn\.", "unet.attention."),
    (r"^diff_model\.final_res_block\.", "unet.last_block."),
    (r"^diff_model\.final_conv\.", "unet.last."),
    (r"^diff_model\.upsampling_layers\.(\d+)\.convtr\.convtr\.", r"raises.\1.conv."),
)
"""The release's names to ours, network and raises; its autoencoder and condition codec have EnCodec's names."""


def load(card: CodecCard, options: CodecOptions, configuration: LadiffConfiguration) -> LoadedNetwork:
    """The network of `card` with the weights of `options`, or without any, drawn from its seed.

    Raises:
        UsageError: the file does not hold this network.
    """
    if card.track != "published" or options.weights is None:
        return load_network(card, options, lambda: Ladiff(configuration), randomize=_make_responsive, unused=UNUSED)
    loaded = load_network(card, replace(options, weights=None), lambda: Ladiff(configuration), unused=UNUSED)
    load_release(loaded.network, card, options.weights)
    return loaded


def load_release(network: nn.Module, card: CodecCard, path: Path) -> None:
    """Copy the release's weights into `network`, whose weights must be plain.

    `path` is the diffusion's file, with the condition codec's beside it.

    Raises:
        UsageError: one line with what was found and what was expected.
    """
    beside = path.with_name(CONDITION_FILE)
    if not beside.is_file():
        raise UsageError(
            f"{card.spec}: the condition codec's file, {CONDITION_FILE}, is not beside {path.name}: copy the "
            "EnCodec_libri_*/model_best.amlt of the same release there under that name"
        )
    try:
        diffusion = _without_constants(_without_parallel(read_tensors(path)))
        condition = rename(_without_parallel(read_tensors(beside)), ENCODEC_RENAMES)
        names = (*RENAMES, *((pattern, _within("autoencoder", name)) for pattern, name in ENCODEC_RENAMES))
        tensors = rename(diffusion, names)
    except UsageError as error:
        raise UsageError(f"{card.spec}: {error}") from error
    tensors |= {f"condition.{name}": tensor for name, tensor in condition.items()}
    load_tensors(network, card, path, tensors, TRAINING_ONLY)


def _within(part: str, name: str) -> str:
    """EnCodec's renamed roots moved under `part`."""
    return re.sub(r"^\\1\.", rf"{part}.\\1.", name)


def _without_parallel(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Names without the prefix of data-parallel training."""
    return rename(tensors, ((r"^module\.", ""),))


def _without_constants(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the duplicate network and the schedule, both of which must say what the rest does."""
    for name, tensor in tensors.items():
        if name.startswith(DUPLICATE):
            original = tensors.get("diff_model." + name.removeprefix(DUPLICATE))
            if original is None or not torch.equal(original, tensor):
                raise UsageError(f"{name} is not the same as its twin under diff_model")
    kept = tensors.get("diffusion.alphas_cumprod")
    if kept is not None and (kept.shape != (1000,) or not torch.allclose(kept.double(), kept_signal(), atol=1e-5)):
        raise UsageError("diffusion.alphas_cumprod is not the cosine schedule over 1000 steps")
    return {
        name: tensor for name, tensor in tensors.items() if not name.startswith(DUPLICATE) and not SCHEDULE.match(name)
    }


def _make_responsive(network: nn.Module) -> None:
    """Random weights whose output depends on the input."""
    spread_weights(network, seed=int(torch.randint(2**31, ())))
