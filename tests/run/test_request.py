from __future__ import annotations

from pathlib import Path

from codecbench.run.request import Request
from codecbench.run.shard import Shard

REQUEST = Request(out=Path("unused"))


def test_it_survives_the_store() -> None:
    request = Request(
        REQUEST.out, weights={"encodec": Path("a.safetensors")}, limit=3, seed=2, recognizer="pocketsphinx"
    )
    assert Request.from_json(request.as_json(), out=request.out) == request


def test_a_shard_survives_the_store_as_it_is_typed() -> None:
    request = Request(REQUEST.out, shard=Shard(3, 64))
    kept = request.as_json()
    assert kept.pop("shard") == "3/64"
    assert Request.from_json(kept | {"shard": "3/64"}, out=request.out) == request
    assert Request.from_json(kept, out=request.out) == REQUEST  # as an older codecbench kept it


def test_what_an_older_codecbench_kept_besides_is_left_out() -> None:
    assert Request.from_json(REQUEST.as_json() | {"rescore": False}, out=REQUEST.out) == REQUEST


def test_scoring_asks_for_what_the_folder_holds_and_measures_no_cost() -> None:
    request = Request(REQUEST.out, codecs="all", bitrates="6", limit=2, ladder=True)
    scoring = request.scoring("stoi", 2, ["opus:default", "mine:v2"], ["a", "b"])
    assert (scoring.codecs, scoring.bitrates, scoring.limit, scoring.utterances) == (
        "opus:default,mine:v2",
        None,
        None,
        ("a", "b"),
    )
    assert (scoring.metrics, scoring.jobs, scoring.cost, scoring.ladder) == ("stoi", 2, "none", False)
