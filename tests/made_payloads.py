"""A plugin whose two codecs read each other's payloads: samples in 8 bits, and a second decoder that is softer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PLUGIN = """
import numpy as np
import torch
from codecbench.api import Codebook, CodecCard, OperatingPoint, TokenCodec, hookimpl

def points():
    made = {n: OperatingPoint(16.0 * n, {"n": n}, codebooks=(Codebook(256),) * n) for n in (4, 8)}
    return tuple(made.values())

class Samples(TokenCodec):
    card = CodecCard("samples", 16000, points(), frame=8)
    gain = 1.0

    def __init__(self, options): pass

    def encode_codes(self, audio, point):
        step = 8 // point.settings["n"]
        padded = torch.nn.functional.pad(audio[:, 0], (0, -audio.shape[2] % 8))[:, ::step]
        codes = ((padded.clamp(-1, 1) + 1) * 127.5).round().long()
        return codes.reshape(1, -1, point.settings["n"]).transpose(1, 2)

    def decode_codes(self, codes, point):
        samples = codes.transpose(1, 2).reshape(1, 1, -1).float() / 127.5 - 1
        return self.gain * samples.repeat_interleave(8 // point.settings["n"], dim=2)

class Softer(Samples):
    card = CodecCard("softer", 16000, points(), frame=8)
    gain = 0.7

class Bytes:
    card = CodecCard("bytes", 16000, (OperatingPoint(256),), frame=1)
    def __init__(self, options): pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        from codecbench.api import Audio
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

@hookimpl
def codecbench_register_codecs(register):
    for codec in (Samples, Softer, Bytes):
        register(codec.card, codec)
"""


def write_manifest(folder: Path, rows: Iterable[Mapping[str, Any]], name: str = "manifest.jsonl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder / name


def read_rows(manifest: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in manifest.read_text().splitlines()]
