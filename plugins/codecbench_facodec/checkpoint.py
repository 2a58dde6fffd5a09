"""Weights: the reference's one file, and the official release's two, whose names become ours by a short table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from codecbench_layers.adapter import LoadedNetwork, load_network
from torch import Tensor, nn

from codecbench.api import CodecCard, CodecOptions
from codecbench.checkpoints import load_tensors, read_tensors, rename
from codecbench.errors import UsageError
from codecbench_facodec.activation import halfband_filter
from codecbench_facodec.config import FacodecConfiguration
from codecbench_facodec.model import Facodec, make_responsive

ENCODER_FILE = "ns3_facodec_encoder.bin"
DECODER_FILE = "ns3_facodec_decoder.bin"

RENAMES = (
    (r"^block\.", "encoder.block."),
    (r"^(model|timbre_linear)\.", r"decoder.\1."),
    (r"^quantizer\.(\d+)\.layers\.(\d+)\._codebook\.", r"quantizer.streams.\1.quantizers.\2.codebook."),
    (r"^quantizer\.(\d+)\.layers\.(\d+)\.", r"quantizer.streams.\1.quantizers.\2."),
)
"""The release's names to ours; its encoder file holds `block.*`, its decoder file all else, so that none clash."""

TRAINING_HEADS = ("f0_predictor", "phone_predictor", "res_f0_predictor", "res_phone_predictor", "x_timbre_predictor")
"""Of the decoder file: what its training was supervised by, 73.5 M of its 98.1 M parameters; dropped."""
POSITIONS = "timbre_encoder.position_emb.pe"
"""A table of sines of which inference uses the first row (see `TimbreEncoder`); dropped."""
FILTERS = (".upsample.filter", ".downsample.lowpass.filter")
"""Constants, one pair per activation; dropped where they are ours."""


def load(card: CodecCard, options: CodecOptions, configuration: FacodecConfiguration) -> LoadedNetwork:
    """The network of `card` with the weights of `options`, or without any, drawn from its seed.

    Raises:
        UsageError: the file does not hold this network.
    """
    if card.track != "published" or options.weights is None:
        return load_network(card, options, lambda: Facodec(configuration), randomize=make_responsive)
    loaded = load_network(card, replace(options, weights=None), lambda: Facodec(configuration))
    load_release(loaded.network, card, options.weights)
    return loaded


def load_release(network: nn.Module, card: CodecCard, path: Path) -> None:
    """Copy the release's weights into `network`, whose weights must be plain.

    `path` is the decoder file with the encoder file in the same folder, or one file with the tensors of both.

    Raises:
        UsageError: one line with what was found and what was expected.
    """
    try:
        tensors = rename(_as_convolutions(_without_training(_read(path))), RENAMES)
    except UsageError as error:
        raise UsageError(f"{card.spec}: {error}") from error
    load_tensors(network, card, path, tensors)


def _read(path: Path) -> dict[str, Tensor]:
    tensors = read_tensors(path)
    if any(name.startswith("block.") for name in tensors):
        return tensors
    beside = path.with_name(ENCODER_FILE)
    if not beside.is_file():
        raise UsageError(f"{path.name} holds no encoder and {ENCODER_FILE} is not beside it: put both in one folder")
    encoder = read_tensors(beside)
    strange = sorted(name for name in encoder if not name.startswith("block."))
    if strange:
        raise UsageError(f"{ENCODER_FILE} beside {path.name} holds {strange[0]}, which is no part of an encoder")
    return {**encoder, **tensors}


def _without_training(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    constant = halfband_filter()
    kept = {}
    for name, tensor in tensors.items():
        if name.partition(".")[0] in TRAINING_HEADS or name == POSITIONS:
            continue
        if name.endswith(FILTERS):
            if tensor.shape != constant.shape or not torch.allclose(tensor.float(), constant, atol=1e-5):
                raise UsageError(f"{name} is not the anti-aliasing filter of the release")
            continue
        kept[name] = tensor
    return kept


def _as_convolutions(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The codebooks' projections are linear layers there, 1x1 convolutions here."""
    return {
        name: tensor[..., None] if re.search(r"^quantizer\..*_proj\.weight_v$", name) and tensor.ndim == 2 else tensor
        for name, tensor in tensors.items()
    }
