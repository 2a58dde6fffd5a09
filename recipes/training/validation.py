"""What a training has reached: PESQ-WB, ESTOI and the loss's terms of held-out speakers, by number of codebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

from codecbench.api import Abstain, Audio, Metric, Sample, Utterance
from codecbench.metrics.pesq import WB_CARD, Pesq
from codecbench.metrics.stoi import ESTOI_CARD, Stoi
from codecbench.training_speech import SAMPLE_RATE, Signal
from recipes.training.losses import SpectralLoss
from recipes.training.trainee import Trainee

LONGEST_S = 4
WHOLE = 3200
"""Samples: a multiple of every reference codec's frame."""

Terms = dict[str, float]
"""Means by name: `pesq_wb`, `estoi`, `mel` and `complex` (of the loss), over `clips` clips."""


def validate(trainee: Trainee, weights: dict[str, Tensor], signals: tuple[Signal, ...]) -> dict[str, Terms]:
    """Terms by number of codebooks, of the model with `weights`, on the first seconds of each of `signals`."""
    device = next(trainee.parameters()).device

    def coding(count: int) -> Callable[[Tensor], Tensor]:
        return lambda clip: trainee.infer(clip.to(device), count).cpu()

    with _swapped(trainee, weights):
        return {str(count): judge(coding(count), signals) for count in trainee.counts}


def judge(decode: Callable[[Tensor], Tensor], signals: Sequence[Signal]) -> Terms:
    """Terms of what `decode` makes of a clip, [1, 1, samples] to the same shape, on the first seconds of `signals`."""
    metrics: dict[str, Metric] = {WB_CARD.id: Pesq(WB_CARD), ESTOI_CARD.id: Stoi(ESTOI_CARD)}
    criterion, terms = SpectralLoss(), []
    for signal in signals:
        clip = _clip(signal)
        with torch.no_grad():
            decoded = decode(clip)
            loss = criterion(decoded, clip)
        terms.append({"mel": float(loss.mel), "complex": float(loss.complex)} | _scores(metrics, clip, decoded))
    return _means(terms)


@contextmanager
def _swapped(trainee: Trainee, weights: dict[str, Tensor]) -> Iterator[None]:
    own = {name: value.clone() for name, value in trainee.model.state_dict().items()}
    trainee.model.load_state_dict(weights)
    try:
        yield
    finally:
        trainee.model.load_state_dict(own)


def _clip(signal: Signal) -> Tensor:
    """[1, 1, samples]; at least one `WHOLE`."""
    samples = signal[: LONGEST_S * SAMPLE_RATE]
    samples = samples[: max(WHOLE, len(samples) // WHOLE * WHOLE)]
    samples = np.pad(samples, (0, -len(samples) % WHOLE))
    return torch.from_numpy(samples.astype(np.float32) / 32768)[None, None]


def _scores(metrics: Mapping[str, Metric], clip: Tensor, decoded: Tensor) -> Terms:
    """Without the metrics that abstain: a clip may have too little speech for them."""
    reference, heard = (Audio.mono(audio[0, 0].numpy(), SAMPLE_RATE) for audio in (clip, decoded))
    sample = Sample(Utterance("validation", Path()), reference, heard, heard)
    scores = {}
    for name, metric in metrics.items():
        try:
            scores[name] = metric.score(sample).value
        except Abstain:
            continue
    return scores


def _means(clips: list[Terms]) -> Terms:
    names = sorted({name for terms in clips for name in terms})
    means = {name: fmean(terms[name] for terms in clips if name in terms) for name in names}
    return means | {"clips": float(len(clips))}
