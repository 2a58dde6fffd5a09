"""The quantizers that are trained agree with those that the codecs run."""

from __future__ import annotations

from importlib import import_module

import pytest
import torch
from codecbench_layers.codebooks import nearest_code
from codecbench_layers.training import kmeans

from codecbench.api import Audio, CodecOptions
from codecbench.weights import resolve
from recipes.codecs import build, codecs

WHOLE_BLOCKS = 5 * 20480
"""Samples: a multiple of EuleroDec's coded block and of FACodec's frame, so that nothing is padded."""
WIDTHS = {"encodec": 128, "dac": 128, "vocodec": 160, "ibpcodec": 240}


def parts(trainee):
    """The quantizers under training: one, or one for each group."""
    return getattr(trainee.quantize, "parts", [trainee.quantize])


def set_calls(trainee, calls: int) -> None:
    for part in parts(trainee):
        part.calls = calls


def trained(codec: str, updates: int = 6):
    """A trainee whose quantizer has been placed and has seen a few batches of latents [4, width, 40]."""
    torch.manual_seed(0)
    trainee, width = build(codec, 0), WIDTHS[codec]
    for part in parts(trainee):
        part.warm_up = 2
    centres = torch.randn(500, width)
    for _ in range(updates):
        latents = (centres[torch.randint(500, (4, 40))] + 0.1 * torch.randn(4, 40, width)).transpose(1, 2)
        result = trainee.quantize(latents, torch.full((4,), 12))
    return trainee, latents, result


@pytest.mark.parametrize("codec", WIDTHS)
def test_training_and_inference_quantize_alike(codec: str) -> None:
    trainee, latents, _ = trained(codec)
    set_calls(trainee, 10_001)  # no code is moved to a new place in this call
    for count in trainee.counts:
        with torch.no_grad():
            inference = trainee.requantized(latents, count)
            before = {name: value.clone() for name, value in trainee.model.state_dict().items()}
            training = trainee.quantize(latents, torch.full((4,), count)).latents
            trainee.model.load_state_dict(before)
        # the moving averages moved while it quantized, level by level
        assert (training - inference).square().mean() < 0.05 * latents.square().mean()


@pytest.mark.parametrize("codec", WIDTHS)
def test_more_codebooks_are_never_worse_and_pass_gradients(codec: str) -> None:
    trainee, latents, result = trained(codec)
    assert result.loss > 0
    errors = []
    for count in (2, 12):
        wanted = latents.clone().requires_grad_()
        quantized = trainee.quantize(wanted, torch.full((4,), count)).latents
        quantized.square().sum().backward()
        assert wanted.grad is not None
        assert wanted.grad.abs().sum() > 0
        errors.append(float((quantized.detach() - latents).square().mean()))
    assert errors[1] <= errors[0]


@pytest.mark.parametrize("codec", WIDTHS)
def test_each_item_uses_its_own_number_of_codebooks(codec: str) -> None:
    trainee, latents, _ = trained(codec)
    set_calls(trainee, 10_001)
    same = latents[:1].expand(4, -1, -1)
    with torch.no_grad():
        mixed = trainee.quantize(same, torch.tensor([2, 2, 6, 12])).latents
    assert torch.equal(mixed[0], mixed[1])
    assert not torch.equal(mixed[0], mixed[2])
    assert not torch.equal(mixed[2], mixed[3])


@pytest.mark.parametrize("codec", WIDTHS)
def test_codes_follow_what_they_catch(codec: str) -> None:
    """The same latents again and again: the first level's error falls."""
    trainee, latents, _ = trained(codec)
    errors = []
    for _ in range(30):
        with torch.no_grad():
            quantized = trainee.quantize(latents, torch.full((4,), 2)).latents
        errors.append(float((quantized - latents).square().mean()))
    assert errors[-1] < errors[0]


def test_kmeans_finds_separate_clusters() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(8, 5, generator=generator) * 10
    points = centres.repeat(50, 1) + 0.01 * torch.randn(400, 5, generator=generator)
    found = kmeans(points, 32, generator)
    nearest = found[nearest_code(points, found)]
    assert (nearest - points).square().mean() < 0.01


@pytest.mark.parametrize("codec", sorted(codecs()))
def test_what_passes_without_a_quantizer_is_what_the_plugin_says(codec: str) -> None:
    """The same weights, once as a trainee and once as the codec whose loss ladder bypasses its quantizer."""
    card = import_module(f"codecbench_{codec}").REFERENCE
    plugin = import_module(f"codecbench_{codec}").build(CodecOptions("reference", resolve(card)))
    trainee = build(codec, 0)
    trainee.model = plugin.model
    audio = 0.1 * torch.randn(1, 1, WHOLE_BLOCKS, generator=torch.Generator().manual_seed(0))
    passed = trainee.unquantized(audio)
    theirs = torch.from_numpy(plugin.bypass(Audio(audio[0].numpy(), 16000), "network").samples)[None]
    theirs = theirs[..., :WHOLE_BLOCKS]
    assert passed.shape == audio.shape
    if codec == "ladiff":  # the plugin brings what comes out to the original's level
        theirs = theirs * (passed.norm() / theirs.norm())
    assert torch.allclose(passed, theirs, atol=1e-4 * float(theirs.abs().max()) + 1e-7)
