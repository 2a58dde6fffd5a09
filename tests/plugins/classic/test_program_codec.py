"""Codecs of programs that the user names, with the tests' own in their place: G.192 for EVS, AMR's files."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from running import codecbench, read_summary

from codecbench.api import Audio, Codec, CodecOptions, PayloadError, Unavailable, UsageError
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry

PAIR = '''#!{python}
"""A coarse codec in the bitstream formats of 3GPP's programs: each frame's samples in as many levels as bits allow."""
import sys
import numpy as np
SIZES = (132, 177, 253, 285, 317, 365, 397, 461, 477)
what, form, kbps, source, target = sys.argv[1:]
if kbps == "9.6":
    sys.exit("no licence for 9.6\\n")
bits = SIZES[int(kbps)] if form == "amr" else round(float(kbps) * 20)
groups = bits // 4
where = np.arange(320) * groups // 320
if what == "enc":
    frames = np.frombuffer(open(source, "rb").read(), "<i2").reshape(-1, 320)
    means = np.stack([frames[:, where == group].mean(axis=1) for group in range(groups)], axis=1)
    levels = np.clip(np.rint(means / 4096) + 8, 0, 15).astype(np.uint8)
    planes = np.zeros((len(frames), bits), np.uint8)
    planes[:, : 4 * groups] = np.unpackbits(levels[:, :, None], axis=2)[:, :, 4:].reshape(len(frames), -1)
    if form == "amr":
        body = b"".join(bytes([int(kbps) << 3 | 4]) + np.packbits(plane).tobytes() for plane in planes)
        data = b"#!AMR-WB\\n" + body
    else:
        sync = np.tile(np.array([0x6B21, bits], "<u2"), (len(frames), 1))
        data = np.hstack([sync, np.where(planes, 0x81, 0x7F)]).astype("<u2").tobytes()
else:
    data = open(source, "rb").read()
    if form == "amr":
        size = 1 + -(-bits // 8)
        raw = np.frombuffer(data[9:], np.uint8).reshape(-1, size)[:, 1:]
        planes = np.unpackbits(raw, axis=1)[:, :bits]
    else:
        planes = (np.frombuffer(data, "<u2").reshape(-1, 2 + bits)[:, 2:] == 0x81).astype(np.uint8)
    nibbles = planes[:, : 4 * groups].reshape(len(planes), groups, 4)
    levels = np.packbits(np.pad(nibbles, ((0, 0), (0, 0), (4, 0))), axis=2)[:, :, 0].astype(int)
    data = ((levels[:, where] - 8) * 4096).astype("<i2").tobytes()
open(target, "wb").write(data)
'''


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("programs") / "pair"
    file.write_text(PAIR.replace("{python}", sys.executable))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def named(program: Path, codec: str = "evs") -> dict[str, str]:
    form, rate = ("amr", "{mode}") if codec == "amr-wb" else ("g192", "{kbps}")
    return {
        f"{what}oder": f"'{program}' {what} {form} {rate} {{input}} {{output}}" for what in ("enc", "dec")
    }  # fmt: skip


def built(spec: str, settings: dict[str, str]) -> Codec:
    entry = registry().codec(spec)
    return entry.factory(CodecOptions.of(entry.card, changed=settings))


@pytest.mark.parametrize(("spec", "label", "bits"), [
    ("evs", "7.2", 144), ("evs", "13.2", 264), ("evs", "24.4", 488),
    ("amr-wb", "6.6", 132), ("amr-wb", "12.65", 253), ("amr-wb", "23.85", 477), ("amr-wb:all", "19.85", 397),
])  # fmt: skip
def test_the_frames_bits_are_all_that_is_sent(spec: str, label: str, bits: int, program: Path) -> None:
    settings = named(program, spec.partition(":")[0])
    card = registry().codec(spec).card
    point, audio = card.point(label), speech_like(16000, 16000, 2)
    payload = built(spec, settings).encode(audio, point)
    count = -(-(16000 + card.lookahead) // 320)
    assert len(payload) == -(-count * bits // 8)
    decoded = built(spec, settings).decode(payload, point)
    assert decoded.length >= 16000
    delay = 95 if spec.startswith("amr") else 0  # the real programs trail the input so far, and it is cut
    assert np.corrcoef(decoded.samples[0, : 16000 - delay], audio.samples[0, delay:])[0, 1] > 0.4


def test_without_programs_it_says_how_to_name_them() -> None:
    with pytest.raises(Unavailable) as raised:
        built("evs", {})
    assert '--set evs.encoder="EVS_cod -q {bps} 16 {input} {output}"' in str(raised.value)
    assert '--set evs.decoder="EVS_dec -q 16 {input} {output}"' in str(raised.value)


@pytest.mark.parametrize(("changed", "kind", "message"), [
    ({"encoder": "enc {input}"}, UsageError, "--set evs.encoder='enc {input}': it lacks {output}"),
    ({"encoder": "no-such-enc {input} {output}"}, Unavailable,
     "the program 'no-such-enc' is not here; check --set evs.encoder"),
])  # fmt: skip
def test_what_cannot_be_called_is_said(
    changed: dict[str, str], kind: type[Exception], message: str, program: Path
) -> None:
    with pytest.raises(kind) as raised:
        built("evs", {**named(program), **changed})
    assert message in str(raised.value)


def test_a_program_that_fails_is_one_line_with_the_point(program: Path) -> None:
    codec, point = built("evs", named(program)), registry().codec("evs").card.point("9.6")
    with pytest.raises(RuntimeError, match=r"evs at 9.6 kbps: encoder: 'pair' ended with status 1: no licence for 9.6"):
        codec.encode(Audio.mono(np.zeros(700), 16000), point)
    with pytest.raises(PayloadError, match=r"evs at 9.6 kbps: decoder: 'pair' ended with status 1"):
        codec.decode(bytes(24), point)


def test_a_run_with_programs_of_the_users_own(
    program: Path, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One point fails and says why, the others are scored, and nothing is left in the temporary folder."""
    out = tmp_path / "run"
    temporary = Path(tempfile.mkdtemp())  # a short path: sockets of the run's processes lie in it
    monkeypatch.setenv("TMPDIR", str(temporary))
    settings = [part for name, line in named(program).items() for part in ("--set", f"evs.{name}={line}")]
    run = codecbench(
        "run", "--codecs", "evs,amr-wb", "--bitrates", "9.6,13.2,24.4", "--dataset", clips, "--metrics", "stoi",
        "--cost", "none", "--out", out, *settings,
    )  # fmt: skip
    assert run.returncode == 3
    assert "no licence for 9.6" in run.stdout + run.stderr
    assert "amr-wb:default needs programs that you name" in run.stdout + run.stderr
    rows = {row["point"]: row for row in read_summary(out)["rows"]}
    assert set(rows) == {"13.2", "24.4"}
    assert rows["13.2"]["scores"]["stoi"]["n"] == 3
    assert rows["13.2"]["scores"]["stoi"]["mean"] > 0.7
    left = [path.name for path in temporary.rglob("*") if path.name in ("input", "output")]
    shutil.rmtree(temporary)
    assert left == []
