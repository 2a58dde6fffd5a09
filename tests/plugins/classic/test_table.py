"""The table itself: each row's figures on real speech, and what it takes to add one.

`EXPECTED` is the test of a row: by operating point the payload's kbps, PESQ-WB and STOI on 24.73 s of LibriVox speech
(the recordings of pocketsphinx's tests, Debian's pocketsphinx-testdata), where these are on the machine. Measured with
PyAV 18.1, pycodec2 4.1.1, soundfile 0.14, Debian 12's speex 1.2.1 and liblc3 1.0.1. By raw packets, other people's
measurements on the same speech agree to 0.01 of PESQ and 0.001 of STOI; they counted a byte more for each frame of
AMR-NB (5.21 and 12.82 kbps), Speex's Ogg (10.5 and 28.7) and LC3's lengths (17.6 and 33.6).
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from built_codecs import built
from codecbench_classic import table
from codecbench_classic.table import ROWS
from running import codecbench
from scipy.signal import correlate

from codecbench.api import Audio
from codecbench.cost.signals import speech_like

LIBRIVOX = Path(os.environ.get("POCKETSPHINX_TESTDATA", "/usr/share/pocketsphinx/test/data")) / "librivox"
SECONDS = 24.73

EXPECTED: dict[str, dict[str, tuple[float, float, float]]] = {
    "pcm:default": {"256": (256.0, 4.64, 1.0)},
    "opus:default": {"6": (6.00, 2.16, 0.856), "12": (12.01, 3.69, 0.963), "24": (24.01, 4.40, 0.992)},
    "opus:dtx": {"vbr12": (12.08, 3.83, 0.964), "vbr24": (23.86, 4.27, 0.989)},
    "opus:fec": {"20": (20.01, 3.93, 0.973), "24": (24.01, 4.10, 0.981), "32": (32.01, 4.32, 0.989)},
    "opus:fullband": {},
    "codec2:default": {"0.7": (0.70, 1.45, 0.740), "1.3": (1.30, 1.45, 0.817), "3.2": (3.20, 1.61, 0.872)},
    "speex:default": {"5.75": (5.76, 1.97, 0.866), "9.8": (9.81, 2.92, 0.920), "27.8": (27.83, 4.03, 0.982)},
    "amr-nb:default": {"4.75": (4.75, 2.35, 0.906), "12.2": (12.21, 3.22, 0.964)},
    "amr-nb:all": {"5.9": (5.90, 2.51, 0.924), "7.4": (7.40, 2.87, 0.941)},
    "amr-wb:default": {},
    "amr-wb:all": {},
    "evs:default": {},
    "g722:default": {"48": (48.00, 3.92, 0.992), "64": (64.00, 4.29, 0.998)},
    "g722:all": {"56": (56.00, 4.22, 0.997)},
    "g723.1:default": {"6.4": (6.41, 2.67, 0.930)},
    "g726:default": {"16": (16.00, 1.87, 0.936), "32": (32.00, 3.40, 0.988)},
    "g726:all": {"24": (24.00, 2.75, 0.972), "40": (40.00, 3.69, 0.993)},
    "g711:mulaw": {"64": (64.00, 3.78, 0.996)},
    "g711:alaw": {"64": (64.00, 3.79, 0.996)},
    "sbc:default": {"48": (48.01, 4.12, 0.996), "msbc": (60.81, 4.45, 0.999)},
    "lc3:default": {"16": (16.01, 3.69, 0.957), "32": (32.01, 4.35, 0.989)},
    "mp3:default": {"8": (8.02, 1.41, 0.828), "16": (16.05, 2.30, 0.963), "32": (32.10, 3.94, 0.993)},
    "aac:default": {"16": (16.17, 2.48, 0.971), "32": (32.51, 3.34, 0.990)},
    "vorbis:default": {"q0": (24.81, 3.56, 0.987), "q1": (26.92, 4.06, 0.990), "q3": (34.75, 4.34, 0.995)},
}
"""`opus:fullband` is for condition fb: tests/cli/test_condition.py. No figures where the user names the programs:
`test_program_codec.py` has programs of its own.
"""

BY_SPEC = {row.card.spec: row for row in ROWS}
MEASURED = [(spec, label) for spec, points in EXPECTED.items() for label in points]


def coded(spec: str, samples: np.ndarray, label: str) -> tuple[int, np.ndarray]:
    """Bytes of the payload, and what it decodes to, both at 16 kHz. Skips where a program is not here."""
    row, encoder, decoder = BY_SPEC[spec], built(spec), built(spec)
    rate, point = row.card.sample_rate, row.card.point(label)
    payload = encoder.encode(Audio.mono(soxr.resample(samples, 16000, rate, "VHQ"), rate), point)
    decoded = soxr.resample(decoder.decode(payload, point).samples[0], rate, 16000, "VHQ")
    return len(payload), np.pad(decoded, (0, len(samples)))[: len(samples)]


def test_each_row_has_its_test() -> None:
    assert list(EXPECTED) == list(BY_SPEC)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.card.spec)
def test_a_row_says_all_that_a_reader_asks(row: table.Row) -> None:
    assert row.counted
    assert row.licence
    assert row.call.means
    assert row.card.self_check or row.paper
    for point in row.points:
        assert (point.nominal_kbps is None) == bool(point.name and point.name[0] in "vq")


@pytest.fixture(scope="module")
def librivox() -> np.ndarray:
    files = sorted(LIBRIVOX.glob("sense_and_sensibility*.wav"))
    if len(files) != 5:
        pytest.skip(f"pocketsphinx's test speech is not in {LIBRIVOX} (Debian: pocketsphinx-testdata)")
    return np.concatenate([soundfile.read(file, dtype="float32")[0] for file in files])


@pytest.mark.parametrize(("spec", "label"), MEASURED, ids=lambda value: str(value))
def test_figures_on_librivox_speech(spec: str, label: str, librivox: np.ndarray) -> None:
    pesq, pystoi = pytest.importorskip("pesq"), pytest.importorskip("pystoi")
    assert len(librivox) / 16000 == pytest.approx(SECONDS, abs=0.005)
    size, decoded = coded(spec, librivox, label)
    kbps, quality, intelligibility = EXPECTED[spec][label]
    assert 8e-3 * size / SECONDS == pytest.approx(kbps, abs=0.006)
    assert pesq.pesq(16000, librivox, decoded, "wb") == pytest.approx(quality, abs=0.03)
    assert pystoi.stoi(librivox, decoded, 16000) == pytest.approx(intelligibility, abs=0.004)


def lag_of(reference: np.ndarray, decoded: np.ndarray, reach: int) -> int:
    full = correlate(decoded, reference, "full", method="fft")
    centre = len(reference) - 1
    return int(np.argmax(full[centre - reach : centre + reach + 1])) - reach


@pytest.mark.parametrize(("spec", "label"), MEASURED, ids=lambda value: str(value))
def test_the_output_lies_on_the_inputs_time_line(spec: str, label: str) -> None:
    """And what is at the end is not lost."""
    if spec == "codec2:default":
        pytest.skip("by its envelope: test_quality.py")
    speech = speech_like(16000 * 2 + 41, 16000, 5).samples[0]
    _, decoded = coded(spec, speech, label)
    assert abs(lag_of(speech, decoded, 800)) <= 5  # 0.3 ms
    tail = slice(len(speech) - 160, len(speech))
    assert np.linalg.norm(decoded[tail]) > 0.3 * np.linalg.norm(speech[tail])


@pytest.mark.parametrize(("spec", "lower", "higher"), [
    (spec, labels[0], labels[-1]) for spec, points in EXPECTED.items() if len(labels := list(points)) > 1
])  # fmt: skip
def test_more_bits_are_heard(spec: str, lower: str, higher: str, shared: Path) -> None:
    """On real speech, whichever is at hand."""
    pesq = pytest.importorskip("pesq")
    path = sorted((shared / "data" / "eval" / "flac16").glob("*.flac"))[0]
    speech = soundfile.read(path, dtype="float32")[0][: 16000 * 6]
    (small, low), (large, high) = (coded(spec, speech, label) for label in (lower, higher))
    assert small < large
    assert pesq.pesq(16000, speech, low, "wb") < pesq.pesq(16000, speech, high, "wb")


ADDED = """
from codecbench.api import OperatingPoint, hookimpl
from codecbench_classic.pyav import PyAv
from codecbench_classic.rows import Row, points

ROW = Row(
    "mp2", "MPEG audio layer II", "audio", PyAv("mp2", "mp2float", "s16", 481), 16000, points(32, 64), "whole frames",
    "LGPL-2.1", "ISO/IEC 11172-3", 1152, 481,
)

@hookimpl
def codecbench_register_codecs(register):
    register(ROW.card, ROW.build)
"""


def test_a_codec_is_added_by_one_row(tmp_path: Path) -> None:
    pytest.importorskip("av")
    (tmp_path / "mp2.py").write_text(ADDED)
    run = codecbench(
        "run", "--codecs", f"{tmp_path / 'mp2.py'},opus:fec", "--bitrates", "32", "--limit", 2, "--metrics",
        "stoi,delay_ms", "--cost", "none", "--out", tmp_path / "run",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert {"mp2", "opus:fec"} <= {line.split()[0] for line in run.stdout.splitlines() if line.strip()}


def test_rows_are_short() -> None:
    """A row of the table is at most a dozen lines, and the table a file that one reads."""
    lines = inspect.getsource(table).count("\n")
    assert lines <= 15 * len(ROWS)
