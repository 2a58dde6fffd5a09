"""The kit on codecs that are wrong in one way each: it says which, and nothing of the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import codecbench, install_plugin

BASE = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Good:
    def __init__(self, options): self.options = options
    def encode(self, audio, point):
        if (audio.sample_rate, audio.channels) != (16000, 1): raise ValueError("16 kHz mono")
        return np.round(np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        if len(payload) % 2: raise PayloadError("half a sample")
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)
from codecbench.api import PayloadError
{body}
@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("faulty", 16000, (OperatingPoint({kbps}),), description="a codec", licence="MIT", frame={frame},
                       latency_ms=1.0, stochastic={stochastic}), C)
"""
DECODED = (
    "class C(Good):\n    def decode(self, payload, point):\n        x = super().decode(payload, point).samples[0]\n"
)
FAULTS: dict[str, tuple[str, dict[str, str]]] = {
    "a side channel through a file": (
        "import tempfile, os\nPLACE = os.path.join(tempfile.gettempdir(), 'codecbench-test-side-channel')\n"
        "class C(Good):\n    def encode(self, audio, point):\n        payload = super().encode(audio, point)\n"
        "        open(PLACE, 'wb').write(payload)\n        return payload\n"
        "    def decode(self, payload, point):\n        open(PLACE, 'rb').read()\n"
        "        return super().decode(payload, point)",
        {"bytes alone": "fail"},
    ),
    "a side channel through the module": (
        "KEPT = {}\nclass C(Good):\n    def encode(self, audio, point):\n"
        "        KEPT['x'] = audio\n        return b'x'\n"
        "    def decode(self, payload, point): return KEPT['x']",
        {"speech": "fail"},
    ),
    "a shift by 8 samples": (
        DECODED + "        return Audio.mono(np.r_[np.zeros(8), x[:-8]], 16000)",
        {"delay": "warn"},
    ),
    "a long delay": (DECODED + "        return Audio.mono(np.r_[np.zeros(800), x][:len(x)], 16000)", {"delay": "fail"}),
    "time stretched by 1 %": (
        DECODED + "        n = np.arange(len(x))\n"
        "        return Audio.mono(np.interp(n / 1.01, n, x) if len(x) else x, 16000)",
        {"drift": "fail"},
    ),
    "padding counted as audio": (
        "class C(Good):\n    def encode(self, audio, point):\n"
        "        x = np.pad(audio.samples, ((0, 0), (0, -audio.length % 32000)))\n"
        "        return super().encode(Audio(x, audio.sample_rate), point)",
        {"padding": "warn"},
    ),
    "a tail of sound": (
        DECODED + "        return Audio.mono(np.r_[x, x[::-1], x], 16000)",
        {"lengths": "fail", "signals": "fail"},
    ),
    "state between utterances": (
        "class C(Good):\n    last = 0.0\n    def encode(self, audio, point):\n"
        "        gain, self.last = 1.0 + 1e-3 * self.last, float(np.abs(audio.samples).mean())\n"
        "        return super().encode(Audio(audio.samples * gain, audio.sample_rate), point)",
        {"encoder": "fail"},
    ),
    "a forgotten seed": (
        DECODED + "        return Audio.mono(x + 1e-4 * np.random.standard_normal(len(x)), 16000)", {"decoder": "fail"},
    ),
    "a seed that does nothing": ("class C(Good): pass", {"seed": "warn"}),
    "a seed that is not stated": (
        DECODED + "        noise = np.random.default_rng(self.options.seed).standard_normal(len(x))\n"
        "        return Audio.mono(x + 1e-3 * noise, 16000)",
        {"seed": "fail"},
    ),
    "train mode": (
        "import torch\nclass C(Good):\n    def __init__(self, options):\n        super().__init__(options)\n"
        "        self.network = torch.nn.Sequential(torch.nn.Dropout(0.1))\n"
        "    def encode(self, audio, point):\n"
        "        noisy = self.network(torch.from_numpy(audio.samples)).numpy()\n"
        "        return super().encode(Audio(noisy, audio.sample_rate), point)",
        {"train mode": "fail", "encoder": "fail"},
    ),
    "counts": (
        DECODED + "        return Audio.mono(x * 32767, 16000)",
        {"signals": "fail", "lengths": "fail", "level": "fail"},
    ),
    "half the level": (DECODED + "        return Audio.mono(x / 4, 16000)", {"level": "warn"}),
    "a default dtype": (
        "import torch\nclass C(Good):\n    def __init__(self, options):\n        super().__init__(options)\n"
        "        torch.set_default_dtype(torch.float64)",
        {"settings": "warn"},
    ),
    "output on stdout": (
        "class C(Good):\n    def decode(self, payload, point):\n        print('decoding')\n"
        "        return super().decode(payload, point)",
        {"stdout": "warn"},
    ),
    "a child left behind": (
        "import subprocess\nclass C(Good):\n    def __init__(self, options):\n        super().__init__(options)\n"
        "        subprocess.Popen(['sleep', '4321'])",
        {"children": "fail"},
    ),
    "a leak": (
        "KEPT = []\nclass C(Good):\n    def encode(self, audio, point):\n        KEPT.append(np.ones(100_000))\n"
        "        return super().encode(audio, point)",
        {"memory": "fail"},
    ),
    "NaN of silence": (
        "class C(Good):\n    def encode(self, audio, point):\n        super().encode(audio, point)\n"
        "        level = np.abs(audio.samples).max()\n"
        "        return np.r_[level, audio.samples[0] / level].astype('<f4').tobytes()\n"
        "    def decode(self, payload, point):\n        super().decode(payload, point)\n"
        "        if len(payload) % 4 or not payload: raise PayloadError('no whole samples')\n"
        "        x = np.frombuffer(payload, '<f4')\n"
        "        return Audio.mono(x[1:] * x[0], 16000)",
        {"signals": "fail"},
    ),
    "half the bitrate": ("class C(Good): pass", {"bitrate": "warn"}),
    "any rate is taken": (
        "class C(Good):\n    def encode(self, audio, point):\n"
        "        return super().encode(Audio(audio.samples[:1], 16000), point)",
        {"other formats": "warn"},
    ),
    "a crash on what is cut": (
        "import ctypes\nclass C(Good):\n    def decode(self, payload, point):\n"
        "        if len(payload) % 2: ctypes.string_at(0)\n        return super().decode(payload, point)",
        {"damaged payloads": "fail"},
    ),
    "collapsed codes": (
        "class C(Good):\n    def codebook_sizes(self, point): return (16, 16)\n"
        "    def codes(self, payload, point):\n        x = np.frombuffer(payload, '<i2')\n"
        "        return np.stack([np.abs(x) % 16, np.zeros_like(x)])",
        {"code use": "fail"},
    ),
}  # fmt: skip


CARDS: dict[str, dict[str, object]] = {
    "half the bitrate": {"kbps": 200},
    "a seed that does nothing": {"stochastic": True},
    "NaN of silence": {"kbps": 512},
}


def findings(site: Path, body: str, **card: object) -> tuple[int, dict[str, Any]]:
    stated = {"kbps": 256, "frame": 320, "stochastic": False, **card}
    if "import torch" in body:  # once, in the fork server, and not in each of a dozen processes
        body = f"PRELOAD = ('torch',)\n{body}"
    install_plugin(site, "faulty", BASE.format(body=body, **stated))
    result = codecbench("check", "faulty", "--json", site=site)
    assert "Traceback" not in result.stderr, result.stderr
    return result.returncode, {item["item"]: item for item in json.loads(result.stdout)["items"]}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_caught_and_nothing_else_is_said(tmp_path: Path, fault: str) -> None:
    body, expected = FAULTS[fault]
    status, items = findings(tmp_path, body, **CARDS.get(fault, {}))
    found = {name: item["outcome"] for name, item in items.items() if item["outcome"] in ("warn", "fail")}
    assert found == expected, {name: items[name]["seen"] for name in found}
    assert status == ("fail" in expected.values())
    assert all(items[name]["advice"] for name in found)


def test_one_without_a_fault_passes_and_is_told_in_lines(tmp_path: Path) -> None:
    install_plugin(tmp_path, "faulty", BASE.format(body="class C(Good): pass", kbps=256, frame=320, stochastic=False))
    result = codecbench("check", "faulty", site=tmp_path)
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert {line.split()[0] for line in lines[:-2]} <= {"pass", "skip"}
    assert lines[-1].startswith("faulty:default: 22 pass")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["check", "nosuch"], 2, "unknown codec 'nosuch'"),
        (["check", "encodec:facebook-24khz"], 3, "its weights are not on this machine"),
        (["check", "evs"], 3, "evs:default needs programs that you name: --set evs.encoder="),
        (["check", "evs", "--set", "evs.frame=1"], 2, "evs:default has these settings: encoder=, decoder="),
        (["check", "evs", "--set", "pcm.frame=1"], 2, "no codec pcm in --codecs"),
        (["check", "pcm", "--device", "tpu"], 2, "--device 'tpu': expected cpu"),
        (["check", "pcm", "--device", "cuda:99"], 2, "--device cuda:99: torch "),
    ],
)
def test_what_cannot_be_checked_is_one_line(
    arguments: list[str], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    result = codecbench(*arguments)
    assert (result.returncode, result.stdout) == (status, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("codec", ["opus", "codec2", "aac", "vocodec"])
def test_a_built_in_passes(codec: str) -> None:
    """All of them: `for codec in ...; do codecbench check $codec; done`."""
    result = codecbench("check", codec, "--json")
    assert result.returncode == 0, result.stdout
    items = json.loads(result.stdout)["items"]
    assert [item for item in items if item["outcome"] in ("warn", "fail")] == []
