"""Little manifests of made speech for tests of the recipes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 16000


def voice(hertz: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Harmonics with a slow envelope and a little noise, [samples]."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * hertz * k * time + k) / k for k in range(1, 20))
    envelope = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * time)
    return 0.08 * envelope * sound + 0.002 * rng.standard_normal(len(time))


def write_manifest(folder: Path, speakers: int = 10, seconds: float = 1.2, clips: int = 1) -> Path:
    """A TSV beside its files: one voice for each of `speakers`."""
    rng = np.random.default_rng(0)
    lines = ["id\tpath\tspeaker\tsource"]
    for speaker in range(speakers):
        for clip in range(clips):
            name = f"u{speaker}-{clip}.flac"
            soundfile.write(folder / name, voice(80 + 15 * speaker, seconds + 0.1 * clip, rng), RATE)
            lines.append(f"{name[:-5]}\t{name}\ts{speaker}\tclean")
    path = folder / "train.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path
