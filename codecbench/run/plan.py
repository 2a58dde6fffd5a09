"""From what the user asked for to what is to be done: codecs × points, utterances, metrics, and their identities.

Planning loads no codec and imports no torch; every mistake of the user's ends here, as a UsageError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from codecbench.api import Dataset, MetricCard
from codecbench.datasets import load_dataset
from codecbench.errors import UsageError
from codecbench.names import names
from codecbench.plugins import Registered, Registry, describe_error
from codecbench.run import keys
from codecbench.run.codecs import CodecSelection, select_codecs, select_stored_codecs
from codecbench.run.planned import LADDER_METRICS, Plan, PlannedMetric, PlannedUtterance, RecognizerChoice
from codecbench.run.recognizer import default_recognizer, named_recognizer
from codecbench.run.request import Request
from codecbench.store.rows import SkipRow

NULL_FLOOR = "null_floor"
"""The parameter by which a metric's card asks for `Request.null_floor`."""


def make_plan(request: Request, registry: Registry) -> Plan:
    """A run over the codecs that are asked for. Raises UsageError for anything that the user has to change."""

    def recognizer(metrics: Sequence[MetricCard]) -> RecognizerChoice:
        wanted = any(card.uses_recognizer for card in metrics)
        if request.recognizer is None:
            return default_recognizer(registry, request.recognizer_device) if wanted else RecognizerChoice()
        # A name that is given is checked even where no metric asks for it.
        choice = named_recognizer(request.recognizer, registry, request.recognizer_device, tried=wanted)
        return choice if wanted else RecognizerChoice()

    return _plan(request, registry, recognizer, lambda: select_codecs(request, registry))


def plan_scoring(request: Request, registry: Registry) -> Plan:
    """Further metrics on what a folder holds; `request` is of `Request.scoring`.

    What has gone since (a plugin, a model that no metric asks for) is no mistake of the user's: it is skipped and said.
    """

    def recognizer(metrics: Sequence[MetricCard]) -> RecognizerChoice:
        if not any(card.uses_recognizer for card in metrics):
            return RecognizerChoice()
        if request.recognizer is None:
            return default_recognizer(registry, request.recognizer_device)
        return named_recognizer(request.recognizer, registry, request.recognizer_device)

    return _plan(request, registry, recognizer, lambda: select_stored_codecs(request, registry))


def _plan(
    request: Request, registry: Registry, recognizer: Callable[[Sequence[MetricCard]], RecognizerChoice],
    codecs: Callable[[], CodecSelection],
) -> Plan:  # fmt: skip
    if request.limit is not None and request.limit < 1:
        raise UsageError(f"--limit must be at least 1, got {request.limit}")
    dataset = load_dataset(request.dataset, registry)
    hashed = [PlannedUtterance(u, keys.file_sha256(u.path)) for u in dataset.utterances]
    entries = _select_metrics(request, registry, dataset)
    cards = [_as_asked(entry.card, request) for entry in entries]
    if request.ladder and not any(card.id in LADDER_METRICS for card in cards):
        raise UsageError(f"--ladder needs one of {', '.join(LADDER_METRICS)} among --metrics '{request.metrics}'")
    choice = recognizer(cards)
    selection = codecs()
    broken = list(selection.broken)
    if request.codecs == "all":
        broken += [SkipRow(b.name, "", None, f"plugin did not load: {b.error}") for b in registry.broken]
    return Plan(
        request=request,
        dataset=dataset,
        revision=keys.revision((u.utterance, u.identity) for u in hashed),
        utterances=tuple(hashed[: request.limit]),
        codecs=selection.planned,
        metrics=tuple(
            PlannedMetric(card, keys.metric_key(card, choice.key), registry.scorer_of(card.id)) for card in cards
        ),
        recognizer=choice,
        skips=selection.skips,
        broken=tuple(broken),
    )


def _select_metrics(request: Request, registry: Registry, dataset: Dataset) -> list[Registered[MetricCard]]:
    """Those asked for; or all but those on request, and those that read columns which the dataset does not have."""
    if request.metrics is None:
        every = [entry for entry in registry.metrics.values() if not entry.card.on_request]
        entries = [entry for entry in every if _has_columns(entry.card, dataset)]
    else:
        entries = [registry.find("metrics", name) for name in names(request.metrics, "--metrics")]
    for entry in entries:
        _check(entry, dataset)
    return entries


def _check(entry: Registered[MetricCard], dataset: Dataset) -> None:
    """What the metric itself asks of the dataset. Raises UsageError, also for a check that breaks."""
    if entry.check is None:
        return
    try:
        entry.check(dataset)
    except UsageError:
        raise
    except Exception as error:  # a plugin's: its name instead of a traceback
        raise UsageError(f"metric '{entry.card.id}' could not check the dataset ({describe_error(error)})") from error


def _has_columns(card: MetricCard, dataset: Dataset) -> bool:
    if not card.columns:
        return True
    return any(utterance.extra.get(column) for utterance in dataset.utterances for column in card.columns)


def _as_asked(card: MetricCard, request: Request) -> MetricCard:
    """The card with the run's own options among its parameters: they are part of its key."""
    if NULL_FLOOR not in card.parameters:
        return card
    return replace(card, parameters={**card.parameters, NULL_FLOOR: request.null_floor})
