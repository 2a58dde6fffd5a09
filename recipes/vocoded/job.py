"""From speech to a file of weights: code with Codec 2 in each mode, train the decoder, judge, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from codecbench_units.codec import Received
from codecbench_vocoded import POINTS, SAMPLE_RATE
from codecbench_vocoded.codec import NarrowCodec2
from codecbench_vocoded.vocoder import VocoderNetwork, analyzed
from safetensors.torch import save_file

from codecbench.api import Audio
from codecbench.training_speech import Signal
from recipes.training.data import Speech
from recipes.training.half import halved
from recipes.training.small import FACTS
from recipes.units.analysis import Recorded, whole
from recipes.units.job import mel_distance
from recipes.units.training import DecoderTraining, UnitsSettings

WEIGHTS = "vocoded-codec2.safetensors"


def train_vocoder(
    speech: Speech, settings: UnitsSettings, out: Path, minutes: float | None, log: Callable[[str], None]
) -> bool:
    """Train, or go on; returns whether it is done. Then `out` holds the weights and what is known of them.

    Raises UsageError where the folder holds another training, or no recording is as long as a crop.
    """
    torch.manual_seed(settings.seed)
    network = VocoderNetwork()
    log("coding the training speech")
    training = DecoderTraining(network.decoder, recorded(speech.train), settings)
    if not training.run(out, minutes, log):
        log(f"stopped after {training.updates} of {settings.updates} updates; the same command goes on")
        return False
    network.decoder.load_state_dict(training.average.values)
    heard = recorded([one.signal for one in speech.test])
    distances = [mel_distance(network.decoder, heard, place) for place in range(len(POINTS))]
    told = ", ".join(f"{distance:.3f} at {point}" for distance, point in zip(distances, POINTS, strict=True))
    log(f"log mel distance on whole recordings of {len(speech.test)} test speakers: {told}")
    save_file({name: halved(value) for name, value in network.state_dict().items()}, out / WEIGHTS)
    facts = asdict(settings) | {
        "cpu_seconds": round(training.cpu_seconds), "train_seconds": round(speech.train_seconds),
        "speakers": speech.speakers, "test_mel": [round(one, 4) for one in distances], "torch": torch.__version__,
    }  # fmt: skip
    (out / FACTS).write_text(json.dumps(facts, indent=1) + "\n")
    return True


def recorded(signals: Sequence[Signal]) -> list[Recorded]:
    """Each recording, and what the decoder is given of it at each operating point."""
    codec = NarrowCodec2()
    found = []
    for signal in signals:
        samples = whole(signal)
        audio = Audio.mono(samples, SAMPLE_RATE)
        received = []
        for point in POINTS:
            conditions, line = analyzed(codec.decode(codec.encode(audio, point), point)[: len(samples) // 2])
            received.append(Received(conditions, line))
        found.append(Recorded(samples, tuple(received)))
    return found
