"""Listening in a real browser: one position for all takes, keys, loops, blind test, spectrograms, a page of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from made_runs import MadeCodec, made_results, write_audio

from codecbench.analysis import Findings
from codecbench.report.clips import ORIGINAL, audio_key
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults, audio_file

SECONDS = 3.0
HOSTILE = '"><img src=x onerror=alert(1)> &#39; %2F\u202e'


def made(**extra: Any) -> StoredResults:
    return made_results([MadeCodec("opus", (6, 12)), MadeCodec("dac", (6,), 0.7)], utterances=3, **extra)


def chirps(results: StoredResults, folder: Path) -> None:
    """A rising tone for the original; decoded signals are 6 dB softer and lack the upper half."""
    write_audio(results, folder)
    time = np.arange(round(16000 * SECONDS)) / 16000
    sweep = 0.3 * np.sin(2 * np.pi * (300 + 1000 * time) * time)
    for name in results.meta["sample_utterances"]:
        for path in folder.rglob(audio_file(name)):
            signal = sweep if path.parent.name == "original" else 0.5 * sweep * (time < 2)
            soundfile.write(path, signal, 16000, format="FLAC", subtype="PCM_16")


def visit(browser: Any, results: StoredResults, folder: Path, audio: Any = "embed") -> Path:
    chirps(results, folder)
    path = render_report(Findings(results), folder, folder / "report.html", audio)
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(path.as_uri())
    return path


def ask(browser: Any, script: str) -> Any:
    return browser.execute_script(f"return {script}")


def wait(browser: Any, script: str) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda window: ask(window, script))


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def quiet(browser: Any, path: Path) -> None:
    """No error on the console, and nothing asked of any place but this file."""
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert [url.partition("#")[0] for url in sent if not url.startswith("data:")] == [path.as_uri()]


def test_takes_are_switched_at_one_position(browser: Any, tmp_path: Path) -> None:
    path = visit(browser, made(), tmp_path)
    browser.find_element("css selector", ".takes .play").click()
    wait(browser, "player.state.playing && player.now() > 0.5")
    # Within one script no time passes but what the player itself would lose or gain.
    before, after, wall = browser.execute_async_script(
        "const done = arguments[0], key = document.querySelectorAll('.takes .play')[1].dataset.audio;"
        "const began = performance.now();"
        "const before = player.now();"
        "player.play(key).then(() => done([before, player.now(), (performance.now() - began) / 1000]));"
    )
    assert after - before == pytest.approx(wall, abs=0.25)
    assert ask(browser, "player.state.playing")
    wait(browser, "!player.state.playing")  # it ends by itself
    assert ask(browser, "player.now()") == 0
    quiet(browser, path)


def test_keys(browser: Any, tmp_path: Path) -> None:
    path = visit(browser, made(), tmp_path)
    first = made().meta["sample_utterances"][0]
    browser.find_element("css selector", ".takes .play").click()
    wait(browser, "player.state.playing")
    for key, name in (("2", "opus at 12 kbps"), ("3", "dac at 6 kbps"), ("0", "original")):
        press(browser, key)
        wait(browser, f"player.state.label === '{name}'")
        assert browser.find_element("id", "playing").text == name
    press(browser, "\ue015")  # arrow down
    wait(browser, f"player.state.key === '{audio_key(first, 'opus', 'default', '6')}'")
    assert (
        browser.find_element("id", "bar-matched").text == "matched: +7.8 dB"
    )  # half the level, two thirds of the time
    press(browser, "m")
    assert browser.find_element("id", "bar-matched").text == "level as decoded"
    press(browser, "m")
    browser.execute_script("document.activeElement.blur()")
    press(browser, " ")
    wait(browser, "!player.state.playing")
    at = ask(browser, "player.now()")
    press(browser, "\ue014")  # arrow right
    assert ask(browser, "player.now()") == pytest.approx(min(SECONDS, at + 0.5), abs=0.01)
    press(browser, "\ue012", "\ue012")
    assert ask(browser, "player.now()") == pytest.approx(max(0, min(SECONDS, at + 0.5) - 1.0), abs=0.01)
    # In a field, keys are the field's.
    browser.execute_script("document.getElementById('takes-shown').focus()")
    press(browser, "0")
    assert ask(browser, "player.state.label") == "opus at 6 kbps"
    quiet(browser, path)


def test_a_loop_goes_round(browser: Any, tmp_path: Path) -> None:
    visit(browser, made(), tmp_path)
    browser.find_element("css selector", ".takes .play").click()
    wait(browser, "player.state.playing")
    browser.execute_script("player.setLoop(1.0, 1.3)")
    places = []
    for _ in range(12):
        places.append(ask(browser, "player.now()"))
        browser.execute_async_script("setTimeout(arguments[0], 90)")
    assert all(0.99 <= place <= 1.31 for place in places)
    assert any(b < a for a, b in pairwise(places))  # it went back at least once
    assert ask(browser, "player.state.playing")
    press(browser, "l")
    assert ask(browser, "player.state.loop") is None


def test_the_blind_test_counts_and_tells_nothing_before(browser: Any, tmp_path: Path) -> None:
    path = visit(browser, made(), tmp_path)
    browser.find_elements("css selector", ".takes .play")[1].click()
    wait(browser, "player.state.playing")
    browser.find_element("id", "bar-abx").click()
    browser.execute_script("document.getElementById('abx-count').value = '8'")
    # What chance says is known to the test alone.
    browser.execute_script(
        "let k = 0; const coins = [0, 1, 1, 0, 1, 0, 0, 1, 1];"
        "crypto.getRandomValues = (a) => { a[0] = coins[k++]; return a; }"
    )  # an odd byte is A
    browser.find_element("id", "abx-start").click()
    for trial, answer in enumerate(["2", "1", "1", "2", "1", "2", "1", "2"]):  # 6 right, then 2 wrong
        assert ask(browser, "document.getElementById('abx-progress').textContent") == f"Trial {trial + 1} of 8"
        press(browser, answer)  # not before X was heard
        assert ask(browser, "document.getElementById('abx-progress').textContent") == f"Trial {trial + 1} of 8"
        press(browser, "x")
        wait(browser, "player.state.label === 'X'")
        assert "opus" not in browser.find_element("id", "bar").text
        assert not browser.find_elements("css selector", ".takes .on")
        press(browser, answer)
    verdict = browser.find_element("id", "abx-verdict").text
    assert verdict.startswith("6 of 8 right, p = 0.145")  # 37 of 256
    assert "A: original · B: opus at 6 kbps" in browser.find_element("id", "abx-answers").text
    assert ask(browser, "document.documentElement.dataset.blind === undefined")
    quiet(browser, path)


@pytest.mark.parametrize(("right", "trials", "p"), [(0, 8, 1.0), (8, 8, 1 / 256), (12, 16, 2517 / 65536), (0, 0, 1.0)])
def test_binomial(browser: Any, tmp_path: Path, right: int, trials: int, p: float) -> None:
    visit(browser, made(), tmp_path)
    assert ask(browser, f"abx.pValue({right}, {trials})") == pytest.approx(p, rel=1e-12)


def test_spectrograms_show_the_signal(browser: Any, tmp_path: Path) -> None:
    path = visit(browser, made(), tmp_path)
    assert ask(browser, "document.querySelectorAll('.panes canvas').length") == 0
    browser.find_element("css selector", ".open-spectra").click()
    wait(browser, "document.querySelectorAll('.panes canvas').length === 3")
    # A tone is where it belongs: 1 kHz, bin 32; and its level, of full scale 0 dB.
    peak, level = browser.execute_script(
        "const tone = Float32Array.from({length: 16000}, (_, n) => Math.sin(2 * Math.PI * 1000 * n / 16000));"
        "const shown = spectrogram.levels(tone), middle = shown.db.subarray(60 * 257, 61 * 257);"
        "return [middle.indexOf(Math.max(...middle)), Math.max(...middle)]"
    )
    assert (peak, level) == (32, pytest.approx(0, abs=0.05))
    colours = (
        "[...document.querySelectorAll('.panes canvas, .takes canvas.thumb')].map((c) => new Set(new Uint32Array("
        "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size)"
    )
    wait(browser, "[...document.querySelectorAll('details[open] canvas.thumb')].some((c) => 'drawn' in c.dataset)")
    assert all(count > 50 for count in ask(browser, colours)[:3])
    light = ask(browser, "document.querySelector('.panes canvas').toDataURL()")
    browser.find_element("id", "theme").click()
    wait(browser, "document.querySelectorAll('.panes canvas').length === 3 && "
                  f"document.querySelector('.panes canvas').toDataURL() !== '{light}'")  # fmt: skip
    # A click seeks.
    from selenium.webdriver.common.action_chains import ActionChains

    canvas = browser.find_element("css selector", ".panes canvas")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    browser.execute_script(  # where a source starts: what the clock says is later, by however long the question takes
        "player.pause(); const sources = AudioBufferSourceNode.prototype, start = sources.start; window.begun = [];"
        "sources.start = function (when, from) { window.begun.push(from); return start.call(this, when, from); };"
    )
    ActionChains(browser).move_to_element(canvas).click().perform()
    middle = ask(
        browser,
        "(() => { const c = document.querySelector('.panes canvas').clientWidth; return (c / 2 - 34) / (c - 34) })()",
    )
    wait(browser, "window.begun.length > 0")
    assert ask(browser, "window.begun[0]") == pytest.approx(middle * SECONDS, abs=0.05)
    quiet(browser, path)


def test_one_utterance_has_a_page(browser: Any, tmp_path: Path) -> None:
    path = visit(browser, made(), tmp_path)
    second = made().meta["sample_utterances"][1]
    shown = "[...document.querySelectorAll('.utterance')].filter((a) => a.offsetParent).map((a) => a.dataset.utterance)"
    assert len(ask(browser, shown)) == 3
    browser.execute_script("location.hash = document.querySelectorAll('.utterance')[1].id")
    wait(browser, "document.body.dataset.view === 'utterance'")
    assert ask(browser, shown) == [second]
    assert browser.title.startswith(f"{second} · ")
    assert not browser.find_element("id", "failures").is_displayed()
    browser.back()
    wait(browser, "document.body.dataset.view === undefined")
    assert len(ask(browser, shown)) == 3
    assert browser.find_element("id", "failures").is_displayed()
    browser.get(f"{path.as_uri()}#utterance={second}")  # as a link that somebody sent
    wait(browser, "document.body.dataset.view === 'utterance'")
    assert ask(browser, shown) == [second]


def test_hostile_names_have_their_page_too(browser: Any, tmp_path: Path) -> None:
    rename = {"utt-00": HOSTILE}
    results = made()
    results = replace(
        results,
        utterances=tuple(replace(row, id=rename.get(row.id, row.id), transcript=HOSTILE) for row in results.utterances),
        codings=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.codings),
        scores=tuple(replace(row, utterance=rename.get(row.utterance, row.utterance)) for row in results.scores),
        meta={**results.meta, "sample_utterances": [HOSTILE, "utt-01"]},
    )
    path = visit(browser, results, tmp_path)
    browser.execute_script("document.querySelector('.alone a').click()")
    wait(browser, "document.body.dataset.view === 'utterance'")
    assert ask(browser, "document.querySelector('.current').dataset.utterance") == HOSTILE
    browser.find_elements("css selector", ".current .play")[1].click()
    wait(browser, "player.state.playing")
    quiet(browser, path)


def test_other_sections_can_play(browser: Any, tmp_path: Path) -> None:
    results = made()
    visit(browser, results, tmp_path)
    key = audio_key(results.meta["sample_utterances"][2], *ORIGINAL)
    assert ask(browser, f"codecbench.has('{key}')")
    assert browser.execute_script(f"return codecbench.play('{key}', 1.25, 'a word')") is True
    assert 1.25 <= ask(browser, "player.now()") < 2
    assert browser.find_element("id", "playing").text == "a word"
    assert browser.execute_script("return codecbench.play('no/such.flac', 0)") is False


def test_linked_audio_plays_from_the_disk(browser: Any, tmp_path: Path) -> None:
    visit(browser, made(), tmp_path, "link")
    buttons = browser.find_elements("css selector", ".takes .play")
    buttons[0].click()
    wait(browser, "player.now() > 0.2")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", buttons[1])
    buttons[1].click()
    wait(browser, "player.state.label === 'opus at 6 kbps' && player.now() > 0.3")
    assert not browser.find_element("id", "bar-abx").is_displayed()
    assert not browser.find_elements("css selector", "canvas.thumb, .open-spectra")
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("kind", ["none", "one-codec-one-utterance", "nothing-kept"])
def test_with_little_it_still_works(browser: Any, tmp_path: Path, kind: str) -> None:
    results = {
        "none": made(),
        "one-codec-one-utterance": made_results([MadeCodec("opus", (6,))], utterances=1),
        "nothing-kept": made(meta={"sample_utterances": []}),
    }[kind]
    path = visit(browser, results, tmp_path, "none" if kind == "none" else "embed")
    assert browser.find_element("id", "listen").is_displayed()
    press(browser, "1", " ", "\ue014", "[")
    assert not browser.find_element("id", "bar").is_displayed()
    quiet(browser, path)
