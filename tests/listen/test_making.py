"""A test that is made of a run: its files, its names, what a player reads, and a browser that plays it."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml
from made_runs import MadeCodec, made_results, store_results, write_audio

from codecbench.errors import UsageError
from codecbench.listen.design import ListeningTest
from codecbench.listen.making import KEY, SERVED, Wanted, make
from codecbench.results import open_run

CODECS = (MadeCodec("opus", (6, 12)), MadeCodec("encodec", (3,), checkpoint="reference"))
RESULTS = made_results(CODECS, metrics=["stoi"])
SCHEMA = json.loads((Path(__file__).parent / "webmushra.schema.json").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = store_results(RESULTS, tmp_path_factory.mktemp("listen") / "run")
    write_audio(RESULTS, folder)
    return folder


def made(run: Path, out: Path, wanted: Wanted) -> ListeningTest:
    return make(open_run(run).findings(ladder=False), (run,), out, wanted)


@pytest.fixture(scope="module")
def mushra(run: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ListeningTest]:
    out = tmp_path_factory.mktemp("listen") / "mushra"
    return out, made(run, out, Wanted("mushra", (3500.0, 7000.0), (15.0,)))


def configuration(out: Path, design: ListeningTest) -> Any:
    return yaml.safe_load((out / SERVED / "configs" / f"{design.id}.yaml").read_text())


def test_every_kept_utterance_is_a_trial_of_all_codecs_and_anchors(mushra: tuple[Path, ListeningTest]) -> None:
    _, design = mushra
    assert [trial.utterance for trial in design.trials] == RESULTS.meta["sample_utterances"]
    for trial in design.trials:
        assert sorted(stimulus.name for stimulus in trial.stimuli) == [
            "MNRU 15 dB", "encodec (reference) 3", "low-pass 3.5 kHz", "low-pass 7 kHz", "opus 12", "opus 6",
        ]  # fmt: skip


def test_what_listeners_can_see_names_no_codec(mushra: tuple[Path, ListeningTest]) -> None:
    out, _ = mushra
    served = out / SERVED
    names = [path.relative_to(served).as_posix() for path in served.rglob("*")]
    text = "".join(path.read_text() for path in served.rglob("*.yaml")) + " ".join(names)
    assert not any(word in text.lower() for word in ("opus", "encodec", "low-pass", "mnru", "anchor3.5", "utt-"))
    assert (out / KEY).is_file()
    assert not list(served.rglob(KEY))


def test_a_trials_files_are_of_one_length_and_level(mushra: tuple[Path, ListeningTest]) -> None:
    out, design = mushra
    folder = out / SERVED / "configs" / design.id
    for trial in design.trials:
        signals = [soundfile.read(folder / name)[0] for name in (trial.reference, *(one.file for one in trial.stimuli))]
        assert len({signal.shape for signal in signals}) == 1
        levels = [20 * np.log10(np.sqrt(np.square(signal).mean())) for signal in signals]
        assert max(levels) - min(levels) < 0.2


def test_the_configuration_is_what_the_player_reads(
    mushra: tuple[Path, ListeningTest], run: Path, tmp_path: Path
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    abx = made(run, tmp_path / "abx", Wanted("abx"))
    for out, design in (mushra, (tmp_path / "abx", abx)):
        value = configuration(out, design)
        jsonschema.validate(value, SCHEMA)
        trials = next(page for page in value["pages"] if isinstance(page, list))
        assert trials[0] == "random"
        assert [page["id"] for page in trials[1:]] == [trial.id for trial in design.trials]
        for page, trial in zip(trials[1:], design.trials, strict=True):
            assert set(page["stimuli"]) == {stimulus.code for stimulus in trial.stimuli}
            for file in (page["reference"], *page["stimuli"].values()):
                assert (out / SERVED / file).is_file()


def test_lists_are_written_as_the_players_parser_takes_them(mushra: tuple[Path, ListeningTest]) -> None:
    """It reads no list that begins on the line of another, nor one that stands under its key's first letter."""
    out, design = mushra
    lines = (out / SERVED / "configs" / f"{design.id}.yaml").read_text().splitlines()
    at = lines.index("        - random")
    assert lines[at - 1] == "    -"
    assert lines[lines.index("pages:") + 1].startswith("    - type: generic")
    assert not any(line.startswith("- ") or "- - " in line for line in lines)


@pytest.fixture
def served(mushra: tuple[Path, ListeningTest]) -> Iterator[str]:
    out, _ = mushra
    page = "<!doctype html><meta charset=utf-8><title>player</title>"
    (out / SERVED / "player.html").write_text(page)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(out / SERVED))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_browser_decodes_every_stimulus(mushra: tuple[Path, ListeningTest], served: str, browser: Any) -> None:
    out, design = mushra
    trials = next(page for page in configuration(out, design)["pages"] if isinstance(page, list))[1:]
    files = [[page["reference"], *page["stimuli"].values()] for page in trials]
    browser.get(f"{served}player.html")
    browser.set_script_timeout(60)
    lengths = browser.execute_async_script(
        """const [files, done] = arguments;
        const context = new AudioContext();
        const length = async file => {
          const buffer = await context.decodeAudioData(await (await fetch(file)).arrayBuffer());
          return [buffer.length, buffer.numberOfChannels];
        };
        Promise.all(files.map(trial => Promise.all(trial.map(length)))).then(done, error => done(String(error)));""",
        files,
    )
    assert len(lengths) == len(design.trials)
    for trial in lengths:
        assert len({tuple(one) for one in trial}) == 1
        assert trial[0][0] > 0


def test_the_same_seed_makes_the_same_test(run: Path, mushra: tuple[Path, ListeningTest], tmp_path: Path) -> None:
    _, design = mushra
    wanted = Wanted("mushra", (3500.0, 7000.0), (15.0,))
    assert made(run, tmp_path / "again", wanted) == design
    other = made(run, tmp_path / "other", Wanted("mushra", (3500.0,), seed=1))
    assert {trial.id for trial in other.trials}.isdisjoint(trial.id for trial in design.trials)


def test_the_key_is_read_back(mushra: tuple[Path, ListeningTest]) -> None:
    out, design = mushra
    assert ListeningTest.read(out / KEY) == design


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted("mushra", utterances=("utt-99",)), "the run has no utterance 'utt-99'"),
        (Wanted("mushra", utterances=("utt-01",)), "utterance 'utt-01' cannot be heard: its original is not kept"),
        (Wanted("mushra", (9000.0,)), "--anchors 9: the audio ends at 8 kHz"),
        (Wanted("mushra", (1e3, 2e3, 3e3, 4e3, 5e3), (1.0, 2.0, 3.0, 4.0)), "13 signals a trial; BS.1534-3 allows 12"),
    ],
)
def test_what_cannot_be_made_is_one_line(run: Path, tmp_path: Path, wanted: Wanted, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        made(run, tmp_path / "test", wanted)


def test_a_folder_of_something_else_is_left_alone(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="is there already and not empty"):
        made(run, tmp_path, Wanted("mushra"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_run_that_kept_no_audio_says_how_to_keep_it(tmp_path: Path) -> None:
    bare = store_results(RESULTS, tmp_path / "bare")
    with pytest.raises(UsageError, match=r"no utterance can be heard: its original is not kept.*--keep-audio all"):
        made(bare, tmp_path / "test", Wanted("mushra"))
