from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_speakers import wavlm_checkpoint

from codecbench.api import UsageError
from codecbench.metrics.speaker.wavlm import WavLMEncoder

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wavlm_checkpoint(tmp_path_factory.mktemp("wavlm"))


def signal() -> Any:
    return 0.1 * np.random.default_rng(0).standard_normal(24000) + 0.01


def theirs(folder: Path, normalizes: bool) -> Any:
    model = transformers.WavLMForXVector.from_pretrained(str(folder)).eval()
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=normalizes)
    inputs = extractor(signal().astype(np.float32), sampling_rate=16000, return_tensors="pt")
    with torch.no_grad():
        return torch.nn.functional.normalize(model(**inputs).embeddings, dim=-1)[0].numpy()


@pytest.mark.parametrize("said", [True, False, None])
def test_embeddings_are_transformers_own(checkpoint: Path, tmp_path: Path, said: bool | None) -> None:
    """Normalized or not by `preprocessor_config.json`; without one as the class does."""
    folder = shutil.copytree(checkpoint, tmp_path / "here")
    if said is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps({"do_normalize": said}))
    embedding = WavLMEncoder(folder).embed(signal())
    assert embedding == pytest.approx(theirs(folder, said is not False), abs=1e-5)
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-6)


def test_pytorchs_own_format_is_read_too(checkpoint: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    shutil.copy(checkpoint / "config.json", tmp_path)
    torch.save(load_file(checkpoint / "model.safetensors"), tmp_path / "pytorch_model.bin")
    assert WavLMEncoder(tmp_path).embed(signal()) == pytest.approx(WavLMEncoder(checkpoint).embed(signal()), abs=1e-6)


def test_a_learned_sum_of_layers_is_the_configurations(tmp_path: Path) -> None:
    folder = wavlm_checkpoint(tmp_path / "sum", use_weighted_layer_sum=True)
    assert WavLMEncoder(folder).embed(signal()) == pytest.approx(theirs(folder, True), abs=1e-5)


def test_wavlm_without_its_head_is_refused(tmp_path: Path) -> None:
    folder = wavlm_checkpoint(tmp_path / "base", "WavLMModel")
    with pytest.raises(UsageError, match=r"it has no x-vector head \(.* is missing\): .*WavLMForXVector") as error:
        WavLMEncoder(folder)
    assert str(error.value).startswith(f"--weights speaker_similarity_wavlm={folder}: ")
    assert "\n" not in str(error.value)


def test_another_model_or_a_broken_file_is_one_line(checkpoint: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint, tmp_path / "broken")
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(UsageError, match="it cannot be loaded") as error:
        WavLMEncoder(folder)
    assert "\n" not in str(error.value)
    (folder / "preprocessor_config.json").write_text("[")
    shutil.copy(checkpoint / "model.safetensors", folder)
    with pytest.raises(UsageError, match=r"preprocessor_config.json cannot be read"):
        WavLMEncoder(folder)
