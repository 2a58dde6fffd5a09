"""`python -m recipes.speech probe|pairs`: make one embedded speech set."""

import argparse
import os
from pathlib import Path

# Before any numeric library is imported: one thread, so that sums are always added in the same order.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from platformdirs import user_cache_path

from codecbench.synthesis.synthesizer import Synthesizer

from . import pairs, probe

SETS = {"probe": probe.build, "pairs": pairs.build}
DEFAULT_OUT = Path(__file__).parents[2] / "codecbench" / "datasets" / "speech"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes.speech", description=__doc__)
    parser.add_argument("set", choices=sorted(SETS))
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder that holds probe/ and pairs/")
    parser.add_argument(
        "--cache",
        type=Path,
        default=user_cache_path("codecbench") / "speech-recipe",
        help="synthesized audio and readings; an interrupted run resumes from it",
    )
    args = parser.parse_args()
    SETS[args.set](args.out / args.set, Synthesizer(args.cache), args.cache)


if __name__ == "__main__":
    main()
