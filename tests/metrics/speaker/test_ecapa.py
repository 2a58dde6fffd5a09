from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_speakers import ecapa_checkpoint

from codecbench.api import UsageError

torch = pytest.importorskip("torch")
from codecbench.metrics.speaker.ecapa import EcapaEncoder, features, mel_filters  # noqa: E402 - it imports torch

BY_SPEECHBRAIN = (
    -0.080955, 0.327577, 0.09377, 0.328564, 0.159811, -0.187562, -0.267748, -0.033012, 0.007384, 0.030778, -0.113851,
    0.273396, -0.143883, 0.009267, 0.339683, 0.030541, -0.413525, -0.056982, 0.068621, 0.175304, -0.350766, -0.123595,
    -0.150831, 0.198311,
)  # fmt: skip
"""What SpeechBrain 1.1.2's Fbank, InputNormalization and ECAPA_TDNN make of `rising()` with `ecapa_checkpoint`."""


def rising() -> Any:
    return 0.1 * np.random.default_rng(0).standard_normal(32000) * np.linspace(0, 1, 32000)


def test_embeddings_are_speechbrains(tmp_path: Path) -> None:
    embedding = EcapaEncoder(ecapa_checkpoint(tmp_path)).embed(rising())
    assert embedding == pytest.approx(np.array(BY_SPEECHBRAIN), abs=2e-6)
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-6)


def test_features_are_speechbrains() -> None:
    found = features(torch.from_numpy(rising().astype(np.float32)), mel_filters())
    assert tuple(found.shape) == (80, 201)
    assert found[10, 100].item() == pytest.approx(-2.4974852, abs=1e-4)
    assert found[70, 3].item() == pytest.approx(-26.7740345, abs=1e-4)


def test_the_published_layout_has_as_many_parameters_as_speechbrain_says() -> None:
    """20.8 million of channels 1024 and 3072, embeddings of 192, as in verification_ecapa.yaml."""
    from codecbench.metrics.speaker.ecapa import EcapaTdnn

    network = EcapaTdnn(1024, 3072, 192, 128, 128)
    assert sum(one.numel() for one in network.parameters()) == 20767552


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.ckpt", b"no weights", "cannot be read as weights"),
        ("other.ckpt", None, "does not hold SpeechBrain's ECAPA-TDNN"),
    ],
)
def test_a_file_of_something_else_is_one_line(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    if content is None:
        torch.save({"lstm.weight": torch.zeros(3)}, tmp_path / name)
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=says) as error:
        EcapaEncoder(tmp_path / name)
    assert str(error.value).startswith(f"--weights speaker_similarity_ecapa={tmp_path / name}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_lacks_a_tensor_is_refused(tmp_path: Path) -> None:
    path = ecapa_checkpoint(tmp_path)
    state = torch.load(path, weights_only=True)
    del state["asp.conv.conv.bias"]
    torch.save(state, path)
    with pytest.raises(UsageError, match=r"Missing key\(s\) in state_dict: .*asp.conv.conv.bias"):
        EcapaEncoder(path)
