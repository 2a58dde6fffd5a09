"""The papers' figures: each with a source, and with codecs and checkpoints that this project has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import REPOSITORY

from codecbench.analysis.looks import load_wishes
from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.published import CONVENTIONS, load_published

FILE = REPOSITORY / "codecbench" / "published.toml"

SOURCE = """
[[source]]
id = "a"
reference = "A paper, table 1"
url = "https://example.org"
dataset = "some speech"
conditions = "16 kHz"
convention = "PESQ wide band"
secondary = false
pesq_band = "wide"
figures = [{ codec = "encodec", checkpoint = "x", kbps = 6.0, pesq = 2.5 }]
"""


def test_the_committed_figures() -> None:
    figures = load_published(FILE)
    (pesq,) = [f for f in figures if (f.source.id, f.checkpoint, f.kbps, f.metric)
               == ("discrete-audio-tokens", "facebook-24khz", 6.0, "pesq")]  # fmt: skip
    assert pesq.value == 2.77
    assert pesq.source.dataset == "LibriSpeech test-clean"
    assert not pesq.source.secondary
    assert {f.codec for f in figures} >= {"encodec", "dac", "eulerodec", "ibpcodec", "vocodec"}
    known = registry()
    for figure in figures:
        known.codec(figure.codec if figure.checkpoint is None else f"{figure.codec}:{figure.checkpoint}")


def test_every_figure_says_what_it_was_measured_with() -> None:
    for figure in load_published(FILE):
        assert figure.model
        assert (figure.convention is None) == (figure.metric not in CONVENTIONS)
        assert figure.convention == getattr(figure.source, CONVENTIONS.get(figure.metric, ""), None)


def test_values_are_on_their_metrics_scale() -> None:
    limits = {"pesq": (1, 4.7), "stoi": (0, 1), "estoi": (0, 1), "wer": (0, 1), "speaker_similarity": (0, 1),
              "visqol": (1, 5)}  # fmt: skip
    for figure in load_published(FILE):
        low, high = limits.get(figure.metric, (-100, 1e12))
        assert low <= figure.value <= high, figure


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dataset = "some speech"\n', "", "source 'a' lacks 'dataset'"),
        ('"some speech"', '" "', "source 'a': dataset must not be empty"),
        ("secondary = false", "secondary = 0", "secondary must be true or false"),
        ("secondary = false", "secondary = false\nyear = 2024", "has an unknown key 'year'"),
        ("kbps = 6.0", "kbps = 0", "figure 1: it needs a codec and a positive kbps"),
        ("pesq = 2.5", "pesk = 2.5", "unknown metric 'pesk'; known: pesq"),
        ("pesq = 2.5", "pesq = '2.5'", "pesq must be a number, got '2.5'"),
        ("pesq = 2.5", "pesq = nan", "pesq must be a number, got nan"),
        ("[[source]]", "[[source", "cannot be read"),
        ('pesq_band = "wide"\n', "", "source 'a' lacks 'pesq_band'"),
        ('"wide"\n', '"broad"\n', "pesq_band must be one of wide, narrow, unknown, got 'broad'"),
        ("pesq = 2.5", "pesq = 2.5, wer = 0.1", "source 'a' lacks 'wer_recognizer'"),
        ("pesq = 2.5", "pesq = 2.5, speaker_similarity = 0.1", "source 'a' lacks 'similarity_encoder'"),
        ('checkpoint = "x", ', "", "figure 1: it needs a checkpoint of this project, or else a model"),
        ('checkpoint = "x"', 'checkpoint = "x", model = "y"', "or else a model (which may be 'unknown')"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "published.toml"
    path.write_text(SOURCE.replace(old, new))
    with pytest.raises(UsageError) as error:
        load_published(path)
    assert message in str(error.value)


def test_a_source_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(SOURCE + SOURCE)
    with pytest.raises(UsageError, match="source 'a' is listed twice"):
        load_published(path)


def test_the_documents_examples_are_read(tmp_path: Path) -> None:
    style, papers = re.findall(r"^```toml\n(.*?)^```", (REPOSITORY / "docs" / "tables.md").read_text(), re.S | re.M)
    file = tmp_path / "a.toml"
    file.write_text(style)
    assert load_wishes(file).of["mimi:kyutai"].marker == "diamond"
    file.write_text(papers)
    assert {figure.name for figure in load_published(file)} == {"tokenizer", "encodec:facebook-24khz"}
    file.write_text("source = []")
    with pytest.raises(UsageError, match=r"has no \[\[source\]\]"):
        load_published(file)
