"""Units of a self-supervised model: a tiny HuBERT of transformers in a folder, its decoder trained for seconds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_units import HUBERT, build
from codecbench_units.features import nearest
from codecbench_units.hidden import HiddenStates
from made_speech import write_manifest
from running import codecbench
from transformers import HubertConfig, HubertModel

from codecbench.api import Audio, CodecOptions, Unavailable, UsageError
from codecbench.weights import resolve

DIMENSION = 16


def save_model(folder: Path, strides: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)) -> Path:
    torch.manual_seed(0)
    kernels = (10, 3, 3, 3, 3, 2, 2)[: len(strides)]
    configuration = HubertConfig(
        hidden_size=DIMENSION, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        conv_dim=(8,) * len(strides), conv_stride=strides, conv_kernel=kernels, num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    HubertModel(configuration).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("hubert"))


@pytest.fixture(scope="module")
def trained(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the recipe's documentation tells to make: the model, and what was trained for it."""
    import sys

    sys.path.insert(0, str(Path(__file__).parents[3]))
    from recipe_command import run_recipe

    folder = tmp_path_factory.mktemp("units")
    np.save(folder / "centres.npy", np.random.default_rng(0).standard_normal((100, DIMENSION)).astype("f4"))
    data = write_manifest(tmp_path_factory.mktemp("speech"))
    run_recipe(
        "units", "--data", data, "--out", folder / "out", "--model", model, "--centres", folder / "centres.npy",
        "--layer", 1, "--updates", 10, "--batch", 1, "--threads", torch.get_num_threads(),
    )  # fmt: skip
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(model / name, folder / "out" / name)
    return folder / "out"


def noise(samples: int) -> np.ndarray:
    return 0.1 * np.random.default_rng(1).standard_normal(samples).astype(np.float32)


def test_a_folder_is_coded_by_its_models_states(model: Path, trained: Path) -> None:
    codec = build(CodecOptions("hubert", resolve(HUBERT, trained)))
    point = HUBERT.point("raw-f12")
    audio = Audio.mono(noise(32000), 16000)
    payload = codec.encode(audio, point)
    states = HiddenStates(HUBERT, model)
    states.choose(1)
    centres = np.load(trained.parent / "centres.npy").astype("f2").astype("f4")
    assert np.array_equal(codec.content(payload, point).units, nearest(states.of(audio.samples[0]), centres))
    assert codec.decode(payload, point).length == 32000


def test_it_runs_by_the_command_line(trained: Path, tmp_path: Path, clips: Path) -> None:
    result = codecbench(
        "run", "--codecs", "units:hubert", "--weights", f"units:hubert={trained}", "--bitrates", "0.3-0.4",
        "--dataset", clips, "--metrics", "stoi", "--cost", "none", "--limit", 1, "--out", tmp_path / "run",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_a_folder_without_a_decoder_says_what_must_be_there(model: Path) -> None:
    with pytest.raises(UsageError, match=r"without units-hubert\.safetensors; it must have .* and config\.json"):
        resolve(HUBERT, model)


def test_a_model_of_another_frame_rate_is_refused(trained: Path, tmp_path: Path) -> None:
    folder = save_model(tmp_path / "fast", strides=(5, 2, 2, 2, 2, 2))
    shutil.copyfile(trained / "units-hubert.safetensors", folder / "units-hubert.safetensors")
    with pytest.raises(
        UsageError, match=r"fast: a model of 50 frames a second is needed .* strides \[5, 2, 2, 2, 2, 2\]"
    ):
        build(CodecOptions("hubert", resolve(HUBERT, folder)))


@pytest.mark.parametrize("wrong", ["config", "tensors"])
def test_what_is_no_model_is_one_line(trained: Path, tmp_path: Path, wrong: str) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "model"))
    if wrong == "config":
        (folder / "config.json").write_text("{}")
    else:
        (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(UsageError, match="units:hubert: model does not hold a model of transformers") as refusal:
        build(CodecOptions("hubert", resolve(HUBERT, folder)))
    assert "\n" not in str(refusal.value)


def test_a_layer_that_is_not_there_and_random_weights_are_refused(model: Path) -> None:
    with pytest.raises(UsageError, match="units of layer 3; its model has layers 1 to 2"):
        HiddenStates(HUBERT, model).choose(3)
    with pytest.raises(Unavailable, match="cannot be drawn at random"):
        build(CodecOptions("hubert"))


def test_whether_signals_are_normalized_is_read_from_the_extractors_file(model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(model, tmp_path / "plain"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"do_normalize": False}))
    loud, soft = noise(6400), 0.01 * noise(6400)
    usual, plain = HiddenStates(HUBERT, model), HiddenStates(HUBERT, folder)
    assert np.allclose(usual.of(loud), usual.of(soft), atol=1e-2)
    assert usual.of(loud).shape == (20, DIMENSION)
    assert not np.array_equal(plain.of(loud), usual.of(loud))
