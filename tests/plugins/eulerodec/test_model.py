"""EuleroDec's anchors, and that it is complex and phase equivariant where it says so."""

from __future__ import annotations

import cmath
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_eulerodec import CARDS, REFERENCE, build
from codecbench_eulerodec.config import CONFIGURATIONS, EulerodecConfiguration
from codecbench_eulerodec.layers import (
    AxialAttention,
    ComplexConv2d,
    ComplexConvTranspose2d,
    DropPath,
    FeedForward,
    ModReLU,
    Residual,
    Whitening,
    stacked,
)
from codecbench_eulerodec.model import DownStage, Eulerodec, UpStage, average, compress
from codecbench_layers.training import EmaTraining, Refresh
from safetensors.torch import save_file
from torch import nn

from codecbench.api import Audio, CodecOptions
from codecbench.cost.macs import count_macs
from codecbench.errors import UsageError

PAPERS = {card.checkpoint: card for card in CARDS if card.track == "untrained"}


def parameters(configuration: EulerodecConfiguration) -> int:
    with torch.device("meta"):
        return sum(p.numel() for p in Eulerodec(configuration).parameters())


@pytest.mark.parametrize("name", ["paper-6kbps", "paper-12kbps"])
def test_the_papers_size_is_met(name: str) -> None:
    """Fitted. A complex parameter counts once, codebooks are buffers."""
    assert parameters(CONFIGURATIONS[name]()) == pytest.approx(2_347_621, rel=0.03)
    assert PAPERS[name].parameters == parameters(CONFIGURATIONS[name]())


@pytest.mark.parametrize(("name", "giga"), [("paper-6kbps", 39.2), ("paper-12kbps", 43.0)])
def test_the_papers_cost_is_as_predicted(name: str, giga: float) -> None:
    """No figure is published: what the fitted widths cost in 10^9 real MAC/s, without the quantizer."""
    assert giga_macs(CONFIGURATIONS[name]()) == pytest.approx(giga, rel=0.01)
    card = PAPERS[name]
    assert card.encoder_macs_per_s is not None
    assert card.decoder_macs_per_s is not None
    assert giga == pytest.approx((card.encoder_macs_per_s + card.decoder_macs_per_s) / 1e9, rel=0.01)


def giga_macs(configuration: EulerodecConfiguration) -> float:
    """Encoder and decoder, in 10^9 MACs per second of 10 s: equal blocks are counted once."""
    with torch.device("meta"):
        model = Eulerodec(configuration).eval().requires_grad_(False)
        spectrum = model.encoder.analyze(torch.zeros(1, 1, 10 * configuration.sample_rate))
    blocks = Counter(part.shape[-1] for part in torch.split(spectrum, configuration.block, dim=-1))
    total = 0
    for frames, times in blocks.items():
        part = spectrum[..., :frames]
        count = count_macs(partial(_through, model, part))
        assert count.unknown == ()
        total += times * count.total
    return total / 1e10


def _through(model: Eulerodec, block: torch.Tensor) -> None:
    model.decoder.decode_block(model.encoder.encode_block(block))


def test_doubling_the_channels_changes_size_and_cost() -> None:
    small = EulerodecConfiguration.reference()
    wide = replace(small, channels=tuple(2 * channels for channels in small.channels))
    assert parameters(wide) > 3 * parameters(small)
    spectrum = torch.randn(1, small.bins, 8, dtype=torch.complex64)
    encoders = [Eulerodec(each).eval().encoder for each in (small, wide)]
    costs = [count_macs(partial(encoder.encode_block, spectrum)).total for encoder in encoders]
    assert costs[1] > 2 * costs[0]


def test_a_complex_mac_counts_as_four() -> None:
    layer = ComplexConv2d(3, 5, (3, 3))
    values = torch.randn(1, 3, 4, 6, dtype=torch.complex64)
    assert count_macs(lambda: layer(values)).total == 4 * 3 * 5 * 9 * 4 * 6


def test_convolutions_are_those_of_complex_numbers() -> None:
    values = torch.randn(2, 3, 8, 6, dtype=torch.complex64)
    layer = ComplexConv2d(3, 5, (3, 3), (2, 1), (1, 2))
    expected = nn.functional.conv2d(values, layer.weight, stride=(2, 1), padding=(1, 2), dilation=(1, 2))
    assert torch.allclose(layer(values), expected, atol=1e-5)
    raised = ComplexConvTranspose2d(3, 4, (2, 2))
    expected = nn.functional.conv_transpose2d(values, raised.weight, stride=2, padding=1, output_padding=1)
    assert torch.allclose(raised(values), expected, atol=1e-5)


CONFIGURATION = EulerodecConfiguration.reference()
BLOCKS = {
    "convolution": lambda: ComplexConv2d(8, 8, (3, 7)),
    "transposed": lambda: ComplexConvTranspose2d(8, 8, (2, 2)),
    "modrelu": lambda: ModReLU(8),
    "whitening": lambda: Whitening(8),
    "attention over time": lambda: AxialAttention(8, 4, axis=3),
    "attention over frequency": lambda: AxialAttention(8, 4, axis=2),
    "feed-forward": lambda: FeedForward(8, 2),
    "residual": lambda: Residual(8, (3, 5)),
    "down": lambda: DownStage(8, 12, (2, 2), CONFIGURATION),
    "up": lambda: UpStage(8, 4, (2, 1), CONFIGURATION),
}


def doubled(block: nn.Module) -> nn.Module:
    """`block` in double precision, with real thresholds, gains and gates off their start."""
    for parameter in block.eval().parameters():
        parameter.data = parameter.data + 0.1 * torch.randn_like(parameter)
    block.to(torch.complex128)
    for name, parameter in block.named_parameters():
        if name.rpartition(".")[2] in ("threshold", "gain", "gate"):
            parameter.data = parameter.data.real.clone()
    return block


@pytest.mark.filterwarnings("ignore:Complex modules are a new feature")
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_are_phase_equivariant(name: str) -> None:
    torch.manual_seed(0)
    block = doubled(BLOCKS[name]())
    values = torch.randn(2, 8, 16, 12, dtype=torch.complex128)
    for angle in (0.3, 2.0, -1.1):
        turn = cmath.exp(1j * angle)
        assert (block(turn * values) - turn * block(values)).abs().max() < 1e-10


def test_pooling_and_compression_are_phase_equivariant() -> None:
    values, turn = torch.randn(1, 2, 8, 6, dtype=torch.complex128), cmath.exp(0.7j)
    for change in (lambda v: average(v, (2, 2)), lambda v: compress(v, 0.5)):
        assert (change(turn * values) - turn * change(values)).abs().max() < 1e-10


@pytest.mark.filterwarnings("ignore:Complex modules are a new feature")
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_all_but_the_quantizer_is_phase_equivariant(name: str) -> None:
    """From the spectrogram to the latents, and from latents to the spectrogram."""
    torch.manual_seed(0)
    configuration = replace(CONFIGURATIONS[name](), channels=CONFIGURATION.channels, code_dimension=24)
    model, turn = Eulerodec(configuration), cmath.exp(1.3j)
    encode, decode = doubled(model.encoder).encode_block, doubled(model.decoder).decode_block
    spectrum = torch.randn(1, configuration.bins, 16, dtype=torch.complex128)
    with torch.no_grad():
        latents = encode(spectrum)
        assert (encode(turn * spectrum) - turn * latents).abs().max() < 1e-10
        decoded = decode(latents)
        scale = decoded.abs().max()  # magnitudes that were compressed come back squared
        assert (decode(turn * latents) - turn * decoded).abs().max() < 1e-10 * scale


def test_every_activation_is_complex_and_no_layer_is_real() -> None:
    model = Eulerodec(CONFIGURATION).eval()
    seen = []

    def look(module: nn.Module, _: object, output: torch.Tensor) -> None:
        seen.append(type(module).__name__)
        assert output.is_complex(), type(module).__name__

    ends = {model.encoder, model.decoder, model.encoder.stft, model.decoder.stft}
    for module in model.modules():
        assert not isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear | nn.LSTM | nn.ConvTranspose2d | nn.LayerNorm)
        if module not in ends:
            module.register_forward_hook(look)
    for name, parameter in model.named_parameters():
        assert parameter.is_complex() or name.endswith(("threshold", "gain", "gate")), name
    with torch.no_grad():
        model.decoder(model.quantizer.decode(model.quantizer.encode(model.encoder(torch.randn(1, 1, 4000)), 4)))
    assert {"ComplexConv2d", "ModReLU", "Whitening", "AxialAttention", "DownStage", "UpStage"} <= set(seen)


def test_whitening_whitens() -> None:
    layer = Whitening(3)
    mixed = torch.randn(2, 3, 30, 40) + 0.8j * torch.randn(2, 3, 30, 40)
    mixed = mixed + 0.5j * mixed.real + (2 - 1j)
    parts = stacked(layer(mixed.to(torch.complex64)) / layer.gain.mean(), 1).view(2, 2, 3, -1)  # [batch, part, channel]
    parts = parts.permute(0, 2, 1, 3)
    assert parts.mean(-1).abs().max() < 1e-4
    covariance = parts @ parts.transpose(-1, -2) / parts.shape[-1]
    assert torch.allclose(covariance, torch.eye(2).expand_as(covariance), atol=1e-3)


def test_modrelu_cuts_the_modulus_and_keeps_the_phase() -> None:
    layer = ModReLU(1)
    layer.threshold.data.fill_(-1.0)
    values = torch.polar(torch.tensor([0.5, 1.5, 3.0]), torch.tensor([0.1, -2.0, 1.0])).view(1, 1, 1, 3)
    found = layer(values)[0, 0, 0]
    assert torch.allclose(found.abs(), torch.tensor([0.0, 0.5, 2.0]), atol=1e-5)
    assert torch.allclose(found.angle()[1:], torch.tensor([-2.0, 1.0]), atol=1e-5)


def test_paths_are_dropped_in_training_alone() -> None:
    values = torch.ones(400, 1, 1, 1, dtype=torch.complex64)
    drop = DropPath(0.05)
    assert torch.equal(drop.eval()(values), values)
    share = float((drop.train()(values).abs() == 0).float().mean())
    assert 0.005 < share < 0.15


def test_dead_codes_come_back_where_latents_are() -> None:
    """The paper's refresh: each dead code with probability 0.015, on a present latent, with a little noise."""
    torch.manual_seed(0)
    model = Eulerodec(CONFIGURATION)
    training = EmaTraining(model.quantizer.layers[:1], 0, warm_up=0, refresh=Refresh(1, 0.015, 0.001))
    codebook = model.quantizer.layers[0].codebook
    codebook.embed.fill_(100.0)
    codebook.embed[0] = 0
    codebook.cluster_size.zero_()
    latents = torch.randn(2, CONFIGURATION.code_dimension, 50, dtype=torch.complex64)
    training(latents, torch.full((2,), 12))
    moved = (codebook.embed[1:].abs().mean(1) < 50).sum()
    assert 3 <= int(moved) <= 40  # of 1023: about 15
    revived = codebook.embed[1:][codebook.embed[1:].abs().mean(1) < 50]
    nearest = (revived[:, None] - latents.transpose(1, 2).flatten(0, 1)[None]).abs().mean(-1).amin(1)
    assert nearest.max() < 0.01
    assert nearest.min() > 0


def test_blocks_are_coded_apart_and_joined_before_one_inverse_transform() -> None:
    model = Eulerodec(CONFIGURATION).eval()
    block = CONFIGURATION.block // CONFIGURATION.time_stride
    latents = torch.randn(1, CONFIGURATION.code_dimension, 2 * block, dtype=torch.complex64)
    changed = latents.clone()
    changed[..., block:] = torch.randn_like(changed[..., block:])
    with torch.no_grad():
        whole, other = model.decoder(latents), model.decoder(changed)
    same = int((whole - other).abs()[0, 0].nonzero()[0])
    edge = CONFIGURATION.block * CONFIGURATION.hop - (CONFIGURATION.n_fft - CONFIGURATION.hop)
    assert same == edge  # the next block's first frame overlaps from here on


def test_the_card_declares_how_far_an_output_sample_reaches() -> None:
    """The last sample of the second block, followed by a NaN, to the first sample that it gets to."""
    model, samples = Eulerodec(CONFIGURATION).eval(), CONFIGURATION.block * CONFIGURATION.hop
    audio = 0.1 * torch.randn(1, 1, 2 * samples)
    audio[..., -1] = float("nan")
    with torch.no_grad():
        reached = torch.isnan(model.decoder(model.encoder(audio)))[0, 0].nonzero()
    assert 2 * samples - int(reached[0]) == REFERENCE.frame + REFERENCE.lookahead


def test_weights_from_a_seed_make_a_codec_that_follows_its_input() -> None:
    same, again, other = (build(CodecOptions("reference", None, seed=seed)) for seed in (1, 1, 2))
    rng, point = np.random.default_rng(0), REFERENCE.points[0]
    audio, noise = (Audio.mono(0.1 * rng.standard_normal(6000).astype(np.float32), 16000) for _ in range(2))
    payload = same.encode(audio, point)
    assert payload == again.encode(audio, point) != other.encode(audio, point)
    assert payload != same.encode(noise, point)
    decoded = same.decode(payload, point).samples
    assert np.array_equal(decoded, again.decode(payload, point).samples)
    assert not np.array_equal(decoded, same.decode(same.encode(noise, point), point).samples)


@pytest.mark.parametrize("name", ["paper-6kbps", "paper-12kbps"])
def test_the_papers_models_code_short_signals(name: str) -> None:
    """The last block is as short as whole frames of codes allow: a signal does not pay for 256 frames."""
    card, frame = PAPERS[name], CONFIGURATIONS[name]().frame
    codec, point = build(CodecOptions(name)), card.points[0]
    for samples in (1, frame, 2 * frame + 1):
        audio = Audio.mono(0.1 * np.sin(np.arange(samples)), card.sample_rate)
        payload = codec.encode(audio, point)
        decoded = codec.decode(payload, point)
        assert decoded.length >= samples
        assert np.isfinite(decoded.samples).all()
        frames, tail = -(-samples // frame), -(-448 // frame)  # zeros after the end complete the last window
        assert 8 * len(payload) < 132 * (frames + tail) + 8


def test_real_and_imaginary_parts_in_a_file_fill_complex_weights(tmp_path: Path) -> None:
    model = Eulerodec(CONFIGURATION)
    tensors = {
        name: torch.view_as_real(value).contiguous() if value.is_complex() else value
        for name, value in model.state_dict().items()
    }
    save_file(tensors, tmp_path / "weights.safetensors")
    loaded = build(CodecOptions("reference", tmp_path / "weights.safetensors")).model
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in model.state_dict().items())
    tensors["encoder.stem.weight"] = tensors["encoder.stem.weight"][..., 0].contiguous()
    save_file(tensors, tmp_path / "real.safetensors")
    with pytest.raises(UsageError, match=r"encoder\.stem\.weight holds values that are not"):
        build(CodecOptions("reference", tmp_path / "real.safetensors"))
