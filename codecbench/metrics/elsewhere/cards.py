"""The cards of metrics that run in environments of their own; each has its side, a file beside this one."""

from __future__ import annotations

from functools import partial

from codecbench.api import Environment, MetricCard, MetricWeights

PACKAGE = "codecbench.metrics.elsewhere"
TORCH = "torch>=2.2,<2.14"
"""Bounded: without the bound pip takes gigabytes of CUDA packages where a folder has a CPU file."""

WARP_Q = MetricCard(
    id="warp_q",
    title="WARP-Q",
    version="1",
    description="Cost of aligning cepstra of the decoded with the original's (WARP-Q 1.5.2, raw: 0 is equal), where "
    "there is speech.",
    higher_is_better=False,
    low=0.0,
    digits=2,
    band=(0.0, 5000.0),
    on_request=True,
    environment=Environment(
        ("warpq==1.5.2", "numpy<2", "setuptools<81"), python=">=3.9,<3.13", side="warp_q_side.py", package=PACKAGE
    ),
)
predicted_mos = partial(
    MetricCard,
    version="1",
    unit="MOS",
    higher_is_better=True,
    low=1.0,
    high=5.0,
    on_request=True,
    needs_reference=False,
)
"""The card of a predictor of opinion scores, which looks at the decoded signal alone."""

SCOREQ = predicted_mos(
    id="scoreq",
    title="SCOREQ",
    description="Predicted MOS of the decoded signal alone (SCOREQ, natural speech, without a reference).",
    weights=MetricWeights(
        (("scoreq_natural_nr_state_dict.pt",),), source="of Blinorot/SCOREQ-PyTorch", licence="of the checkpoint"
    ),
    environment=Environment(
        ("scoreq-pytorch==0.1.0", TORCH), python=">=3.9,<3.14", side="scoreq_side.py", package=PACKAGE
    ),
)
UTMOS = predicted_mos(
    id="utmos",
    title="UTMOS",
    description="Predicted MOS of the decoded signal alone (UTMOS22, the strong learner of Saeki et al. 2022).",
    weights=MetricWeights((("utmos_state_dict.pt",),), source="of Blinorot/UTMOS-PyTorch", licence="of the checkpoint"),
    environment=Environment(
        ("utmos-pytorch==0.1.0", TORCH), python=">=3.9,<3.14", side="utmos_side.py", package=PACKAGE
    ),
)
NISQA = predicted_mos(
    id="nisqa",
    title="NISQA",
    description="Predicted MOS of the decoded signal alone (NISQA 2.0, at 48 kHz).",
    sample_rate=48000,
    weights=MetricWeights((("nisqa.tar",),), source="of gabrielmittag/NISQA", licence="CC BY-NC-SA 4.0"),
    environment=Environment(("nisqa==2.0.post2",), python=">=3.9,<3.12", side="nisqa_side.py", package=PACKAGE),
)
UTMOS_V2 = predicted_mos(
    id="utmosv2",
    title="UTMOSv2",
    description="Predicted MOS of the decoded signal alone (UTMOSv2, fusion_stage3), mean of repetitions.",
    repetitions=5,
    weights=MetricWeights(
        (("fold0_s42_best_model.pth",),), source="of sarulab-speech/UTMOSv2, config fusion_stage3",
        licence="of the checkpoint",
    ),
    environment=Environment(
        ("hyperion-utmosv2==1.3.1",), python=">=3.10,<3.14", side="utmosv2_side.py", package=PACKAGE
    ),
)  # fmt: skip

CARDS = (WARP_Q, SCOREQ, NISQA, UTMOS, UTMOS_V2)
