"""Parameters and MACs per second of a codec's parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codecbench.api import Audio, HasStages, OperatingPoint
from codecbench.cost.macs import MacCount, count_macs

MACS_SECONDS = 10.0
"""MACs are stated at this input length: attention makes them depend on it."""


@dataclass(frozen=True)
class StageCosts:
    """`parameters`, and MACs per second of audio by stage (`encoder`, `quantizer`, `decoder`, those that exist).

    `unknown` and `not_counted` are as in MacCount, over all stages: where not empty, the figures are lower bounds.
    """

    parameters: int
    macs_per_s: Mapping[str, float]
    unknown: tuple[str, ...] = ()
    not_counted: Mapping[str, int] = field(default_factory=dict)


def measure_stages(codec: HasStages, audio: Audio, point: OperatingPoint) -> StageCosts:
    """Count each stage of `codec` on `audio`, at the codec's rate; figures are published at MACS_SECONDS."""
    counts = {name: count_macs(run) for name, run in codec.stages(audio, point).items()}
    return StageCosts(
        parameters=codec.parameters(),
        macs_per_s={name: count.total / audio.seconds for name, count in counts.items()},
        unknown=tuple(sorted({name for count in counts.values() for name in count.unknown})),
        not_counted=_summed(counts),
    )


def quadratic_macs(codec: HasStages, audio: Audio, point: OperatingPoint) -> Mapping[str, float]:
    """MACs per second² of audio by stage: by how much each further second makes every second dearer (attention).

    From the second difference over thirds of `audio`, so that constants and linear terms drop out; each third should
    be a whole number of frames.
    """
    third = audio.length // 3
    totals = []
    for parts in (1, 2, 3):
        excerpt = Audio(audio.samples[:, : parts * third], audio.sample_rate)
        totals.append({name: count_macs(run).total for name, run in codec.stages(excerpt, point).items()})
    step = third / audio.sample_rate
    return {name: (totals[2][name] - 2 * totals[1][name] + totals[0][name]) / (2 * step**2) for name in totals[0]}


def _summed(counts: Mapping[str, MacCount]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for count in counts.values():
        for name, calls in count.not_counted.items():
            summed[name] = summed.get(name, 0) + calls
    return summed
