"""DistillMOS: the mean opinion score that listeners would give, predicted from the decoded signal alone.

It was trained on speech at 16 kHz. In condition fb its figures are of what is left of the signal there: channels mixed,
resampled, so that nothing above 8 kHz counts. Of music it predicts nothing: take it on recordings of speech.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codecbench.api import Audio, MetricCard, Sample, Score, Unavailable
from codecbench.audio import resample, to_mono
from codecbench.metrics.mos.judged import SHORTEST_S, judged_signal
from codecbench.metrics.packaged import package_file
from codecbench.metrics.pair import RATE

if TYPE_CHECKING:
    from codecbench.metrics.mos.distill_net import DistillMos

PRELOAD = ("torch",)

CARD = MetricCard(
    id="distill_mos",
    title="DistillMOS",
    version="1",
    description="Predicted MOS of the decoded signal alone (DistillMOS v7, distilled from an XLS-R model); blind to "
    "level, and to what was said. For speech: in condition fb too it hears one channel at 16 kHz.",
    unit="MOS",
    higher_is_better=True,
    low=1.0,
    high=5.0,
    parameters={"model": "distill_mos_v7", "shortest_s": SHORTEST_S},
    on_request=True,
    needs_reference=False,
    conditions=("wb", "fb"),
)


class PredictedQuality:
    """By the weights in the package `distillmos` (MIT, Microsoft). Raises Unavailable without it or torch.

    Repeatable to the bit on one machine; abstains on silence and under 1 s.
    """

    def __init__(self) -> None:
        self._net = _load()

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""

    def score(self, sample: Sample) -> Score:
        import torch

        heard = replace(sample, decoded=resample(to_mono(sample.decoded), RATE))
        signal = torch.from_numpy(judged_signal(heard)).float()
        return Score(self._net(signal))


def _load() -> DistillMos:
    weights = package_file(
        "distillmos", "weights/distill_mos_v7.pt", "--no-deps 'distillmos>=0.9,<0.10'",
        "DistillMOS needs the weights of the package distillmos",
    )  # fmt: skip
    try:
        from codecbench.metrics.mos.distill_net import DistillMos
    except ImportError as error:
        raise Unavailable(f"DistillMOS needs torch ({error}): pip install 'codecbench[mos]'") from error
    return DistillMos(weights)
