"""Training elsewhere than on the CPU: no codec may mix tensors of two devices, which a GPU would refuse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from codecbench_layers.training import CountedTraining
from other_device import Elsewhere, MixedDevices, other_device
from recipe_command import run_recipe

from recipes.codecs import build, trained
from recipes.training.data import Speech
from recipes.training.progress import Settings
from recipes.training.schedule import Leg
from recipes.training.trainer import Training
from recipes.training.validation import validate

REFRESHES = 19
"""Calls after which the next one brings dead codes back."""


@pytest.mark.parametrize("codec", sorted(trained()))
def test_codecs_are_trained_and_validated_on_another_device(codec: str) -> None:
    random = np.random.default_rng(0)
    settings = Settings(codec, 1e-3, 0, 2, 0.8)
    with other_device() as device:
        training = Training(build(codec, 0), cast(Speech, SimpleNamespace(manifest_sha256="")), settings, str(device))
        counted = [module for module in training.trainee.modules() if isinstance(module, CountedTraining)]
        for part in counted:
            part.warm_up = min(part.warm_up, 1)
        for update in range(2):  # the first places the codebooks, the second uses and refreshes them
            training.update(0.1 * random.standard_normal((2, 1, 12_800), dtype=np.float32), Leg.whole(10))
            for part in counted:
                part.calls = REFRESHES
            assert training.progress.updates == update + 1
        assert all(isinstance(weight, Elsewhere) for weight in training.trainee.parameters())
        training.trainee.counts = training.trainee.counts[-1:]
        signal = (3000 * random.standard_normal(16_000)).astype(np.int16)
        (terms,) = validate(training.trainee, training.average.values, (signal,)).values()
    assert np.isfinite(terms["mel"])


def test_what_the_check_sees() -> None:
    """Else the tests above could not fail."""
    with other_device() as device:
        there = torch.ones(2, 3).to(device)
        assert there.device == device
        assert float((there * 2).sum()) == 12
        assert float(torch.zeros((), device=device) + 1) == 1
        for mixed in (
            lambda: there + torch.ones(3),
            lambda: torch.ones(2, 2) @ there,
            lambda: there.add_(torch.ones(3)),
        ):
            with pytest.raises(MixedDevices):
                mixed()
        assert (there * torch.tensor(2.0)).cpu().tolist() == [[2.0] * 3] * 2  # a GPU takes a number from the CPU too


def test_a_device_that_is_not_there_is_one_line() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    options = ("--data", __file__, "--out", "nowhere", "--device", "cuda")
    printed = run_recipe("train", "vocodec", *options, status=2)
    assert "Invalid value for '--device': cuda: " in printed
    assert "cpu always works" in printed
