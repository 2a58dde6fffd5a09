"""What there is to listen to, in the page's source: takes, their audio and levels, each operating point's extremes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import soundfile
from made_runs import MadeCodec, made_results, realistic, write_audio

from codecbench.analysis import Findings
from codecbench.analysis.extremes import choose_utterances, find_extremes
from codecbench.report.clips import audio_key
from codecbench.report.html import render_report
from codecbench.report.page import AUDIO_MB
from codecbench.store.rows import StoredResults


def render(
    results: StoredResults, folder: Path, audio: Any = "embed", out: Path | None = None, audio_mb: float = AUDIO_MB
) -> str:
    out = out or folder / "report.html"
    return render_report(Findings(results), folder, out, audio, audio_mb).read_text()


def data(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data-listen">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def section(text: str) -> str:
    return text[text.index('<section id="listen">') : text.index('<section id="failures">')]


def test_each_point_names_its_extremes_kept_or_not(tmp_path: Path) -> None:
    results = realistic()
    write_audio(results, tmp_path)
    text = section(render(results, tmp_path))
    (extremes,) = re.findall(r'<details class="extremes">.*?</details>', text, re.DOTALL)
    for place, found in find_extremes(results, "pesq_wb").items():
        for one in found:
            kept = one.utterance in results.meta["sample_utterances"]
            assert f"{one.value:.2f}" in extremes
            key = audio_key(one.utterance, *place)
            assert (f'data-audio="{key}"' in extremes) == kept
    assert "not kept" in extremes


def test_without_a_script_all_is_there_in_order(tmp_path: Path) -> None:
    results = realistic()
    text = section(render(results, tmp_path, "none"))
    articles = re.findall(r'<article class="utterance" id="utterance=(.*?)"', text)
    assert articles == results.meta["sample_utterances"]
    assert text.count("<tr data-kbps=") == 27 * 3  # every operating point of every kept utterance
    assert "decode: no answer within 120 s, stopped" in text  # ladiff has no codings of utt-00


def test_what_was_not_counted_as_an_error_is_not_marked_as_one(tmp_path: Path) -> None:
    """Seventeen, heard as 17, is right: the words that are marked are those that were compared."""
    results = made_results([MadeCodec("one", (6,))], utterances=1, metrics=["wer"])
    texts = {"transcript": "17 birds flew", "original": "17 birds flew", "decoded": "17 birds blew"}
    detail = {"hypothesis": "17 birds blew.", "reference_hypothesis": "17 birds flew.", "normalized": texts}
    results = replace(results, scores=tuple(replace(row, detail=detail) for row in results.scores))
    shown = section(render(results, tmp_path))
    assert "17 birds flew</td>" in shown
    assert "17 birds <del>flew</del> <ins>blew</ins></td>" in shown


def test_linked_audio_is_found_from_the_report(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=6)
    odd = "a b#?%"
    rename = {"utt-00": odd}
    results = replace(
        results,
        utterances=tuple(replace(row, id=rename.get(row.id, row.id)) for row in results.utterances),
        codings=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.codings),
        scores=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.scores),
        meta={**results.meta, "sample_utterances": [odd]},
    )
    run, out = tmp_path / "a run", tmp_path / "elsewhere" / "deep" / "x.html"
    out.parent.mkdir(parents=True)
    write_audio(results, run)
    text = render(results, run, "link", out)
    assert "media-src 'self' file:" in unescape(text)
    found = data(text)
    assert found["mode"] == "link"
    assert len(found["clips"]) == 2
    for content, *_ in found["clips"].values():
        assert not content.startswith("/")
        assert (out.parent / unquote(content)).resolve().is_file()
    assert "media-src" not in render(results, run)  # what is embedded is never loaded


def test_damaged_and_missing_files_are_a_line(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6, 12))], utterances=3)
    write_audio(results, tmp_path)
    folder = tmp_path / "audio" / "opus" / "default"
    (folder / "6" / "utt-00.flac").write_bytes(b"fLaC but no more")
    (folder / "12" / "utt-01.flac").write_bytes(b"")
    (folder / "6" / "utt-02.flac").unlink()
    text = render(results, tmp_path)
    assert text.count("cannot be read") == 2
    assert "audio of opus default 6, utterance &#39;utt-00&#39;, cannot be read" in text
    assert len(data(text)["clips"]) == 3 + 6 - 3


def test_too_much_audio_is_left_out_whole(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6, 12))], utterances=3)
    write_audio(results, tmp_path)
    whole = sum(len(content) for content, *_ in data(render(results, tmp_path))["clips"].values())
    text = render(results, tmp_path, audio_mb=whole / 2e6)
    first = results.meta["sample_utterances"][0]
    assert {key.rpartition("/")[2] for key in data(text)["clips"]} == {f"{first}.flac"}
    assert text.count("is left out: this file holds at most") == 2
    text = render(results, tmp_path, audio_mb=(whole // 9 * 2 + 10) / 1e6)  # not even the first one's
    assert 1 <= len(data(text)["clips"]) <= 2
    assert "the rest of utterance" in text


def test_stereo_is_not_ours(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=1)
    write_audio(results, tmp_path)
    path = tmp_path / "audio" / "opus" / "default" / "6" / "utt-00.flac"
    soundfile.write(path, np.zeros((100, 2)), 16000, format="FLAC")
    assert "expected one channel" in render(results, tmp_path)


def test_large_run_stays_small(tmp_path: Path) -> None:
    """12 codecs × 6 points: what this section adds to a report without audio."""
    results = made_results([MadeCodec(f"codec{k}", (1, 2, 4, 6, 8, 12), k / 12) for k in range(12)], utterances=12)
    chosen = [one.utterance for one in choose_utterances(results)]
    results = replace(results, meta={**results.meta, "sample_utterances": chosen})
    assert len(section(render(results, tmp_path, "none")).encode()) < 700_000
