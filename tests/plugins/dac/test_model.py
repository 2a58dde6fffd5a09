"""Reading DAC checkpoints: the original layout with its wrapper, transformers' layout, and a real quantizer slice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_dac import CARDS, REFERENCE, build
from codecbench_dac.config import CONFIGURATIONS, DacConfiguration
from original_dac import to_original
from safetensors.torch import save_file
from torch import Tensor

from codecbench.api import Audio, CodecOptions
from codecbench.errors import UsageError

SLICE = Path(__file__).parents[3].parent / "shared" / "weights" / "rvq_slices" / "dac_24khz"


def random_state(weight_norm: bool) -> dict[str, Tensor]:
    torch.manual_seed(3)
    model = DacConfiguration.reference().build()
    if weight_norm:
        model.apply_weight_norm()
    return {name: value + 0.02 * torch.randn_like(value) for name, value in model.state_dict().items()}


def coded(weights: Path) -> tuple[bytes, np.ndarray]:
    codec = build(CodecOptions("reference", weights))
    signal = 0.1 * np.random.default_rng(0).standard_normal((1, 4000))
    payload = codec.encode(Audio(signal.astype(np.float32), 16000), REFERENCE.points[-1])
    return payload, codec.decode(payload, REFERENCE.points[-1]).samples


def test_original_and_transformers_layouts_give_equal_codes(tmp_path: Path) -> None:
    state = random_state(weight_norm=True)
    wrapped = {"state_dict": to_original(state), "metadata": {"kwargs": {"encoder_dim": 8, "n_codebooks": 12}}}
    torch.save(wrapped, tmp_path / "weights.pth")
    model = DacConfiguration.reference().build()
    model.apply_weight_norm()
    model.load_state_dict(state)
    _plain(model)
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    original, transformers = (coded(tmp_path / name) for name in ("weights.pth", "model.safetensors"))
    assert original[0] == transformers[0]
    assert np.array_equal(original[1], transformers[1])


def _plain(model: torch.nn.Module) -> None:
    for module in model.modules():
        if torch.nn.utils.parametrize.is_parametrized(module, "weight"):
            torch.nn.utils.parametrize.remove_parametrizations(module, "weight")


def test_codes_are_those_of_transformers(tmp_path: Path) -> None:
    state = random_state(weight_norm=False)
    save_file(state, tmp_path / "model.safetensors")
    model = DacConfiguration.reference().build()
    model.load_state_dict(state)
    signal = torch.from_numpy(0.1 * np.random.default_rng(0).standard_normal((1, 1, 4160)).astype(np.float32))
    signal[..., 4000:] = 0
    codec = build(CodecOptions("reference", tmp_path / "model.safetensors"))
    for point in REFERENCE.points:
        with torch.no_grad():
            codes = model.encode(signal, point.settings["codebooks"]).audio_codes[0].numpy()
            decoded = model.decode(audio_codes=torch.from_numpy(codes)[None]).audio_values[0].numpy()
        payload = codec.encode(Audio(signal[0, :, :4000].numpy(), 16000), point)
        assert np.array_equal(codec.codes(payload, point), codes)
        assert np.allclose(codec.decode(payload, point).samples[0, :-8], decoded, atol=1e-6)


def test_a_gain_without_its_direction_is_one_line(tmp_path: Path) -> None:
    state = to_original(random_state(weight_norm=True))
    del state["encoder.block.0.weight_v"]
    torch.save({"state_dict": state}, tmp_path / "weights.pth")
    with pytest.raises(UsageError, match=r"^dac:reference: .*weight_g has no .*weight_v beside it; found") as caught:
        build(CodecOptions("reference", tmp_path / "weights.pth"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("card", CARDS[1:], ids=lambda card: card.checkpoint)
def test_published_files_are_pinned(card) -> None:
    assert len(card.weights.sha256) == 64
    assert card.weights.url.startswith("https://")
    assert card.weights.package is None


@pytest.mark.skipif(not SLICE.is_dir(), reason="the real quantizer slice is not beside this checkout")
def test_a_real_quantizer_slice_decodes_as_recorded() -> None:
    """12 of its codebooks, the first 192 codes of each, with the features that the original makes of 32 frames."""
    from transformers.models.dac.modeling_dac import DacResidualVectorQuantizer

    def read(name: str, *shape: int) -> Tensor:
        if name.endswith("u32"):
            return torch.from_numpy(np.fromfile(SLICE / name, np.uint32).astype(np.int64).reshape(shape))
        return torch.from_numpy(np.fromfile(SLICE / name, np.float32).reshape(shape))

    config = CONFIGURATIONS["descript-24khz"]().build_config()
    config.n_codebooks, config.codebook_size = 12, 192
    quantizer = DacResidualVectorQuantizer(config)
    tables, weights = read("codebook_tables_sliced.f32", 12, 192, 8), read("out_proj_weight.f32", 12, 1024, 8, 1)
    for layer, table, weight, bias in zip(
        quantizer.quantizers, tables, weights, read("out_proj_bias.f32", 12, 1024), strict=True
    ):
        layer.codebook.weight.data, layer.out_proj.weight.data, layer.out_proj.bias.data = table, weight, bias
    codes = read("codes.u32", 32, 12).T[None]  # [1, codebooks, frames]
    with torch.no_grad():
        features = quantizer.from_codes(codes)[0][0].T
    assert torch.allclose(features, read("decoded_features.f32", 32, 1024), atol=1e-4)
