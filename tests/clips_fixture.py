"""Short clips of the probe set, for runs that must be over soon."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
import soundfile


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of three real clips of 0.8 s."""
    folder = tmp_path_factory.mktemp("clips")
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    lines = ["id\tpath\ttranscript\tspeaker\tsex"]
    for number, path in enumerate(sorted(probe.rglob("*.flac"))[:3]):
        samples, rate = soundfile.read(path)
        start = len(samples) // 3
        soundfile.write(folder / f"clip{number}.wav", samples[start : start + int(0.8 * rate)], rate)
        lines.append(f"clip{number}\tclip{number}.wav\tsome words\tspeaker{number}\tF")
    manifest = folder / "manifest.tsv"
    manifest.write_text("\n".join(lines) + "\n")
    return manifest
