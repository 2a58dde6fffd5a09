"""DNSMOS P.835: predicted opinions on speech, on background noise and overall, from the decoded signal alone.

Reddy, Gopal and Cutler, "DNSMOS P.835", ICASSP 2022; the ONNX file that the package `speechmos` 0.0.1 ships. The
package itself wants librosa, for a model (P.808) that is not used here: only its file is read. What it computes is
kept: the signal is doubled until it fills 9.01 s, then scored in windows of 9.01 s that begin every second, each raw
figure mapped by a polynomial that was fitted to the listeners' ratings (`DNSMOS.get_polyfit_val`), and the mean taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, MetricCard, Sample, Score
from codecbench.metrics.mos.judged import SHORTEST_S, judged_signal
from codecbench.metrics.packaged import model_id, onnx_session, package_file
from codecbench.metrics.pair import RATE, Signal

WINDOW_S = 9.01
WINDOW = int(WINDOW_S * RATE)
POLYNOMIALS = {
    "dnsmos_sig": (-0.08397278, 1.22083953, 0.0052439),
    "dnsmos_bak": (-0.13166888, 1.60915514, -0.39604546),
    "dnsmos_ovrl": (-0.06766283, 1.11546468, 0.04602535),
}
"""By metric, in the order of the model's outputs: coefficients of x², x and 1."""

_WHAT = {"dnsmos_sig": "speech itself", "dnsmos_bak": "background noise", "dnsmos_ovrl": "overall quality"}


def _card(name: str) -> MetricCard:
    part = name.removeprefix("dnsmos_").upper()
    return MetricCard(
        id=name,
        title=f"DNSMOS {part}",
        version="1",
        description=f"Predicted opinion on the {_WHAT[name]} of the decoded signal alone (ITU-T P.835 scale); "
        "hardly sees a narrower band.",
        unit="MOS",
        higher_is_better=True,
        low=1.0,
        high=5.0,
        parameters={"model": model_id("sig_bak_ovr", "speechmos"), "shortest_s": SHORTEST_S},
        on_request=True,
        needs_reference=False,
    )


CARDS = tuple(_card(name) for name in POLYNOMIALS)


class DnsMos:
    """All three in one pass. Raises Unavailable without speechmos or onnxruntime; abstains on silence and under 1 s."""

    def __init__(self) -> None:
        model = "dnsmos_models/sig_bak_ovr.onnx"
        path = package_file("speechmos", model, "'codecbench[mos]'", "DNSMOS needs the models of the package speechmos")
        self._session = onnx_session(path, "mos", "DNSMOS")

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""

    def score_all(self, sample: Sample) -> dict[str, Score]:
        signal = judged_signal(sample)
        raw = np.stack([self._raw(window) for window in windows(signal)]).astype(np.float64)  # [windows, 3]
        return {
            name: Score(float(np.mean(np.polyval(coefficients, raw[:, column]))), detail={"windows": len(raw)})
            for column, (name, coefficients) in enumerate(POLYNOMIALS.items())
        }

    def _raw(self, window: Signal) -> NDArray[np.float32]:
        """Speech, background, overall, as the model returns them."""
        (outputs,) = self._session.run(None, {"input_1": window.astype(np.float32)[None]})
        figures: NDArray[np.float32] = outputs[0]
        return figures


def windows(signal: Signal) -> Iterator[Signal]:
    """Of 9.01 s, from each whole second on that leaves room for one."""
    while len(signal) < WINDOW:
        signal = np.concatenate([signal, signal])
    for second in range(int(math.floor(len(signal) / RATE) - WINDOW_S) + 1):
        window = signal[second * RATE : int((second + WINDOW_S) * RATE)]
        if len(window) >= WINDOW:
            yield window[:WINDOW]
