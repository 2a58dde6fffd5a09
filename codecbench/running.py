"""Runs from Python: what `codecbench run` and `codecbench score` do, and return the results."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from rich.console import Console

from codecbench.errors import UsageError
from codecbench.names import names
from codecbench.results import Results, open_run
from codecbench.weights import given_path

if TYPE_CHECKING:
    from codecbench.jobs import Job
    from codecbench.plugins.given import Given as Codec
    from codecbench.plugins.given import GivenKind
    from codecbench.run.request import CostMode, KeepAudio, NullFloor, Request

CALLED = "codecbench.run (Python)"
"""Recorded as the command of a run that no command line made."""


def run(
    codecs: Codec | Sequence[Codec] = "all", dataset: str | Path = "probe", *, bitrates: str | None = None,
    metrics: str | Path | Sequence[str | Path] | None = None, out: str | Path = "codecbench-run",
    limit: int | None = None, jobs: int | None = None, device: str = "cpu", seed: int = 0, seeds: int = 1,
    weights: Mapping[str, str | Path] | None = None, pythons: Mapping[str, str | Path] | None = None,
    settings: Mapping[str, Any] | None = None,
    cost: CostMode = "quick", measure_again: bool = False, keep_audio: KeepAudio = "samples",
    recognizer: str | None = None, recognizer_device: str = "cpu", null_floor: NullFloor = "sample",
    ladder: bool = False, device_jobs: int = 1, cell_seconds: float = 60.0, load_seconds: float = 600.0,
    progress: bool = True,
) -> Results:  # fmt: skip
    """Run `codecs` over `dataset` into the folder `out`, and return its results. Nothing is computed twice.

    Arguments are those of `codecbench run`: `bitrates` is `"1.5,3"` or `"1-6"`, `dataset` a name, a manifest or a
    folder, `metrics` ids or files of metric plugins (None: all that are installed), `weights` files by codec or metric,
    `pythons` interpreters by codec or metric (as of `--python`), `settings` as of `--set` (`{"lyra.loss": 0.1}`). The
    report is written into the folder. `progress` goes to stderr, a bar in a terminal and in a notebook; False prints
    nothing. What failed or did not run is in the summary with its reason.

    Raises:
        UsageError: an argument cannot be, as on the command line.
    """
    from codecbench.environments.probing import parse_python
    from codecbench.limits import default_jobs
    from codecbench.run.asked import dataset_place, device_name, recognizer_place
    from codecbench.run.request import CostMode, KeepAudio, NullFloor, Request
    from codecbench.run.settings import Setting

    _check(limit=limit, jobs=jobs, seeds=seeds, device_jobs=device_jobs)
    for name, value, allowed in (
        ("cost", cost, CostMode), ("keep_audio", keep_audio, KeepAudio), ("null_floor", null_floor, NullFloor),
    ):  # fmt: skip
        if value not in get_args(allowed):
            raise UsageError(f"{name}={value!r}: one of {', '.join(get_args(allowed))}")
    chosen, files = _taken(codecs, "codecs")
    scored, more = (None, ()) if metrics is None else _taken(metrics, "metrics")
    request = Request(
        out=Path(out), files=(*files, *more), codecs=chosen, dataset=dataset_place(str(dataset)), bitrates=bitrates,
        metrics=scored, limit=limit, jobs=jobs or default_jobs(),
        device=device_name(device), seed=seed, seeds=seeds,
        weights={name: given_path(path) for name, path in (weights or {}).items()},
        pythons=dict(parse_python(f"{name}={path}") for name, path in (pythons or {}).items()),
        settings=tuple(Setting.parse(f"{name}={_text(value)}") for name, value in (settings or {}).items()), cost=cost,
        measure_again=measure_again, keep_audio=keep_audio, recognizer=recognizer and recognizer_place(recognizer),
        recognizer_device=device_name(recognizer_device, "--recognizer-device"), null_floor=null_floor, ladder=ladder,
        device_jobs=device_jobs, cell_seconds=cell_seconds, load_seconds=load_seconds, command=CALLED,
    )  # fmt: skip
    return _performed(request, progress, scoring=False)


def score(
    run: str | Path | Results, metrics: str | Path | Sequence[str | Path] | None = None, *, jobs: int | None = None,
    weights: Mapping[str, str | Path] | None = None, progress: bool = True,
) -> Results:  # fmt: skip
    """Score what a run (its folder, or its results) holds with further metrics; nothing is encoded again.

    `weights` are files or folders by metric, of those that take some.

    Returns the results as they are then. Raises UsageError, as the command line does.
    """
    from codecbench.run.asked import scoring_request

    _check(jobs=jobs)
    if isinstance(run, Results) and len(run.folders) > 1:
        raise UsageError("score one run after the other: these are several")
    folder = run.folders[0] if isinstance(run, Results) else Path(run)
    scored = None if metrics is None else _taken(metrics, "metrics")[0]
    request = scoring_request(
        folder, scored, jobs, "codecbench.score (Python)",
        {name: given_path(path) for name, path in (weights or {}).items()},
    )  # fmt: skip
    return _performed(request, progress, scoring=True)


def _taken(asked: Codec | Sequence[Codec], kind: GivenKind) -> tuple[str, tuple[Path, ...]]:
    """What is registered by now, as the command line names it, and the files that it came from."""
    from codecbench.plugins.given import take

    each = [asked] if isinstance(asked, (str, Path, type)) else asked
    parts = [part for one in each for part in (names(one, kind) if isinstance(one, str) else (one,))]
    taken = take(parts, kind)
    return ",".join(taken.names), taken.files


def _check(**counts: Any) -> None:
    for name, value in counts.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise UsageError(f"{name}={value!r}: expected a whole number, 1 or more")


def _text(value: Any) -> str:
    """As it would be typed."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _performed(request: Request, progress: bool, *, scoring: bool) -> Results:
    from codecbench.jobs import perform
    from codecbench.report import write_outputs

    with _console(progress) as console:
        job: Job = perform(request, console, scoring=scoring)
        for problem in job.problems:
            console.print(f"note: {problem}", markup=False, highlight=False, soft_wrap=True)
    write_outputs(request.out)
    return open_run(request.out)


@contextmanager
def _console(progress: bool) -> Iterator[Console]:
    if progress:
        yield Console(stderr=not _in_notebook())
        return
    import io

    yield Console(file=io.StringIO(), force_jupyter=False)


def _in_notebook() -> bool:
    """Whether there is a kernel whose cells show what is displayed."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
