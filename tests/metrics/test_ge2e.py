from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codecbench.api import Unavailable
from codecbench.metrics import ge2e

pytest.importorskip("torch")


def as_it_is(*given: Any, **_: Any) -> Any:
    """A decorator, with or without arguments, that leaves the function."""
    return given[0] if len(given) == 1 and callable(given[0]) else lambda function: function


@pytest.fixture
def resemblyzer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The real package. Its voice activity detector often does not import; embedding does not use it.

    Nor does the mel spectrogram use what librosa has numba compile as it is imported: that alone takes half a minute.
    """
    if "librosa.feature.spectral" not in sys.modules:
        numba = ModuleType("numba")
        for name in ("jit", "vectorize", "guvectorize", "stencil"):
            setattr(numba, name, as_it_is)
        monkeypatch.setitem(sys.modules, "numba", numba)
    try:
        import webrtcvad  # noqa: F401
    except ImportError:
        monkeypatch.setitem(sys.modules, "webrtcvad", ModuleType("webrtcvad"))
    return pytest.importorskip("resemblyzer", exc_type=ImportError)


@pytest.mark.parametrize("samples", [8000, 25600, 33333, 64000])
def test_embeddings_equal_resemblyzers(resemblyzer: ModuleType, samples: int) -> None:
    real = resemblyzer.VoiceEncoder("cpu", verbose=False)
    mine = ge2e.SpeakerEncoder(ge2e.weights_file())
    rng = np.random.default_rng(samples)
    signal = 0.2 * rng.standard_normal(samples) * np.sin(np.arange(samples) / 2000)
    assert np.abs(mine.embed(signal) - real.embed_utterance(signal.astype(np.float32))).max() < 1e-5
    assert ge2e.partial_starts(samples) == [s.start for s in real.compute_partial_slices(samples, 1.3, 0.75)[1]]


@pytest.mark.parametrize("samples", [1, 8000, 25600, 40000, 160000])
def test_partials_cover_a_signal_and_there_is_always_one(samples: int) -> None:
    starts = ge2e.partial_starts(samples)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] * ge2e.HOP < max(samples, 1)


def test_a_soft_signal_is_raised_and_a_loud_one_left() -> None:
    noise = np.random.default_rng(0).standard_normal(16000)
    soft, loud = ge2e.raise_level(1e-4 * noise), ge2e.raise_level(0.3 * noise)
    assert 20 * np.log10(np.sqrt(np.mean(soft**2))) == pytest.approx(ge2e.TARGET_DBFS, abs=0.01)
    assert loud == pytest.approx(0.3 * noise)


def test_a_package_without_its_weights_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "resemblyzer").mkdir()
    (tmp_path / "resemblyzer" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "resemblyzer", raising=False)
    with pytest.raises(Unavailable, match=r"without its weights \(pretrained\.pt\): reinstall"):
        ge2e.weights_file()
