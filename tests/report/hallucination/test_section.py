from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, write_audio
from made_words import HEARD, RATIOS, error, insertion, made

from codecbench.analysis import Findings, summarize
from codecbench.analysis.word_rivals import WordRivalry
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.report.hallucination import section
from codecbench.report.hallucination.changes import find_changes
from codecbench.report.hallucination.thresholds import CONTROL_COUNT, CONTROL_WORDS, find_false_alarms
from codecbench.report.hallucination.transcripts import MOST_CHANGES, WORST
from codecbench.report.html import render_report
from codecbench.report.page import Content, Page
from codecbench.store.rows import StoredResults, UtteranceRow

EVIL = "</script><script>document.title='owned'</script>"


def built(results: StoredResults, folder: Path = Path("nowhere")) -> Content:
    content = section(Page(Findings(results), folder))
    assert content is not None
    return content


def rendered(results: StoredResults, folder: Path) -> str:
    text = render_report(Findings(results), folder, folder / "report.html").read_text(encoding="utf-8")
    return text.partition('<section id="hallucination">')[2].partition("</section>")[0]


def test_more_is_said_only_where_it_is_clear() -> None:
    results = made()
    clear = [one for one in Findings(results).word_rivals if one.metric == "hallucinated_wer"]
    assert [(one.first.point, one.second.point) for one in clear] == [("3", "3"), ("6", "6")]
    assert all(one.outcome == "more" and one.change == pytest.approx(1 / 8) for one in clear)
    liar, blur = built(results).values["claims"]
    assert "hallucinates more than blur at 3 kbps (+12.5 points" in liar.against
    assert "hallucinates less than liar" in blur.against
    assert "none fluently wrong (of 192 words: at most 1.9 %)" in blur.rates[0]

    same = made([error(*HEARD[0])])
    assert {one.outcome for one in Findings(same).word_rivals} == {"cannot tell"}
    assert "cannot tell" in built(same).values["claims"][0].against


@pytest.mark.parametrize(("originals", "told"), [
    (2, "Not above the null floor of 0.0 % (of 16 words: at most 20.6 %) at any rate."),
    (24, "Above the null floor of 0.0 % (of 192 words: at most 1.9 %) at every rate."),
])  # fmt: skip
def test_above_the_null_floor_is_above_its_bound(originals: int, told: str) -> None:
    heard = {f"utt-{number:02d}" for number in range(originals)}
    null = lambda row: {"+1 dB": 0} if row.utterance in heard else {}  # noqa: E731
    results = made()
    scores = [
        replace(row, detail={**row.detail, "null": null(row)}) if row.metric == "ci_wer" else row
        for row in results.scores
    ]
    liar, _ = built(replace(results, scores=tuple(scores))).values["claims"]
    assert liar.floor == told


def test_utterances_that_are_all_alike_have_the_interval_of_their_counts() -> None:
    found = built(made()).values
    liar, blur = found["claims"]
    assert liar.rates[0] == "At 3 kbps 12.5 % (8.2 to 18.0) of words changed, 12.5 % (8.2 to 18.0) fluently wrong."
    assert blur.rates[0].startswith(
        "At 3 kbps 12.5 % (8.2 to 18.0) of words changed, none fluently wrong (of 192 words"
    )
    bar = found["drawing"].panels[0].bars[0]
    assert bar.label == (
        "3 kbps: hallucinated 12.5 % (8.2 to 18.0), degraded 0.0 % (0.0 to 1.9), changed in all 12.5 % (8.2 to 18.0)"
    )
    assert any("8.2 to 18.0" in cell.more for row in found["table"].rows for cell in row.cells)


def test_only_like_bitrates_are_compared() -> None:
    results = made(codecs=[MadeCodec("liar", (3,)), MadeCodec("blur", (6,))])
    assert Findings(results).word_rivals == ()
    assert "No other codec" in built(results).values["claims"][0].against


def test_every_change_has_its_mark() -> None:
    words = [f"w{n}" for n in range(2000)]
    loop = [insertion("again", 700, looped=True) for _ in range(300)]
    lost = error(None, "degraded", "deletion", None, None, position=5, reference="w5")
    cell = find_changes(made([error(*HEARD[0]), lost, *loop], words, utterances=1))[0]
    assert [(change.mark, change.position) for change in cell.changes] == [("H", 2), ("D", 5), ("F", 5), ("L", 700)]
    assert (cell.count("L"), cell.broken, cell.changes[-1].repeats) == (300, 302, 299)
    assert cell.changes[0].near == "v → d"


def test_long_texts_and_many_cells_stay_small(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(2000)]
    errors = [error("other", "degraded", "unsure", 0.5, None, position=n, reference=words[n]) for n in range(0, 800, 4)]
    data = built(made(errors, words, utterances=2)).data
    assert [len(cell["changes"]) for cell in data["cells"][0]] == [MOST_CHANGES] * 2
    assert data["cells"][0][0]["more"] == 201 - MOST_CHANGES
    assert sum(len(run["words"]) for run in data["utterances"][0]["runs"]) < 300

    names = [MadeCodec(f"codec{n}", (1, 2, 3, 6, 9, 12)) for n in range(12)]
    many = made([*(error(*HEARD[n % 2], position=n) for n in range(6)), insertion("x", 8)], codecs=names, utterances=75)
    data = built(many).data
    assert {len(cells) for cells in data["cells"]} == {WORST}
    assert data["left"][0] == {
        "utterances": 75 - WORST, "hallucinated": 3 * (75 - WORST), "changed": 7 * (75 - WORST),
    }  # fmt: skip
    assert len(json.dumps(data)) < 600_000
    assert (len(rendered(many, tmp_path).encode()) + len(json.dumps(data))) < 1_200_000


def test_the_false_alarm_floor_is_the_documents_or_the_runs() -> None:
    text = (Path(__file__).parents[3] / "docs" / "hallucination.md").read_text(encoding="utf-8")
    value, upper, words = re.findall(r"H-WER at Opus 32k.*?([\d.]+) %.*?([\d.]+) % \((\d+) words\)", text)[0]
    found = find_false_alarms(summarize(made()))
    assert found is not None
    assert (found.share.count, found.share.n) == (CONTROL_COUNT, CONTROL_WORDS)
    assert (f"{100 * found.share.value:.2f}", f"{100 * found.share.high:.2f}") == (value, upper)
    assert str(found.share.n) == words

    own = find_false_alarms(summarize(made(codecs=[MadeCodec("opus", (6, 32))])))
    assert own is not None
    assert (own.share.count, own.share.n, own.source) == (0, 192, "in this run")
    other = made(meta={"recognizer": {"id": "another", "version": "1"}})
    assert find_false_alarms(summarize(other)) is None


def test_what_is_printed(tmp_path: Path) -> None:
    text = rendered(made(stand_in=True), tmp_path)
    assert "All 96 cells have no transcript" in text
    assert text.count('class="h-chart"') == 2
    assert "<del>solve</del> → <ins>sold</ins>" in text
    assert "and 1 more cell<" in text
    assert "v → d" in text
    for heading in ("H-WER", "Deg-WER", "Flips", "sustention", "screened out"):
        assert heading in text


def without(results: StoredResults, *metrics: str, **changes: Any) -> StoredResults:
    """The scores of `metrics` changed, or gone."""
    if changes:
        scores = tuple(replace(row, **changes) if row.metric in metrics else row for row in results.scores)
        return replace(results, scores=scores)
    kept = {name: card for name, card in results.metrics.items() if name not in metrics}
    return replace(results, metrics=kept, scores=tuple(row for row in results.scores if row.metric not in metrics))


GONE: dict[str, Any] = {"numerator": None, "denominator": None, "detail": {}}


@pytest.mark.parametrize("kind", [
    "no recognizer", "no verdicts", "abstained", "all failed", "one utterance", "no codec", "no flips", "seeds", "bare",
])  # fmt: skip
def test_it_survives(kind: str, tmp_path: Path) -> None:
    dead = [MadeCodec("dead", (6,), fails={f"utt-{n:02d}": "it raised" for n in range(24)})]
    results = {
        "no recognizer": lambda: without(
            made(meta={"recognizer": None}), *RATIOS, status="skipped", reason="none", **GONE
        ),
        "no verdicts": lambda: without(made(), "hallucinated_wer", "degraded_wer"),
        "abstained": lambda: without(
            made(), "hallucinated_wer", "degraded_wer", status="abstained", reason="no calibration", **GONE
        ),
        "all failed": lambda: without(made(), *RATIOS, status="failed", reason="it raised", **GONE),
        "one utterance": lambda: made(utterances=1),
        "no codec": lambda: made(codecs=dead),
        "no flips": lambda: without(made([]), "cf_wer"),
        "seeds": lambda: made(seeds=(0, 1)),
        "bare": lambda: without(made(), "ci_wer", "cf_wer", "dper", detail={}),
    }[kind]()
    text = rendered(results, tmp_path)
    assert text
    expected = {
        "no recognizer": "No recognizer took part", "no verdicts": "is not known (it was not scored)",
        "abstained": "no calibration", "all failed": "it raised", "no flips": "No word was judged hallucinated",
    }.get(kind, "")  # fmt: skip
    assert expected in text


def test_seeds_that_disagree_are_listed(tmp_path: Path) -> None:
    results = made(codecs=[MadeCodec("liar", (6,))], seeds=(0, 1))
    scores = tuple(
        replace(row, numerator=0.0, detail={**row.detail, "errors": [], "words": []})
        if row.seed and row.metric in ("ci_wer", "hallucinated_wer")
        else row
        for row in results.scores
    )
    content = built(replace(results, scores=scores))
    assert content.values["seeds"][0].heard == ((0, "sold"), (1, "solve"))
    assert content.values["more_seeds"] == 24 - len(content.values["seeds"])


def test_no_section_without_any_of_its_metrics() -> None:
    results = made_results(metrics=["stoi", "wer"])
    assert section(Page(Findings(results), Path("nowhere"))) is None


def strange(results: StoredResults) -> StoredResults:
    """Markup and words that run from right to left, wherever a recognizer or a dataset can bring them."""
    names = {row.id: f"{row.id}{EVIL}" for row in results.utterances}
    people: list[UtteranceRow] = [replace(row, id=names[row.id]) for row in results.utterances]
    codings = tuple(replace(row, utterance=names[row.utterance]) for row in results.codings)
    scores = tuple(replace(row, utterance=names[row.utterance]) for row in results.scores)
    meta = {**results.meta, "sample_utterances": [names[name] for name in results.meta["sample_utterances"]]}
    return replace(results, meta=meta, utterances=tuple(people), codings=codings, scores=scores)


def open_section(browser: Any, results: StoredResults, folder: Path, audio: bool = False) -> None:
    if audio:
        write_audio(results, folder, seconds=1.0)
    path = render_report(Findings(results), folder, folder / "report.html")
    browser.get(path.as_uri())
    browser.execute_script("document.getElementById('hallucination').scrollIntoView()")


def test_evidence_by_mouse_keyboard_and_click(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    open_section(browser, made(), tmp_path, audio=True)
    words = browser.find_elements("css selector", "#h-texts .h-H")
    tip = browser.find_element("id", "h-tip")
    assert not tip.is_displayed()

    browser.execute_script("arguments[0].focus()", words[0])
    assert "“sold” was heard for “solve”" in tip.text
    assert "word probability 0.910 (sure from 0.400 on); the right word had 0.800" in tip.text
    least = VerdictCalibration.read(VerdictCalibration.in_effect()["whisper-tiny.en"]).margin_nats
    assert f"likelihood margin +4.20 nats per word (clearly better from {least:g} on)" in tip.text
    assert "near neighbour: v → d" in tip.text
    words[0].send_keys("\ue00c")  # escape
    assert not tip.is_displayed()

    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", words[1])
    ActionChains(browser).move_to_element(words[1]).perform()
    assert tip.is_displayed()

    words[0].click()
    assert words[0].get_attribute("aria-expanded") == "true"
    assert "hallucinated" in browser.find_element("css selector", ".h-evidence").text
    # What was kept of a run is also what the player has.
    assert browser.find_element("id", "h-texts").text.count("click a word to listen") == 3
    browser.execute_script("window.codecbench = {has: () => true, play: (...all) => { window.played = all; }}")
    words[1].click()
    buttons = browser.find_elements("css selector", ".h-evidence button")
    assert [button.text for button in buttons] == ["▶ original from 0.2 s", "▶ liar at 3 kbps from 0.2 s"]
    buttons[1].click()
    key, seconds, label = browser.execute_script("return window.played")
    assert (key.split("/")[:3], seconds) == (["liar", "default", "3"], pytest.approx(0.2))
    assert label.startswith("liar at 3 kbps")
    assert browser.get_log("browser") == []


def choose(browser: Any, select: str, index: int) -> None:
    browser.execute_script(
        "const s = document.getElementById(arguments[0]); s.selectedIndex = arguments[1];"
        "s.dispatchEvent(new Event('change'))", select, index,
    )  # fmt: skip


def test_selectors_and_the_matrix(browser: Any, tmp_path: Path) -> None:
    open_section(browser, made(), tmp_path)
    assert len(browser.find_elements("css selector", "#h-texts > li")) == WORST
    choose(browser, "h-place", 3)  # blur at 6
    assert browser.find_elements("css selector", "#h-texts .h-H") == []
    assert len(browser.find_elements("css selector", "#h-texts .h-D")) == WORST
    assert "18 more with 18 changed words, 0 of them" in browser.find_element("id", "h-left").text
    rows = "return [...document.querySelectorAll('#h-matrix tbody tr')].map((r) => r.innerText.split('\\t').join(' '))"
    assert browser.execute_script(rows)[2].startswith("fricative 24")  # manner: the v became a d, the s stayed
    choose(browser, "h-feature", 2)
    assert len(browser.execute_script(rows)) == 2
    for width in (1400, 500):
        browser.set_window_size(width, 900)
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(wide) <= 0
    assert browser.get_log("browser") == []


def test_hostile_and_foreign_words(browser: Any, tmp_path: Path) -> None:
    errors = [
        error(EVIL, "hallucinated", "", 0.9, 3.0, reference="שלום"),
        error("مرحبا", "hallucinated", "", 0.9, 3.0, position=4, reference="old"),
        insertion("\u202eabc", 8),
    ]
    words = ["she", "can", "שלום", "the", "old", EVIL, "by", "noon"]
    open_section(browser, strange(made(errors, words)), tmp_path, audio=True)
    assert browser.title == "codecbench: probe"
    text = browser.find_element("css selector", "#h-texts li").text
    assert EVIL in text
    assert "مرحبا" in text
    assert len(browser.find_elements("css selector", "#h-texts li:first-child .h-H bdi")) == 4
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Any, tmp_path: Path, theme: str) -> None:
    from axe_core_python.selenium import Axe

    words = [f"word{n}" for n in range(100)]
    loop = [insertion("again", 40, looped=True) for _ in range(3)]
    open_section(browser, made([error(*HEARD[0]), error(*HEARD[1], position=9), *loop], words, seeds=(0, 1)), tmp_path)
    browser.execute_script(
        "document.documentElement.dataset.theme = arguments[0]; document.querySelector('#h-texts .h-H').click();"
        "for (const one of document.querySelectorAll('details')) one.open = true;", theme,
    )  # fmt: skip
    found = Axe().run(browser, "#hallucination", options={"resultTypes": ["violations"]})["violations"]
    faults = [
        (fault["id"], fault["nodes"][0]["html"][:150]) for fault in found if fault["impact"] in ("serious", "critical")
    ]
    assert faults == []


def test_a_comparison_turns_no_rounding_into_a_claim() -> None:
    results = made()
    row = summarize(results).rows[0]
    edge = WordRivalry("hallucinated_wer", row, row, 0.1, 1e-18, 0.2, 0.0625, 24, 5)
    assert edge.outcome == "cannot tell"
