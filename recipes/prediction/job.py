"""From speech to a predictor's file: code the speech, train, judge, write."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from codecbench_layers.adapter import NetworkCodec
from codecbench_predictive import CONFIGURATIONS, WRAPPED
from codecbench_predictive.checkpoint import CODEC_KEY, code_vectors
from safetensors.torch import save_file

from codecbench.api import Audio, CodecCard, CodecOptions, UsageError
from codecbench.training_speech import SAMPLE_RATE, Signal
from codecbench.weights import resolve, sha256_of
from recipes.prediction.network import PredictorNetwork
from recipes.prediction.training import Codes, PredictionSettings, PredictorTraining
from recipes.training.data import Speech
from recipes.training.small import FACTS

LARGEST_BYTES = 300_000


def weights_name(checkpoint: str) -> str:
    return f"predictive-{checkpoint}.safetensors"


def codec_sha256(checkpoint: str) -> str:
    """Of the weights whose codes are predicted."""
    path = resolve(WRAPPED[checkpoint][0])
    if path is None:
        raise UsageError(f"{checkpoint}: its reference weights are not here; install codecbench again")
    return sha256_of(path)


def train_predictor(
    speech: Speech, settings: PredictionSettings, out: Path, minutes: float | None, log: Callable[[str], None]
) -> bool:  # fmt: skip
    """Train, or go on; returns whether it is done. Then `out` holds the weights and what is known of them."""
    torch.manual_seed(settings.seed)
    card, factory = WRAPPED[settings.codec]
    codec: NetworkCodec = factory(CodecOptions.of(card, resolve(card)))
    log("coding the training speech")
    recordings = [codes_of(signal, codec, card) for signal in speech.train]
    network = PredictorNetwork(CONFIGURATIONS[settings.codec], code_vectors(codec))
    counts = [len(point.codebooks) for point in card.points]
    training = PredictorTraining(network, recordings, counts, settings)
    if not training.run(out, minutes, log):
        log(f"stopped after {training.updates} of {settings.updates} updates; the same command goes on")
        return False
    network.load_state_dict(training.average.values)
    held_out = {count: held_out_bits(network, speech, codec, card, count) for count in counts}
    for count, bits in held_out.items():
        log(f"{count} codebooks: {bits:.3f} bits a code on {len(speech.test)} test speakers")
    path = out / weights_name(settings.codec)
    save_file(network.weights(), path, {CODEC_KEY: settings.codec_sha256})
    path.chmod(0o644)
    if (size := path.stat().st_size) > LARGEST_BYTES:
        raise UsageError(f"{path}: {size} bytes; at most {LARGEST_BYTES} are shipped")
    facts = asdict(settings) | {
        "cpu_seconds": round(training.cpu_seconds), "train_seconds": round(speech.train_seconds),
        "speakers": speech.speakers, "test_bits": {str(count): round(bits, 3) for count, bits in held_out.items()},
        "torch": torch.__version__,
    }  # fmt: skip
    (out / FACTS).write_text(json.dumps(facts, indent=1) + "\n")
    return True


def codes_of(signal: Signal, codec: NetworkCodec, card: CodecCard) -> Codes:
    """Of all codebooks: those of fewer are their first."""
    audio, point = Audio.mono(signal.astype(np.float32) / 32768, SAMPLE_RATE), card.points[-1]
    return np.asarray(codec.codes(codec.encode(audio, point), point)).astype(np.int16)


def held_out_bits(
    network: PredictorNetwork, speech: Speech, codec: NetworkCodec, card: CodecCard, count: int
) -> float:  # fmt: skip
    """Mean bits of a code with `count` codebooks, over all frames of the test speakers' recordings."""
    total, codes_count = 0.0, 0
    with torch.no_grad():
        for one in speech.test:
            codes = torch.from_numpy(codes_of(one.signal, codec, card)[:count].astype(np.int64))[None]
            bits = network(codes, torch.arange(count))
            total += float(bits.sum())
            codes_count += bits.numel()
    return total / codes_count
