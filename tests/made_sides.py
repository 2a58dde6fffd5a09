"""Codecs whose code runs in an environment of its own: a plugin in one file, and its side beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = """
from codecbench.api import CodecCard, Environment, OperatingPoint, hookimpl

CARD = CodecCard(
    "{name}", sample_rate=16000, points=(OperatingPoint(128.0, {{"levels": 256}}),), settings={{"mode": ""}},
    environment=Environment({requirements!r}, python={python!r}, side="{name}_side.py"),
)

@hookimpl
def codecbench_register_codecs(register):
    register(CARD)
"""
SIDE = """
import os, sys, time
import numpy as np

MU = 255.0

class MuLaw:
    def __init__(self, options):
        self.mode = options["settings"]["mode"]
        if self.mode == "unopened":
            raise RuntimeError("no model here")
        if self.mode == "unavailable":
            class Unavailable(Exception):
                pass
            raise Unavailable("its checkout is not here; clone it")

    def encode(self, samples, sample_rate, point):
        if self.mode == "prints":
            print("progress: 100 %")
            os.write(1, b"CBEP garbage on stdout\\n")
        if self.mode == "raises":
            raise ValueError("this is not\\nspeech")
        if self.mode == "crashes":
            os.kill(os.getpid(), 11)
        if self.mode == "exits":
            sys.exit(7)
        if self.mode == "ends":
            os._exit(7)
        if self.mode == "hangs":
            time.sleep(600)
        if self.mode == "list":
            return [1, 2]
        if self.mode == "too large":
            return bytes((1 << 30) + 1)
        samples[:] = np.clip(samples, -1, 1)  # its own copy
        y = np.sign(samples[0]) * np.log1p(MU * np.abs(samples[0])) / np.log1p(MU)
        return np.round((y + 1) / 2 * (point["settings"]["levels"] - 1)).astype(np.uint8).tobytes()

    def decode(self, payload, point):
        y = np.frombuffer(payload, np.uint8) / (point["settings"]["levels"] - 1) * 2 - 1
        x = (np.sign(y) * np.expm1(np.abs(y) * np.log1p(MU)) / MU)[None]
        if self.mode == "counts":
            return (x * 32768).astype(np.int16), 16000
        if self.mode == "bare":
            return x
        return x.astype(np.float32), 24000 if self.mode == "other rate" else 16000

    def codes(self, payload, point):
        return np.frombuffer(payload, np.uint8)[None].astype(np.int64)

    def codebook_sizes(self, point):
        return [point["settings"]["levels"]]

    def parameters(self):
        return 1


def open_codec(options):
    return MuLaw(options)
"""


def write_side(
    folder: Path, name: str = "elsewhere_mulaw", requirements: tuple[str, ...] = (), python: str = "", side: str = SIDE
) -> Path:
    """The plugin's file; its codec is called by `name`, its setting `mode` is how it misbehaves."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}_side.py").write_text(side)
    plugin = folder / f"{name}.py"
    plugin.write_text(PLUGIN.format(name=name, requirements=requirements, python=python))
    return plugin


def other_pythons() -> list[Path]:
    """Interpreters of other versions on this machine, of all kinds: through links of pyenv too, which may not start."""
    found = [shutil.which(f"python3.{minor}") for minor in range(6, 20) if minor != sys.version_info[1]]
    roots = [Path.home() / ".pyenv" / "versions"]
    inside = [path for root in roots if root.is_dir() for path in sorted(root.glob("3.*/bin/python"))]
    return [*(Path(path) for path in found if path), *inside]


def version_of(python: Path) -> tuple[int, int] | None:
    ask = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


def python_before_3_8() -> Path:
    """Skips where this machine has none."""
    for python in other_pythons():
        version = version_of(python)
        if version is not None and version < (3, 8):
            return python
    pytest.skip("no Python older than 3.8 is on this machine")
