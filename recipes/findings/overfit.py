"""Does a training know its speech by heart: is what it heard coded better than what was held out?

It can show that it does; that it does not yet, after a few passes, says nothing of what more speech would do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.torch import load_file
from tabulate import tabulate

from codecbench.errors import UsageError
from codecbench.training_speech import SAMPLE_RATE, Signal
from recipes.codecs import build
from recipes.training.data import Speech
from recipes.training.job import read_facts, require_unheard, weights_file
from recipes.training.validation import LONGEST_S, validate

CLIPS = 36
"""Of speech that was trained on: each of another recording, as long as those of the held-out speakers."""


def compare(folder: Path, speech: Speech) -> str:
    """Scores at the highest bitrate of a finished training, for speech it saw and for the held-out speakers: Markdown.

    Raises:
        UsageError: the folder holds no finished training, or one on other speech.
    """
    facts = read_facts(folder)
    if facts["manifest_sha256"] != speech.manifest_sha256:
        raise UsageError(f"{folder}: trained on another manifest than --data")
    require_unheard(facts, speech, folder)
    trainee, weights = build(facts["codec"], facts["seed"]), load_file(weights_file(folder))
    trainee.counts = trainee.counts[-1:]
    rows = []
    for what, signals in (("seen", seen(speech)), ("held out", speech.validation)):
        (terms,) = validate(trainee, weights, signals).values()
        rows.append([what, len(signals), terms.get("pesq_wb"), terms.get("estoi"), terms["mel"]])
    headers = [facts["codec"], "clips", "PESQ-WB", "ESTOI", "log mel distance"]
    printed: str = tabulate(rows, headers, "github", floatfmt=".3f", missingval="n/a")
    return printed


def seen(speech: Speech) -> tuple[Signal, ...]:
    """`CLIPS` long recordings at most of those trained on, the same each time."""
    long = [signal for signal in speech.train if len(signal) >= LONGEST_S * SAMPLE_RATE] or list(speech.train)
    chosen = np.random.default_rng(0).permutation(len(long))[:CLIPS]
    return tuple(long[index] for index in chosen)
