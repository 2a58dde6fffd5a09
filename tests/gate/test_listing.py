"""What `compare` writes for readers: all that the terminal tells is in the Markdown too, and nothing is markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from made_runs import MadeCodec, made_results

from codecbench.gate.comparison import BaselineComparison, compare
from codecbench.gate.from_run import as_baseline
from codecbench.gate.listing import as_markdown, as_text
from codecbench.gate.thresholds import Settings

CODECS = (MadeCodec("opus", (6,)), MadeCodec("pcm", (96,)))
METRICS = ("pesq_wb", "estoi")


def comparison(*after: MadeCodec) -> BaselineComparison:
    before, now = (as_baseline(made_results(codecs, metrics=METRICS), "run", {}) for codecs in (CODECS, after))
    return compare(before, now, Settings(), purpose="compare")


def failing(reason: str, count: int) -> MadeCodec:
    return MadeCodec("opus", (6,), fails={f"utt-{i:02d}": reason for i in range(count)})


def test_cells_that_fail_now_are_listed_in_both() -> None:
    found = comparison(failing("decode: died", 2), CODECS[1])
    line = "failed now: pesq_wb of opus at 6 kbps on 2 utterances: decode: died"
    assert line in as_text(found).splitlines()
    assert f"- {line}".replace("_", r"\_") in as_markdown(found, Path()).splitlines()
    assert " on 1 utterance: " in as_text(comparison(failing("died", 1), CODECS[1]))


def test_names_and_reasons_cannot_turn_into_markup() -> None:
    found = comparison(failing("<script>\n# [x](http://y) | `a`", 1), CODECS[1])
    evil = replace(found, notes=("<img src=x>",), cells=tuple(
        replace(cell, metric="a|<b>", verdict="worse") for cell in found.cells
    ))  # fmt: skip
    text = as_markdown(evil, Path())
    assert not any(markup in text.replace("\\<", "") for markup in ("<script>", "<img", "<b>"))
    assert "[x](" not in text
    assert "\n# " not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.replace(r"\|", "").count("|") for line in rows} == {10}


def test_nothing_in_common_is_said_in_words() -> None:
    found = comparison(failing("died", 24), MadeCodec("pcm", (96,), fails={f"utt-{i:02d}": "died" for i in range(24)}))
    for text in (as_text(found), as_markdown(found, Path())):
        assert "No utterance has a score on both sides: there is nothing to compare." in text
        assert "no utterance common utterances" not in text
    assert "after − before on 24 common utterances; " in as_text(comparison(*CODECS))
