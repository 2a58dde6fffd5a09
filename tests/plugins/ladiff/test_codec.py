"""LaDiffCodec: its size and cost, its samplers, the level in the payload, and the official release's layout."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_ladiff import REFERENCE, build
from codecbench_ladiff.checkpoint import CONDITION_FILE, UNUSED
from codecbench_ladiff.codec import LadiffCodec
from codecbench_ladiff.config import CONFIGURATIONS, LadiffConfiguration
from codecbench_ladiff.model import Ladiff
from original_layout import random_tensors, shapes

from codecbench.api import Audio, Codebook, CodecOptions, OperatingPoint
from codecbench.cost.macs import count_macs
from codecbench.errors import UsageError

PUBLISHED = CONFIGURATIONS["indiana-3kbps"]
POINT = REFERENCE.points[-1]


def voice(samples: int, gain: float = 1.0) -> Audio:
    time = np.arange(samples) / 16000
    tone = sum(np.sin(2 * np.pi * 120 * k * time + k) / k for k in range(1, 20))
    return Audio.mono((gain * 0.05 * tone).astype(np.float32), 16000)


def parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def on_meta(configuration: LadiffConfiguration) -> Ladiff:
    with torch.device("meta"):
        return Ladiff(configuration).eval()


def macs_per_step(configuration: LadiffConfiguration) -> float:
    """Of one diffusion step, raising the condition included, per second of 10 s."""
    model = on_meta(configuration)
    with torch.device("meta"):
        latents = torch.zeros(1, configuration.dimension, 160000 // configuration.hop)
        condition = torch.zeros(1, configuration.dimension, 500)
        step = torch.zeros(1, dtype=torch.long)
    count = count_macs(lambda: model.unet(latents, step, model.raised(condition)))
    assert not count.unknown
    return count.total / 10


def test_the_sizes_are_the_releases() -> None:
    model = on_meta(PUBLISHED)
    assert parameters(model.unet) + parameters(model.raises) == 135_479_808
    assert parameters(model.condition) == 14_851_810
    assert parameters(model.autoencoder) == 135_800_738 - 135_479_808


@pytest.mark.parametrize(("checkpoint", "count"), [("reference", 2_369_394), ("indiana-3kbps", 143_065_954)])
def test_parameters_are_of_what_coding_runs(checkpoint: str, count: int) -> None:
    model = on_meta(CONFIGURATIONS[checkpoint])
    run = (model.condition.encoder, model.condition.quantizer, model.autoencoder.decoder, model.raises, model.unet)
    assert sum(parameters(part) for part in run) == count < parameters(model)
    rest = [parameter for name, parameter in model.named_parameters() if name.startswith(UNUSED)]
    assert sum(parameter.numel() for parameter in rest) == parameters(model) - count


def test_the_card_counts_them_so() -> None:
    codec = build(CodecOptions("reference"))
    assert isinstance(codec, LadiffCodec)
    assert codec.parameters() == REFERENCE.parameters == 2_369_394


def test_a_step_costs_what_the_releases_does() -> None:
    assert macs_per_step(PUBLISHED) == pytest.approx(35.07e9, rel=0.01)


def test_doubling_the_width_changes_size_and_cost() -> None:
    small = CONFIGURATIONS["reference"]
    wide = replace(small, unet=replace(small.unet, width=2 * small.unet.width))
    assert macs_per_step(wide) > 2 * macs_per_step(small)
    assert parameters(on_meta(wide).unet) > 2 * parameters(on_meta(small).unet)


@pytest.fixture(scope="module")
def codec():
    return build(CodecOptions("reference", seed=1))


def decoded(codec, **settings) -> np.ndarray:
    point = replace(POINT, settings={**POINT.settings, **settings})
    return codec.decode(codec.encode(voice(6400), point), point).samples


def test_sampler_steps_blend_and_seed_change_the_sound_and_nothing_else_does(codec) -> None:
    usual = decoded(codec)
    assert np.array_equal(usual, decoded(codec))
    assert np.array_equal(usual, decoded(build(CodecOptions("reference", seed=1))))
    variants = {
        "without diffusion": decoded(codec, sampler="none"),
        "infilling": decoded(codec, sampler="infilling"),
        "more blending": decoded(codec, sampler="infilling", blend=0.5),
        "fewer steps": decoded(codec, steps=2),
    }
    codec.seed = 2
    variants["another seed"] = decoded(codec)
    codec.seed = 1
    sounds = [usual, *variants.values()]
    for index, sound in enumerate(sounds):
        for other in sounds[:index]:
            assert np.abs(sound - other).max() > 1e-3 * np.abs(usual).max()


def test_the_payload_does_not_depend_on_the_seed() -> None:
    one = build(CodecOptions("reference", seed=1))
    payload = one.encode(voice(6400), POINT)
    one.seed = 9
    assert one.encode(voice(6400), POINT) == payload


@pytest.mark.parametrize(
    ("gain", "samples"), [(0.001, 16000), (0.05, 16000), (1.0, 16000), (15.0, 16000), (1.0, 330), (1.0, 700)]
)
def test_the_level_comes_back(codec, gain: float, samples: int) -> None:
    """Also where padding makes the signal longer: the level of what the original covers is its own."""
    audio = voice(samples, gain)
    found = codec.decode(codec.encode(audio, POINT), POINT).samples
    audio = Audio.mono(np.pad(audio.samples[0], (0, found.shape[1] - samples)), 16000)
    levels = [10 * np.log10(np.mean(np.square(samples.astype(np.float64)))) for samples in (audio.samples, found)]
    assert abs(levels[0] - levels[1]) < 0.5


def test_silence_stays_silent(codec) -> None:
    assert not codec.decode(codec.encode(voice(3000, 0.0), POINT), POINT).samples.any()


def flat_tensors(found: dict[str, tuple[int, ...]], **_: float) -> dict[str, torch.Tensor]:
    """The same shapes, one number each: a file of kilobytes, for what is refused whatever the values are."""
    return {name: torch.full((), 0.5).expand(shape) for name, shape in found.items()}


def write_release(folder: Path, make=random_tensors, **changes) -> Path:
    """Both files in the official layout with seeded values; the network's twin and the schedule are left out."""
    names = {name: shape for name, shape in shapes("ladiff-3kbps", "diffusion").items()
             if not name.startswith("diffusion.")}  # fmt: skip
    tensors = make(names, seed=0, gain=0.9) | changes
    torch.save({f"module.{k}": v for k, v in tensors.items() if v is not None}, folder / "ladiff.amlt")
    condition = make(shapes("ladiff-3kbps", "condition"), seed=1, gain=1.6)
    torch.save(condition, folder / CONDITION_FILE)
    return folder / "ladiff.amlt"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release"))


def test_the_official_layout_loads_and_codes_as_recorded(release: Path) -> None:
    """Recorded here; that the original package gives the same on the same weights was tried by hand."""
    codec = build(CodecOptions("indiana-3kbps", release))
    point = OperatingPoint(3.0, {"codebooks": 6, "steps": 2}, codebooks=(Codebook(1024),) * 6)
    payload = codec.encode(voice(3000), point)
    codes = codec.codes(payload, point)
    codec.model.configuration = replace(codec.model.configuration, start=2)  # the original takes every step
    latents = codec.model.sample(codec.model.dequantized(torch.from_numpy(codes)[None]), "halfway", 2, 0.1, seed=0)
    assert hashlib.sha256(codes.astype("<i4").tobytes()).hexdigest()[:16] == CODES
    assert float(latents.abs().mean()) == pytest.approx(LATENTS, rel=1e-3)
    assert float(codec.model.decoder(latents).abs().mean()) == pytest.approx(LOUDNESS, rel=1e-3)
    assert codec.decode(payload, point).length == 3200


CODES = "9ca70425245c96b4"
LATENTS, LOUDNESS = 0.15878, 0.0624523


def test_every_official_name_has_its_place() -> None:
    """The list of the original's tensors, twin and schedule included, is what the loader knows."""
    found = shapes("ladiff-3kbps", "diffusion")
    twins = {name.replace("diffusion.model.", "diff_model.") for name in found if name.startswith("diffusion.model.")}
    assert twins == {name for name in found if name.startswith("diff_model.")}
    assert len(found) == 26 + 26 + 340 + 353


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"diff_model.final_conv.bias": None}, r"1 missing \(first: unet\.last\.bias"),
        ({"diff_model.surprise": torch.zeros(2)}, r"1 unexpected \(first: diff_model\.surprise"),
        ({"diff_model.final_conv.bias": torch.zeros(7)}, r"unet\.last\.bias is \[7\], not \[128\]"),
        ({"diffusion.model.final_conv.bias": torch.ones(128)}, "not the same as its twin"),
        ({"diffusion.alphas_cumprod": torch.linspace(1, 0, 1000)}, "not the cosine schedule"),
    ],
    ids=["missing", "unexpected", "shape", "twin", "schedule"],
)
def test_what_does_not_fit_is_refused_in_one_line(tmp_path: Path, change, message: str) -> None:
    path = write_release(tmp_path, flat_tensors, **change)
    with pytest.raises(UsageError, match=message) as caught:
        build(CodecOptions("indiana-3kbps", path))
    assert str(caught.value).startswith("ladiff:indiana-3kbps: ")
    assert "\n" not in str(caught.value)


def test_the_conditions_file_must_be_beside(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "model_best.amlt")
    with pytest.raises(UsageError, match=r"condition\.amlt, is not beside model_best\.amlt") as caught:
        build(CodecOptions("indiana-3kbps", tmp_path / "model_best.amlt"))
    assert "\n" not in str(caught.value)
