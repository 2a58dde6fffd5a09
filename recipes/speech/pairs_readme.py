"""The README of the pairs set, and the screening loss it reports."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import manifest


@dataclass
class Tally:
    tried: Counter[str] = field(default_factory=Counter)  # by feature
    kept: Counter[str] = field(default_factory=Counter)
    takes: int = 0
    takes_passed: int = 0

    def count(self, feature: str, *, kept: bool) -> None:
        self.tried[feature] += 1
        self.kept[feature] += kept


def write_readme(folder: Path, tally: Tally, rows: Sequence[dict[str, str]]) -> None:
    features = "\n".join(f"| {feature} | {tried} | {tally.kept[feature]} |" for feature, tried in tally.tried.items())
    speakers = Counter(row["speaker"] for row in rows)
    text = README.format(
        clips=len(rows),
        pairs=tally.kept.total(),
        tried=tally.tried.total(),
        voices=len(speakers),
        seconds=sum(float(row["seconds"]) for row in rows),
        size=manifest.megabytes(folder),
        takes=tally.takes,
        passed=tally.takes_passed,
        features=features,
        packages=manifest.package_table(),
        speakers=", ".join(f"{speaker} {count}" for speaker, count in sorted(speakers.items())),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(text)


README = """# pairs: {pairs} synthetic minimal pairs

**Synthetic speech**, nobody's recording: made by `python -m recipes.speech pairs` from words and carrier sentences of
this project's own choice. {clips} clips: {pairs} pairs x both readings x two voices (the same two for both readings),
out of {voices} voices, {seconds:.0f} s, {size:.1f} MB, 24 kHz mono 16-bit FLAC. Licensed as the project is, Apache-2.0.
The voices are those of `../probe/README.md`; clips of each:
{speakers}.

The two words of a pair differ in one consonant, and that in one of the six features of the diagnostic rhyme test; the
carrier fits both, so only the consonant tells them apart. The target has the feature, the rival lacks it; as the
synthesizer's own phonemes have it, checked by the recipe.

## Screening
A take (one voice, one carrier) is kept if Whisper tiny.en (int8, beam 5) reads the right word, or a listed homophone of
it, in both readings; a pair is kept with two takes out of at most five tried. Takes tried {takes}, passed {passed}.
Candidates tried {tried}, kept {pairs}; a feature was closed once it had enough.

| feature | tried | kept |
|---|---|---|
{features}

So the set is easy for this recognizer by construction: an error on a decoded clip is the codec's doing, but another
recognizer, or a listener, may stumble over an undecoded one. Not promised: the same bits, and so the same screening, on
another processor (int8 kernels differ).

## Made with
The clips need none of these to be used. The kokoro packages are for this recipe alone, whose docstring
(`recipes/speech/__init__.py`) has the install commands; the others are extras of codecbench too.

{packages}
"""
