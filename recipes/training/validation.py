"""What a training has reached: PESQ-WB, ESTOI and the loss's terms, by number of codebooks.

Of the validation speakers, who choose the learning rate, means over their first seconds; of the test speakers, who
choose nothing and are what is reported, whole utterances, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

from codecbench.api import Abstain, Audio, Sample, Score, Utterance
from codecbench.metrics.pesq import WB_CARD, Pesq
from codecbench.metrics.stoi import ESTOI_CARD, Stoi
from codecbench.training_speech import SAMPLE_RATE, Signal
from recipes.training.data import UnheardUtterance
from recipes.training.losses import SpectralLoss
from recipes.training.trainee import Trainee

LONGEST_S = 4
WHOLE = 3200
"""Samples: a multiple of every reference codec's frame."""
DECIMALS = 5
"""Of one speaker's figures: many are kept, and no metric is known to more."""

Terms = dict[str, float]
"""By name: `pesq_wb`, `estoi`, `mel` and `complex` (of the loss). A metric that abstains is left out; means over
several signals have their number as `clips`."""
SpeakerTerms = dict[str, Terms]
"""By speaker."""

Decode = Callable[[Tensor], Tensor]
"""What a codec makes of audio [1, 1, samples], the same shape."""


@dataclass(frozen=True)
class UnheardScores:
    """By number of codebooks, and with the quantizer bypassed."""

    coded: dict[str, SpeakerTerms]
    unquantized: SpeakerTerms


def validate(trainee: Trainee, weights: dict[str, Tensor], signals: tuple[Signal, ...]) -> dict[str, Terms]:
    """Mean terms by number of codebooks, of the model with `weights`, on the first seconds of each of `signals`."""
    with _swapped(trainee, weights):
        return {str(count): judge(_coding(trainee, count), signals) for count in trainee.counts}


def score_test(trainee: Trainee, weights: dict[str, Tensor], test: Sequence[UnheardUtterance]) -> UnheardScores:
    """Of the model with `weights`."""
    device = next(trainee.parameters()).device
    with _swapped(trainee, weights):
        coded = {str(count): judge_speakers(_coding(trainee, count), test) for count in trainee.counts}
        free = judge_speakers(lambda audio: trainee.unquantized(audio.to(device)).cpu(), test)
    return UnheardScores(coded, free)


def judge(decode: Decode, signals: Sequence[Signal]) -> Terms:
    """Mean terms of what `decode` makes of the first seconds of each of `signals`."""
    return mean_terms([_Judge().terms(decode, clip, clip.shape[-1]) for clip in map(_clip, signals)])


def judge_speakers(decode: Decode, test: Sequence[UnheardUtterance]) -> SpeakerTerms:
    """Of whole utterances, which are padded for `decode` and judged without the padding."""
    return {
        one.speaker: {
            name: round(value, DECIMALS)
            for name, value in _Judge().terms(decode, _padded(one.signal), len(one.signal)).items()
        }
        for one in test
    }


def mean_terms(each: Sequence[Terms]) -> Terms:
    """Each over those that have it, and how many there are."""
    names = sorted({name for terms in each for name in terms})
    means = {name: fmean(terms[name] for terms in each if name in terms) for name in names}
    return means | {"clips": float(len(each))}


class _Judge:
    def __init__(self) -> None:
        pesq, stoi = Pesq(WB_CARD), Stoi()
        self.metrics: Mapping[str, Callable[[Sample], Score]] = {
            WB_CARD.id: pesq.score, ESTOI_CARD.id: lambda sample: stoi.score_all(sample)[ESTOI_CARD.id],
        }  # fmt: skip
        self.criterion = SpectralLoss()

    @torch.no_grad()
    def terms(self, decode: Decode, audio: Tensor, length: int) -> Terms:
        """Of the first `length` samples of `audio` [1, 1, samples]."""
        decoded, original = decode(audio)[..., :length], audio[..., :length]
        loss = self.criterion(decoded, original)
        return {"mel": float(loss.mel), "complex": float(loss.complex)} | self._scores(original, decoded)

    def _scores(self, original: Tensor, decoded: Tensor) -> Terms:
        """Without the metrics that abstain: a signal may have too little speech for them."""
        reference, heard = (Audio.mono(audio[0, 0].numpy(), SAMPLE_RATE) for audio in (original, decoded))
        sample = Sample(Utterance("validation", Path()), reference, heard, heard)
        scores = {}
        for name, metric in self.metrics.items():
            try:
                scores[name] = metric(sample).value
            except Abstain:
                continue
        return scores


def _coding(trainee: Trainee, count: int) -> Decode:
    device = next(trainee.parameters()).device
    return lambda audio: trainee.infer(audio.to(device), count).cpu()


@contextmanager
def _swapped(trainee: Trainee, weights: dict[str, Tensor]) -> Iterator[None]:
    own = {name: value.clone() for name, value in trainee.model.state_dict().items()}
    trainee.model.load_state_dict(weights)
    try:
        yield
    finally:
        trainee.model.load_state_dict(own)


def _clip(signal: Signal) -> Tensor:
    """The first seconds [1, 1, samples]; at least one `WHOLE`."""
    samples = signal[: LONGEST_S * SAMPLE_RATE]
    return _padded(samples[: max(WHOLE, len(samples) // WHOLE * WHOLE)])


def _padded(signal: Signal) -> Tensor:
    """[1, 1, samples], a multiple of `WHOLE`."""
    samples = np.pad(signal, (0, -len(signal) % WHOLE))
    return torch.from_numpy(samples.astype(np.float32) / 32768)[None, None]
