"""A folder goes on with repaired and added recordings, and says in one line what else has changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from running import codecbench

from codecbench.api import Utterance
from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.run.plan import make_plan
from codecbench.run.planned import Plan
from codecbench.run.request import Request
from codecbench.run.same_dataset import refuse_another_dataset
from codecbench.store import Store
from codecbench.store.rows import UtteranceRow


@pytest.fixture
def plan(clips: Path, tmp_path: Path) -> Plan:
    request = Request(out=tmp_path, codecs="pcm", dataset=str(clips), bitrates="256", metrics="si_sdr", cost="none")
    return make_plan(request, registry())


@pytest.fixture
def store(plan: Plan, tmp_path: Path) -> Store:
    """A folder that holds the plan's utterances."""
    store = Store(tmp_path, create=True)
    store.set_meta(revision="of then", dataset=plan.dataset.id)
    for position, planned in enumerate(plan.utterances):
        put(store, planned.utterance, position, planned.identity)
    return store


def put(store: Store, utterance: Utterance, position: int, sha256: str, reason: str | None = None) -> None:
    u = utterance
    store.put_utterance(UtteranceRow(u.id, sha256, str(u.path), u.transcript, u.speaker, u.sex, 1.0, reason), position)


def test_more_utterances_are_no_other_dataset(plan: Plan, store: Store) -> None:
    store.connection.execute("DELETE FROM utterances WHERE id = ?", (plan.utterances[-1].utterance.id,))
    refuse_another_dataset(plan, store)


def test_what_could_not_be_read_may_be_another_file_now(plan: Plan, store: Store) -> None:
    for sha256 in ("unreadable:x", "of a file that breaks off"):
        put(store, plan.utterances[0].utterance, 0, sha256, "input: it breaks off")
        refuse_another_dataset(plan, store)


Change = Callable[[Store, Utterance], None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda store, u: put(store, u, 0, "other"), r"1 with another recording \(clip0\)"),
        (lambda store, u: put(store, replace(u, transcript="x"), 0, "other"), r"1 with other words \(clip0\)"),
        (lambda store, u: put(store, replace(u, speaker="x"), 0, "other"), r"1 of another speaker \(clip0\)"),
        (lambda store, u: put(store, replace(u, id="more"), 9, "other"), r"1 gone \(more\)"),
        (lambda store, u: store.set_meta(dataset="another"), "holds a run over dataset 'another', not 'manifest'"),
    ],
)
def test_what_else_has_changed_is_said(plan: Plan, store: Store, change: Change, said: str) -> None:
    plan = replace(plan, dataset=replace(plan.dataset, id="manifest"))
    store.set_meta(dataset="manifest")
    change(store, plan.utterances[0].utterance)
    with pytest.raises(UsageError, match=said) as refused:
        refuse_another_dataset(plan, store)
    assert "\n" not in str(refused.value)


def test_a_recording_beyond_the_limit_is_compared_too(plan: Plan, store: Store) -> None:
    last = plan.utterances[-1].utterance
    put(store, last, len(plan.utterances) - 1, "other")
    short = replace(plan, utterances=plan.utterances[:1])
    with pytest.raises(UsageError, match=re.escape(f"1 with another recording ({last.id})")):
        refuse_another_dataset(short, store)


def test_a_repaired_recording_is_computed_and_nothing_else(tmp_path: Path, clips: Path) -> None:
    samples, rate = soundfile.read(clips.parent / "clip0.wav")
    soundfile.write(tmp_path / "a.wav", samples, rate)
    soundfile.write(tmp_path / "b.wav", samples[::-1], rate)
    whole = (tmp_path / "b.wav").read_bytes()
    (tmp_path / "b.wav").write_bytes(whole[:20])
    (tmp_path / "m.tsv").write_text("id\tpath\na\ta.wav\nb\tb.wav\n")

    def run() -> str:
        result = codecbench(
            "run", "--codecs", "opus", "--bitrates", "12", "--dataset", tmp_path / "m.tsv", "--metrics", "estoi",
            "--cost", "none", "--keep-audio", "none", "--out", tmp_path / "run",
        )  # fmt: skip
        return result.stdout + result.stderr

    assert "1 computed, 0 reused, 1 failed" in run()
    (tmp_path / "b.wav").write_bytes(whole)
    assert "1 computed, 1 reused, 0 failed" in run()
    soundfile.write(tmp_path / "c.wav", samples, rate)
    (tmp_path / "m.tsv").write_text("id\tpath\na\ta.wav\nb\tb.wav\nc\tc.wav\n")
    assert "1 computed, 2 reused, 0 failed" in run()
    (tmp_path / "a.wav").write_bytes(whole)
    assert "utterances are 1 with another recording (a): choose another --out" in run()
