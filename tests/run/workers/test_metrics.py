from __future__ import annotations

from codecbench.plugins import registry
from codecbench.run.workers.metrics import built, is_group, metric_jobs


def jobs(*names: str) -> list[tuple[str, list[str]]]:
    found = metric_jobs(registry().metrics[name].card for name in names)
    return [(job.name, [card.id for card in job.cards]) for job in found]


def test_metrics_of_a_group_are_one_job_under_the_groups_first_name() -> None:
    assert jobs("cf_wer", "si_sdr", "hallucinated_wer") == [
        ("ci_wer", ["cf_wer", "hallucinated_wer"]), ("si_sdr", ["si_sdr"]),
    ]  # fmt: skip
    assert (is_group("ci_wer"), is_group("si_sdr")) == (True, False)


def test_a_job_listens_if_one_of_its_metrics_does_and_has_all_their_parameters() -> None:
    group, plain = metric_jobs(registry().metrics[name].card for name in ("ci_wer", "hallucinated_wer", "si_sdr"))
    assert (group.uses_recognizer, plain.uses_recognizer) == (True, False)
    assert {"null_floor", "calibrations"} <= set(group.parameters)


def test_an_object_is_built_once() -> None:
    (job,) = metric_jobs([registry().metrics["si_sdr"].card])
    assert built(job) is built(job)
