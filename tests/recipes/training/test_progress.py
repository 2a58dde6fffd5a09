from __future__ import annotations

from dataclasses import asdict

import pytest
import torch
from torch import nn

from codecbench.errors import UsageError
from recipes.training.progress import AVERAGE_DECAY, Progress, Settings, WeightAverage, require_same

SETTINGS = asdict(Settings("vocodec", 1e-3))


def test_a_training_goes_on_where_it_was() -> None:
    before = Progress(SETTINGS, 7, 12.5, 3, {"mel": 0.5})
    after = Progress(SETTINGS)
    after.load_state_dict(before.state_dict())
    assert after == before


def test_other_settings_are_told_and_more_of_them_do_not_matter() -> None:
    require_same(SETTINGS | {"new": 1}, SETTINGS)
    with pytest.raises(UsageError, match="this folder holds another training: seed 1 instead of 0; choose another"):
        require_same(SETTINGS | {"seed": 1}, SETTINGS)
    with pytest.raises(UsageError, match=r"rate None instead of 0\.001"):
        Progress(SETTINGS).load_state_dict(Progress({"codec": "vocodec"}).state_dict())


def test_a_crop_is_in_samples() -> None:
    assert Settings("a", 1.0, crop_seconds=0.8).crop == 12800


def test_an_average_follows_fast_at_first_and_slowly_later() -> None:
    model = nn.Linear(1, 1, bias=False)
    average = WeightAverage(model)
    start = average.values["weight"].clone()
    with torch.no_grad():
        model.weight.add_(1.0)
    average.update(model, 0)
    assert torch.allclose(average.values["weight"], start + 0.9)
    late = WeightAverage(nn.Linear(1, 1, bias=False))
    late.load_state_dict({"weight": start.clone()})
    late.update(model, 10**6)
    assert torch.allclose(late.values["weight"], start + (1 - AVERAGE_DECAY), atol=1e-6)
