"""What limits a codec, network or quantizer, beside the plain autoencoder that was trained alike.

The loss ladder of a run says it for codecs; the control is no codec of the harness. So here all are asked on the same
held-out speakers: what passes with the quantizer bypassed, and what with all codebooks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from codecbench.api import Audio, Codec, CodecOptions, Ladder, OperatingPoint
from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.training_speech import SAMPLE_RATE
from codecbench.weights import resolve
from recipes.codecs import build, controls, nominal_kbps
from recipes.findings.tables import QUALITY, table
from recipes.training.data import Speech
from recipes.training.job import read_facts, weights_file
from recipes.training.validation import Terms, judge


def compare(control: Path, codecs: tuple[str, ...], speech: Speech) -> str:
    """Markdown: the shipped reference weights of `codecs`, and the finished training of a control in `control`.

    Raises:
        UsageError: `control` holds no finished training of a control, or one on other speech.
    """
    facts = read_facts(control)
    if facts["codec"] not in controls():
        raise UsageError(f"{control}: a training of {facts['codec']}; wanted is one of {', '.join(controls())}")
    if facts["manifest_sha256"] != speech.manifest_sha256:
        raise UsageError(f"{control}: trained on another manifest than --data")
    found = {facts["codec"]: _control(control, facts["codec"], facts["seed"], speech)}
    found |= {name: _codec(name, speech) for name in codecs}
    lines = [_line(name, *terms) for name, terms in found.items()]
    headers = ["codec", "kbps"]
    for metric in QUALITY:
        title = registry().metrics[metric].card.title
        headers += [f"{title}, no quantizer", "all codebooks", "lost in quantizer"]
    return table(lines, headers)


def _control(folder: Path, name: str, seed: int, speech: Speech) -> tuple[Terms, Terms]:
    trainee = build(name, seed)
    trainee.model.load_state_dict(load_file(weights_file(folder)))
    coded = judge(lambda clip: trainee.infer(clip, trainee.counts[-1]), speech.validation)
    return judge(trainee.unquantized, speech.validation), coded


def _codec(name: str, speech: Speech) -> tuple[Terms, Terms]:
    entry = registry().codec(f"{name}:reference")
    codec = entry.factory(CodecOptions(entry.card.checkpoint, resolve(entry.card)))
    coded = judge(_coding(codec, entry.card.points[-1]), speech.validation)
    assert isinstance(codec, Ladder)
    return judge(_bypassing(codec), speech.validation), coded


def _bypassing(codec: Ladder) -> Callable[[Tensor], Tensor]:
    def decode(clip: Tensor) -> Tensor:
        passed = codec.bypass(Audio.mono(clip[0, 0].numpy(), SAMPLE_RATE), "network")
        assert passed is not None
        return _like(clip, passed)

    return decode


def _coding(codec: Codec, point: OperatingPoint) -> Callable[[Tensor], Tensor]:
    def decode(clip: Tensor) -> Tensor:
        payload = codec.encode(Audio.mono(clip[0, 0].numpy(), SAMPLE_RATE), point)
        return _like(clip, codec.decode(payload, point))

    return decode


def _like(clip: Tensor, audio: Audio) -> Tensor:
    """[1, 1, samples], as many as `clip` has."""
    samples = torch.from_numpy(audio.samples[0, : clip.shape[-1]])
    return torch.nn.functional.pad(samples, (0, clip.shape[-1] - len(samples)))[None, None]


def _line(name: str, bypassed: Terms, coded: Terms) -> list[str]:
    line = [name, f"{max(nominal_kbps(name).values()):g}"]
    for metric in QUALITY:
        free, whole = bypassed.get(metric), coded.get(metric)  # absent where no clip has speech enough
        lost = None if free is None or whole is None else free - whole
        line += ["n/a" if value is None else f"{value:.3f}" for value in (free, whole, lost)]
    return line
