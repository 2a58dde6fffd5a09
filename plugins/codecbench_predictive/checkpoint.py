"""A predictor and the codec whose codes it predicts: both loaded, and held to each other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from codecbench_layers.adapter import NetworkCodec
from numpy.typing import NDArray

from codecbench.api import CodecCard, CodecOptions, UsageError
from codecbench.weights import resolve, sha256_of
from codecbench_predictive.config import PredictorConfiguration
from codecbench_predictive.predictor import Predictor, check_shapes

CODEC_KEY = "codec_sha256"
"""In the metadata of a predictor's file: the weights whose codes it was trained on."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Loaded:
    """`identity` is of the predictor's weights and of the codec's."""

    codec: NetworkCodec
    predictor: Predictor
    identity: bytes


def load(card: CodecCard, wrapped: CodecCard, factory: Any, options: CodecOptions) -> Loaded:
    """The codec of the card `wrapped` with its bundled weights, and the predictor of `options`, or one drawn at random.

    Raises:
        UsageError: the file is no predictor, or one of other weights of the codec.
    """
    path = resolve(wrapped)
    if path is None:  # a reference card always has some
        raise UsageError(f"{card.spec}: {wrapped.spec} has no weights")
    codec: NetworkCodec = factory(CodecOptions.of(wrapped, path, options.device, options.seed))
    vectors = code_vectors(codec)
    configuration = PredictorConfiguration(dimension=vectors.shape[2], codebooks=len(vectors), size=vectors.shape[1])
    digest = sha256_of(path)
    if options.weights is None:
        weights, origin = drawn(configuration, options.seed), str(options.seed)
    else:
        weights = _read(card, options.weights, configuration, digest)
        origin = sha256_of(options.weights)
    identity = hashlib.sha256(f"{origin} {digest}".encode()).digest()
    return Loaded(codec, Predictor(configuration, weights, vectors), identity)


def drawn(configuration: PredictorConfiguration, seed: int) -> dict[str, NDArray[np.float32]]:
    """Random weights; the biases of codes are 0."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.standard_normal(shape) / np.sqrt(shape[-1]) if name != "code.bias" else np.zeros(shape)).astype("f4")
        for name, shape in configuration.shapes.items()
    }


def code_vectors(codec: NetworkCodec) -> Array:
    """What each code adds to the latents [codebooks, codes, dimension], over a power of two near their deviation.

    Of an EMA codebook its rows; of a factorized one their projections, in double precision: products of half-precision
    weights and their sums are exact there.
    """
    quantizer = codec.model.quantizer
    tables = [_of_ema(layer) for layer in quantizer.layers] if hasattr(quantizer, "layers") else [
        _of_factorized(layer) for layer in quantizer.quantizers
    ]  # fmt: skip
    vectors = np.stack(tables)
    scale = 2.0 ** np.rint(np.log2(np.sqrt(np.square(vectors[0] - vectors[0].mean(0)).mean())))
    return np.asarray(vectors / scale)


def _of_ema(layer: Any) -> Array:
    return np.asarray(layer.codebook.embed.double().cpu().numpy())


def _of_factorized(layer: Any) -> Array:
    codes = layer.codebook.weight.double() @ layer.out_proj.weight[..., 0].double().T + layer.out_proj.bias.double()
    return np.asarray(codes.cpu().numpy())


def _read(
    card: CodecCard, path: Path, configuration: PredictorConfiguration, codec_sha256: str
) -> dict[str, NDArray[np.float32]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise UsageError(f"{card.spec}: {path.name} cannot be read as a predictor's weights ({error})") from error
    problem = check_shapes(configuration, {name: tensor.shape for name, tensor in weights.items()})
    if not problem and not all(np.isfinite(tensor).all() for tensor in weights.values()):
        problem = "it holds values that are not finite"
    if problem:
        raise UsageError(f"{card.spec}: {path.name} does not hold this predictor: {problem}")
    if metadata.get(CODEC_KEY) != codec_sha256:
        raise UsageError(
            f"{card.spec}: {path.name} was trained on codes of weights {metadata.get(CODEC_KEY, 'unknown')[:12]}, the "
            f"codec's here are {codec_sha256[:12]}: train one with `python -m recipes prediction {card.checkpoint}`"
        )
    return weights
