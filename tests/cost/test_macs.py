"""Every figure here is computed by hand from the layer's definition: positions x taps x channels."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.nn.utils import parametrizations  # noqa: E402

from codecbench.cost.macs import count_macs  # noqa: E402

T = 100


def conv_stack():
    model = nn.Sequential(
        nn.Conv1d(1, 32, 7, padding=3), nn.Conv1d(32, 64, 8, stride=4, padding=2), nn.Conv1d(64, 64, 3, groups=64)
    )
    x = torch.randn(1, 1, 1600)
    return lambda: model(x), 1600 * 32 * 7 + 400 * 64 * 32 * 8 + 398 * 64 * 3


def dilated():
    layer = nn.Conv1d(64, 64, 3, dilation=4, padding=4)
    return lambda: layer(torch.randn(1, 64, 400)), 400 * 64 * 64 * 3


def transposed():
    layer = nn.ConvTranspose1d(64, 32, 8, stride=4, padding=2)
    return lambda: layer(torch.randn(1, 64, 400)), 400 * 64 * 32 * 8  # input positions


def conv2d():
    layer = nn.Conv2d(3, 8, 3, padding=1)
    return lambda: layer(torch.randn(1, 3, 32, 100)), 32 * 100 * 8 * 3 * 9


def linear():
    layer = nn.Linear(128, 128)
    return lambda: layer(torch.randn(1, T, 128)), T * 128 * 128


def lstm():
    layer = nn.LSTM(64, 128, 2)
    return lambda: layer(torch.randn(T, 1, 64)), T * 4 * 128 * ((64 + 128) + (128 + 128))


def lstm_batch_first():
    layer = nn.LSTM(64, 128, 2, batch_first=True)
    return lambda: layer(torch.randn(3, T, 64)), 3 * T * 4 * 128 * ((64 + 128) + (128 + 128))


def bidirectional_lstm():
    layer = nn.LSTM(64, 128, bidirectional=True)
    return lambda: layer(torch.randn(T, 1, 64)), 2 * T * 4 * 128 * (64 + 128)


def bidirectional_two_layer_lstm():
    layer = nn.LSTM(64, 128, 2, bidirectional=True)
    return lambda: layer(torch.randn(T, 1, 64)), 2 * T * 4 * 128 * ((64 + 128) + (256 + 128))


def gru():
    layer = nn.GRU(64, 128, 2)
    return lambda: layer(torch.randn(T, 1, 64)), T * 3 * 128 * ((64 + 128) + (128 + 128))


def lstm_cell():
    cell = nn.LSTMCell(64, 128)

    def run():
        state = None
        for _ in range(T):
            state = cell(torch.randn(1, 64), state)

    return run, T * 4 * 128 * (64 + 128)


def multi_head_attention(need_weights):
    layer = nn.MultiheadAttention(128, 4, batch_first=True).eval()
    x = torch.randn(1, T, 128)
    # Four projections of 128 x 128, QK' and PV over all pairs.
    return lambda: layer(x, x, x, need_weights=need_weights), 4 * T * 128 * 128 + 2 * T * T * 128


def scaled_dot_product():
    q = torch.randn(1, 4, T, 32)
    return lambda: F.scaled_dot_product_attention(q, q, q), 2 * T * T * 128


def cross_attention():
    q, k, v = torch.randn(2, 4, 10, 32), torch.randn(2, 4, 25, 32), torch.randn(2, 4, 25, 32)
    return lambda: F.scaled_dot_product_attention(q, k, v), 2 * 2 * 10 * 25 * 128


def transformer_layer():
    layer = nn.TransformerEncoderLayer(128, 4, 512, batch_first=True).eval()
    x = torch.randn(1, T, 128)
    return lambda: layer(x), 4 * T * 128 * 128 + 2 * T * T * 128 + 2 * T * 128 * 512


def complex_conv():
    layer = nn.Conv1d(8, 16, 3, padding=1, dtype=torch.complex64)
    return lambda: layer(torch.randn(1, 8, 1600, dtype=torch.complex64)), 4 * 1600 * 8 * 16 * 3


def complex_conv_without_bias_of_odd_size():
    layer = nn.Conv1d(7, 5, 5, bias=False, dtype=torch.complex64)
    return lambda: layer(torch.randn(1, 7, 11, dtype=torch.complex64)), 4 * 7 * 7 * 5 * 5


def complex_transposed():
    layer = nn.ConvTranspose1d(8, 16, 4, stride=2, dtype=torch.complex64)
    return lambda: layer(torch.randn(1, 8, T, dtype=torch.complex64)), 4 * T * 8 * 16 * 4


def complex_conv2d():
    layer = nn.Conv2d(2, 4, 3, dtype=torch.complex64)
    return lambda: layer(torch.randn(1, 2, 10, 12, dtype=torch.complex64)), 4 * 8 * 10 * 2 * 4 * 9


def complex_linear():
    layer = nn.Linear(64, 64, dtype=torch.complex64)
    return lambda: layer(torch.randn(1, T, 64, dtype=torch.complex64)), 4 * T * 64 * 64


def complex_then_real():
    left, right = nn.Conv1d(2, 2, 3, dtype=torch.complex64), nn.Conv1d(2, 2, 3)
    run = lambda: right(left(torch.randn(1, 2, 12, dtype=torch.complex64)).real)  # noqa: E731
    return run, 4 * 10 * 2 * 2 * 3 + 8 * 2 * 2 * 3


def weight_norm_hook():
    with pytest.warns(FutureWarning):
        layer = nn.utils.weight_norm(nn.Conv1d(57, 64, 7, padding=3))
    return lambda: layer(torch.randn(1, 57, 640)), 640 * 57 * 64 * 7


def weight_norm_parametrized():
    layer = parametrizations.weight_norm(nn.Conv1d(57, 64, 7, padding=3))
    return lambda: layer(torch.randn(1, 57, 640)), 640 * 57 * 64 * 7


def weight_norm_transposed():
    layer = parametrizations.weight_norm(nn.ConvTranspose1d(64, 32, 8, stride=4))
    return lambda: layer(torch.randn(1, 64, 400)), 400 * 64 * 32 * 8


def functional_conv():
    weight = torch.randn(64, 57, 7)
    return lambda: F.conv1d(torch.randn(1, 57, 640), weight, padding=3), 640 * 57 * 64 * 7


def quantizer_matmul():
    codebook = torch.randn(1024, 64)
    return lambda: (torch.randn(T, 64) @ codebook.T).argmin(1), T * 1024 * 64


def quantizer_einsum():
    codebook = torch.randn(1024, 64)
    return lambda: torch.einsum("btd,kd->btk", torch.randn(1, T, 64), codebook).argmin(2), T * 1024 * 64


def quantizer_cdist():
    codebook = torch.randn(1024, 64)
    return lambda: torch.cdist(torch.randn(T, 64), codebook).argmin(1), T * 1024 * 64


def quantizer_cdist_exact():
    codebook = torch.randn(1024, 64)
    run = lambda: torch.cdist(torch.randn(T, 64), codebook, compute_mode="donot_use_mm_for_euclid_dist")  # noqa: E731
    return run, T * 1024 * 64


def matrix_times_vector():
    return lambda: torch.randn(30, 40) @ torch.randn(40), 30 * 40


def complex_dot():
    return lambda: torch.dot(torch.ones(40, dtype=torch.complex64), torch.ones(40, dtype=torch.complex64)), 4 * 40


def bilinear():
    layer = nn.Bilinear(5, 6, 7)
    # x' W y: one product to form x_i y_j or W y, one to accumulate: two per (batch, out, i, j).
    return lambda: layer(torch.randn(3, 5), torch.randn(3, 6)), 2 * 3 * 7 * 5 * 6


CASES = [
    conv_stack, dilated, transposed, conv2d, linear, lstm, lstm_batch_first, bidirectional_lstm,
    bidirectional_two_layer_lstm, gru, lstm_cell, scaled_dot_product, cross_attention, transformer_layer, complex_conv,
    complex_conv_without_bias_of_odd_size, complex_transposed, complex_conv2d, complex_linear, complex_then_real,
    weight_norm_hook, weight_norm_parametrized, weight_norm_transposed, functional_conv, quantizer_matmul,
    quantizer_einsum, quantizer_cdist, quantizer_cdist_exact, matrix_times_vector, complex_dot, bilinear,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_hand_computed(case):
    run, expected = case()
    count = count_macs(run)
    assert (count.total, count.unknown, count.not_counted) == (expected, (), {})
    assert sum(count.by_operation.values()) == expected


@pytest.mark.parametrize("need_weights", [True, False])
def test_multi_head_attention(need_weights):
    run, expected = multi_head_attention(need_weights)
    count = count_macs(run)
    assert (count.total, count.unknown) == (expected, ())


def test_figures_of_the_facts_table():
    """The totals that other tools were compared on."""
    assert [case()[1] for case in (lstm, bidirectional_lstm, gru, lstm_cell, scaled_dot_product)] == [
        22_937_600, 19_660_800, 17_203_200, 9_830_400, 2_560_000,
    ]  # fmt: skip
    assert [case()[1] for case in (transformer_layer, complex_conv, complex_linear, transposed, functional_conv)] == [
        22_220_800, 2_457_600, 1_638_400, 6_553_600, 16_343_040,
    ]  # fmt: skip


def test_fast_path_is_restored_when_the_run_raises():
    before = torch.backends.mha.get_fastpath_enabled()
    with pytest.raises(RuntimeError, match="deliberate"):
        count_macs(lambda: (_ for _ in ()).throw(RuntimeError("deliberate")))
    assert torch.backends.mha.get_fastpath_enabled() == before


def test_counting_on_meta_tensors():
    with torch.device("meta"):
        layer = nn.LSTM(64, 128, 2)
        x = torch.randn(T, 1, 64)
    assert count_macs(lambda: layer(x)).total == lstm()[1]
