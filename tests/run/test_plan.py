from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from codecbench.api import CodecCard, Dataset, OperatingPoint, WeightsFile
from codecbench.errors import UsageError
from codecbench.plugins import load_registry, registry
from codecbench.run.plan import make_plan
from codecbench.run.request import Request

REQUEST = Request(out=Path("unused"))


def test_a_codec_without_the_bitrate_is_skipped_with_what_it_has() -> None:
    plan = make_plan(replace(REQUEST, codecs="opus,codec2", bitrates="3.2"), registry())
    assert [codec.card.name for codec in plan.codecs] == ["codec2"]
    (skip,) = plan.skips
    assert (skip.codec, skip.reason) == ("opus", "no bitrate matches 3.2; it has 6, 8, 12, 16, 24, 32")


def test_all_is_every_codec_with_its_default_checkpoint() -> None:
    plan = make_plan(REQUEST, registry())
    here = {codec.card.name for codec in plan.codecs} | {skip.codec for skip in plan.skips}
    names = registry().codec_names()
    assert here == {name for name in names if not registry().checkpoints(name)[0].on_request}
    assert all(codec.card == registry().checkpoints(codec.card.name)[0] for codec in plan.codecs)


def test_a_published_checkpoint_that_is_not_here_is_skipped_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    plan = make_plan(replace(REQUEST, codecs="pcm,encodec:facebook-24khz"), registry())
    (skip,) = plan.skips
    assert "codecbench weights pull encodec:facebook-24khz" in skip.reason


def pair_list(folder: Path, rival: str) -> str:
    soundfile.write(folder / "a.wav", np.zeros(16000), 16000)
    rows = ("id\tpath\ttranscript\tspeaker\tword\trival", f"a\ta.wav\tSay solve.\ts\tsolve\t{rival}")
    (folder / "m.tsv").write_text("\n".join(rows) + "\n")
    return str(folder / "m.tsv")


def test_a_metric_is_left_out_where_no_utterance_has_its_columns_unless_asked_for(tmp_path: Path) -> None:
    def metrics(**changes: str) -> set[str]:
        return {metric.card.id for metric in make_plan(replace(REQUEST, codecs="pcm", **changes), registry()).metrics}

    every = {name for name, entry in registry().metrics.items() if entry.card.is_default("wb")}
    assert metrics() == every - {"flip_rate"}
    assert metrics(metrics="flip_rate") == {"flip_rate"}
    assert metrics(dataset=pair_list(tmp_path, "serve")) == every
    assert metrics(metrics="word_audit") == {"word_audit"}
    assert "word_audit" not in every


def test_a_metric_checks_the_dataset_before_anything_runs(tmp_path: Path) -> None:
    request = replace(REQUEST, codecs="pcm", dataset=pair_list(tmp_path, "Solve"))
    with pytest.raises(UsageError, match="pair list, utterance 'a': word and rival are both 'solve'"):
        make_plan(request, registry())
    assert make_plan(replace(request, metrics="pesq_wb"), registry()).metrics

    def breaks(_: Dataset) -> None:
        raise KeyError("sex")

    found = registry()
    broken = replace(found, metrics={**found.metrics, "stoi": replace(found.metrics["stoi"], check=breaks)})
    with pytest.raises(UsageError, match=r"metric 'stoi' could not check the dataset \(KeyError: 'sex'\)"):
        make_plan(replace(REQUEST, codecs="pcm", metrics="stoi"), broken)


def test_a_limit_has_a_revision_of_its_own() -> None:
    whole, part = make_plan(REQUEST, registry()), make_plan(replace(REQUEST, limit=2), registry())
    assert whole.revision == "1d7dbc8fdee42a5a86ec4070e0a4d68ccbb3855946ba5e7546cd0287d24b4332"  # of baselines/ci.json
    assert whole.revision != part.revision
    assert part.utterances == whole.utterances[:2]
    assert len({planned.utterance.speaker for planned in whole.utterances[:8]}) == 8


def test_what_is_cut_is_said_of_recordings_that_somebody_brings() -> None:
    assert not any("condition wb" in warning for warning in make_plan(REQUEST, registry()).dataset.warnings)


def test_a_card_that_breaks_the_plan_is_reported_and_the_others_run() -> None:
    found = load_registry()
    weights = WeightsFile("w.safetensors", package="no_such_package")
    card = CodecCard("mine", 16000, (OperatingPoint(6),), weights=weights)
    found.codecs[card.spec] = replace(found.codecs["pcm:default"], card=card)
    plan = make_plan(replace(REQUEST, codecs="mine,pcm"), found)
    assert [codec.card.name for codec in plan.codecs] == ["pcm"]
    (row,) = plan.broken
    assert (row.codec, row.reason[:41]) == ("mine", "cannot be planned: ModuleNotFoundError: N")


def listed(folder: Path, count: int, speakers: int = 10) -> Path:
    """A manifest of `count` recordings, `speakers` in turn, none of which is there."""
    rows = [f"u{number}\tu{number}.wav\twords\ts{number % speakers}" for number in range(count)]
    (folder / "corpus.tsv").write_text("\n".join(["id\tpath\ttranscript\tspeaker", *rows]) + "\n")
    return folder / "corpus.tsv"


def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The audio files that are hashed or whose headers are read from now on, once each time."""
    found: list[Path] = []
    path_open, info = Path.open, soundfile.info

    def note(path: Path) -> None:
        if path.suffix == ".wav":
            found.append(path)

    def opening(path: Path, *arguments: Any, **more: Any) -> Any:
        note(path)
        return path_open(path, *arguments, **more)

    def reading(path: Path) -> Any:
        note(Path(path))
        return info(path)

    monkeypatch.setattr(Path, "open", opening)
    monkeypatch.setattr(soundfile, "info", reading)
    return found


def test_a_limit_opens_and_looks_for_no_more_than_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = replace(REQUEST, codecs="pcm", metrics="si_sdr", dataset=str(listed(tmp_path, 2000)), limit=20)
    rng = np.random.default_rng(0)
    for number in range(20):
        soundfile.write(tmp_path / f"u{number}.wav", rng.normal(0, 0.1, 1600), 16000)
    found = opened(monkeypatch)
    plan = make_plan(request, registry())
    assert [one.utterance.id for one in plan.utterances] == [f"u{number}" for number in range(20)]
    assert set(found) == {one.utterance.path for one in plan.utterances}
    assert len(found) <= 40  # hashed, and its header read
    assert plan.dataset.warnings == ()  # of the 1980 that are not there
    whole = make_plan(replace(request, limit=None), registry())
    assert any("1980 of 2000 audio files are not there" in warning for warning in whole.dataset.warnings)
