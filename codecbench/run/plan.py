"""From what the user asked for to what is to be done: codecs × points, utterances, metrics, and their identities.

Planning loads no codec and imports no torch; every mistake of the user's ends here, as a UsageError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from codecbench.api import Dataset, DatasetCard, MetricCard
from codecbench.api.dataset import ENGLISH
from codecbench.condition_names import AGAINST_INPUT
from codecbench.conditions import FULL_BAND, WIDE_BAND, WIDE_BAND_INPUT, check_condition
from codecbench.datasets import list_dataset, located
from codecbench.datasets.languages import with_language
from codecbench.environments.making import Say
from codecbench.errors import UsageError
from codecbench.payloads import list_payloads
from codecbench.plugins import OWN, Registered, Registry, choose_codecs
from codecbench.recognizers.choice import find_recognizer
from codecbench.run.chosen import by_turns, cut_by_condition
from codecbench.run.codecs import CodecSelection, select_codecs, select_stored_codecs
from codecbench.run.metrics import ChosenMetric, select_metrics
from codecbench.run.payloads import plan_payloads, refuse_with_payloads
from codecbench.run.planned import (
    LADDER_METRICS,
    Plan,
    PlannedCodec,
    PlannedUtterance,
    RecognizerChoice,
    planned_utterance,
)
from codecbench.run.recognizer import default_recognizer, named_recognizer
from codecbench.run.request import Request
from codecbench.store.revision import revision
from codecbench.store.rows import SkipRow


def make_plan(request: Request, registry: Registry, say: Say | None = None) -> Plan:
    """A run over the codecs that are asked for. Raises UsageError for anything that the user has to change.

    `say` is told of environments that are being made.
    """

    def recognizer(metrics: Sequence[MetricCard]) -> RecognizerChoice:
        wanted = any(card.uses_recognizer for card in metrics)
        if request.recognizer is None:
            return default_recognizer(registry, request.recognizer_device) if wanted else RecognizerChoice()
        # A name that is given is checked even where no metric asks for it.
        choice = named_recognizer(request.recognizer, registry, request.recognizer_device, tried=wanted)
        return choice if wanted else RecognizerChoice()

    return _plan(request, registry, recognizer, lambda: select_codecs(request, registry, say), say)


def plan_scoring(request: Request, registry: Registry, say: Say | None = None) -> Plan:
    """Further metrics on what a folder holds; `request` is of `Request.scoring`.

    What has gone since (a plugin, a model that no metric asks for) is no mistake of the user's: it is skipped and said.
    `say` is told of environments of metrics that are being made.
    """

    def recognizer(metrics: Sequence[MetricCard]) -> RecognizerChoice:
        if not any(card.uses_recognizer for card in metrics):
            return RecognizerChoice()
        if request.recognizer is None:
            return default_recognizer(registry, request.recognizer_device)
        return named_recognizer(request.recognizer, registry, request.recognizer_device)

    return _plan(request, registry, recognizer, lambda: select_stored_codecs(request, registry), say)


def _plan(
    request: Request, registry: Registry, recognizer: Callable[[Sequence[MetricCard]], RecognizerChoice],
    codecs: Callable[[], CodecSelection], say: Say | None,
) -> Plan:  # fmt: skip
    request = replace(request, condition=check_condition(request.condition, request.noise))
    refuse_with_payloads(request)
    if request.limit is not None and request.limit < 1:
        raise UsageError(f"--limit must be at least 1, got {request.limit}")
    given = list_payloads(request.payloads) if request.payloads is not None else None
    entry = registry.datasets.get(request.dataset) if given is None else None
    spoken = request.language or (ENGLISH if entry is None else entry.card.language)
    dataset = with_language(list_dataset(request.dataset, registry) if given is None else given.dataset, spoken)
    chosen = _chosen(dataset, request)
    dataset = located(dataset, chosen)
    taken = tuple(
        _planned(dataset, index, request) for index in chosen
    )  # of a large corpus few: these alone are hashed
    if request.condition != FULL_BAND:
        dataset = _with_what_is_cut(dataset, taken, entry)
    dataset = _with_references_said(dataset, taken, request)
    metrics = select_metrics(request, registry, dataset, say)
    cards = metrics.cards
    if request.ladder and not any(card.id in LADDER_METRICS for card in cards):
        raise UsageError(f"--ladder needs one of {', '.join(LADDER_METRICS)} among --metrics '{request.metrics}'")
    choice = recognizer(cards)
    selection, payloads = codecs(), None
    if given is not None:
        payloads, planned = plan_payloads(given, selection.planned, taken)
        selection = replace(selection, planned=planned)
    broken = [*selection.broken, *metrics.broken]
    if choose_codecs(request.codecs, registry).has_groups:
        broken += [SkipRow(b.name, "", None, f"plugin did not load: {b.error}") for b in registry.broken]
    return Plan(
        request=request,
        dataset=dataset,
        revision=revision(one.asked for one in taken),
        utterances=taken,
        codecs=selection.planned,
        metrics=tuple(metric.planned(choice.key) for metric in metrics.chosen),
        recognizer=choice,
        skips=selection.skips,
        broken=tuple(broken),
        unmatched=selection.unmatched,
        distributions=_distributions(selection.planned, metrics.chosen, choice, registry),
        payloads=payloads,
    )


def _chosen(dataset: Dataset, request: Request) -> list[int]:
    """The indices of the first of `--limit`; for `score` of those that the folder holds."""
    order = by_turns(dataset.utterances)
    if request.utterances is not None:
        held = frozenset(request.utterances)
        return [index for index in order if dataset.utterances[index].id in held]
    return order[: request.limit]


def _planned(dataset: Dataset, index: int, request: Request) -> PlannedUtterance:
    utterance = dataset.utterances[index]
    return planned_utterance(utterance, index, request.condition, request.noise)


def _with_what_is_cut(
    dataset: Dataset, taken: Sequence[PlannedUtterance], entry: Registered[DatasetCard] | None
) -> Dataset:
    """A dataset that is more than condition wb looks at says so wherever its warnings are printed.

    Those that come with codecbench are speech of 24 kHz that is there for this condition: nobody brings a question of
    his own with them.
    """
    note = None if entry and entry.is_own else cut_by_condition([planned.utterance for planned in taken])
    return dataset if note is None else replace(dataset, warnings=(*dataset.warnings, note))


def _with_references_said(dataset: Dataset, taken: Sequence[PlannedUtterance], request: Request) -> Dataset:
    """Raises UsageError where decoded signals are to be held to the input, and nothing else is there."""
    count = sum(one.utterance.reference is not None for one in taken)
    if request.condition == WIDE_BAND_INPUT:
        if not count:
            raise UsageError(
                f"--condition {WIDE_BAND_INPUT}: no utterance of '{dataset.id}' has a reference (a manifest's column); "
                f"use {WIDE_BAND}"
            )
        return dataset
    if not count or request.condition.endswith(AGAINST_INPUT):
        return dataset
    note = f"{count} of {len(taken)} utterances have a reference: their decoded signals are held to that"
    return replace(dataset, warnings=(*dataset.warnings, note))


def _distributions(
    codecs: Sequence[PlannedCodec], metrics: Sequence[ChosenMetric], choice: RecognizerChoice, registry: Registry
) -> tuple[str, ...]:
    """Of other people's plugins among these."""
    each = [*(codec.entry.distribution for codec in codecs), *(metric.distribution for metric in metrics)]
    if choice.spec is not None:
        each.append(find_recognizer(choice.spec, registry).distribution)
    return tuple(dict.fromkeys(name for name in each if name and name != OWN))
