"""Corpora as they lie on disk, made of a few real words of the probe set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import soundfile


@cache
def _speech() -> tuple[np.ndarray, int]:
    clip = sorted(Path(str(files("codecbench.datasets") / "speech" / "probe")).glob("*.flac"))[0]
    samples, rate = soundfile.read(clip)
    return samples[len(samples) // 3 :], rate


def write_audio(path: Path, seconds: float = 0.5) -> None:
    """A little speech, another piece for each name."""
    samples, rate = _speech()
    start = sum(path.name.encode()) % 2000
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples[start : start + int(seconds * rate)], rate)


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def librispeech(root: Path, speakers: Mapping[str, str], each: int = 2, split: str = "test-clean") -> Path:
    """LibriSpeech/SPLIT below `root`, `speakers` by their sex: one chapter of `each` recordings of everybody."""
    rows = [f"{name:<4} | {sex} | {split} | 8.0 | A Reader" for name, sex in speakers.items()]
    write_texts(root / "LibriSpeech", {"SPEAKERS.TXT": "\n".join([";ID|SEX|SUBSET|MINUTES|NAME", *rows]) + "\n"})
    folder = root / "LibriSpeech" / split
    for name in speakers:
        chapter = folder / name / f"{name}7"
        ids = [f"{name}-{name}7-{number:04}" for number in range(each)]
        for id in ids:
            write_audio(chapter / f"{id}.flac")
        lines = "".join(f"{id} WORDS OF NUMBER {id[-4:]}\n" for id in ids)
        write_texts(chapter, {f"{name}-{name}7.trans.txt": lines})
    return folder


def libritts(root: Path) -> Path:
    folder = root / "LibriTTS" / "test-clean"
    for id in ("1089_134686_000001_000001", "1089_134686_000002_000000"):
        write_audio(folder / "1089" / "134686" / f"{id}.wav")
        texts = {f"{id}.normalized.txt": f"Mister {id[-1]}.", f"{id}.original.txt": f"Mr. {id[-1]}."}
        write_texts(folder / "1089" / "134686", texts)
    write_texts(root / "LibriTTS", {"SPEAKERS.txt": ";ID |SEX| SUBSET\n1089   | M | test-clean | 8.03 | Peter\n"})
    return folder


def vctk(root: Path) -> Path:
    """Version 0.92: two microphones, and a speaker of whom the texts are lost."""
    for speaker in ("p225", "p315"):
        for microphone in (1, 2):
            write_audio(root / "wav48_silence_trimmed" / speaker / f"{speaker}_001_mic{microphone}.flac")
    write_texts(root, {
        "txt/p225/p225_001.txt": "Please call Stella.\n",
        "speaker-info.txt": "ID  AGE  GENDER  ACCENTS  REGION COMMENTS\np225  23  F    English    Southern  England\n"
        "p315  18  M    American    New  England\n",
    })  # fmt: skip
    return root


def ljspeech(root: Path, ids: tuple[str, ...] = ("LJ001-0001", "LJ001-0002")) -> Path:
    for id in ids:
        write_audio(root / "wavs" / f"{id}.wav")
    lines = [f'{id}|in 18{n}, "so" he said|in eighteen {n}, "so" he said' for n, id in enumerate(ids)]
    write_texts(root, {"metadata.csv": "\n".join(lines) + "\n"})
    return root


def kaldi(root: Path) -> Path:
    for name in ("a", "b"):
        write_audio(root / "audio" / f"{name} 1.wav")
    write_texts(root, {
        "wav.scp": "s1-a audio/a 1.wav\ns2-b audio/b 1.wav\n", "text": "s1-a un été\ns2-b two words\n",
        "utt2spk": "s1-a s1\ns2-b s2\n", "spk2gender": "s1 f\ns2 m\n", "utt2lang": "s1-a fr\ns2-b en\n",
    })  # fmt: skip
    return root


def nemo(root: Path) -> Path:
    entries = []
    for name, text, language in (("a", "one word", "en"), ("b", "ein Wort", "de")):
        write_audio(root / "wavs" / f"{name}.wav")
        entry = {"audio_filepath": f"wavs/{name}.wav", "duration": 0.5, "text": text, "lang": language, "speaker": name}
        entries.append(json.dumps(entry))
    write_texts(root, {"manifest.json": "\n".join(entries) + "\n"})
    return root / "manifest.json"


def commonvoice(root: Path) -> Path:
    """The French folder, with two lists."""
    folder = root / "cv-corpus-19.0" / "fr"
    header = "client_id\tpath\tsentence_id\tsentence\tup_votes\tage\tgender\taccents\tvariant\tlocale\tsegment"
    for split, ids in (("test", (1, 2)), ("dev", (3,))):
        rows = [f'c{id}\tcommon_voice_fr_{id}.wav\tx\t"Bonjour" {id}.\t2\t\tmale_masculine\t\t\tfr\t' for id in ids]
        write_texts(folder, {f"{split}.tsv": "\n".join([header, *rows]) + "\n"})
        for id in ids:
            write_audio(folder / "clips" / f"common_voice_fr_{id}.wav")
    return folder


def audiofolder(root: Path) -> Path:
    for name in ("a", "b"):
        write_audio(root / "test" / "audio" / f"{name}.wav")
    rows = ['audio/a.wav,"one, two",s1,female,en,loud', "audio/b.wav,trois,s2,male,fr,"]
    header = "file_name,transcription,speaker_id,gender,language,note"
    write_texts(root, {"test/metadata.csv": "\n".join([header, *rows]) + "\n"})
    return root
