from __future__ import annotations

import pytest
import torch
from codecbench_ladiff.diffusion import STEPS, Predict, Schedule, halfway, infilling, kept_signal


def test_a_hundred_steps_from_the_end_little_noise_is_left_to_take_away() -> None:
    kept = kept_signal()
    assert len(kept) == STEPS
    assert float(kept[99]) == pytest.approx(0.972, abs=5e-4)
    assert bool((kept[1:] < kept[:-1]).all())


def known_noise(clean: torch.Tensor) -> Predict:
    """A network that knows the clean latents: its noise always points back to them."""

    def predict(noisy: torch.Tensor, step: int) -> torch.Tensor:
        kept = kept_signal()[step]
        return ((noisy - kept.sqrt() * clean) / (1 - kept).sqrt()).float()

    return predict


@pytest.mark.parametrize("steps", [1, 4, 100])
def test_with_a_network_that_knows_sampling_ends_at_the_clean_latents(steps: int) -> None:
    generator = torch.Generator().manual_seed(0)
    clean = torch.rand(1, 4, 20, generator=generator) - 0.5
    start = clean + 0.2 * torch.randn(1, 4, 20, generator=generator)
    schedule = Schedule.evenly(100, steps, seed=3)
    assert schedule.steps[0] == 99
    assert len(schedule.steps) == steps
    assert torch.allclose(halfway(start, schedule, known_noise(clean)), clean, atol=1e-4)


def test_infilling_draws_towards_its_target() -> None:
    """With a network that finds no noise, what is left of the uniform start shrinks with lambda and steps."""
    target = torch.full((1, 2, 50), 0.3)
    distances = [
        float((infilling(target, Schedule.evenly(100, steps, 0), lambda noisy, _: 0 * noisy, blend) - 0.3).abs().mean())
        for blend, steps in ((0.1, 2), (0.1, 40), (0.8, 40))
    ]
    assert distances[0] > distances[1] > distances[2] * 0.9
    assert distances[0] > 0.1


def test_the_seed_decides_what_noise_is_added() -> None:
    start = torch.zeros(1, 2, 10)
    one, same, other = (halfway(start, Schedule.evenly(100, 4, seed), lambda x, _: 0 * x) for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_clean_latents_are_clipped() -> None:
    ended = halfway(torch.full((1, 1, 5), 40.0), Schedule.evenly(50, 3, 0, clip=2.0), lambda x, _: 0 * x)
    assert ended.abs().max() <= 2.0
