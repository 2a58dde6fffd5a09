"""Whether Whisper hears alike with and without AVX-512, on originals and on what codecs and noise leave of them.

`codecbench dev controls instructions` prints it. Every signal is heard by two processes: one that may use all that the
processor has, and one whose libraries are told that it has no more than AVX2.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tabulate import tabulate

from codecbench.api import Audio
from codecbench.audio import SOURCE_RATE, source_signal
from codecbench.controls.hallucination.stimuli import spread
from codecbench.controls.recognizer.windows import changes
from codecbench.datasets import load_dataset
from codecbench.plugins import Registry
from codecbench.recognizers.instruction_set import has

WITHOUT = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
}
"""What oneDNN, OpenBLAS and NumPy read before their first arithmetic. The recognizer's own settings come on top."""


@dataclass(frozen=True)
class HeardAlike:
    """Signals of one condition, and how many of them were transcribed alike, word for word."""

    condition: str
    signals: int
    same: int


@dataclass(frozen=True)
class InstructionTable:
    """`avx512`: whether this processor has it; where it has not, the two processes do the same anyway."""

    dataset: str
    avx512: bool
    figures: tuple[HeardAlike, ...]

    def markdown(self) -> str:
        rows = [(one.condition, one.signals, one.same) for one in self.figures]
        rows.append(("all", sum(one.signals for one in self.figures), sum(one.same for one in self.figures)))
        told = "has AVX-512" if self.avx512 else "has no AVX-512, so that nothing is told by this table"
        titles = ("condition", "signals", "same transcript")
        return f"{tabulate(rows, titles, 'github')}\n\nDataset `{self.dataset}`. The processor {told}.\n"


def measure_instructions(dataset: str, limit: int | None, registry: Registry) -> InstructionTable:
    """The table of `dataset`.

    Raises:
        UsageError: no such dataset.
        Unavailable: Whisper, or a codec, is not here.
    """
    speech = load_dataset(dataset, registry)
    chosen = spread(speech.utterances, limit)
    figures = []
    for name, change in changes().items():
        with TemporaryDirectory() as folder:
            for number, utterance in enumerate(chosen):
                signal = change(source_signal(utterance.recording_path))
                np.save(Path(folder) / f"{number:05}.npy", signal.samples[0])
            every, least = _hear(folder, {}), _hear(folder, WITHOUT)
        figures.append(HeardAlike(name, len(chosen), sum(a == b for a, b in zip(every, least, strict=True))))
    return InstructionTable(speech.id, has("AVX512F"), tuple(figures))


def _hear(folder: str, settings: Mapping[str, str]) -> Sequence[str]:
    """What a process of its own hears, with `settings` in its environment."""
    own = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    command = [sys.executable, "-m", __name__, folder]
    heard = subprocess.run(command, env={**own, **settings}, stdout=subprocess.PIPE, text=True, check=True)
    texts: list[str] = json.loads(heard.stdout.splitlines()[-1])
    return texts


def main() -> None:
    """The process: prints what it hears in each file of a folder."""
    from codecbench.recognizers.whisper import Whisper

    whisper = Whisper()
    signals = (np.load(file) for file in sorted(Path(sys.argv[1]).iterdir()))
    print(json.dumps([whisper.transcribe(Audio.mono(signal, SOURCE_RATE)).text for signal in signals]))


if __name__ == "__main__":
    main()
