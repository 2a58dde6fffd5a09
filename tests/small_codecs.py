"""The models of the neural codecs at a size that loads in a moment: everything but the widths is as published."""

from __future__ import annotations

from typing import Any

import pytest
from codecbench_neural import snac
from codecbench_neural.cards import MIMI, NEUCODEC, SNAC_24, XCODEC, XCODEC2
from codecbench_neural.mimi import Mimi
from codecbench_neural.neucodec import NeuCodec
from codecbench_neural.snac import Snac
from codecbench_neural.xcodec import Xcodec
from codecbench_neural.xcodec2 import Xcodec2
from transformers import (
    DacConfig,
    HubertConfig,
    MimiConfig,
    NeuCodecConfig,
    Wav2Vec2BertConfig,
    Xcodec2Config,
    XcodecConfig,
)

TRANSFORMER = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
BERT = Wav2Vec2BertConfig(hidden_size=32, output_hidden_size=32, **TRANSFORMER)
CODECS: dict[str, tuple[Any, Any, Any]] = {
    "mimi": (Mimi, MIMI, lambda: MimiConfig(
        hidden_size=32, num_filters=4, num_key_value_heads=2, head_dim=16, codebook_dim=16,
        vector_quantization_hidden_dimension=16, upsample_groups=32, **TRANSFORMER)),
    "xcodec": (Xcodec, XCODEC, lambda: XcodecConfig(
        acoustic_model_config=DacConfig(
            encoder_hidden_size=8, decoder_hidden_size=64, hidden_size=32, downsampling_ratios=[8, 5, 4, 2],
            upsampling_ratios=[8, 5, 4, 2]),
        semantic_model_config=HubertConfig(
            hidden_size=32, conv_dim=(8,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
            **TRANSFORMER))),
    "xcodec2": (Xcodec2, XCODEC2, lambda: Xcodec2Config(
        hidden_size=32, num_key_value_heads=2, head_dim=16, encoder_hidden_size=4, quantization_dim=64,
        initializer_range=0.5, semantic_model_config=BERT, **TRANSFORMER)),
    "neucodec": (NeuCodec, NEUCODEC, lambda: NeuCodecConfig(
        hidden_size=32, num_key_value_heads=2, head_dim=16, encoder_hidden_size=4, quantization_dim=64,
        initializer_range=0.5, semantic_model_config=BERT, **TRANSFORMER)),
    "snac": (Snac, SNAC_24, None),
}  # fmt: skip
"""By name: the class, its card and the small configuration."""


def make_small(monkeypatch: pytest.MonkeyPatch, name: str) -> Any:
    """The factory (of `CodecOptions`) of a small codec; the card is the published one's."""
    codec, card, configuration = CODECS[name]
    if configuration is None:
        monkeypatch.setattr(snac, "SPEECH", snac.SPEECH | {"encoder_dim": 4, "decoder_dim": 32})
    else:
        monkeypatch.setattr(codec, "CONFIGURATION", staticmethod(configuration))
    return lambda options: codec(card, options)
