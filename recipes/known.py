"""Results of an experiment whose folders are gone, or on another machine: what is known is not trained again."""

from __future__ import annotations

import json
from math import isclose
from pathlib import Path
from typing import Any

from recipes.experiment import Bench, rate_folder
from recipes.families import nominal_kbps
from recipes.training import FACTS


def recall(known: Path, bench: Bench) -> int:
    """Put the results in `known` (the `reference-track.json` of `recipes curves`) below `bench.out`; gives how many.

    A result that is there already stays as it is; of one that is recalled there are scores, but no weights.

    Raises SystemExit where the file is not such a file, or its updates were not of the same batch and crops.
    """
    try:
        results: list[dict[str, Any]] = json.loads(known.read_text())
        facts = [(_folder(result, bench), _facts(result)) for result in results]
    except (ValueError, TypeError, KeyError, ModuleNotFoundError) as error:
        raise SystemExit(f"{known}: not the results of an experiment, as `python -m recipes curves` writes") from error
    seconds = bench.batch * bench.crop_seconds
    for _, found in facts:
        if not isclose(found["audio_seconds"] / found["updates"], seconds, rel_tol=1e-6):
            raise SystemExit(
                f"{known}: {found['codec']} had {found['audio_seconds'] / found['updates']:g} s of audio an update, "
                f"this experiment has {seconds:g} s; give --batch and --crop-seconds of that one"
            )
    new = [(folder, found) for folder, found in facts if not (folder / FACTS).is_file()]
    for folder, found in new:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FACTS).write_text(json.dumps(found, indent=1) + "\n")
    return len(new)


def _folder(result: dict[str, Any], bench: Bench) -> Path:
    return rate_folder(bench.out, result["codec"], result["rate"], result["seed"]) / str(result["budget"])


def _facts(result: dict[str, Any]) -> dict[str, Any]:
    """Scores by number of codebooks, as a training writes them down, of scores by kbps."""
    counts = {kbps: count for count, kbps in nominal_kbps(result["codec"]).items()}
    validation = {str(counts[float(kbps)]): scores for kbps, scores in result["scores"].items()}
    kept = {name: result[name] for name in ("codec", "seed", "rate", "updates", "audio_seconds")}
    return kept | {"validation": validation}
