"""What is compared with what, on runs made in code: verdicts, exact figures, and everything that cannot be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_runs import MadeCodec, made_results, with_card

from codecbench.analysis.paired import Value
from codecbench.gate.baseline import Baseline, BaselineRow
from codecbench.gate.comparison import compare
from codecbench.gate.from_run import as_baseline
from codecbench.gate.matching import Scope
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import GateOutcome, judge
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import CodingRow, ScoreRow, SkipRow, StoredResults

CODECS = (MadeCodec("opus", (6, 12), card={"parameters": 1000, "latency_ms": 26.5}), MadeCodec("pcm", (96,)))
RESULTS = made_results(CODECS)
BEFORE = as_baseline(RESULTS, "before", {})


def gate(results: StoredResults, settings: Settings | None = None, scope: Scope | None = None) -> GateOutcome:
    chosen = settings or Settings()
    return judge(compare(BEFORE, as_baseline(results, "after", {}), chosen, scope), chosen)


def rescored(change: Callable[[ScoreRow], Any], **where: str) -> StoredResults:
    """The run with the numerators of some scores changed."""

    def new(row: ScoreRow) -> ScoreRow:
        hit = all(getattr(row, name) == value for name, value in where.items())
        return replace(row, **change(row)) if hit and row.status == "ok" else row

    return replace(RESULTS, scores=tuple(map(new, RESULTS.scores)))


def recoded(change: Callable[[CodingRow], Any], **where: str) -> StoredResults:
    def new(row: CodingRow) -> CodingRow:
        hit = all(getattr(row, name) == value for name, value in where.items())
        return replace(row, **change(row)) if hit else row

    return replace(RESULTS, codings=tuple(map(new, RESULTS.codings)))


def add(amount: float) -> Callable[[ScoreRow], Any]:
    return lambda row: {"numerator": row.numerator + amount}


def test_the_same_run_passes() -> None:
    outcome = gate(RESULTS)
    assert (outcome.status, outcome.findings) == (0, ())
    assert {cell.verdict for cell in outcome.comparison.cells} == {"same"}


def test_a_drop_at_one_point_names_codec_point_and_metric() -> None:
    outcome = gate(rescored(add(-0.2), codec="opus", point="6", metric="pesq_wb"))
    assert outcome.status == 1
    (finding,) = outcome.findings
    assert str(finding.place) == "opus at 6 kbps"
    assert finding.metric == "pesq_wb"
    assert "a loss of 0.20 (at least " in finding.message
    verdicts = {(str(c.place), c.metric): c.verdict for c in outcome.comparison.cells}
    assert [key for key, verdict in verdicts.items() if verdict != "same"] == [("opus at 6 kbps", "pesq_wb")]


def test_the_bound_of_a_loss_is_below_the_true_loss() -> None:
    """All bounds of a run hold together in 99 of 100 runs, also where the loss is just over the threshold."""
    settings = Settings(thresholds={"pesq_wb": 0.02}, metrics=("pesq_wb",))
    before = as_baseline(made_results(CODECS, speakers=0, metrics=["pesq_wb"]), "before", {})
    runs = [compare(before, worse_by(0.025, before, seed), settings) for seed in range(40)]
    bounds = np.array([[cell.bound for cell in run.cells] for run in runs])
    assert (bounds < 0.025).all(axis=1).mean() >= 0.95
    assert (bounds > 0).mean() > 0.5  # nor is it idle


def worse_by(loss: float, before: Baseline, seed: int) -> Baseline:
    """`before` with a loss of PESQ-WB everywhere, and noise."""
    g = np.random.default_rng(seed)

    def new(row: BaselineRow) -> BaselineRow:
        old = row.metrics["pesq_wb"]
        values = {name: Value(value.numerator - loss + g.normal(0, 0.02)) for name, value in old.values.items()}
        return replace(row, metrics={"pesq_wb": replace(old, values=values)})

    return replace(before, rows=tuple(map(new, before.rows)))


def test_a_gain_is_better_and_passes() -> None:
    outcome = gate(rescored(add(0.2), codec="opus", point="6", metric="pesq_wb"))
    assert outcome.status == 0
    assert [c.metric for c in outcome.comparison.cells if c.verdict == "better"] == ["pesq_wb"]


def test_more_word_errors_are_a_loss() -> None:
    outcome = gate(rescored(add(2), codec="opus", point="12", metric="wer"))
    assert [(f.metric, str(f.place)) for f in outcome.findings] == [("wer", "opus at 12 kbps")]


def test_a_significant_loss_within_the_threshold_passes() -> None:
    assert gate(rescored(add(-0.01), metric="pesq_wb")).status == 0
    strict = Settings(thresholds={"pesq_wb": 0.005})
    assert gate(rescored(add(-0.01), metric="pesq_wb"), strict).status == 1


@pytest.mark.parametrize(("moved", "verdict"), [(0.5, "worse"), (-0.5, "worse")])
def test_a_delay_has_no_better_side(moved: float, verdict: str) -> None:
    outcome = gate(rescored(add(moved), metric="delay_ms"))
    assert {c.verdict for c in outcome.comparison.cells if c.metric == "delay_ms"} == {verdict}


def test_towards_zero_is_better() -> None:
    late = as_baseline(rescored(add(0.5), metric="delay_ms"), "before", {})
    found = compare(late, BEFORE, Settings())
    assert {c.verdict for c in found.cells if c.metric == "delay_ms"} == {"better"}


def test_cells_that_fail_now() -> None:
    failed = lambda row: {"status": "failed", "reason": "decode: it crashed", "numerator": None}  # noqa: E731
    outcome = gate(rescored(failed, codec="opus", point="6", utterance="utt-03"))
    assert outcome.status == 1
    (finding,) = outcome.findings
    assert "opus at 6 kbps: " in finding.message
    assert "failed on 1 utterance that had a score (first: utt-03): decode: it crashed" in finding.message


def test_abstaining_now_and_then_is_told_and_always_is_not_measured() -> None:
    abstained = lambda row: {"status": "abstained", "reason": "no clear peak", "numerator": None}  # noqa: E731
    once = gate(rescored(abstained, metric="delay_ms", point="6", utterance="utt-03"))
    assert once.status == 0
    assert "abstains on 1 utterance that had a score: no clear peak" in once.comparison.notes[0]
    assert gate(rescored(abstained, metric="delay_ms", point="6")).status == 3


@pytest.mark.parametrize("metric", ["pesq_wb", "estoi", "si_sdr", "speaker_similarity", "wer"])
@pytest.mark.parametrize("lost", [1, 12])
def test_a_score_that_is_lost_is_no_chance(metric: str, lost: int) -> None:
    """A codec that falls silent makes every metric of quality abstain: the utterances that are left tell nothing."""
    silent = {f"utt-{number:02d}" for number in range(lost)}
    abstained = lambda row: (  # noqa: E731
        {"status": "abstained", "reason": "the decoded signal is silent", "numerator": None}
        if row.utterance in silent
        else {}
    )
    outcome = gate(rescored(abstained, metric=metric, point="6"))
    assert outcome.status == 3
    (finding,) = outcome.findings
    assert finding.message.startswith(f"{metric} of opus at 6 kbps: abstains on {lost} utterance")
    assert finding.message.endswith(" that had a score: the decoded signal is silent")


def test_a_floor() -> None:
    floors = {("", "estoi"): 0.0, ("opus@6", "pesq_wb"): 4.0}
    outcome = gate(RESULTS, Settings(floors=floors))
    assert [finding.message for finding in outcome.findings] == [
        f"opus at 6 kbps: pesq_wb {mean():.2f} is below its floor of 4.00 (floors in defaults)"
    ]
    assert outcome.status == 1


def mean() -> float:
    rows = [row for row in RESULTS.scores if (row.codec, row.point, row.metric) == ("opus", "6", "pesq_wb")]
    return sum(row.value or 0 for row in rows) / len(rows)


@pytest.mark.parametrize(
    ("results", "figure"),
    [
        (recoded(lambda row: {"payload_bytes": row.payload_bytes + 32}, codec="pcm"), "measured_kbps"),
        (recoded(lambda row: {"payload_bytes": row.payload_bytes - 1}, codec="pcm"), "measured_kbps"),
        (recoded(lambda row: {"nominal_kbps": 97.0}, codec="pcm"), "nominal_kbps"),
        (recoded(lambda row: {"applied_delay_s": 0.001}, codec="pcm"), "delay_ms"),
        (recoded(lambda row: {"missing": 40}, codec="pcm", utterance="utt-05"), "missing_samples"),
    ],
)
def test_exact_figures(results: StoredResults, figure: str) -> None:
    outcome = gate(results)
    assert outcome.status == 1
    assert [(str(f.place), f.metric) for f in outcome.findings] == [("pcm at 96 kbps", figure)]


@pytest.mark.parametrize(("parameters", "status"), [(1001, 1), (999, 0), (None, 3)])
def test_costs_may_fall_but_not_rise_or_vanish(parameters: int | None, status: int) -> None:
    cheaper = [
        replace(row, card=CodecFacts.from_json(dict(row.card.stored) | {"parameters": parameters}))
        if row.codec == "opus" else row
        for row in RESULTS.codecs
    ]  # fmt: skip
    assert gate(replace(RESULTS, codecs=tuple(cheaper))).status == status


@pytest.mark.parametrize(("promised", "status"), [((), 0), (("opus",), 1), (("opus:default",), 1), (("pcm",), 0)])
def test_payloads_where_they_are_promised(promised: tuple[str, ...], status: int) -> None:
    place = BEFORE.rows[0].place
    before = as_baseline(RESULTS, "before", {place: "aa" * 32})
    after = as_baseline(RESULTS, "after", {place: "bb" * 32})
    settings = Settings(exact_payload=promised)
    assert judge(compare(before, after, settings), settings).status == status


def other_metric_version(results: StoredResults) -> StoredResults:
    return replace(results, scores=tuple(replace(s, version="2") if s.metric == "estoi" else s for s in results.scores))


def without(results: StoredResults, **where: str) -> StoredResults:
    keep = lambda row: not all(getattr(row, name, None) == value for name, value in where.items())  # noqa: E731
    return replace(results, codings=tuple(filter(keep, results.codings)), scores=tuple(filter(keep, results.scores)))


NOT_MEASURED = {
    "dataset": (replace(RESULTS, meta=dict(RESULTS.meta) | {"revision": "cd" * 32},
                        utterances=tuple(replace(u, sha256="0" if u.id == "utt-05" else u.sha256)
                                         for u in RESULTS.utterances)),
                "dataset 'probe': its revision is cdcdcdcdcdcd, the baseline's abababababab (1 of 24 common utterances "
                "have another recording, words or speaker (utt-05)): another question"),
    "version": (other_metric_version(RESULTS), "estoi of opus at 6 kbps: version 2, the baseline has 1"),
    "codec": (without(RESULTS, codec="pcm"),
              "pcm at 96 kbps: it is not in the run; measure it too (the run has: opus), or write a new"),
    "point": (without(RESULTS, point="12"),
              "opus at 12 kbps: it is not in the run; measure it too (the run has: opus at 6 kbps), or"),
    "utterance": (replace(without(RESULTS, utterance="utt-05"),
                          utterances=tuple(u for u in RESULTS.utterances if u.id != "utt-05")),
                  "1 of 24 utterances: not in the run (first: utt-05)"),
    "metric": (without(RESULTS, metric="estoi"),
               "estoi of opus at 6 kbps: the run has no such score; codecbench score RUN --metrics estoi adds it, or"),
    "unfinished": (replace(RESULTS, meta=dict(RESULTS.meta) | {"finished": None}), "the run is not finished"),
    "recognizer": (with_card(replace(RESULTS, meta=dict(RESULTS.meta) | {"recognizer": {"id": "other"}}), "wer",
                             uses_recognizer=True),
                   "wer of opus at 6 kbps: another recognizer"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_MEASURED)
def test_what_could_not_be_measured_is_neither_pass_nor_fail(what: str) -> None:
    results, reason = NOT_MEASURED[what]
    outcome = gate(results)
    assert outcome.status == 3
    assert any(reason in finding.message for finding in outcome.of("could not measure")), outcome.findings


def test_not_measured_wins_over_regressed() -> None:
    outcome = gate(without(rescored(add(-0.5), codec="opus", metric="pesq_wb"), codec="pcm"))
    assert outcome.of("regressed")
    assert outcome.status == 3


def test_a_skipped_codec_is_missing_even_in_a_subset() -> None:
    skip = SkipRow("pcm", "default", None, "no weights here")
    results = replace(without(RESULTS, codec="pcm"), skips=(skip,))
    outcome = gate(results, scope=Scope(subset=True))
    assert outcome.status == 3
    assert "pcm at 96 kbps: skipped: no weights here" in outcome.findings[0].message


def test_a_subset_is_enough_where_it_is_asked_for() -> None:
    part = without(without(RESULTS, codec="pcm"), metric="wer")
    names = {row.id for row in part.utterances[:10]}
    part = replace(
        part,
        utterances=part.utterances[:10],
        scores=tuple(row for row in part.scores if row.utterance in names),
        codings=tuple(row for row in part.codings if row.utterance in names),
    )
    outcome = gate(part, scope=Scope(subset=True))
    assert outcome.status == 0, outcome.findings
    assert "not compared: pcm at 96 kbps (it is not in the run)" in outcome.comparison.notes


def test_nothing_in_common_is_no_pass() -> None:
    outcome = gate(without(RESULTS, codec="opus"), scope=Scope(("opus",), subset=True))
    assert (outcome.status, outcome.findings[0].message[:8]) == (3, "anything")
    assert gate(RESULTS, scope=Scope(("lyra",))).status == 3
    assert gate(RESULTS, Settings(metrics=("visqol",))).status == 3


def test_too_few_speakers_to_tell_anything() -> None:
    small = made_results([MadeCodec("opus", (6,))], utterances=6, speakers=3)
    before, after = (as_baseline(small, name, {}) for name in ("before", "after"))
    outcome = judge(compare(before, after, Settings()), Settings())
    assert outcome.status == 3
    assert "3 independent speakers on the common utterances; a level of 0.01 needs 8" in outcome.findings[0].message


def test_compare_tells_primary_from_exploratory() -> None:
    worse = as_baseline(rescored(add(-0.2), codec="opus", point="6"), "after", {})
    found = compare(BEFORE, worse, Settings(), purpose="compare")
    verdicts = {(c.metric, c.primary): c.verdict for c in found.cells if c.place.point == "6"}
    assert verdicts["pesq_wb", True] == verdicts["si_sdr", False] == "worse"
    assert {c.verdict for c in found.cells if c.place.point != "6"} == {"same"}
    assert all(c.p == 1.0 for c in found.cells if c.place.point != "6")


def test_speed_of_another_machine_is_told_and_never_fails() -> None:
    from codecbench.gate.summary import as_text

    slow = [replace(row, figures={name: 5 * value for name, value in row.figures.items()}) for row in RESULTS.costs]
    machine = {"machine": {"processor": "Another", "cores": 64, "system": "Linux x86_64"}}
    outcome = gate(replace(RESULTS, costs=tuple(slow), meta=dict(RESULTS.meta) | machine))
    assert outcome.status == 0
    assert "rtf_decode of opus at 6 kbps: 0.00850 → 0.0425 (not judged: other machine)" in as_text(outcome)


def test_baselines_are_values() -> None:
    assert isinstance(BEFORE, Baseline)
    assert as_baseline(RESULTS, "before", {}) == BEFORE
