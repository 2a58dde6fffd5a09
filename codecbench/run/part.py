"""A part of a run on a machine of a cluster: `python -m codecbench.run.part`, a process of its own for each.

It reads a request as JSON, does the part that it names into a folder and says what it is a part of: everything else is
in the folder's store. A cluster's own worker is no place for it: it may not start processes, or lives for weeks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codecbench.errors import UsageError
from codecbench.store import FILE


@dataclass(frozen=True)
class PartJob:
    """`request` as the store keeps it, with its part. `plan` is the fingerprint that the part's plan must have.

    `evidence` is a store with what is known of the originals already, as a file's bytes.
    """

    request: Mapping[str, Any]
    plan: str
    evidence: bytes | None = None
    on_device: bool = False
    """Whether it codes on the request's device, which is not the CPU."""


@dataclass(frozen=True)
class PlanFacts:
    """What decides the figures of a plan, as a machine finds it there, each under a name that a person can read."""

    plan: str
    facts: Mapping[str, str]

    def differences(self, other: PlanFacts) -> list[str]:
        """Where two machines differ, one line each; none where their plans are one."""
        if self.plan == other.plan and self.facts == other.facts:
            return []
        names = dict.fromkeys((*self.facts, *other.facts))
        lines = [
            f"{name} is {other.facts.get(name, 'missing')}, here {self.facts.get(name, 'missing')}"
            for name in names
            if self.facts.get(name) != other.facts.get(name)
        ]
        return lines or ["it plans other cells"]


def facts_of(request: Mapping[str, Any]) -> PlanFacts | str:
    """In a worker of the cluster: what it would compute of `request`, or why it cannot."""
    done = _called({"request": dict(request), "facts": True})
    if isinstance(done, str):
        return done
    return PlanFacts(**json.loads(done.stdout))


def do_part(job: PartJob) -> bytes | str:
    """In a worker of the cluster: the store that the part has filled, as a file's bytes, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="codecbench-part-") as name:
        folder = Path(name) / "part"
        folder.mkdir()
        if job.evidence is not None:
            (folder / FILE).write_bytes(job.evidence)
        done = _called({"request": dict(job.request), "plan": job.plan, "out": str(folder)})
        return done if isinstance(done, str) else (folder / FILE).read_bytes()


def _called(what: Mapping[str, Any]) -> subprocess.CompletedProcess[str] | str:
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, input=json.dumps(what), capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def main() -> None:
    """The process: 0 when the part is done, whatever came of its cells."""
    what = json.load(sys.stdin)
    try:
        if what.get("facts"):
            print(json.dumps(asdict(plan_facts(what["request"]))))
        else:
            _do(what["request"], what["plan"], Path(what["out"]))
    except UsageError as error:
        sys.exit(str(error))


def plan_facts(values: Mapping[str, Any]) -> PlanFacts:
    """Of the plan that `values` are a request for, as it is on this machine."""
    import codecbench
    from codecbench.plugins import registry
    from codecbench.run.plan import make_plan
    from codecbench.run.request import Request
    from codecbench.run.share import fingerprint

    plan = make_plan(Request.from_json(values, Path()), registry())
    facts = {"codecbench": codecbench.__version__, "the dataset's revision": plan.revision}
    facts |= {"the recognizer": plan.recognizer.key or plan.recognizer.reason or "none"}
    for codec in plan.codecs:
        facts[f"the source of {codec.card.spec}"] = codec.code_sha256
        facts[f"the weights of {codec.card.spec}"] = codec.weights_sha256 or "none"
    facts |= {f"metric {metric.card.id}": metric.key for metric in plan.metrics}
    return PlanFacts(fingerprint(plan), facts)


def _do(values: Mapping[str, Any], expected: str, out: Path) -> None:
    from rich.console import Console

    from codecbench.plugins import registry
    from codecbench.run import execute
    from codecbench.run.plan import make_plan
    from codecbench.run.preloading import plan_libraries
    from codecbench.run.processes import preload
    from codecbench.run.progress import Reporter
    from codecbench.run.request import Request
    from codecbench.run.share import fingerprint

    plan = make_plan(Request.from_json(values, out), registry())
    if fingerprint(plan) != expected:
        raise UsageError("its plan is another one than it was asked for: codecs, weights, audio or metrics differ")
    preload(plan_libraries(plan, registry()))
    with Reporter(Console(quiet=True)) as reporter:
        execute.run(plan, reporter, lambda *_: [])  # a part keeps no audio


if __name__ == "__main__":
    main()
