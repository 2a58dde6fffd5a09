"""What limits a codec, network or quantizer, beside the plain autoencoder that was trained alike.

The loss ladder of a run says it for codecs; the control is no codec of the harness. So here all are asked on the same
test speakers: what passes with the quantizer bypassed, and what with all codebooks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
from recipes.training.job import read_facts, require_unheard, weights_file
from recipes.training.validation import Decode, Terms, judge_speakers, mean_terms


@dataclass(frozen=True)
class Passed:
    """A score with the quantizer bypassed and with all codebooks, and what is lost; None where no clip has enough."""

    unquantized: float | None
    coded: float | None
    lost: float | None


@dataclass(frozen=True)
class CodecCeiling:
    """At the highest rate; `metrics` by id."""

    codec: str
    kbps: float
    metrics: Mapping[str, Passed]


@dataclass(frozen=True)
class Ceiling:
    """The control, then the codecs, on held-out speakers of the speech they were trained on."""

    speech: str
    titles: Mapping[str, str]
    codecs: tuple[CodecCeiling, ...]

    def markdown(self) -> str:
        headers = ["codec", "kbps"]
        for title in self.titles.values():
            headers += [f"{title}, no quantizer", "all codebooks", "lost in quantizer"]
        return f"{self.speech}\n\n{table([self._line(one) for one in self.codecs], headers)}\n"

    def _line(self, one: CodecCeiling) -> list[str]:
        line = [one.codec, f"{one.kbps:g}"]
        for metric in self.titles:
            passed = one.metrics[metric]
            values = (passed.unquantized, passed.coded, passed.lost)
            line += ["n/a" if value is None else f"{value:.3f}" for value in values]
        return line


def compare(control: Path, codecs: tuple[str, ...], speech: Speech) -> Ceiling:
    """The shipped reference weights of `codecs`, and the finished training of a control in `control`.

    Raises:
        UsageError: `control` holds no finished training of a control, or one on other speech, or weights of `codecs`
            have heard the test speakers.
    """
    facts = read_facts(control)
    if facts["codec"] not in controls():
        raise UsageError(f"{control}: a training of {facts['codec']}; wanted is one of {', '.join(controls())}")
    if facts["manifest_sha256"] != speech.manifest_sha256:
        raise UsageError(f"{control}: trained on another manifest than --data")
    require_unheard(facts, speech, control)
    measured = {facts["codec"]: _control(control, facts["codec"], facts["seed"], speech)}
    measured |= {name: _codec(name, speech) for name in codecs}
    titles = {metric: registry().metrics[metric].card.title for metric in QUALITY}
    return Ceiling(speech.told(), titles, tuple(_codec_ceiling(name, *terms) for name, terms in measured.items()))


def _control(folder: Path, name: str, seed: int, speech: Speech) -> tuple[Terms, Terms]:
    trainee = build(name, seed)
    trainee.model.load_state_dict(load_file(weights_file(folder)))
    coded = _mean(lambda audio: trainee.infer(audio, trainee.counts[-1]), speech)
    return _mean(trainee.unquantized, speech), coded


def _codec(name: str, speech: Speech) -> tuple[Terms, Terms]:
    entry = registry().codec(f"{name}:reference")
    weights = resolve(entry.card)
    assert weights is not None
    require_unheard(json.loads(weights.with_suffix(".json").read_text()), speech, weights)
    codec = entry.factory(CodecOptions(entry.card.checkpoint, weights))
    coded = _mean(_coding(codec, entry.card.points[-1]), speech)
    assert isinstance(codec, Ladder)
    return _mean(_bypassing(codec), speech), coded


def _mean(decode: Decode, speech: Speech) -> Terms:
    return mean_terms(list(judge_speakers(decode, speech.test).values()))


def _bypassing(codec: Ladder) -> Decode:
    def decode(clip: Tensor) -> Tensor:
        passed = codec.bypass(Audio.mono(clip[0, 0].numpy(), SAMPLE_RATE), "network")
        assert passed is not None
        return _like(clip, passed)

    return decode


def _coding(codec: Codec, point: OperatingPoint) -> Decode:
    def decode(clip: Tensor) -> Tensor:
        payload = codec.encode(Audio.mono(clip[0, 0].numpy(), SAMPLE_RATE), point)
        return _like(clip, codec.decode(payload, point))

    return decode


def _like(clip: Tensor, audio: Audio) -> Tensor:
    """[1, 1, samples], as many as `clip` has."""
    samples = torch.from_numpy(audio.samples[0, : clip.shape[-1]])
    return torch.nn.functional.pad(samples, (0, clip.shape[-1] - len(samples)))[None, None]


def _codec_ceiling(name: str, bypassed: Terms, coded: Terms) -> CodecCeiling:
    metrics = {}
    for metric in QUALITY:
        free, whole = bypassed.get(metric), coded.get(metric)
        metrics[metric] = Passed(free, whole, None if free is None or whole is None else free - whole)
    return CodecCeiling(name, max(nominal_kbps(name).values()), metrics)
