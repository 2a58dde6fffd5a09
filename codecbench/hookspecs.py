"""The whole contract with plugins, one page. A plugin is an entry point in the group `codecbench`.

Each hook is handed a `register` function and calls it once per thing it brings. Registering must be cheap: import
torch and the like inside the factory, which runs later and elsewhere. A plugin is asked what it registers in a process
of its own; a name that two distributions register is an error for whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pluggy

from codecbench.api import (
    CodecCard,
    CodecFactory,
    ConditionCard,
    Dataset,
    DatasetCard,
    Degradation,
    Metric,
    MetricCard,
    MetricGroup,
    Recognizer,
    RecognizerCard,
)

hookspec = pluggy.HookspecMarker("codecbench")


class RegisterCodec(Protocol):
    def __call__(self, card: CodecCard, factory: CodecFactory | None = None) -> None: ...


class RegisterMetric(Protocol):
    def __call__(
        self,
        card: MetricCard,
        factory: Callable[..., Metric] | None = None,
        check: Callable[[Dataset], object] | None = None,
    ) -> None: ...


class RegisterGroup(Protocol):
    def __call__(
        self,
        cards: Sequence[MetricCard],
        factory: Callable[..., MetricGroup],
        check: Callable[[Dataset], object] | None = None,
    ) -> None: ...


class RegisterDataset(Protocol):
    def __call__(self, card: DatasetCard, factory: Callable[[], Dataset] | Callable[[Path], Dataset]) -> None: ...


class RegisterRecognizer(Protocol):
    def __call__(self, card: RecognizerCard, factory: Callable[[], Recognizer]) -> None: ...


class RegisterCondition(Protocol):
    def __call__(self, card: ConditionCard, factory: Callable[[Any], Degradation]) -> None: ...


@hookspec
def codecbench_register_codecs(register: RegisterCodec) -> None:
    """Register codecs: `register(card, factory)`, one card per checkpoint, the default checkpoint first.

    A codec whose card has an `environment` has no factory here: its code is in that environment's side.
    """


@hookspec
def codecbench_register_metrics(register: RegisterMetric, register_group: RegisterGroup) -> None:
    """Register metrics: `register(card, factory)`; an implementation takes the parameters that it uses.

    `factory()` makes the metric; that of a card with `weights` is called with `codecbench.api.MetricOptions`.
    A metric whose card has an `environment` has no factory here: its code is in that environment's side.

    `register_group(cards, factory)` registers several metrics that one pass over a sample yields: see
    `codecbench.api.MetricGroup`. A metric that reads columns of the manifest may bring a `check`, which is called on
    the dataset before anything is run and raises UsageError, in one line, for what the user has to change.
    """


@hookspec
def codecbench_register_datasets(register: RegisterDataset) -> None:
    """Register datasets: `register(card, factory)`.

    The factory of a card with an `archive` is called with the folder that the archive was unpacked to.
    """


@hookspec
def codecbench_register_recognizers(register: RegisterRecognizer) -> None:
    """Register speech recognizers: `register(card, factory)`; the first one is the default."""


@hookspec
def codecbench_register_conditions(register: RegisterCondition) -> None:
    """Register conditions: `register(card, factory)`. The factory is called with the condition's value, a
    number or a text, or None.
    """
