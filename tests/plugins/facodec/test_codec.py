"""FACodec: its size and cost, its streams, the timbre in the payload, and the official release's layout."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_facodec import AMPHION, REFERENCE, build
from codecbench_facodec.activation import halfband_filter
from codecbench_facodec.checkpoint import FILTERS, TRAINING_HEADS
from codecbench_facodec.config import FacodecConfiguration
from codecbench_facodec.model import Facodec
from original_layout import random_tensors, shapes

from codecbench.api import Audio, CodecOptions
from codecbench.cost.macs import count_macs
from codecbench.errors import PayloadError, UsageError


def noise(samples: int) -> Audio:
    time = np.arange(samples) / 16000
    tone = sum(np.sin(2 * np.pi * 120 * k * time + k) / k for k in range(1, 20))
    return Audio.mono((0.05 * tone).astype(np.float32), 16000)


def parameters(configuration: FacodecConfiguration) -> int:
    with torch.device("meta"):
        return sum(p.numel() for p in Facodec(configuration).parameters())


def macs_per_second(configuration: FacodecConfiguration) -> tuple[int, int]:
    """At 10 s: all, and without attention's products and the anti-aliasing filters."""
    with torch.device("meta"):
        model = Facodec(configuration).eval()
        audio, latents = torch.zeros(1, 1, 160000), torch.zeros(1, configuration.dimension, 800)
        timbre = torch.zeros(1, configuration.dimension)

    def run() -> None:
        found = model.encoder(audio)
        model.timbre_encoder(found)
        model.quantizer.encode(found, 6)
        model.decoder(latents, timbre)

    everything = count_macs(run)
    assert not everything.unknown
    attention = sum(count for name, count in everything.by_operation.items() if "attention" in name or "bmm" in name)
    filters = 0

    def add_filter(module: torch.nn.Module, inputs: tuple[torch.Tensor], _: torch.Tensor) -> None:
        nonlocal filters
        filters += 24 * inputs[0].numel()  # 12 taps on the way up, 12 for each sample on the way down

    for name, module in model.named_modules():
        if type(module).__name__ == "AntiAliased":
            module.register_forward_hook(add_filter)
        assert name is not None
    run()
    return everything.total // 10, (everything.total - attention - filters) // 10


def test_the_parameters_are_the_releases() -> None:
    assert parameters(FacodecConfiguration.paper()) == 28_844_610
    assert AMPHION.parameters == 28_844_610


def test_the_cost_is_the_releases() -> None:
    everything, plain = macs_per_second(FacodecConfiguration.paper())
    assert everything == pytest.approx(16.6e9, rel=0.02)
    assert plain == pytest.approx(15.8e9, rel=0.02)


def test_doubling_the_widths_changes_size_and_cost() -> None:
    paper = FacodecConfiguration.paper()
    wide = replace(
        paper, encoder_widths=tuple(2 * w for w in paper.encoder_widths),
        decoder_widths=tuple(2 * w for w in paper.decoder_widths),
    )  # fmt: skip
    assert parameters(wide) > 2 * parameters(paper)
    assert macs_per_second(wide)[0] > 2 * macs_per_second(paper)[0]


@pytest.fixture(scope="module")
def codec():
    return build(CodecOptions("reference", seed=1))


def test_the_timbre_is_counted(codec) -> None:
    point, size = REFERENCE.points[-1], 2 * FacodecConfiguration.reference().dimension
    payload = codec.encode(noise(32000), point)
    assert len(payload) == size + 2 * 4800 / 8
    assert codec.parts(payload, point).timbre.shape == (size // 2,)


def test_another_timbre_changes_the_sound_and_not_the_codes(codec) -> None:
    point = REFERENCE.points[-1]
    parts = codec.parts(codec.encode(noise(8000), point), point)
    other = replace(parts, timbre=-parts.timbre)
    assert np.array_equal(codec.codes(other.to_bytes(), point), parts.codes)
    sounds = [codec.decode(each.to_bytes(), point).samples for each in (parts, other)]
    assert np.abs(sounds[0] - sounds[1]).max() > 1e-3


def test_lower_rates_drop_detail_from_its_last_codebook_on(codec) -> None:
    codes = [codec.codes(codec.encode(noise(8000), point), point) for point in REFERENCE.points]
    assert [len(rows) for rows in codes] == [3, 4, 5, 6]
    for rows in codes:
        assert np.array_equal(rows, codes[-1][: len(rows)])


def test_detail_codes_what_prosody_and_content_leave_over(codec) -> None:
    prosody, content, detail = codec.model.quantizer.streams
    with torch.no_grad():
        latents = codec.model.encoder(torch.from_numpy(noise(8000).samples)[None])
        source, own = codec.model.quantizer.parted(latents)
        codes = codec.model.quantizer.encode(latents, 6)
        coarse = codec.model.quantizer.prosody_out(prosody.decode(codes[:, :1])) + content.decode(codes[:, 1:3])
        assert torch.equal(prosody.encode(source, 1), codes[:, :1])
        assert torch.equal(content.encode(own, 2), codes[:, 1:3])
        assert torch.equal(detail.encode(own - coarse, 3), codes[:, 3:])
        assert torch.allclose(codec.model.quantizer.decode(codes), coarse + detail.decode(codes[:, 3:]))


def test_the_reference_prosody_is_of_the_low_bands(codec) -> None:
    """20 rows for each frame of 200 samples; they peak where the first harmonic is, and hold the loudness."""
    bands = codec.model.encoder.bands
    with torch.no_grad():
        loud, quiet = (bands(gain * torch.from_numpy(noise(8000).samples)[None]) for gain in (1.0, 0.25))
    assert loud.shape == (1, 20, 40)
    assert float((loud - quiet)[:, 3].mean()) == pytest.approx(np.log(4), abs=0.01)
    assert loud.mean(2).argmax() in (3, 4)  # 120 Hz; the bands are 29 to 39 Hz wide there


def test_a_payload_that_ends_within_the_timbre_is_one_line(codec) -> None:
    with pytest.raises(PayloadError, match="ends within the timbre") as caught:
        codec.decode(b"\0" * 100, REFERENCE.points[0])
    assert "\n" not in str(caught.value)


def write_release(folder: Path, **changes) -> Path:
    """Both files in the official layout with seeded values; training heads are cut to one value."""
    for part, seed in (("encoder", 0), ("decoder", 1)):
        names = shapes("facodec", part)
        heads = {name: (1,) for name in names if name.startswith((*TRAINING_HEADS, "timbre_encoder.position_emb"))}
        tensors = random_tensors({**names, **heads}, seed, gain=0.8)
        tensors |= {name: halfband_filter() for name in tensors if name.endswith(FILTERS)}
        tensors |= changes.get(part, {})
        torch.save({k: v for k, v in tensors.items() if v is not None}, folder / f"ns3_facodec_{part}.bin")
    return folder / "ns3_facodec_decoder.bin"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release"))


def test_the_official_layout_loads_and_codes_as_recorded(release: Path) -> None:
    """Recorded here; that the original package gives the same on the same weights was tried by hand."""
    codec, point = build(CodecOptions("amphion", release)), AMPHION.points[-1]
    parts = codec.parts(codec.encode(noise(4000), point), point)
    decoded = codec.decode(parts.to_bytes(), point).samples[0]
    assert hashlib.sha256(parts.codes.astype("<i4").tobytes()).hexdigest()[:16] == CODES
    assert float(np.abs(decoded).mean()) == pytest.approx(LOUDNESS, rel=1e-3)


CODES = "64262fe5ceb279d6"
LOUDNESS = 0.525167


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timbre_linear.bias": None}, r"1 missing \(first: decoder.timbre_linear.bias"),
        ({"surprise.weight": torch.zeros(2, 2)}, r"1 unexpected \(first: surprise.weight"),
        ({"timbre_linear.bias": torch.zeros(7)}, r"timbre_linear.bias is \[7\], not \[512\]"),
        ({"timbre_linear.bias": torch.full((512,), torch.nan)}, "not finite"),
    ],
    ids=["missing", "unexpected", "shape", "nan"],
)
def test_what_does_not_fit_is_refused_in_one_line(tmp_path: Path, change, message: str) -> None:
    path = write_release(tmp_path, decoder=change)
    with pytest.raises(UsageError, match=message) as caught:
        build(CodecOptions("amphion", path))
    assert str(caught.value).startswith("facodec:amphion: ")
    assert "\n" not in str(caught.value)


def test_the_encoders_file_must_be_beside(release: Path, tmp_path: Path) -> None:
    alone = tmp_path / release.name
    alone.symlink_to(release)
    with pytest.raises(UsageError, match=r"ns3_facodec_encoder\.bin is not beside it"):
        build(CodecOptions("amphion", alone))


def test_training_heads_are_dropped_by_name_and_nothing_else_is() -> None:
    names = shapes("facodec", "decoder")
    heads = {name.partition(".")[0] for name in names} - {"quantizer", "model", "timbre_encoder", "timbre_linear"}
    assert heads == set(TRAINING_HEADS)
