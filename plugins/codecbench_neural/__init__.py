"""Mimi, X-Codec, X-Codec 2 and NeuCodec by transformers, SNAC by its package, Lyra v2 by TensorFlow Lite.

Nothing is bundled: weights are pulled, or given by a path. Cards are in `cards`, each codec has a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import Codec, CodecOptions, hookimpl
from codecbench_neural.cards import LYRA, MIMI, NEUCODEC, SNAC_24, SNAC_32, SNAC_44, XCODEC, XCODEC2

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec


def build_mimi(options: CodecOptions) -> Codec:
    from codecbench_neural.mimi import Mimi

    return Mimi(MIMI, options)


def build_xcodec(options: CodecOptions) -> Codec:
    from codecbench_neural.xcodec import Xcodec

    return Xcodec(XCODEC, options)


def build_xcodec2(options: CodecOptions) -> Codec:
    from codecbench_neural.xcodec2 import Xcodec2

    return Xcodec2(XCODEC2, options)


def build_neucodec(options: CodecOptions) -> Codec:
    from codecbench_neural.neucodec import NeuCodec

    return NeuCodec(NEUCODEC, options)


def build_snac(options: CodecOptions) -> Codec:
    from codecbench_neural.snac import Snac

    return Snac(next(card for card in (SNAC_24, SNAC_32, SNAC_44) if card.checkpoint == options.checkpoint), options)


def build_lyra(options: CodecOptions) -> Codec:
    from codecbench_neural.lyra import Lyra

    return Lyra(LYRA, options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    register(MIMI, build_mimi)
    register(XCODEC, build_xcodec)
    register(XCODEC2, build_xcodec2)
    register(NEUCODEC, build_neucodec)
    for card in (SNAC_24, SNAC_32, SNAC_44):
        register(card, build_snac)
    register(LYRA, build_lyra)
