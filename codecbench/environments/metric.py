"""A metric whose work is done in another environment: to the rest of codecbench it is one like any other."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from codecbench.api import Abstain, Audio, Interpreter, Metric, MetricCard, MetricOptions, Sample, Score, Unavailable
from codecbench.audio import resample
from codecbench.environments.folders import made_interpreter
from codecbench.environments.process import SideError, SideProcess
from codecbench.environments.side import side_file
from codecbench.errors import ProcessLost

ABSTAIN = "Abstain"
"""What an exception of the side is called that means `codecbench.api.Abstain`."""
LOSSES = 3
"""Processes that may be lost before no further one is started."""


class SideMetric:
    """A metric by way of its process, which is started when it is first asked, and again where it was lost."""

    def __init__(self, card: MetricCard, interpreter: Interpreter, header: dict[str, Any]) -> None:
        self._card, self._interpreter, self._header = card, interpreter, header
        self._process: SideProcess | None = None
        self._refused: SideError | Unavailable | None = None
        self._lost = 0

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""

    def score(self, sample: Sample) -> Score:
        """The side's value for the two signals, at the card's rate.

        Raises:
            Abstain, Unavailable, SideError: as the side does, see `SideProcess.ask`.
            ProcessLost: its process ended; the next sample has another one, LOSSES times.
            ValueError: a signal is not mono or not finite, or the value is no finite number.
        """
        reference, decoded = (self._samples(one) for one in (sample.reference, sample.decoded))
        header = {"lengths": [len(reference), len(decoded)], "sample_rate": self._card.sample_rate}
        try:
            answer = self._opened().ask("score", header, reference.tobytes() + decoded.tobytes())
        except SideError as error:
            raise _told(error) from error
        except ProcessLost:
            self._process, self._lost = None, self._lost + 1
            raise
        value, detail = answer.header["value"], answer.header["detail"]
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
            raise ValueError(f"its side returned {value!r}, expected a finite number")
        return Score(float(value), detail=detail)

    def close(self) -> None:
        """End the process, where there is one."""
        if self._process is not None:
            self._process.close()

    def _opened(self) -> SideProcess:
        if self._refused is not None:  # it would import a framework for each sample anew
            raise self._refused
        if self._lost >= LOSSES:
            raise RuntimeError(f"not attempted: its process in the environment ended {LOSSES} times before")
        if self._process is None:
            process = SideProcess(self._interpreter, self._card.id)
            try:
                process.ask("open_metric", self._header)
            except (SideError, Unavailable) as error:
                process.close()
                self._refused = error
                raise
            self._process = process
        return self._process

    def _samples(self, audio: Audio) -> Any:
        """float32 [samples] at the card's rate."""
        if audio.channels != 1:
            raise ValueError(f"{self._card.id} takes mono, got {audio.channels} channels")
        if not np.isfinite(audio.samples).all():
            raise ValueError("a signal has NaN or infinite samples")
        return np.ascontiguousarray(resample(audio, self._card.sample_rate).samples[0], "<f4")


@dataclass(frozen=True)
class SideMetricFactory:
    """The factory of a metric with an environment of its own, which its plugin registers without one.

    `module` is that of the plugin, beside which the side's file is.
    """

    card: MetricCard
    module: str

    @property
    def factory_module(self) -> str:
        """Whose sources decide what the metric computes: see `codecbench.plugins.sources`."""
        return self.module

    def __call__(self, options: MetricOptions) -> Metric:
        """Raises Unavailable where its environment has not been made."""
        environment = self.card.environment
        assert environment is not None
        interpreter = options.interpreter or made_interpreter(self.card.id, environment)
        header = {
            "side": str(side_file(environment, self.module)), "empty_modules": list(environment.empty_modules),
            "options": {
                "weights": None if options.weights is None else str(options.weights),
                "parameters": dict(self.card.parameters),
            },
        }  # fmt: skip
        return SideMetric(self.card, interpreter, header)


def _told(error: SideError) -> Exception:
    return Abstain(error.text) if error.kind == ABSTAIN else error
