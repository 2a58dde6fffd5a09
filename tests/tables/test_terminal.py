from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, realistic
from made_tables import VISIBLE, strange_table

from codecbench.analysis import summarize
from codecbench.printing.figures import Style
from codecbench.store.rows import SkipRow
from codecbench.tables import as_text
from codecbench.tables.columns import spread
from codecbench.tables.terminal import render_table


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_fits(width: int) -> None:
    lines = render_table(summarize(realistic()), width).splitlines()
    assert max(map(len, lines)) <= max(width, 100)


def test_a_row_per_codec_and_point_with_the_summarys_figures() -> None:
    summary = summarize(realistic())
    lines = render_table(summary, 160).splitlines()
    body = lines[3 : 3 + len(summary.rows)]
    for line, row in zip(body, summary.rows, strict=True):
        assert f" {row.point} " in line
        for metric in ("pesq_wb", "estoi", "wer", "speaker_similarity"):
            style = Style.of(summary.metrics[metric])
            assert f"{style.mean(row.scores[metric])} {spread(row.scores[metric], style)}".rstrip() in line


def test_narrow_terminals_keep_the_quality() -> None:
    text = render_table(summarize(realistic()), 100)
    header = text.splitlines()[0]
    assert all(name in header for name in ("PESQ-WB", "ESTOI", "WER", "speaker"))
    assert "latency" not in header
    assert "Not shown, for lack of width:" in text


def test_coverage_floor_and_reasons_are_told() -> None:
    text = " ".join(render_table(summarize(realistic()), 120).split())
    every = "† Fewer utterances have a figure: PESQ-WB 23/24 (pcm; opus; encodec (reference); dac (reference)), "
    assert f"{every}PESQ-WB 22/24 (codec2)" in text
    assert "Floor, the recognizer on the originals: WER 1.4 %" in text
    assert "‡ The weights are not trained" in text
    assert "synthetic speech" in text
    assert "indicative" in text
    assert "abstained pesq_wb" in text
    assert "PESQ found no active speech" in text
    assert "skipped vocodec:published: weights are not here; codecbench weights pull vocodec" in text


def test_full_coverage_needs_no_dagger() -> None:
    assert "†" not in render_table(summarize(made_results()), 120)


def test_other_metrics_where_the_primary_ones_were_not_run() -> None:
    header = render_table(summarize(made_results(metrics=["stoi", "si_sdr"])), 120).splitlines()[0]
    assert "STOI" in header
    assert "SI-SDR" in header


def test_all_failed() -> None:
    dead = MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "encode: it raised" for i in range(24)})
    text = render_table(summarize(made_results([dead], skips=[SkipRow("gone", "", None, "no weights")])), 100)
    assert text.startswith("No figure")
    assert "encode: it raised" in text
    assert "skipped gone: no weights" in text


def test_what_nobody_has_is_a_reason_not_a_column() -> None:
    text = render_table(summarize(replace(made_results(), costs=())), 160)
    assert "RTF" not in text.splitlines()[0]
    assert "No RTF enc., RTF dec.: not measured in this run (--cost none) (opus)." in text


@pytest.mark.parametrize(("codecs", "told"), [(3, 3), (9, 2)])
def test_many_reasons_for_the_same_are_not_a_page(codecs: int, told: int) -> None:
    """A busy machine gives every speed its own reason, with its own milliseconds."""
    results = made_results([MadeCodec(f"codec{k}", (6,)) for k in range(codecs)])
    busy = {row.codec: f"{row.codec} at 6 kbps took {n} ms; the machine is busy" for n, row in enumerate(results.costs)}
    costs = [
        replace(row, status="abstained", reason=busy[row.codec], figures=dict.fromkeys(row.figures))
        for row in results.costs
    ]
    text = " ".join(render_table(summarize(replace(results, costs=tuple(costs))), 200).split())
    assert text.count("the machine is busy") == told
    rest = ", ".join(f"codec{k}" for k in range(told, codecs))
    assert (f"{codecs - told} more reasons, each in report.html ({rest})" in text) == (codecs > told)


def test_a_strangers_name_keeps_to_its_line() -> None:
    (line,) = [line for line in as_text(strange_table()).splitlines() if line.startswith(VISIBLE)]
    assert " 6 " in line
