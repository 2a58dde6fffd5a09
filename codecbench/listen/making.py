"""Make a listening test: stimuli under names that say nothing, webMUSHRA's configuration, and the key that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from codecbench.analysis.findings import Findings
from codecbench.api import Audio
from codecbench.errors import UsageError
from codecbench.listen.choosing import ChosenUtterance, check_count, choose
from codecbench.listen.design import Kind, ListeningTest, TestSignal, Trial
from codecbench.listen.signals import SilentTrial, anchor, fitted, levelled, modulated, read, write
from codecbench.listen.webmushra import configuration

KEY = "key.json"
SERVED = "webmushra"
"""What goes into webMUSHRA's folder; the key stays outside of it."""


@dataclass(frozen=True)
class Wanted:
    """What a test is to be like. `anchors_hz` are low-passes, `mnru_db` the Q of modulated noise; both of MUSHRA."""

    kind: Kind
    anchors_hz: tuple[float, ...] = ()
    mnru_db: tuple[float, ...] = ()
    utterances: tuple[str, ...] | None = None
    seed: int = 0


def make(findings: Findings, folders: Sequence[Path], out: Path, wanted: Wanted) -> ListeningTest:
    """Write the test into the folder `out`, which must be new or empty; returns what it is.

    Raises:
        UsageError: nothing can be heard, an anchor is above the audio's band, or `out` holds something.
    """
    chosen = choose(findings, folders, wanted.utterances)
    check_count(len(chosen[0].takes), len(wanted.anchors_hz) + len(wanted.mnru_db), wanted.kind)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"--out '{out}' is there already and not empty; give a new folder")
    run_id = str(findings.summary.run.get("run_id"))
    design = ListeningTest(wanted.kind, f"codecbench-{wanted.kind}-{run_id[:8]}-{wanted.seed}", run_id, wanted.seed, ())
    audio = out / SERVED / "configs" / design.id
    try:
        audio.mkdir(parents=True)
        codes = Codes(wanted.seed)
        trials = tuple(_trial(one, wanted, audio, codes) for one in chosen)
        design = replace(design, trials=trials)
        text = configuration(design, f"configs/{design.id}")
        audio.with_suffix(".yaml").write_text(text, encoding="utf-8")
        design.write(out / KEY)
    except OSError as error:
        raise UsageError(f"'{error.filename or out}' cannot be written: {error.strerror or error}") from error
    return design


class Codes:
    """Names that say nothing, none twice."""

    def __init__(self, seed: int) -> None:
        self._g, self._given = np.random.default_rng([seed, 1534]), {""}

    def next(self) -> str:
        code = ""
        while code in self._given:
            code = f"s{self._g.integers(16**8):08x}"
        self._given.add(code)
        return code


def _trial(chosen: ChosenUtterance, wanted: Wanted, folder: Path, codes: Codes) -> Trial:
    reference = _read(chosen.original)
    made = [
        *(
            (TestSignal("", "codec", take.name, "", cell=take.cell), fitted(_read(take.file), reference))
            for take in chosen.takes
        ),
        *((_anchor(hertz, reference), anchor(reference, hertz)) for hertz in wanted.anchors_hz),
        *(
            (TestSignal("", "mnru", f"MNRU {q:g} dB", "", snr_db=q), modulated(reference, q, wanted.seed))
            for q in wanted.mnru_db
        ),
    ]
    try:
        first, *others = levelled(reference, [(stimulus.name, audio) for stimulus, audio in made])
    except SilentTrial as error:
        raise UsageError(
            f"utterance '{chosen.utterance}' cannot be levelled: {error}; leave it out by --utterances"
        ) from error
    name = f"{codes.next()}.wav"
    write(first, reference.sample_rate, folder / name)
    stimuli = []
    for (stimulus, _), samples in zip(made, others, strict=True):
        code = codes.next()
        named = replace(stimulus, code=code, file=f"{codes.next()}.wav")
        write(samples, reference.sample_rate, folder / named.file)
        stimuli.append(named)
    return Trial(codes.next(), chosen.utterance, name, tuple(sorted(stimuli, key=lambda one: one.code)))


def _anchor(hertz: float, reference: Audio) -> TestSignal:
    if not 0 < hertz < reference.sample_rate / 2:
        raise UsageError(f"--anchors {hertz / 1000:g}: the audio ends at {reference.sample_rate / 2000:g} kHz")
    return TestSignal("", "anchor", f"low-pass {hertz / 1000:g} kHz", "", hertz=hertz)


def _read(path: Path) -> Audio:
    try:
        return read(path)
    except (soundfile.SoundFileError, OSError) as error:
        raise UsageError(f"kept audio '{path}' cannot be read: {error}") from error
