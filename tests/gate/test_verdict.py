from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.gate.comparison import compare
from codecbench.gate.exact import Exact
from codecbench.gate.from_run import as_baseline
from codecbench.gate.matching import Broken, Unmeasured
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import judge
from codecbench.store.ids import Place
from codecbench.store.rows import StoredResults

OPUS = Place("opus", "default", "6")
RUN = as_baseline(made_results([MadeCodec("opus", (6,))]), "run", {})
SAME = compare(RUN, RUN, Settings())


def test_what_was_not_measured_comes_first_and_decides_the_status() -> None:
    broken = Broken(OPUS, "stoi", ("a",), "boom")
    outcome = judge(replace(SAME, broken=(broken,), unmeasured=(Unmeasured("wer", "no ears"),)), Settings())
    assert [finding.kind for finding in outcome.findings] == ["could not measure", "regressed"]
    assert (outcome.status, outcome.word) == (3, "could not measure")
    assert [finding.message for finding in outcome.of("could not measure")] == ["wer: no ears"]


def test_a_cell_that_fails_is_one_line_for_all_its_metrics() -> None:
    broken = (Broken(OPUS, "stoi", ("a", "b"), "boom"), Broken(OPUS, "wer", ("a", "b"), "boom"))
    (finding,) = judge(replace(SAME, broken=broken), Settings()).findings
    assert finding.message == ("opus at 6 kbps: stoi, wer failed on 2 utterances that had a score (first: a): boom")
    assert finding.metric is None


@pytest.mark.parametrize(("verdict", "gated", "status"), [
    ("worse", True, 1), ("worse", False, 0), ("cannot tell", True, 3), ("cannot tell", False, 0), ("better", True, 0),
])  # fmt: skip
def test_only_what_is_gated_fails(verdict: str, gated: bool, status: int) -> None:
    exact = Exact(OPUS, "parameters", 1.0, 2.0, verdict, gated)  # type: ignore[arg-type]
    assert judge(replace(SAME, exact=(exact,)), Settings()).status == status


@pytest.mark.parametrize(("metric", "floor", "status"), [
    ("stoi", 0.999, 1), ("stoi", 0.1, 0), ("wer", 0.0001, 1), ("wer", 0.9, 0), ("delay_ms", 50.0, 0),
])  # fmt: skip
def test_a_floor_is_a_ceiling_where_lower_is_better(metric: str, floor: float, status: int) -> None:
    assert judge(SAME, Settings(floors={("", metric): floor})).status == status


def varied(share: float) -> StoredResults:
    """A run of a codec that spends bits by what is said, with `share` more of them than the first."""
    results = made_results([MadeCodec("vbr", (22,))])
    sizes = [round((90_000 - 2_000 * place) * (1 + share)) for place in range(len(results.codings))]
    codings = zip(results.codings, sizes, strict=True)
    return replace(results, codings=tuple(replace(row, payload_bytes=size) for row, size in codings))


@pytest.mark.parametrize(("share", "setting", "status"), [
    (0.0, None, 0), (0.005, None, 0), (-0.0002, None, 0), (-0.3, None, 0), (0.02, None, 1), (0.02, 0.05, 0),
])  # fmt: skip
def test_a_variable_bitrate_fails_by_a_clear_rise_alone(share: float, setting: float | None, status: int) -> None:
    settings = Settings(bitrate=setting)
    compared = compare(as_baseline(varied(0.0), "main.json", {}), as_baseline(varied(share), "run", {}), settings)
    outcome = judge(compared, settings)
    assert outcome.status == status
    if status:
        (finding,) = outcome.findings
        assert finding.message.endswith("; it may rise by 1 %")
