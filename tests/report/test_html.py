from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, realistic, write_audio

from codecbench.analysis import Findings, summarize
from codecbench.printing.figures import Style, kbps
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults
from codecbench.tables.columns import spread

EVIL = '"><script>alert(1)</script><!--'


class Page(HTMLParser):
    """Tags, and the text of every table cell by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = True
            self.rows[-1].append("")
        if tag == "small" and self._cell:
            self.rows[-1][-1] += "|"

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def render(results: StoredResults, folder: Path) -> str:
    return render_report(Findings(results), folder, folder / "report.html").read_text()


def embedded(text: str, name: str) -> object:
    found = re.search(rf'<script type="application/json" id="data-{name}">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_every_figure_of_the_summary_is_printed(tmp_path: Path) -> None:
    results = realistic()
    summary = summarize(results)
    page = Page(render(results, tmp_path).partition('id="figures"')[2].partition("</table>")[0])
    for row in summary.rows:
        name = f"{re.escape(row.codec_id.name)}‡? {re.escape(row.point)}"
        (cells,) = [cells for cells in page.rows if cells and re.match(rf"{name}(\||$)", cells[0])]
        assert cells[1] == kbps(row.rate.measured_kbps)
        for metric, cell in zip(summary.metric_order(), cells[2:], strict=False):
            style, score = Style.of(summary.metrics[metric]), row.scores[metric]
            coverage = "" if score.complete else f"{score.n}/{score.planned}†"
            more = " · ".join(filter(None, [spread(score, style), coverage]))
            assert cell == "|".join(filter(None, [style.mean(score), more]))


def test_charts_draw_the_summarys_figures(tmp_path: Path) -> None:
    results = realistic()
    summary = summarize(results)
    data = embedded(render(results, tmp_path), "quality")
    assert isinstance(data, dict)
    assert len(data["points"]) == len(summary.rows)
    for point, row in zip(data["points"], summary.rows, strict=True):
        assert (point["point"], point["kbps"]) == (row.point, row.rate.measured_kbps)
        assert point["scores"]["pesq_wb"]["mean"] == row.scores["pesq_wb"].mean
        assert point["scores"]["wer"]["mean"] == pytest.approx(100 * (row.scores["wer"].mean or 0))
    assert data["primary"] == ["pesq_wb", "estoi", "wer", "speaker_similarity"]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    page = Page(render(realistic(), tmp_path))
    for tag, attributes in page.tags:
        assert tag not in ("iframe", "object", "embed", "img")
        address = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        assert address in (None, "data:,")
    (policy,) = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
    assert policy
    assert policy.startswith("default-src 'none'")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """Names, transcripts, reasons and cards come from strangers."""
    evil = MadeCodec(EVIL, (6,), card={"paper": f"javascript:{EVIL}", "licence": EVIL, "notes": EVIL},
                     fails={"utt-01": EVIL})  # fmt: skip
    results = made_results([evil], utterances=3, meta={"dataset": EVIL, "command": EVIL, "dataset_warnings": [EVIL]})
    results = replace(
        results,
        utterances=tuple(replace(row, transcript=EVIL) for row in results.utterances),
        scores=tuple(replace(row, detail={**row.detail, "hypothesis": EVIL}) for row in results.scores),
    )
    text = render(results, tmp_path)
    assert "<script>alert" not in text
    harmless = render(made_results([MadeCodec("x", (6,), fails={"utt-01": "it raised"})], utterances=3), tmp_path)
    assert text.count("<script") == harmless.count("<script")
    data = embedded(text, "quality")
    assert isinstance(data, dict)
    assert data["series"] == {"0": EVIL}
    assert not any((a.get("href") or "").startswith("javascript") for _, a in Page(text).tags)


def test_audio_is_embedded_where_it_was_kept(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6, 12))], utterances=6)
    strange = "a/b c?"
    rename = {"utt-00": strange}
    results = replace(
        results,
        utterances=tuple(replace(row, id=rename.get(row.id, row.id)) for row in results.utterances),
        codings=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.codings),
        scores=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.scores),
        meta={**results.meta, "sample_utterances": [strange, "utt-02"]},
    )
    write_audio(results, tmp_path)
    (tmp_path / "audio" / "opus" / "default" / "12" / "utt-02.flac").unlink()
    text = render(results, tmp_path)
    data = embedded(text, "listen")
    assert isinstance(data, dict)
    files = data["clips"]
    buttons = [a for t, a in Page(text).tags if t == "button" and a.get("class") == "play"]
    assert {a["data-audio"] for a in buttons} == set(files)
    assert len(files) == 5  # two originals, 6 kbps twice, 12 kbps once
    assert f"Play opus at 6 kbps, utterance {strange}" in {a["aria-label"] for a in buttons}


def test_without_audio_it_is_small(tmp_path: Path) -> None:
    results = realistic()
    write_audio(results, tmp_path)
    path = render_report(Findings(results), tmp_path, tmp_path / "report.html", "none")
    assert path.stat().st_size < 3_000_000
    assert "Audio is not included" in path.read_text()


def test_word_errors_are_the_metrics_own(tmp_path: Path) -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=3)
    row = next(r for r in results.scores if r.metric == "wer" and r.utterance == results.meta["sample_utterances"][0])
    assert [f"{row.numerator:.0f} of {row.denominator:.0f}"] == [
        cells[3] for cells in Page(render(results, tmp_path)).rows if cells[:2] == ["opus", "6"]
    ][:1]


@pytest.mark.parametrize(
    "results",
    [
        made_results([MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})]),
        made_results([MadeCodec("one", (6,))], utterances=1, speakers=1),
        made_results([MadeCodec("one", (6,))], utterances=1, metrics=["si_sdr"], meta={"sample_utterances": []}),
        made_results(
            [MadeCodec("opus", (6,))],
            utterances=2,
            meta={"tally": None, "finished": None, "recognizer": None, "sample_utterances": None, "dataset": None},
        ),
    ],
    ids=["all-failed", "one-utterance", "one-metric", "unfinished"],
)
def test_poor_runs_have_a_report(results: StoredResults, tmp_path: Path) -> None:
    text = render(results, tmp_path)
    assert "</html>" in text
    assert "nan" not in re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL).lower().split()


def test_a_large_run_without_audio_stays_under_three_megabytes(tmp_path: Path) -> None:
    results = made_results([MadeCodec(f"codec{k}", (1, 2, 4, 6, 8, 12), k / 12) for k in range(12)], utterances=75)
    path = render_report(Findings(results), tmp_path, tmp_path / "report.html", "none")
    assert path.stat().st_size < 3_000_000
