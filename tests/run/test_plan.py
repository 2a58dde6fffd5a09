from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import CodecCard, Dataset, MetricCard, OperatingPoint, Utterance, WeightsFile
from codecbench.errors import UsageError
from codecbench.plugins import load_registry, registry
from codecbench.run import keys
from codecbench.run.plan import make_plan
from codecbench.run.request import Request

REQUEST = Request(out=Path("unused"))


def labels(bitrates: str, codec: str = "opus") -> list[str]:
    (planned,) = make_plan(replace(REQUEST, codecs=codec, bitrates=bitrates), registry()).codecs
    return [point.label for point in planned.points]


@pytest.mark.parametrize(
    ("bitrates", "expected"),
    [
        ("6", ["6"]), ("6.2", ["6"]), ("6,24", ["6", "24"]), ("6-12", ["6", "8", "12"]),
        ("6 - 8, 32", ["6", "8", "32"]), ("11.5-100", ["12", "16", "24", "32"]),
    ],
)  # fmt: skip
def test_bitrates(bitrates: str, expected: list[str]) -> None:
    assert labels(bitrates) == expected


def test_within_five_percent_and_not_more() -> None:
    assert labels("6.31") == ["6"]
    with pytest.raises(UsageError):
        labels("6.4")


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

    every = {name for name, entry in registry().metrics.items() if not entry.card.on_request}
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


def test_request_survives_the_store() -> None:
    request = replace(REQUEST, weights={"encodec": Path("a.safetensors")}, limit=3, seed=2, recognizer="pocketsphinx")
    assert Request.from_json(request.as_json(), out=request.out) == request


def test_limit_keeps_the_revision() -> None:
    whole, part = make_plan(REQUEST, registry()), make_plan(replace(REQUEST, limit=2), registry())
    assert whole.revision == part.revision
    assert part.utterances == whole.utterances[:2]


CARD = MetricCard("m", "1", "a metric")
SPOKEN = replace(CARD, uses_recognizer=True)
UTTERANCE = Utterance("u", Path("u.wav"), "some words")


def test_score_keys_hold_what_changes_the_figure_and_nothing_else() -> None:
    base = keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.0)
    assert base == keys.score_key("coding", keys.metric_key(CARD, "other"), CARD, UTTERANCE, 0.0)
    assert base == keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, replace(UTTERANCE, transcript="x"), 0.0)
    different = [
        keys.score_key("other", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(replace(CARD, version="2"), "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(replace(CARD, parameters={"a": 1}), "r"), CARD, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(CARD, "r"), CARD, UTTERANCE, 0.001),
    ]
    spoken = keys.score_key("coding", keys.metric_key(SPOKEN, "r"), SPOKEN, UTTERANCE, 0.0)
    different += [
        spoken,
        keys.score_key("coding", keys.metric_key(SPOKEN, "other"), SPOKEN, UTTERANCE, 0.0),
        keys.score_key("coding", keys.metric_key(SPOKEN, "r"), SPOKEN, replace(UTTERANCE, transcript="x"), 0.0),
    ]
    assert len({base, *different}) == len(different) + 1


def test_coding_keys_hold_codec_point_seed_and_audio() -> None:
    identity = ("c:d", "1", "weights", "source", "cpu")
    base = keys.coding_key(identity, OperatingPoint(6), 0, "u", "audio")
    different = [
        keys.coding_key(("c:d", "1", "weights", "edited", "cpu"), OperatingPoint(6), 0, "u", "audio"),
        keys.coding_key(("c:d", "1", "retrained", "source", "cpu"), OperatingPoint(6), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(8), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6, {"mode": 1}), 0, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6), 1, "u", "audio"),
        keys.coding_key(identity, OperatingPoint(6), 0, "u", "other"),
        keys.coding_key(identity, OperatingPoint(6), 0, "v", "audio"),
    ]
    assert len({base, *different}) == len(different) + 1
    assert CodecCard("c", 16000, (OperatingPoint(6),)).spec == "c:default"


def test_revision_is_of_content_not_of_order() -> None:
    rows = [(UTTERANCE, "a"), (replace(UTTERANCE, id="v"), "b")]
    assert keys.revision(rows) == keys.revision(rows[::-1])
    assert keys.revision(rows) != keys.revision([(replace(UTTERANCE, speaker="s"), "a"), rows[1]])


def test_a_card_that_breaks_the_plan_is_reported_and_the_others_run() -> None:
    found = load_registry()
    weights = WeightsFile("w.safetensors", package="no_such_package")
    card = CodecCard("mine", 16000, (OperatingPoint(6),), weights=weights)
    found.codecs[card.spec] = replace(found.codecs["pcm:default"], card=card)
    plan = make_plan(replace(REQUEST, codecs="mine,pcm"), found)
    assert [codec.card.name for codec in plan.codecs] == ["pcm"]
    (row,) = plan.broken
    assert (row.codec, row.reason[:41]) == ("mine", "cannot be planned: ModuleNotFoundError: N")
