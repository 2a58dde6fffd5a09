from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from codecbench.cost.macs import count_macs  # noqa: E402
from codecbench.cost.operations import UncountedOperations  # noqa: E402


def test_fourier_transforms_are_listed_not_counted() -> None:
    window = torch.hann_window(400)

    def run() -> None:
        spectrum = torch.stft(torch.randn(1, 16000), 400, 160, window=window, return_complex=True)
        torch.istft(spectrum, 400, 160, window=window)

    count = count_macs(run)
    assert count.total == 0
    assert count.unknown == ()
    assert count.not_counted == {"aten._fft_c2r": 1, "aten._fft_r2c": 1}


def test_unknown_operations_are_listed() -> None:
    grid = torch.zeros(1, 4, 4, 2)
    count = count_macs(lambda: F.grid_sample(torch.randn(1, 1, 8, 8), grid, align_corners=False))
    assert count.total == 0
    assert any("grid_sampler" in name for name in count.unknown)


def test_custom_operation_is_unknown() -> None:
    @torch.library.custom_op("codecbench_tests::product", mutates_args=())
    def product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        return left @ right

    count = count_macs(lambda: product(torch.randn(3, 4), torch.randn(4, 5)))
    assert count.unknown == ("codecbench_tests.product",)


def test_elementwise_work_is_neither_counted_nor_unknown() -> None:
    norm = nn.GroupNorm(4, 16)
    x = torch.randn(2, 16, 50)
    count = count_macs(lambda: F.softmax(F.gelu(norm(F.pad(x, (3, 3), "reflect"))).cumsum(1).clamp_(-1, 1) ** 2, -1))
    assert (count.total, count.unknown) == (0, ())


def test_each_call_is_counted_and_an_in_place_variant_is_its_function() -> None:
    x = torch.ones(3, 3)
    with UncountedOperations(frozenset()) as seen:
        x.add_(1).mul_(2).relu_()
        for _ in range(2):
            x @ x
    assert dict(seen.unknown) == {"aten.mm": 2}
    assert not seen.no_convention


def test_what_has_a_formula_is_not_unknown() -> None:
    with UncountedOperations(frozenset({torch.ops.aten.mm})) as seen:
        torch.ones(3, 3) @ torch.ones(3, 3)
    assert not seen.unknown
