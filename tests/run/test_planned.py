from __future__ import annotations

from codecbench.api import MetricCard
from codecbench.run.planned import PlannedMetric, grouped


def planned(name: str, group: str | None = None) -> PlannedMetric:
    return PlannedMetric(MetricCard(name, "1", ""), f"key of {name}", group or name)


def test_metrics_are_grouped_by_the_object_that_scores_them_in_their_order() -> None:
    metrics = [planned("a", "g"), planned("b"), planned("c", "g")]
    groups = grouped(metrics)
    assert [(group.name, [m.card.id for m in group.metrics]) for group in groups] == [("g", ["a", "c"]), ("b", ["b"])]


def test_what_is_prepared_is_kept_for_all_that_are_planned_of_a_group() -> None:
    """One metric of a group prepares something else than two: with the other, what it needs is prepared anew."""
    one, two = grouped([planned("a", "g")])[0], grouped([planned("a", "g"), planned("c", "g")])[0]
    assert one.key == "key of a"
    assert two.key not in (one.key, "key of c")
    assert two.key == grouped([planned("c", "g"), planned("a", "g")])[0].key
