"""What the card says, and whether it says enough."""

from __future__ import annotations

from collections.abc import Iterator

from codecbench.api import CodecCard
from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, passed, skipped, warned
from codecbench.printing.wording import count

SLOW_LOAD_S = 30.0


def card(bench: Bench) -> Iterator[CheckResult]:
    """Its fields were held to their types when it was made: an untyped one does not get here."""
    if lacking := list(_lacking(bench.card)):
        yield warned("card", f"it does not say {', '.join(lacking)}", "fill in the fields of CodecCard")
    else:
        yield passed("card", f"{count(len(bench.points), 'operating point')}, frame, latency, licence and paper stated")


def _lacking(card: CodecCard) -> Iterator[str]:
    if not card.description:
        yield "what it is (description)"
    if card.licence == "unknown":
        yield "its licence"
    if card.self_check:
        return
    if card.frame == 1 and any(point.frame is None for point in card.points):
        yield "its hop in samples (frame)"
    if card.latency_ms is None and not card.whole_utterance and not card.latency_by_point:
        yield "its latency (latency_ms, `codecbench dev card` measures it; or whole_utterance)"


def loading(bench: Bench) -> Iterator[CheckResult]:
    """By the process that has been at work since: the time was taken when it started."""
    seconds = bench.run("decoder", []).process.load_seconds
    if seconds > SLOW_LOAD_S:
        yield warned(
            "loading", f"it loads in {seconds:.0f} s, in each of a run's processes",
            "load less at once; a run waits for as long as --load-seconds",
        )  # fmt: skip
    else:
        yield passed("loading", f"it loads in {seconds:.1f} s")


def offered(bench: Bench) -> Iterator[CheckResult]:
    """A run codes one utterance at a time; what a codec offers beside that is compared by a command of its own."""
    claimed = "its card says that it streams" if bench.card.streams else "a run uses neither"
    yield skipped("batches and streams", f"{claimed}: codecbench parity {bench.card.spec} compares them")
