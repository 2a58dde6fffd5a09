"""Results of an experiment whose folders are gone, or on another machine: what is known is not trained again."""

from __future__ import annotations

from math import isclose
from pathlib import Path

from recipes.experiment import Bench, rate_folder
from recipes.results import load
from recipes.training import FACTS, write_facts


def recall(known: Path, bench: Bench) -> int:
    """Put the results in `known` (the `reference-track.json` of `recipes curves`) below `bench.out`; gives how many.

    A result that is there already stays as it is; of one that is recalled there are scores, but no weights.

    Raises SystemExit where the file is not such a file, or its updates were not of the same batch and crops.
    """
    try:
        results = load(known)
        facts = [result.facts() for result in results]
    except (OSError, ValueError, TypeError, KeyError, ModuleNotFoundError) as error:
        raise SystemExit(f"{known}: not the results of an experiment, as `python -m recipes curves` writes") from error
    seconds = bench.batch * bench.crop_seconds
    for result in results:
        if not isclose(result.audio_seconds, result.updates * seconds, rel_tol=1e-6):
            raise SystemExit(
                f"{known}: {result.codec} had {result.audio_seconds / max(1, result.updates):g} s of audio an update, "
                f"this experiment has {seconds:g} s; give --batch and --crop-seconds of that one"
            )
    count = 0
    for result, found in zip(results, facts, strict=True):
        folder = rate_folder(bench.out, result.codec, result.rate, result.seed) / result.budget
        if not (folder / FACTS).is_file():
            write_facts(folder, found)
            count += 1
    return count
