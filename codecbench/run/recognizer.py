"""The recognizer of a run: which one, what of it is in every key, and that it works before anything is computed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from codecbench.api import RecognizerCard
from codecbench.errors import Unavailable, UsageError
from codecbench.plugins import Registered, Registry, describe_error, foreign_source_hash
from codecbench.recognizers.choice import at, find_recognizer, resolve
from codecbench.run import keys
from codecbench.run.planned import RecognizerChoice

TRIAL_SECONDS = 600.0
"""A large model takes its time to load."""


def default_recognizer(registry: Registry, device: str = "cpu") -> RecognizerChoice:
    """The first that is registered.

    Raises:
        UsageError: it does not work on `device`, which the user asked for.
    """
    spec = next(iter(registry.recognizers), None)
    if spec is None:
        return RecognizerChoice(reason="no recognizer is installed; pip install 'codecbench[asr]'")
    if device != "cpu":
        return named_recognizer(spec, registry, device)
    entry = registry.recognizers[spec]
    try:
        return RecognizerChoice(entry.card, spec, _key(entry))
    except Unavailable as error:
        return RecognizerChoice(reason=str(error))


def named_recognizer(
    name: str, registry: Registry, device: str = "cpu", *, tried: bool = True
) -> RecognizerChoice:  # fmt: skip
    """The one that the user asked for; `tried` also lets it hear a second of noise, in a process of its own.

    Raises:
        UsageError: it is not known, not here, or does not work.
    """
    try:
        spec = at(resolve(name, registry), device)
        entry = find_recognizer(spec, registry)
        key = _key(entry)
    except Unavailable as error:
        raise UsageError(f"--recognizer {name}: {error}") from error
    if tried:
        _try(name if device == "cpu" else f"{name} --recognizer-device {device}", spec)
    return RecognizerChoice(entry.card, spec, key)


def _key(entry: Registered[RecognizerCard]) -> str:
    """Raises Unavailable where its model or, of another distribution's, its source is not here."""
    try:
        source = foreign_source_hash(entry)
    except Exception as error:  # what an import system does with a plugin's name is not enumerable
        raise Unavailable(f"recognizer '{entry.card.id}' cannot be planned: {describe_error(error)}") from error
    return keys.recognizer_key(entry.card, source)


def _try(name: str, spec: str) -> None:
    from codecbench.run import workers
    from codecbench.run.pool import Slots, Task
    from codecbench.store.answers import Failure

    with TemporaryDirectory() as folder, Slots(1, Path(folder) / "workers.log", afresh=True) as slots:
        (outcome,) = slots.pool("score").run(iter([Task(None, workers.try_recognizer, (spec,), TRIAL_SECONDS)]))
    if isinstance(outcome.value, Failure):
        raise UsageError(f"--recognizer {name}: it does not work here: {outcome.value.reason}")
