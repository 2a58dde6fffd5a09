"""A plugin cannot hurt the run: each of these is in one run with a good codec, whose every cell must be ok."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from running import codecbench, install_plugin

from codecbench.store import Store
from codecbench.store.rows import StoredResults

BASE = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

POINT = OperatingPoint(256)

class Good:
    def __init__(self, options):
        pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

def card(name, channels=1):
    return CodecCard(name, 16000, (POINT,), channels=channels)
"""

DECODE = "class C(Good):\n    def decode(self, payload, point): return "
LONGER = (
    "class C(Good):\n    def decode(self, payload, point):\n"
    "        audio = super().decode(payload, point).samples\n"
    "        return Audio(np.concatenate(parts(audio), 1), 16000)\ndef parts(audio): return "
)
CODECS = {
    "good": "class C(Good): pass",
    "raises_building": "class C(Good):\n    def __init__(self, options): raise RuntimeError('no luck')",
    "raises_encoding": "class C(Good):\n    def encode(self, audio, point): raise KeyError('lost')",
    "raises_decoding": "class C(Good):\n    def decode(self, payload, point): raise ValueError('bad\\nbytes')",
    "exits": "class C(Good):\n    def encode(self, audio, point): raise SystemExit(0)",
    "hangs": "import time\nclass C(Good):\n    def decode(self, payload, point): time.sleep(3600)",
    "segfaults": "import ctypes\nclass C(Good):\n    def decode(self, payload, point): ctypes.string_at(0)",
    "short": DECODE + "super().decode(payload[:len(payload) // 4 * 2], point)",
    "endless": DECODE + "super().decode(payload * 9, point)",
    "speaks_on": LONGER + "[audio, audio[:, ::-1]]",
    "speaks_first": LONGER + "[audio[:, ::-1], audio]",
    "pads": LONGER + "[audio, 0 * audio, 0 * audio, 0 * audio]",
    "other_rate": DECODE + "Audio(super().decode(payload, point).samples, 8000)",
    "stereo": DECODE + "Audio(np.repeat(super().decode(payload, point).samples, 2, 0), 16000)",
    "nan": "class C(Good):\n    def decode(self, payload, point): return Audio.mono(np.full(12800, np.nan), 16000)",
    "no_bytes": "class C(Good):\n    def encode(self, audio, point): return audio.samples",
    "no_audio": "class C(Good):\n    def decode(self, payload, point): return payload",
    "instance_state": (
        "class C(Good):\n    def encode(self, audio, point):\n        self.kept = audio\n        return b'x'\n"
        "    def decode(self, payload, point): return self.kept"
    ),
    "module_state": (
        "KEPT = {}\nclass C(Good):\n    def encode(self, audio, point):\n        KEPT['a'] = audio\n"
        "        return b'x'\n"
        "    def decode(self, payload, point): return KEPT['a']"
    ),
    "decoder_state": (
        "COUNT = [0]\nclass C(Good):\n    def decode(self, payload, point):\n        COUNT[0] += 1\n"
        "        return Audio(super().decode(payload, point).samples + COUNT[0] * 1e-3, 16000)"
    ),
    "decoder_memory": (
        "class C(Good):\n    before = 0\n    def decode(self, payload, point):\n"
        "        audio = Audio(super().decode(payload, point).samples + self.before * 1e-3, 16000)\n"
        "        self.before += 1\n        return audio"
    ),
    "training": (
        "import torch\nclass C(Good):\n    def encode(self, audio, point):\n"
        "        noisy = torch.nn.Dropout(0.1)(torch.from_numpy(audio.samples)).numpy()\n"
        "        return super().encode(Audio(noisy, 16000), point)"
    ),
    "random": "import os\nclass C(Good):\n    def encode(self, a, p): return super().encode(a, p)[:-2] + os.urandom(2)",
    "encoder_memory": (
        "class C(Good):\n    before = 0\n    def encode(self, audio, point):\n        self.before += 1\n"
        "        return super().encode(Audio(audio.samples * 0.9 ** self.before, 16000), point)"
    ),
    "counts": DECODE + "Audio.mono(np.frombuffer(payload, '<i2'), 16000)",
    "float_counts": DECODE + "Audio.mono(np.frombuffer(payload, '<i2').astype(float), 16000)",
    "complex": DECODE + "Audio.mono(np.fft.fft(super().decode(payload, point).samples[0]), 16000)",
    "tensor": "import torch\n" + DECODE + "Audio.mono(torch.zeros(6400), 16000)",
    "nothing": (
        "class C(Good):\n    def encode(self, audio, point): return b''\n"
        "    def decode(self, payload, point): return Audio.mono(np.zeros(6400), 16000)"
    ),
    "cancels": (
        "class C(Good):\n    def decode(self, payload, point):\n"
        "        x = super().decode(payload, point).samples\n        return Audio(np.concatenate([x, -x]), 16000)"
    ),
    "loud": DECODE + "Audio(9 * super().decode(payload, point).samples, 16000)",
    "wide": "import torch\nclass C(Good):\n    def __init__(self, options): torch.set_default_dtype(torch.float64)",
    "chatty": (
        "class C(Good):\n    def decode(self, payload, point):\n        print('LOOK AT ME')\n"
        "        return super().decode(payload, point)"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(
    tmp_path_factory: pytest.TempPathFactory, short_clips: Path
) -> tuple[subprocess.CompletedProcess[str], StoredResults]:
    site, out = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("runs") / "run"
    for name, body in CODECS.items():
        channels = 2 if name == "cancels" else 1
        body = f"PRELOAD = ('torch',)\n{body}" if "import torch" in body else body
        hook = f"@hookimpl\ndef codecbench_register_codecs(register): register(card('{name}', {channels}), C)\n"
        install_plugin(site, f"plugin_{name}", f"{BASE}\n{body}\n\n{hook}")
    result = codecbench(
        "run", "--codecs", ",".join(CODECS), "--dataset", short_clips, "--metrics", "si_sdr,level_error_db",
        "--cost", "none", "--limit", 2, "--jobs", 1,
        "--cell-seconds", 2, "--out", out, site=site,
    )  # fmt: skip
    with Store(out) as store:
        return result, store.results()


def scores(results: StoredResults, codec: str) -> list[Any]:
    return [score for score in results.scores if score.codec == codec]


def test_the_run_goes_on_and_says_so(finished: tuple[subprocess.CompletedProcess[str], StoredResults]) -> None:
    result, _ = finished
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert "LOOK AT ME" not in result.stderr + result.stdout
    assert "loud:default at 256 kbps decodes 1 utterance (clip1) beyond full scale" in result.stderr


@pytest.mark.parametrize("codec", ["good", "chatty", "pads", "loud", "wide"])
def test_the_others_lose_nothing(finished: tuple[subprocess.CompletedProcess[str], StoredResults], codec: str) -> None:
    rows = scores(finished[1], codec)
    assert len(rows) == 4
    assert {row.status for row in rows} == {"ok"}


@pytest.mark.parametrize(
    ("codec", "reason"),
    [
        ("raises_building", "encode: RuntimeError: no luck"),
        ("raises_encoding", "encode: KeyError: 'lost'"),
        ("raises_decoding", "decode: ValueError: bad bytes"),
        ("exits", "encode: SystemExit: 0"),
        ("hangs", "decode: no result within 10 s; its process was killed"),
        ("segfaults", "decode: its process died (Segmentation fault)"),
        ("short", "decode: ValueError: decode returned 3200 samples for 6400; allowed: 5600 or more"),
        ("endless", "decode: ValueError: decode returned 57600 samples for 6400 with sound after the end"),
        ("speaks_on", "decode: ValueError: decode returned 12800 samples for 6400 with sound after the end: more than"),
        ("speaks_first", "decode: ValueError: decode returned 12800 samples for 6400 with sound after the end: more"),
        ("other_rate", "decode: ValueError: decode returned 8000 Hz, its card says 16000 Hz"),
        ("stereo", "decode: ValueError: decode returned 2 channels, its card says 1"),
        ("nan", "decode: ValueError: decode returned NaN or infinite samples"),
        ("no_bytes", "encode: TypeError: encode returned ndarray, expected bytes"),
        ("no_audio", "decode: TypeError: decode returned bytes, expected Audio"),
        ("instance_state", "decode: AttributeError: 'C' object has no attribute 'kept'"),
        ("module_state", "decode: KeyError: 'a'"),
        ("training", "encode: encoding the same audio again, in another process, gave other bytes: is a network in"),
        ("random", "encode: encoding the same audio again, in another process, gave other bytes"),
        ("encoder_memory", "encode: encoding the same audio again, in another process, gave other bytes"),
        (
            "counts",
            "decode: TypeError: audio samples must be floating point in [-1, 1], got int16; write samples.astype",
        ),
        ("float_counts", "decode: ValueError: decode returned samples up to "),
        ("complex", "decode: TypeError: audio samples must be floating point in [-1, 1], got complex64"),
        ("tensor", "decode: TypeError: audio samples must be a numpy array, got Tensor; write samples.detach()"),
        ("nothing", "encode: every payload is empty: what is decoded without a byte is not this speech"),
        ("cancels", "decode: ValueError: decode returned channels that cancel each other: their mean is"),
        ("decoder_state", "decode: a new instance decoded the same payload to other samples"),
        ("decoder_memory", "decode: a new instance decoded the same payload to other samples"),
    ],
)
def test_only_its_own_cells_fail(
    finished: tuple[subprocess.CompletedProcess[str], StoredResults], codec: str, reason: str
) -> None:
    rows = scores(finished[1], codec)
    assert len(rows) == 4
    assert {row.status for row in rows} == {"failed"}
    assert {row.value for row in rows} == {None}
    assert all(row.reason.startswith(reason) for row in rows), rows[0].reason


def test_a_plugin_that_does_not_load_is_listed(tmp_path: Path) -> None:
    install_plugin(tmp_path, "plugin_import", "import does_not_exist")
    install_plugin(tmp_path, "plugin_typo", f"{BASE}\n@hookimpl\ndef codecbench_register_codec(register): pass\n")
    hook = "@hookimpl\ndef codecbench_register_codecs(register): register(card('pcm:default'), Good)\n"
    install_plugin(tmp_path, "plugin_thief", f"{BASE}\n{hook.replace('pcm:default', 'pcm')}")
    result = codecbench("list", "codecs", site=tmp_path)
    assert result.returncode == 0
    assert "plugin 'plugin_import' did not load: ModuleNotFoundError: No module named 'does_not_exist'" in result.stdout
    assert "plugin 'plugin_typo' did not load: PluginValidationError: unknown hook" in result.stdout
    assert (
        "plugin 'plugin_thief' did not load: codec 'pcm:default' is registered by codecbench 0.1.0 and" in result.stdout
    )
    assert "opus" in result.stdout
