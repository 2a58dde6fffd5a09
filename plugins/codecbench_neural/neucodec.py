"""NeuCodec (Neuphonic 2025) by transformers' NeuCodecModel: X-Codec 2's encoder at 16 kHz, a decoder at 24 kHz."""

from __future__ import annotations

from transformers import NeuCodecConfig, NeuCodecModel

from codecbench_neural.xcodec2 import Xcodec2


class NeuCodec(Xcodec2):
    MODEL, CONFIGURATION = NeuCodecModel, NeuCodecConfig
