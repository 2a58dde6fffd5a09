"""Parts that workers do come to the plain run; a worker that would compute something else is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pool_work import no_utterance
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.run import cluster, execute
from codecbench.run.part import PartJob, PlanFacts, do_part, facts_of
from codecbench.run.plan import make_plan
from codecbench.run.progress import Reporter
from codecbench.run.request import Request
from codecbench.store import open_run
from codecbench.store.rows import StoredResults


class Here:
    """Workers on this machine, one part after the other; those of `fails` fail."""

    def __init__(self, fails: str = "nothing", facts: PlanFacts | str | None = None) -> None:
        self.fails, self.given = fails, facts
        self.parts: list[str] = []

    def facts(self, request: Mapping[str, object]) -> Mapping[str, PlanFacts | str]:
        return {"tcp://one": facts_of(request) if self.given is None else self.given}

    def done(self, jobs: Iterable[PartJob]) -> Iterator[bytes | str]:
        for job in jobs:
            self.parts.append(job.request["shard"])
            yield "the machine burned" if self.fails in job.request["shard"] else do_part(job)


def results(
    out: Path, workers: Here | None, *, metrics: str = "si_sdr,estoi", codecs: str = "opus,pcm"
) -> StoredResults:
    request = Request(
        out=out, codecs=codecs, bitrates="6-12,96", metrics=metrics, limit=5, cost="none", keep_audio="none",
        ladder="estoi" in metrics,
    )  # fmt: skip
    with Reporter(Console(quiet=True)) as reporter:
        execute.run(make_plan(request, registry()), reporter, no_utterance, workers)
    return open_run(out)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> StoredResults:
    return results(tmp_path_factory.mktemp("plain") / "run", None)


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SIZE", 3)


def same(one: StoredResults, other: StoredResults) -> None:
    assert one.codings == other.codings
    assert one.scores == other.scores
    assert one.ladder == other.ladder
    assert one.utterances == other.utterances


def test_a_unit_is_a_codec_and_a_block_and_the_whole_is_the_plain_run(plain: StoredResults, tmp_path: Path) -> None:
    workers = Here()
    same(results(tmp_path / "run", workers), plain)
    assert workers.parts == [
        "@0x3",
        "@1x3",
        "opus:default@0x3",
        "pcm:default@0x3",
        "opus:default@1x3",
        "pcm:default@1x3",
    ]
    again = Here()
    same(results(tmp_path / "run", again), plain)
    assert again.parts == []


def test_what_failed_on_the_cluster_is_computed_here(plain: StoredResults, tmp_path: Path) -> None:
    same(results(tmp_path / "run", Here(fails="opus:default@1x3")), plain)


def test_a_worker_that_would_compute_something_else_is_refused(tmp_path: Path) -> None:
    request = Request(out=tmp_path, codecs="opus", metrics="si_sdr", limit=5, cost="none", keep_audio="none")
    facts = facts_of(request.as_json())
    assert isinstance(facts, PlanFacts)
    older = replace(facts, facts={**facts.facts, "the source of opus:default": "another", "codecbench": "0.0.9"})
    for given, why in (
        (older, r"worker tcp://one would compute something else: codecbench is 0.0.9, here \S+, and 1 more"),
        (replace(facts, plan="another"), "it plans other cells"),
        ("unknown codec 'opus'", "worker tcp://one cannot run this: unknown codec 'opus'"),
    ):
        with pytest.raises(UsageError, match=why):
            results(tmp_path / "run", Here(facts=given), metrics="si_sdr", codecs="opus")


def test_a_part_whose_plan_is_another_says_so(tmp_path: Path) -> None:
    request = Request(out=tmp_path, codecs="opus", metrics="si_sdr", limit=2, cost="none", keep_audio="none")
    answer = do_part(PartJob(request.as_json() | {"shard": "opus:default@0x3"}, "another plan"))
    assert isinstance(answer, str)
    assert "its plan is another one than it was asked for" in answer
