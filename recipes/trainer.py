"""One trainer for every reference codec: AdamW, cosine over the planned time, averaged weights, timed checkpoints."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from recipes.data import SAMPLE_RATE, Crops, Split
from recipes.losses import SpectralLoss
from recipes.trainee import Trainee

WHOLE = 3200
"""Samples: a multiple of every reference codec's frame."""


@dataclass(frozen=True)
class Settings:
    """`minutes` is wall time, after which training stops; it is also the length of the learning rate's cosine."""

    codec: str
    minutes: float
    seed: int = 0
    batch: int = 4
    crop_seconds: float = 1.0
    rate: float = 3e-4
    warm_up: int = 100
    quantizer_weight: float = 0.5
    average_decay: float = 0.999
    checkpoint_minutes: float = 4.0
    start: str = ""
    """Folder of an earlier training whose averaged weights, updates and audio seconds this one goes on from."""


@dataclass
class Progress:
    """What has been trained so far; `validation` is for held-out speakers, by number of codebooks."""

    updates: int = 0
    audio_seconds: float = 0.0
    loss: float = float("nan")
    validation: dict[str, dict[str, float]] | None = None


class WeightAverage:
    """Exponential moving average of parameters and codebooks, with a faster decay at the start."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, updates: int) -> None:
        decay = min(self.decay, (1 + updates) / (10 + updates))
        for name, value in model.state_dict().items():
            self.values[name].lerp_(value, 1 - decay)


def train(trainee: Trainee, split: Split, settings: Settings, out: Path, log: Callable[[str], None]) -> Progress:
    """Train until the time is up; writes `out/average.safetensors` and `out/progress.json` every few minutes."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    crops = Crops(split.train, int(settings.crop_seconds * SAMPLE_RATE), rng)
    criterion = SpectralLoss()
    progress = _warm_start(trainee, Path(settings.start)) if settings.start else Progress()
    optimizer = torch.optim.AdamW(trainee.parameters(), settings.rate, betas=(0.8, 0.99), weight_decay=1e-3)
    average = WeightAverage(trainee.model, settings.average_decay)
    before = progress.updates
    start = saved = time.monotonic()
    while (elapsed := time.monotonic() - start) < settings.minutes * 60:
        fraction = elapsed / (settings.minutes * 60)
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _schedule(fraction, progress.updates - before, settings.warm_up)
        audio = torch.from_numpy(crops.batch(settings.batch))
        loss = _update(trainee, criterion, optimizer, audio, _counts(trainee, rng, settings.batch), settings)
        progress.updates += 1
        progress.audio_seconds += audio.shape[0] * audio.shape[-1] / SAMPLE_RATE
        progress.loss = loss if math.isnan(progress.loss) else 0.98 * progress.loss + 0.02 * loss
        average.update(trainee.model, max(0, progress.updates - trainee.warm_up))
        if progress.updates % 50 == 0:
            log(f"update {progress.updates} minutes {elapsed / 60:.1f} loss {progress.loss:.4f}")
        if progress.updates > trainee.warm_up and time.monotonic() - saved > settings.checkpoint_minutes * 60:
            _checkpoint(trainee, average, split, criterion, settings, progress, out, log)
            saved = time.monotonic()
    _checkpoint(trainee, average, split, criterion, settings, progress, out, log)
    return progress


def _warm_start(trainee: Trainee, folder: Path) -> Progress:
    """Load the averaged weights of `folder` into `trainee`; optimizer and random state start anew."""
    trainee.start_from(load_file(folder / "average.safetensors"))
    facts = json.loads((folder / "progress.json").read_text())
    return Progress(updates=facts["updates"], audio_seconds=facts["audio_seconds"])


def _schedule(fraction: float, updates: int, warm_up: int) -> float:
    """Linear warm-up over updates, then a cosine over the planned time down to 1 %."""
    return min(1.0, (updates + 1) / warm_up) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(fraction, 1.0))))


def _counts(trainee: Trainee, rng: np.random.Generator, batch: int) -> Tensor:
    """Quantizer dropout: half of a batch with all codebooks, the rest at a random operating point."""
    counts = rng.choice(trainee.counts, batch)
    counts[: batch // 2] = max(trainee.counts)
    return torch.from_numpy(counts)


def _update(
    trainee: Trainee, criterion: SpectralLoss, optimizer: torch.optim.Optimizer, audio: Tensor, counts: Tensor,
    settings: Settings,
) -> float:  # fmt: skip
    passed = trainee(audio, counts)
    reconstruction = criterion(passed.decoded, audio)
    loss = reconstruction.total + settings.quantizer_weight * passed.quantizer_loss
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
    optimizer.step()
    return float(reconstruction.total.detach())


def _checkpoint(
    trainee: Trainee, average: WeightAverage, split: Split, criterion: SpectralLoss, settings: Settings,
    progress: Progress, out: Path, log: Callable[[str], None],
) -> None:  # fmt: skip
    progress.validation = validate(trainee, average, split, criterion)
    values = ", ".join(
        f"{count} mel {terms['mel']:.3f} complex {terms['complex']:.3f}" for count, terms in progress.validation.items()
    )
    log(f"validation after {progress.updates} updates, by codebooks: {values}")
    out.mkdir(parents=True, exist_ok=True)
    partial = out / "average.partial"
    save_file({name: value.contiguous() for name, value in average.values.items()}, partial)
    partial.replace(out / "average.safetensors")
    facts = {
        **asdict(settings),
        "start": bool(settings.start),
        **asdict(progress),
        "speakers": split.speakers,
        "train_seconds": split.train_seconds,
    }
    (out / "progress.json").write_text(json.dumps(facts, indent=1) + "\n")


@torch.no_grad()
def validate(
    trainee: Trainee, average: WeightAverage, split: Split, criterion: SpectralLoss
) -> dict[str, dict[str, float]]:
    """Mean loss terms of the averaged weights on 3 s of each held-out speaker, for each number of codebooks."""
    own = {name: value.clone() for name, value in trainee.model.state_dict().items()}
    trainee.model.load_state_dict(average.values)
    results: dict[str, dict[str, float]] = {}
    for count in trainee.counts:
        terms = []
        for signal in split.validation:
            length = min(len(signal), 3 * SAMPLE_RATE) // WHOLE * WHOLE
            audio = torch.from_numpy(signal[:length].astype(np.float32) / 32768)[None, None]
            terms.append(criterion(trainee.infer(audio, count), audio))
        mel, complex_ = (float(torch.stack(list(values)).mean()) for values in
                         zip(*((term.mel, term.complex) for term in terms), strict=True))  # fmt: skip
        results[str(count)] = {"mel": mel, "complex": complex_}
    trainee.model.load_state_dict(own)
    return results
