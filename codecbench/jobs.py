"""Running and scoring, for the command line and for Python alike: plan, and carry out with progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from codecbench.names import visible
from codecbench.run.request import Request

if TYPE_CHECKING:
    from codecbench.plugins import Registry
    from codecbench.run.planned import Plan
    from codecbench.run.state import Tally
    from codecbench.store.rows import SkipRow


@dataclass(frozen=True)
class Job:
    """What came of a request. `broken`: plugins that did not load. `absent`: codecs asked for that ran nowhere."""

    tally: Tally
    broken: tuple[SkipRow, ...]
    absent: tuple[SkipRow, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing failed and nothing that was asked for by name is missing."""
        return not (self.tally.failed or self.broken or self.absent)

    @property
    def problems(self) -> list[str]:
        """A line for each plugin that did not load and each codec that did not run."""
        lines = [f"plugin '{row.codec}': {row.reason}" for row in self.broken]
        for row in self.absent:
            spec = row.codec_id.spec
            lines.append(f"{spec} did not run: {row.reason.removeprefix(f'{spec}: ')}")
        return lines


def perform(
    request: Request, console: Console, *, scoring: bool = False, scheduler: str | None = None,
    ship_audio: bool = False,
) -> Job:  # fmt: skip
    """Carry out `request`, or with `scoring` score what its folder holds; progress and notes go to `console`.

    `scheduler`: address of a Dask scheduler, whose workers do most of it. With `ship_audio` they are sent the audio.
    Raises UsageError for what cannot be planned. The report is not written.
    """
    from codecbench.plugins import registry
    from codecbench.run import execute as runner
    from codecbench.run.dask_workers import DaskWorkers
    from codecbench.run.device import require_device
    from codecbench.run.plan import make_plan, plan_scoring
    from codecbench.run.preloading import plan_libraries
    from codecbench.run.processes import preload
    from codecbench.run.progress import reporter_on
    from codecbench.run.shipping import Shipment
    from codecbench.telling import telling_utterances

    def say(text: str) -> None:
        console.print(visible(text), markup=False, highlight=False, soft_wrap=True)

    plan = plan_scoring(request, registry(), say) if scoring else make_plan(request, registry(), say)
    libraries = plan_libraries(plan, registry())
    if not scoring and scheduler is None and ("torch" in libraries or request.device.startswith("cuda")):
        require_device(request.device)
    preload(libraries)
    for note in _notes(plan, scoring=scoring):
        console.print(f"note: {visible(note)}", markup=False, highlight=False, soft_wrap=True)
    with reporter_on(console) as reporter:
        if scoring:
            tally = runner.score(plan, reporter, telling_utterances)
        elif scheduler is None:
            tally = runner.run(plan, reporter, telling_utterances)
        else:
            shipped = Shipment(plan.dataset, frozenset(one.utterance.id for one in plan.utterances))
            with DaskWorkers(scheduler, shipped if ship_audio else None) as workers:
                tally = runner.run(plan, reporter, telling_utterances, workers)
        reporter.say("writing the report")
    return Job(tally, tuple(plan.broken), () if scoring else _absent(plan, registry()))


def _absent(plan: Plan, installed: Registry) -> tuple[SkipRow, ...]:
    """Codecs that were asked for by name and ran nowhere; of all that are installed, or of a family, some may be so."""
    from codecbench.plugins import choose_codecs

    named = choose_codecs(plan.request.codecs, installed).named
    specs = {installed.codec(name).card.spec for name in named}
    return tuple(row for row in plan.skips if row.point is None and row.codec_id.spec in specs)


def _notes(plan: Plan, *, scoring: bool) -> Iterator[str]:
    """What is to be known before anything is computed."""
    from codecbench.few_speakers import few_speakers_note

    yield from plan.dataset.warnings
    few = few_speakers_note([one.utterance for one in plan.utterances], plan.dataset)
    if few is not None and not scoring:
        yield few
    for part, codecs in plan.unmatched.items():
        yield f"--bitrates {part}: no such point of {', '.join(codecs)}"
    recognizer = plan.recognizer.card
    if recognizer and recognizer.notes:
        yield f"{recognizer.id} is {recognizer.notes}"
