from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Unavailable
from codecbench.recognizers import moonshine
from codecbench.recognizers.onnx_graphs import kept_copy, load_session

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("moonshine_cpp")


@pytest.fixture(scope="module")
def decoder() -> Path:
    return moonshine.model_files()[1]


@pytest.fixture
def step() -> dict[str, np.ndarray]:
    """The first of a decoding, given states that a voice could have."""
    states = np.random.default_rng(1).standard_normal((1, 40, 416)).astype(np.float32)
    return {
        "input_ids": np.array([[moonshine.START]]), "encoder_hidden_states": states,
        "use_cache_branch": np.array([False]), **moonshine.empty_cache(),
    }  # fmt: skip


def test_the_copy_computes_what_its_source_does(decoder: Path, step: dict[str, np.ndarray]) -> None:
    source = onnxruntime.InferenceSession(str(decoder), providers=["CPUExecutionProvider"])
    expected, *_ = source.run(["logits"], step)
    found, *_ = load_session(decoder, "").run(["logits"], step)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert np.ptp(expected) > 1


def test_it_is_saved_once_and_nothing_is_left_beside_it(
    decoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    load_session(decoder, "")
    copy = kept_copy(decoder, onnxruntime.__version__)
    written = copy.stat().st_mtime_ns
    load_session(decoder, "")
    assert copy.stat().st_mtime_ns == written
    assert list(copy.parent.iterdir()) == [copy]


def test_another_release_or_another_model_has_its_own(decoder: Path, tmp_path: Path) -> None:
    other = tmp_path / decoder.name
    other.write_bytes(b"another")
    copies = {kept_copy(decoder, "1.32.0"), kept_copy(decoder, "1.33.0"), kept_copy(other, "1.32.0")}
    assert len(copies) == 3


@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_a_missing_package_says_what_to_install(
    decoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Unavailable, match=rf"needs {missing} .*: pip install this"):
        load_session(decoder, "pip install this")
