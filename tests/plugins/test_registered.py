"""Of two plugins with one name nobody gets either by that name, and what did not load is said where it is missed."""

from __future__ import annotations

import pytest

from codecbench.api import CodecCard, MetricCard, OperatingPoint, UsageError
from codecbench.plugins import registry
from codecbench.plugins.registered import BrokenPlugin, Registered, Registry


def codec(name: str, distribution: str, checkpoint: str = "default") -> Registered[CodecCard]:
    card = CodecCard(name, 16000, (OperatingPoint(6),), checkpoint)
    return Registered(card, object, distribution, distribution=distribution, version="0.1")


def metric(name: str, distribution: str, group: tuple[str, ...] = ()) -> Registered[MetricCard]:
    card = MetricCard(name, "1", "")
    return Registered(card, object, distribution, group=group, distribution=distribution, version="2")


def test_two_of_a_name_are_an_error_for_who_asks_for_it() -> None:
    found = Registry()
    found.add("codecs", [codec("mine", "codec-v1")])
    found.add("codecs", [codec("mine", "codec-v2"), codec("other", "codec-v2")])
    problem = (
        "codec 'mine:default' is registered by codec-v1 0.1 and by codec-v2 0.1: uninstall one of them, or rename it"
    )
    for spec in ("mine", "mine:default"):
        with pytest.raises(UsageError, match=problem):
            found.codec(spec)
    assert found.codec("other").distribution == "codec-v2"
    assert found.broken == [BrokenPlugin("codec-v2", problem)]
    found.add("codecs", [codec("mine", "codec-v3")])
    with pytest.raises(UsageError, match=r"by codec-v1 0\.1 and by codec-v2 0\.1 and by codec-v3 0\.1"):
        found.codec("mine")


def test_nobody_takes_a_built_ins_place_and_nobody_is_run_in_its_stead() -> None:
    found = Registry()
    found.add("codecs", [codec("opus", "codecbench")])
    found.add("codecs", [codec("opus", "better-opus"), codec("opus", "better-opus", "tuned")])
    assert found.codecs["opus:default"].is_own  # for `--codecs all`
    with pytest.raises(UsageError, match=r"registered by codecbench 0\.1 and by better-opus 0\.1"):
        found.codec("opus")
    with pytest.raises(UsageError, match="codec 'opus' has no checkpoint 'tuned'"):
        found.codec("opus:tuned")


def test_nobody_adds_a_checkpoint_to_a_built_in_name() -> None:
    found = Registry()
    found.add("codecs", [codec("dac", "codecbench", "reference")])
    found.add("codecs", [codec("dac", "tuned-dac"), codec("mine", "tuned-dac")])
    assert list(found.codecs) == ["dac:reference", "mine:default"]
    problem = (
        "codec 'dac' is codecbench's: tuned-dac 0.1 cannot add checkpoint 'default' to it; register it under a name of "
        "its own"
    )
    assert found.broken == [BrokenPlugin("tuned-dac", problem)]
    with pytest.raises(UsageError, match="'tuned-dac' \\(codec 'dac' is codecbench's"):
        found.codec("dac:default")


def test_a_group_goes_whole() -> None:
    found = Registry()
    found.add("metrics", [metric("a", "one")])
    found.add("metrics", [metric("a", "two", ("a", "b")), metric("b", "two", ("a", "b")), metric("c", "two")])
    assert list(found.metrics) == ["c"]
    for name in "ab":
        with pytest.raises(UsageError, match=f"metric '{name}' is registered by"):
            found.find("metrics", name)


def test_what_is_unknown_is_answered_with_what_did_not_load() -> None:
    found = Registry(broken=[BrokenPlugin("my_plugin", "ImportError: no"), BrokenPlugin("yours", "ValueError: bad")])
    ends = r"\. Plugins that did not load: 'my_plugin' \(ImportError: no\); 'yours' \(ValueError: bad\)$"
    with pytest.raises(UsageError, match=f"unknown codec 'mine'; known: {ends}"):
        found.codec("mine")
    with pytest.raises(UsageError, match=f"unknown metric 'm'; known: none{ends}"):
        found.find("metrics", "m")


def test_every_built_in_is_codecbenchs_own() -> None:
    found = registry()
    assert all(
        one.is_own for kind in ("codecs", "metrics", "datasets", "recognizers") for one in found.table(kind).values()
    )
