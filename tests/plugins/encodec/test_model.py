"""Reading EnCodec checkpoints: the original layout, transformers' layout, and files that are neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_encodec import FACEBOOK_24KHZ, FACEBOOK_48KHZ, REFERENCE, build
from codecbench_encodec.config import CONFIGURATIONS
from safetensors.torch import save_file
from torch import Tensor

from codecbench.api import Audio, CodecCard, CodecOptions
from codecbench.errors import UsageError


def random_state(card: CodecCard) -> dict[str, Tensor]:
    """A seeded checkpoint under transformers' names, weight normalisation in place."""
    torch.manual_seed(3)
    model = CONFIGURATIONS[card.checkpoint]().build()
    for layer in model.quantizer.layers:
        layer.codebook.embed.normal_(std=0.05)
    return {name: value + 0.01 * torch.randn_like(value) for name, value in model.state_dict().items()}


def original_name(name: str) -> str:
    """transformers' name in facebookresearch/encodec's layout (NormConv1d in SConv1d; convtr where it upsamples)."""
    side, _, rest = name.partition(".layers.")
    if side == "quantizer":
        return f"quantizer.vq.layers.{rest.replace('codebook.', '_codebook.')}"
    rest = rest.replace("parametrizations.weight.original0", "weight_g")
    rest = rest.replace("parametrizations.weight.original1", "weight_v")
    kind = "convtr" if side == "decoder" and re.match(r"(3|6|9|12)\.", rest) else "conv"
    rest = re.sub(r"(^|\.)conv\.", rf"\1{kind}.{kind}.", rest)
    rest = re.sub(r"(^|\.)norm\.", rf"\1{kind}.norm.", rest)
    return f"{side}.model.{rest}"


def coded(card: CodecCard, weights: Path) -> tuple[bytes, np.ndarray]:
    codec = build(CodecOptions(card.checkpoint, weights))
    signal = 0.1 * np.random.default_rng(0).standard_normal((card.channels, 4000))
    payload = codec.encode(Audio(signal.astype(np.float32), card.sample_rate), card.points[-1])
    return payload, codec.decode(payload, card.points[-1]).samples


@pytest.mark.parametrize("card", [REFERENCE, FACEBOOK_24KHZ, FACEBOOK_48KHZ], ids=lambda card: card.checkpoint)
def test_original_and_transformers_layouts_give_equal_codes(card: CodecCard, tmp_path: Path) -> None:
    state = random_state(card)
    torch.save({original_name(name): value for name, value in state.items()}, tmp_path / "original.th")
    save_file(state, tmp_path / "model.safetensors")
    expected = _by_transformers(card, state) if card is not FACEBOOK_48KHZ else None
    original, transformers = (coded(card, tmp_path / name) for name in ("original.th", "model.safetensors"))
    assert original[0] == transformers[0]
    assert np.array_equal(original[1], transformers[1])
    if expected is not None:
        assert np.allclose(original[1], expected, atol=1e-5)


def _by_transformers(card: CodecCard, state: dict[str, Tensor]) -> np.ndarray:
    """What transformers' own encode and decode make of the same weights."""
    model = CONFIGURATIONS[card.checkpoint]().build()
    model.load_state_dict(state)
    signal = 0.1 * np.random.default_rng(0).standard_normal((1, 1, 4000)).astype(np.float32)
    padded = torch.nn.functional.pad(torch.from_numpy(signal), (0, 160))
    with torch.no_grad():
        encoded = model.encode(padded, bandwidth=max(model.config.target_bandwidths))
        return model.decode(encoded.audio_codes, encoded.audio_scales)[0][0].numpy()


def test_the_48_khz_model_agrees_with_transformers_over_segments(tmp_path: Path) -> None:
    card = FACEBOOK_48KHZ
    state = random_state(card)
    save_file(state, tmp_path / "model.safetensors")
    codec = build(CodecOptions(card.checkpoint, tmp_path / "model.safetensors"))
    signal = (0.1 * np.random.default_rng(0).standard_normal((2, 52800))).astype(np.float32)
    model = CONFIGURATIONS[card.checkpoint]().build()
    model.load_state_dict(state)
    with torch.no_grad():
        encoded = model.encode(torch.from_numpy(signal)[None], bandwidth=3.0)
        expected = model.decode(
            encoded.audio_codes, encoded.audio_scales, last_frame_pad_length=encoded.last_frame_pad_length
        )[0][0].numpy()  # fmt: skip
    decoded = codec.decode(codec.encode(Audio(signal, 48000), card.points[0]), card.points[0]).samples
    assert np.allclose(decoded, expected[:, : decoded.shape[1]], atol=1e-4)


def drop_key(state: dict[str, Tensor]) -> None:
    del state["encoder.layers.0.conv.bias"]


def add_key(state: dict[str, Tensor]) -> None:
    state["encoder.layers.99.conv.bias"] = torch.zeros(3)


def reshape(state: dict[str, Tensor]) -> None:
    state["encoder.layers.0.conv.bias"] = torch.zeros(3)


def poison(state: dict[str, Tensor]) -> None:
    state["decoder.layers.0.conv.bias"][0] = float("nan")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (drop_key, "1 missing (first: encoder.layers.0.conv.bias)"),
        (add_key, "1 unexpected (first: encoder.layers.99.conv.bias)"),
        (reshape, "encoder.layers.0.conv.bias is [3], not [16]"),
        (poison, "decoder.layers.0.conv.bias holds values that are not finite"),
    ],
)
def test_a_wrong_checkpoint_is_one_line(damage: Callable, words: str, tmp_path: Path) -> None:
    state = random_state(REFERENCE)
    damage(state)
    path = tmp_path / "wrong.safetensors"
    save_file(state, path)
    message = refusal(REFERENCE, path)
    assert words in message
    assert f"found {path.stat().st_size} bytes, sha256 " in message


def refusal(card: CodecCard, path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        build(CodecOptions(card.checkpoint, path))
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(card.spec)
    return message


def test_another_codecs_file_names_what_was_expected(tmp_path: Path) -> None:
    torch.save({"encoder.block.0.bias": torch.zeros(3)}, tmp_path / "dac.pth")
    message = refusal(FACEBOOK_24KHZ, tmp_path / "dac.pth")
    assert "missing" in message
    assert "1 unexpected (first: encoder.block.0.bias)" in message
    assert "expected encodec_24khz-d7cc33bc.th, 93171529 bytes, sha256 d7cc33bc" in message


class Hostile:
    def __reduce__(self) -> tuple[Callable, tuple[str]]:
        return (exec, ("import pathlib; pathlib.Path('executed').touch()",))


@pytest.mark.parametrize("name", ["hostile.th", "noise.th", "noise.safetensors", "empty.th", "list.th", "truncated.th"])
def test_files_that_are_no_weights(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    kind = path.stem
    if kind == "hostile":
        torch.save({"state_dict": Hostile()}, path)
    elif kind == "list":
        torch.save([torch.zeros(3)], path)
    elif kind == "truncated":
        torch.save({"x": torch.zeros(10000)}, path)
        path.write_bytes(path.read_bytes()[:20000])
    else:
        path.write_bytes(b"" if kind == "empty" else np.random.default_rng(0).bytes(5000))
    assert "cannot be read as weights" in refusal(REFERENCE, path)
    assert not (tmp_path / "executed").exists()
