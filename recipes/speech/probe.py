"""The probe set: 24 sentences, eight voices, three sentences each."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecbench.synthesis import clip
from codecbench.synthesis.synthesizer import SAMPLE_RATE, Synthesizer
from codecbench.synthesis.voices import VOICES, Voice

from . import manifest, pitch
from .recognizer import Recognizer, word_errors

LEVEL_DBFS = -24.0
SILENCE_S = 0.15
TEXTS = (Path(__file__).parent / "probe.txt").read_text(encoding="utf-8").splitlines()

Clips = dict[str, list[NDArray[np.float32]]]  # by voice


def build(folder: Path, synthesizer: Synthesizer, cache: Path) -> None:
    manifest.clear(folder)
    clips: Clips = {voice.id: [] for voice in VOICES}
    rows = []
    for number, text in enumerate(TEXTS):
        voice = VOICES[number % len(VOICES)]
        audio = utterance(synthesizer, text, voice)
        clips[voice.id].append(audio)
        name = f"probe-{number + 1:02d}"
        clip.write(folder / f"{name}.flac", audio)
        seconds = f"{len(audio) / SAMPLE_RATE:.3f}"
        rows.append(
            {"id": name, "path": f"{name}.flac", "transcript": text, "speaker": voice.id, "seconds": seconds}
            | manifest.ORIGIN
        )
    f0_hz = {voice: float(np.median([pitch.median_f0_hz(audio) for audio in said])) for voice, said in clips.items()}
    for row in rows:
        row["sex"] = pitch.sex(f0_hz[row["speaker"]])
    manifest.write_manifest(folder, manifest.COLUMNS, rows)
    write_readme(folder, clips, f0_hz, word_error_rate(clips, Recognizer(cache)))


def utterance(synthesizer: Synthesizer, text: str, voice: Voice) -> NDArray[np.float32]:
    trimmed = clip.trim(synthesizer.say(text, voice), SILENCE_S)
    return clip.at_level(trimmed, LEVEL_DBFS + voice.level_offset_db)


def word_error_rate(clips: Clips, recognizer: Recognizer) -> float:
    from whisper_normalizer.english import EnglishTextNormalizer

    normalize = EnglishTextNormalizer()
    errors = words = 0
    for number, text in enumerate(TEXTS):
        turn, speaker = divmod(number, len(VOICES))
        heard = recognizer.read(clips[VOICES[speaker].id][turn])
        said = normalize(text).split()
        wrong = word_errors(said, normalize(heard).split())
        errors, words = errors + wrong, words + len(said)
        if wrong:
            print(f"{VOICES[speaker].id}: {text!r} read as {heard!r}")
    print(f"word error rate {errors}/{words} = {errors / words:.1%}")
    return errors / words


def voice_similarities(clips: Clips) -> NDArray[np.float64]:
    """Cosines of all pairs of voices."""
    from .similarity import SpeakerEncoder

    encoder = SpeakerEncoder()
    embeddings = np.array([np.mean([encoder.embed(audio) for audio in said], axis=0) for said in clips.values()])
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = embeddings @ embeddings.T
    print(np.array2string(cosines, precision=2, suppress_small=True))
    pairs: NDArray[np.float64] = cosines[np.triu_indices(len(cosines), 1)]
    return pairs


def write_readme(folder: Path, clips: Clips, f0_hz: dict[str, float], wer: float) -> None:
    cosines = voice_similarities(clips)
    seconds = sum(len(audio) for said in clips.values() for audio in said) / SAMPLE_RATE
    voices = "\n".join(
        f"| {voice.id} | {pitch.sex(f0_hz[voice.id])} | {f0_hz[voice.id]:.0f} Hz | {_blend(voice.timbre)} | "
        f"{_blend(voice.prosody)} | {voice.speed:g} | {LEVEL_DBFS + voice.level_offset_db:g} dBFS |"
        for voice in VOICES
    )
    text = README.format(
        clips=len(TEXTS),
        voices=len(VOICES),
        seconds=seconds,
        size=manifest.megabytes(folder),
        wer=wer,
        low=cosines.min(),
        high=cosines.max(),
        middle=np.median(cosines),
        table=voices,
        packages=manifest.package_table(),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(f"{len(TEXTS)} clips, {seconds:.1f} s, {manifest.megabytes(folder):.2f} MB")


def _blend(weights: dict[str, float]) -> str:
    return " + ".join(f"{weight:g} {name}" for name, weight in weights.items())


README = """# probe: {clips} synthetic utterances

**Synthetic speech**, nobody's recording: made by `python -m recipes.speech probe` from sentences written for this
project. {clips} clips, {voices} voices with three sentences each, {seconds:.1f} s, {size:.1f} MB, 24 kHz mono 16-bit
FLAC. The clips are licensed as this project is, Apache-2.0.

Whisper tiny.en (int8, beam 5) reads them with a word error rate of {wer:.1%}. The voices are blends of five style
vectors, timbre and prosody blended apart; cosines of their Resemblyzer embeddings lie from {low:.2f} to {high:.2f},
median {middle:.2f}. `sex` is judged by the median pitch alone (F above 165 Hz). The level is the RMS of the speech and
differs a little between voices on purpose.

On one machine a second run gives the same files. Not promised: the same bits on another processor (int8 kernels
differ). Synthetic speech is cleaner and more regular than people are: use it to see that a codec works and has not
changed, and real recordings to say how good it is.

| speaker | sex | median pitch | timbre | prosody | speed | level |
|---|---|---|---|---|---|---|
{table}

## Made with
The clips need none of these to be used. The kokoro packages are for this recipe alone, whose docstring
(`recipes/speech/__init__.py`) has the install commands; the others are extras of codecbench too.

{packages}
"""
