"""transformers' DAC with weights from its own files, the original ones, or drawn at random."""

from __future__ import annotations

from collections.abc import Iterator

from codecbench_layers.adapter import LoadedNetwork, load_network

from codecbench.api import CodecCard, CodecOptions
from codecbench_dac.config import CONFIGURATIONS

UNIT = ("snake1", "conv1", "snake2", "conv2")
ENCODER_BLOCK = ("res_unit1", "res_unit2", "res_unit3", "snake1", "conv1")
DECODER_BLOCK = ("snake1", "conv_t1", "res_unit1", "res_unit2", "res_unit3")


def load_model(card: CodecCard, options: CodecOptions) -> LoadedNetwork:
    """The model of `card`. Raises UsageError where the weights do not fit."""
    configuration = CONFIGURATIONS[card.checkpoint]()
    return load_network(card, options, configuration.build, tuple(renames(len(configuration.strides))))


def renames(blocks: int) -> Iterator[tuple[str, str]]:
    """descriptinc/descript-audio-codec's names to transformers'; those that already are transformers' stay.

    The original numbers the layers of nested `Sequential`s (`encoder.block.1.block.0.block.1.weight_v`); which name a
    number has follows from its place: first convolution, `blocks` blocks, activation, last convolution.
    """
    for side, root, parts in (
        ("encoder", r"encoder\.block", ENCODER_BLOCK),
        ("decoder", r"decoder\.model", DECODER_BLOCK),
    ):
        for place, part in enumerate(parts):
            for inner, name in enumerate(UNIT):
                yield rf"^{root}\.(\d+)\.block\.{place}\.block\.{inner}\.", rf"{side}.#\1.{part}.{name}."
            yield rf"^{root}\.(\d+)\.block\.{place}\.(?!block)", rf"{side}.#\1.{part}."
        leaf = r"(alpha|bias|weight\w*)$"
        yield rf"^{root}\.0\.{leaf}", rf"{side}.conv1.\1"
        yield rf"^{root}\.{blocks + 1}\.{leaf}", rf"{side}.snake1.\1"
        yield rf"^{root}\.{blocks + 2}\.{leaf}", rf"{side}.conv2.\1"
        for block in range(blocks):  # the original counts from 1, after the first convolution
            yield rf"^{side}\.#{block + 1}\.", f"{side}.block.{block}."
