"""Files of weights: any name, the layouts that transformers reads, and one line where they do not fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from small_codecs import make_small

from codecbench.api import Audio, CodecOptions, UsageError

AUDIO = {rate: Audio.mono(np.random.default_rng(0).normal(0, 0.1, rate // 2), rate) for rate in (16000, 24000)}


def made(factory: Any) -> Any:
    """The library's own model, as it would be published: its codebooks filled."""
    codec = factory(CodecOptions())
    torch.manual_seed(3)
    model = codec.MODEL(codec.CONFIGURATION()).eval()
    for name, buffer in model.named_buffers():
        if codec.CODEBOOKS and name.endswith(codec.CODEBOOKS):
            buffer.normal_(std=0.1)
    return model


def saved(model: Any, path: Path, renames: tuple[tuple[str, str], ...] = (), leave_out: str = "") -> Path:
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name != leave_out}
    for pattern, name in renames:
        tensors = {re.sub(pattern, name, key): tensor for key, tensor in tensors.items()}
    save_file(tensors, path)
    return path


@pytest.mark.parametrize("name", ["mimi", "xcodec", "xcodec2", "neucodec"])
def test_weights_of_a_file_code_as_the_model_that_they_are_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    factory = make_small(monkeypatch, name)
    model = made(factory)
    codec = factory(CodecOptions(weights=saved(model, tmp_path / "anything.safetensors")))
    payload = codec.encode(AUDIO[codec.card.sample_rate], codec.card.points[-1])
    prepared = codec.prepare(torch.from_numpy(AUDIO[codec.card.sample_rate].samples)[None])
    with torch.no_grad():
        codes = model.encode(*(prepared if isinstance(prepared, tuple) else (prepared,))).audio_codes
    assert np.array_equal(codec.codes(payload, codec.card.points[-1]), codes[0].numpy())
    assert codec.parameters() == factory(CodecOptions()).parameters()


def test_the_layout_that_kyutai_published_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From before transformers kept Mimi's encoder and decoder as models of their own."""
    factory = make_small(monkeypatch, "mimi")
    model = made(factory)
    older = (
        (r"^(en|de)coder\.\1coder_seanet\.", r"\1coder."),
        (r"^(?:en|de)coder\.((?:en|de)coder_transformer|downsample|upsample)\.", r"\1."),
    )
    now = factory(CodecOptions(weights=saved(model, tmp_path / "model.safetensors")))
    then = factory(CodecOptions(weights=saved(model, tmp_path / "older.safetensors", older)))
    assert now.encode(AUDIO[24000], now.card.points[0]) == then.encode(AUDIO[24000], now.card.points[0])


def test_a_file_that_lacks_a_tensor_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    factory = make_small(monkeypatch, "xcodec")
    file = saved(made(factory), tmp_path / "part.safetensors", leave_out="fc.bias")
    with pytest.raises(UsageError, match=r"^xcodec:\S+: part.safetensors does not hold this model: .*fc.bias"):
        factory(CodecOptions(weights=file))


def test_tensors_of_another_size_are_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    factory = make_small(monkeypatch, "mimi")
    state = {
        name: (tensor[..., :1] if name.endswith("q_proj.weight") else tensor).contiguous()
        for name, tensor in made(factory).state_dict().items()
    }
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(UsageError) as refused:
        factory(CodecOptions(weights=tmp_path / "other.safetensors"))
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("mimi:kyutai: other.safetensors does not hold this model: ")
