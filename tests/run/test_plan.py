from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
    assert here == set(registry().codec_names())
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


def test_limit_keeps_the_revision() -> None:
    whole, part = make_plan(REQUEST, registry()), make_plan(replace(REQUEST, limit=2), registry())
    assert whole.revision == part.revision
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
