"""What the first screen says, in every case; and that it says it without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, realistic
from markupsafe import escape

from codecbench.analysis import Findings, summarize
from codecbench.analysis.verdict import judge_rates
from codecbench.report.html import render_report
from codecbench.report.sentences import cost_sentence, open_sentence, verdict_sentence
from codecbench.report.verdict import _costs
from codecbench.store.rows import StoredResults

PRIMARY = ("pesq_wb", "estoi", "wer", "speaker_similarity")


def said(results: StoredResults) -> list[tuple[str, str, str]]:
    """Verdict, what it leaves open, and the cost, by bitrate."""
    summary = summarize(results)
    rivals = Findings(results).rivals
    return [
        (verdict_sentence(one, rivals), open_sentence(one, rivals), cost_sentence(one))
        for one in judge_rates(summary, rivals)
    ]


def run(*codecs: MadeCodec, speakers: int = 20, metrics: Sequence[str] = PRIMARY) -> StoredResults:
    return made_results(codecs, utterances=60, speakers=speakers, metrics=metrics)


def test_best_on_everything() -> None:
    costs = {"parameters": 14_800_000, "encoder_macs_per_s": 1e9, "decoder_macs_per_s": 2e9, "latency_ms": 20.0}
    ((verdict, rest, cost),) = said(run(MadeCodec("good", (6,), 0.8, card=costs), MadeCodec("poor", (6,), 0.2)))
    assert verdict == (
        "At 6 kbps good is ahead of poor on all 4 metrics compared (PESQ-WB, ESTOI, WER and speaker similarity)."
    )
    assert rest == ""
    assert cost == (
        "good costs 3.00 G MAC/s, 14.8 M parameters, an RTF of 0.039 (encoding and decoding, one thread) and 20.0 ms "
        "of latency."
    )


def test_what_is_not_known_is_not_made_up() -> None:
    ((_, _, cost),) = said(run(MadeCodec("good", (6, 24), 0.8), MadeCodec("poor", (6,), 0.2)))[:1]
    assert cost.endswith("; MACs are not counted (no network).")
    assert "an unknown latency" in cost
    assert "parameters" not in cost


def test_nobody_is_best() -> None:
    same = [MadeCodec(name, (6,), 0.5, card={"latency_ms": ms}) for name, ms in (("a", 20.0), ("b", 40.0))]
    ((verdict, rest, cost),) = said(made_results(same, utterances=12, speakers=12, metrics=PRIMARY))
    assert verdict == "At 6 kbps none of 2 codecs is shown to be best."
    assert "cannot be told apart" in rest or "are tied" in rest
    assert "best" not in rest
    assert cost == "Of these, a waits least (20.0 ms)."


def test_best_on_some() -> None:
    """Better by far where scores are averaged; word errors of so few words do not show it."""
    codecs = [MadeCodec("a", (6,), 0.56), MadeCodec("b", (6,), 0.5)]
    results = made_results(codecs, utterances=40, speakers=20, metrics=PRIMARY)
    ((verdict, rest, _),) = said(results)
    assert verdict == "At 6 kbps a is ahead of b on PESQ-WB, ESTOI and speaker similarity."
    assert re.fullmatch(r"On WER (a and b|b and a) cannot be told apart\.", rest)


def test_one_codec_alone() -> None:
    ((verdict, rest, _),) = said(run(MadeCodec("only", (6,))))
    assert verdict == "At 6 kbps only only has an operating point: there is nothing to compare it with."
    assert rest == ""


def test_too_few_speakers() -> None:
    ((verdict, rest, _),) = said(run(MadeCodec("a", (6,), 0.9), MadeCodec("b", (6,), 0.1), speakers=5))
    assert verdict == (
        "At 6 kbps cannot tell which of 2 codecs is best: with 5 speakers no difference can be shown, at least 8 are "
        "needed."
    )
    assert rest == ""


def test_a_run_without_primary_metrics_is_judged_by_what_it_has() -> None:
    ((verdict, _, _),) = said(run(MadeCodec("a", (6,), 0.9), MadeCodec("b", (6,), 0.1), metrics=["si_sdr"]))
    assert verdict == "At 6 kbps a is ahead of b on SI-SDR."


def test_no_metric_with_a_better_side() -> None:
    ((verdict, _, _),) = said(run(MadeCodec("a", (6,)), MadeCodec("b", (6,)), metrics=["delay_ms"]))
    assert verdict == "At 6 kbps no metric has figures of two codecs: nothing can be compared."


def page(results: StoredResults, folder: Path) -> str:
    return render_report(Findings(results), folder, folder / "report.html", "none").read_text()


def test_every_rate_is_on_the_page_without_a_script(tmp_path: Path) -> None:
    results = realistic()
    text = html.unescape(page(results, tmp_path))
    sentences = [one for one in said(results) if "nothing to compare it with" not in one[0]]
    assert len(sentences) > 3
    assert len(re.findall(r'<article class="rate"', text)) == len(sentences)
    for verdict, rest, cost in sentences:
        assert f'<p class="verdict">{verdict}</p>' in text
        assert rest in text
        assert cost in text
    assert "Indicative: 8 speakers" in text


def test_indicative_only_where_speakers_are_few(tmp_path: Path) -> None:
    assert "Indicative:" not in page(run(MadeCodec("a", (6,)), MadeCodec("b", (6,))), tmp_path)


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', "a|b~c", "\u202eevil", "100 % & \\textbf{x}"])
def test_strange_names_stay_text(tmp_path: Path, name: str) -> None:
    codecs = [MadeCodec(name, (1, 2, 4, 8), 0.7), MadeCodec("b", (1, 2, 4, 8), 0.3)]
    text = page(made_results(codecs, utterances=24, speakers=12), tmp_path)
    assert "<script>alert" not in text
    assert f"At 1 kbps {escape(name)} is ahead of b on " in text


@pytest.mark.parametrize("metric", ["pesq_wb", "wer"])
def test_those_behind_stand_in_the_order_of_their_means(metric: str, tmp_path: Path) -> None:
    """As the run has them they would be poor, good, fair."""
    codecs = [MadeCodec("poor", (6,), 0.1), MadeCodec("good", (6,), 0.95), MadeCodec("fair", (6,), 0.5)]
    text = page(run(*codecs, metrics=[metric]), tmp_path)
    assert "good is best of 3 codecs" in text
    table = text.partition('<table class="standing')[2].partition("</table>")[0]
    assert re.findall(r"</span>(\w+) <span", table) == ["good", "fair", "poor"]


def test_a_cost_tile_has_the_repeats_spread_and_where_a_latency_comes_from() -> None:
    card = {"latency_ms": 20.0, "latency_kind": "structural"}
    results = run(MadeCodec("good", (6,), 0.8, card=card), MadeCodec("poor", (6,), 0.2, card={"latency_ms": 20.0}))
    (row, other) = summarize(results).rows
    _, speed, latency, _ = _costs(row)
    assert speed.more == "0.037 to 0.041"
    assert (latency.text, latency.more) == ("20.0 ms", "structural")
    assert latency.note == "structural: what frame and look-ahead reach"
    assert (_costs(other)[2].more, _costs(other)[2].note) == ("", "")
