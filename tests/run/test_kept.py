"""The audio that a run keeps: chosen when everything is scored, the same for every codec, never recomputed in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from pool_work import every_utterance
from running import codecbench, read_summary

from codecbench.run import kept
from codecbench.store import Store

ARGUMENTS = ("run", "--codecs", "pcm,opus", "--bitrates", "6,96", "--metrics", "si_sdr", "--cost", "none", "--limit", 8)


def samples(folder: Path) -> list[str]:
    with Store(folder) as store:
        return list(store.meta()["sample_utterances"])


def copies(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in (folder / "audio").rglob("*.flac")}


def test_the_chosen_are_kept_of_every_point_and_only_they(tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert codecbench(*ARGUMENTS, "--out", out).returncode == 0
    chosen = samples(out)
    assert len(chosen) == 6
    places = ("original", "pcm/default/96", "opus/default/6")
    assert set(copies(out)) == {f"audio/{place}/{name}.flac" for place in places for name in chosen}
    assert not (out / "decoded").exists()

    before = copies(out)
    (out / "audio" / "opus" / "default" / "6" / f"{chosen[0]}.flac").unlink()
    again = codecbench(*ARGUMENTS, "--out", out)
    assert again.returncode == 0, again.stderr
    assert read_summary(out)["run"]["computed"] == 0
    after = copies(out)
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == [f"audio/opus/default/6/{chosen[0]}.flac"]
    assert samples(out) == chosen

    # A plan with other codecs adds to the same utterances: they are compared side by side.
    assert codecbench(*ARGUMENTS[:2], "codec2", *ARGUMENTS[5:], "--bitrates", "3.2", "--out", out).returncode == 0
    assert samples(out) == chosen
    assert {name for name in copies(out) if "codec2" in name} == {f"audio/codec2/default/3.2/{n}.flac" for n in chosen}


@pytest.mark.parametrize(("keep", "expected"), [("none", 0), ("all", 8 * 3)])
def test_all_or_none(tmp_path: Path, keep: str, expected: int) -> None:
    assert codecbench(*ARGUMENTS, "--keep-audio", keep, "--out", tmp_path / "run").returncode == 0
    assert len(copies(tmp_path / "run")) == expected
    assert len(samples(tmp_path / "run")) == 6


def test_a_large_run_does_not_wait_with_its_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were chosen are decoded again, to the same copies."""
    from rich.console import Console

    from codecbench.plugins import registry
    from codecbench.run.execute import run
    from codecbench.run.plan import make_plan
    from codecbench.run.progress import Reporter
    from codecbench.run.request import Request

    heard = []
    for limit in (kept.SPOOL_BYTES, 0):
        monkeypatch.setattr(kept, "SPOOL_BYTES", limit)
        out = tmp_path / str(limit)
        request = Request(out=out, codecs="opus", bitrates="6", metrics="si_sdr", limit=3, cost="none")
        with Reporter(Console(quiet=True)) as reporter:
            run(make_plan(request, registry()), reporter, every_utterance)
        heard.append({name: (out / name).read_bytes() for name in copies(out)})
        assert not (out / "decoded").exists()
    assert heard[0] == heard[1]
    assert len(heard[0]) == 6
