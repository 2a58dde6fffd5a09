"""Results of an experiment whose folders are gone, or on another machine: what is known is not trained again."""

from __future__ import annotations

from math import isclose
from pathlib import Path

from codecbench.errors import UsageError
from recipes.findings.results import Result, load
from recipes.training.data import PROTOCOL
from recipes.training.experiment import ExperimentSetup, StartPiece
from recipes.training.job import FACTS, write_facts
from recipes.training.rates import rate_folder
from recipes.training.schedule import START


def recall(known: Path, setup: ExperimentSetup) -> int:
    """Put the results in `known` (the `reference-track.json` of `recipes curves`) below `setup.out`; returns how many.

    A result that is there already stays as it is; of one that is recalled there are scores, but no weights.

    Raises UsageError where the file is not such a file, its trainings heard today's test speakers (protocol 1), or its
    updates were not of the same batch and crops.
    """
    try:
        results = load(known)
        facts = [result.facts() for result in results]
    except (OSError, ValueError, TypeError, KeyError, ModuleNotFoundError) as error:
        raise UsageError(f"{known}: not the results of an experiment, as `python -m recipes curves` writes") from error
    if not all(result.tested for result in results):
        raise UsageError(
            f"{known}: results of protocol 1, whose trainings heard the test speakers of protocol {PROTOCOL}; an "
            "experiment cannot go on from them: leave --known out"
        )
    seconds = setup.batch * setup.crop_seconds
    for result in results:
        if not isclose(result.audio_seconds, result.updates * seconds, rel_tol=1e-6):
            raise UsageError(
                f"{known}: {result.codec} had {result.audio_seconds / max(1, result.updates):g} s of audio an update, "
                f"this experiment has {seconds:g} s; give --batch and --crop-seconds of that one"
            )
    count = 0
    for result, fact in zip(results, facts, strict=True):
        folder = _folder(result, setup)
        if not (folder / FACTS).is_file():
            write_facts(folder, fact)
            count += 1
    return count


def _folder(result: Result, setup: ExperimentSetup) -> Path:
    if result.rate is None:
        return StartPiece(result.codec, result.seed).place(setup) / START
    return rate_folder(setup.out, result.codec, result.rate, result.seed) / result.budget
