"""Fixtures for the tests of a codec's own repository: what any codec is held to, and what this one was already.

```python
def test_conforms(codecbench_check):
    codecbench_check("mycodec")

def test_no_regression(codecbench_gate):
    codecbench_gate("mycodec", baseline="baselines/main.json", metrics=["pesq_wb", "estoi"])
```

pytest imports this file wherever codecbench is installed: nothing heavy may be imported at its top.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from codecbench.gate.verdict import GateOutcome


class CodecbenchGate(Protocol):
    """The fixture's type."""

    def __call__(
        self, codec: str, *, baseline: str | Path, metrics: Sequence[str] | None = None, dataset: str | None = None
    ) -> GateOutcome:
        """Run `codec` as the baseline did, gate it, and fail the test where it does not pass.

        `metrics` defaults to all of the baseline. `dataset` is needed where the baseline's is a manifest or a folder.
        Relative paths are taken from pytest's root folder. Raises pytest's failure, also for what could not be
        measured, and UsageError for an unknown baseline, codec or metric.
        """
        ...


class CodecbenchCheck(Protocol):
    """The fixture's type."""

    def __call__(self, codec: str, *, allow: Sequence[str] = ()) -> Mapping[str, Mapping[str, str]]:
        """Try `codec` by `codecbench check`, and fail the test with what did not pass; returns the items by name.

        Warnings pass; items named in `allow` may fail. Raises pytest's failure, also where the codec cannot run.
        """
        ...


@pytest.fixture
def codecbench_check() -> CodecbenchCheck:
    """Call it with a codec: the test fails where an item of the conformance kit does."""

    def check(codec: str, *, allow: Sequence[str] = ()) -> Mapping[str, Mapping[str, str]]:
        __tracebackhide__ = True
        command = [sys.executable, "-m", "codecbench", "check", codec, "--json"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode not in (0, 1):
            pytest.fail(
                result.stderr.strip() or f"codecbench check ended with status {result.returncode}", pytrace=False
            )
        items = {item["item"]: item for item in json.loads(result.stdout)["items"]}
        broken = [item for item in items.values() if item["outcome"] == "fail" and item["item"] not in allow]
        if broken:
            pytest.fail("\n".join(f"{one['item']}: {one['seen']} → {one['advice']}" for one in broken), pytrace=False)
        return items

    return check


@pytest.fixture
def codecbench_gate(tmp_path: Path, request: pytest.FixtureRequest) -> CodecbenchGate:
    """Call it with a codec and a baseline: the test fails where the codec got worse."""
    root = request.config.rootpath

    def gate(
        codec: str, *, baseline: str | Path, metrics: Sequence[str] | None = None, dataset: str | None = None
    ) -> GateOutcome:
        __tracebackhide__ = True
        from codecbench.gate import summary
        from codecbench.gate.comparison import compare
        from codecbench.gate.known_names import refuse_unknown_names
        from codecbench.gate.loading import load_baseline
        from codecbench.gate.matching import Scope
        from codecbench.gate.measuring import run_arguments, written_anew
        from codecbench.gate.thresholds import load_settings
        from codecbench.gate.verdict import judge

        before = load_baseline(root / baseline)
        out = tmp_path / "codecbench-run"
        source = before.dataset if dataset is None else dataset
        here = str(root / source) if (root / source).exists() else source
        _run([sys.executable, "-m", "codecbench", *run_arguments(before, here, str(out), (codec,), metrics)])
        config = root / "pyproject.toml"
        settings = load_settings(config if config.is_file() else None).with_metrics(metrics, "metrics")
        after = load_baseline(out)
        refuse_unknown_names(settings, before, after)
        outcome = judge(compare(before, after, settings, Scope((codec,))), settings)
        if outcome.status:
            anew = "" if before.folder else written_anew(before, _relative(baseline, root), source)
            pytest.fail(summary.as_text(outcome, anew), pytrace=False)
        return outcome

    return gate


def _relative(path: str | Path, root: Path) -> str:
    """As it is typed in pytest's root folder."""
    file = root / path
    return str(file.relative_to(root) if file.is_relative_to(root) else file)


def _run(command: list[str]) -> None:
    """In a process of its own: a run starts workers and sets their environment. The gate reports what failed in it."""
    __tracebackhide__ = True
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 3):
        pytest.fail(f"codecbench run ended with status {result.returncode}:\n{result.stderr.strip()}", pytrace=False)
