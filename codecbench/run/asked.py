"""What a user names: a dataset, a model, a device, and the request to score what a folder holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from codecbench.datasets import split_layout
from codecbench.errors import UsageError
from codecbench.limits import default_jobs
from codecbench.names import names
from codecbench.plugins.given import add_again
from codecbench.run.given_paths import refuse_unused
from codecbench.run.request import Request
from codecbench.store import Store


def dataset_place(name: str) -> str:
    """A dataset's name is kept, whatever lies in the folder that the command is called from."""
    from codecbench.plugins import registry

    if name in registry().datasets:
        return name
    layout, place = split_layout(name)
    return _absolute(place) if layout is None else f"{layout}:{_absolute(place)}"


def recognizer_place(recognizer: str) -> str:
    """As `dataset_place`, of a model of the user's own; a hub's name stays one."""
    family, separator, place = recognizer.partition(":")
    return f"{family}:{_absolute(place, 'recognizer')}" if separator and place else recognizer


def device_name(device: str, option: str = "--device") -> str:
    """Raises UsageError for what is no device."""
    if not re.fullmatch(r"cpu|mps|cuda(:\d+)?", device):
        raise UsageError(f"{option} '{device}': expected cpu, cuda, cuda:N or mps")
    return device


def scoring_request(
    folder: Path, metrics: str | None, jobs: int | None, command: str, weights: Mapping[str, Path] | None = None
) -> Request:
    """To score all that `folder` holds with `metrics`; `weights` are of some of these, beside what its run was given.

    Raises UsageError where it holds nothing, or a shard.
    """
    with Store(folder) as store:
        stored = store.meta().get("request")
        specs, utterances = store.extent()
    if stored is None or not specs:
        raise UsageError(f"'{folder}' contains no codings yet: run the same command again, then score")
    request = Request.from_json(stored, out=folder)
    add_again(request.files)
    if request.shard is not None:
        raise UsageError(
            f"'{folder}' is shard {request.shard} of a run: merge its shards and score that, or run the shard again "
            "with these metrics among --metrics"
        )
    scoring = request.scoring(metrics, jobs or default_jobs(), specs, utterances)
    return replace(scoring, command=command, weights={**request.weights, **_metric_weights(metrics, weights or {})})


def _metric_weights(metrics: str | None, weights: Mapping[str, Path]) -> Mapping[str, Path]:
    """`weights`, each of a metric that is scored. Raises UsageError for any other."""
    from codecbench.plugins import registry

    asked = names(metrics, "--metrics") if metrics is not None else []
    cards = [registry().find("metrics", name).card for name in asked]
    for name in weights:
        if name not in registry().metrics:
            raise UsageError(f"--weights {name}: no metric of that name; codecs keep the weights that they ran with")
    refuse_unused(weights, cards, registry(), "--weights")
    return weights


def _absolute(place: str, what: str = "dataset") -> str:
    """A path is kept absolute: `score` may be called from elsewhere, and a plugin may change its process's folder."""
    try:
        return str(Path(place).absolute()) if Path(place).exists() else place
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} '{place[:80]}': {error}") from error
