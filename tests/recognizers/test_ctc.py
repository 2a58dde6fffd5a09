from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from other_device import Elsewhere, other_device

from codecbench.api import Audio, Unavailable, UsageError
from codecbench.plugins import registry
from codecbench.recognizers import ctc
from codecbench.run.recognizer import named_recognizer

SYMBOLS = ("<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ'")
ALPHABET = ctc.Alphabet({n: symbol for n, symbol in enumerate(SYMBOLS) if n > 4}, blank=0, space=4)


def frames(text: str, sure: float = 0.7) -> np.ndarray:
    """[frames, symbols]: one frame per character, `_` a blank, with `sure` on it and the rest spread evenly."""
    found = np.full((len(text), len(SYMBOLS)), (1 - sure) / (len(SYMBOLS) - 1))
    for frame, character in enumerate(text):
        found[frame, 0 if character == "_" else SYMBOLS.index(character)] = sure
    return found


def test_repetitions_are_one_letter_unless_a_blank_parts_them() -> None:
    heard = ctc.read_frames(frames("__AAL_LL__|_|BE__"), ALPHABET, 0.02)
    assert heard.text == "ALL BE"
    first, second = heard.words
    assert (first.start, first.end) == pytest.approx((2 * 0.02, 8 * 0.02))
    assert (second.start, second.end) == pytest.approx((13 * 0.02, 15 * 0.02))


def test_a_words_probability_is_the_mean_of_its_frames_that_are_no_blank() -> None:
    probabilities = frames("A_B|C", 0.5)
    probabilities[0] = frames("A", 0.9)[0]
    probabilities[1] = frames("_", 0.2)[0]
    first, second = ctc.read_frames(probabilities, ALPHABET, 0.02).words
    assert (first.probability, second.probability) == pytest.approx((0.7, 0.5))


def test_marks_are_not_written() -> None:
    probabilities = np.concatenate([frames("A"), np.eye(len(SYMBOLS))[[3, 1]], frames("B|")])
    assert ctc.read_frames(probabilities, ALPHABET, 0.02).text == "AB"
    assert ctc.read_frames(frames("__||_"), ALPHABET, 0.02).words == ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny network that has learned nothing, as transformers saves one."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    path = tmp_path_factory.mktemp("models") / "tiny"
    path.mkdir()
    (path / "vocab.json").write_text(json.dumps({symbol: n for n, symbol in enumerate(SYMBOLS)}))
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config(
        vocab_size=len(SYMBOLS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        conv_dim=(8,) * 7, num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    transformers.Wav2Vec2ForCTC(config).save_pretrained(path)
    tokenizer = transformers.Wav2Vec2CTCTokenizer(str(path / "vocab.json"))
    transformers.Wav2Vec2Processor(transformers.Wav2Vec2FeatureExtractor(), tokenizer).save_pretrained(path)
    return path


def test_a_saved_model_is_read_and_hears_the_same_every_time(folder: Path) -> None:
    noise = Audio.mono(np.random.default_rng(0).normal(0, 0.1, 16000), 16000)
    entry = ctc.in_folder(folder)
    one, other = entry.factory(), entry.factory()
    heard = one.transcribe(noise)
    assert heard == one.transcribe(noise) == other.transcribe(noise)
    assert heard.words
    assert set(heard.text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ' ")
    assert 0 <= heard.words[0].start < heard.words[-1].end <= 1.0
    assert one.transcribe(Audio.mono(np.zeros(16000), 16000)).text == ""
    assert isinstance(one.transcribe(Audio.mono(np.full(1, 0.1), 16000)).text, str)
    with pytest.raises(ValueError, match="the recognizer"):
        one.transcribe(Audio.mono(np.ones(8000), 8000))


def test_it_hears_on_another_device(folder: Path) -> None:
    """One that refuses to mix tensors as a GPU would."""
    audio = Audio.mono(np.random.default_rng(0).normal(0, 0.1, 16_000), 16_000)
    with other_device() as device:
        elsewhere = ctc.Ctc(folder, str(device))
        heard = elsewhere.transcribe(audio)
        assert all(isinstance(one, Elsewhere) for one in elsewhere._model.parameters())
    assert heard == ctc.Ctc(folder).transcribe(audio)


def test_the_card_names_the_folder_and_all_that_decides(folder: Path) -> None:
    card = ctc.in_folder(folder).card
    names = {path.name for path in card.model_files()}
    assert card.id == "ctc:tiny"
    assert {"model.safetensors", "config.json", "vocab.json", "tokenizer_config.json"} <= names
    json.dumps(dict(card.parameters))


def test_it_is_asked_for_by_its_folder(folder: Path) -> None:
    chosen = named_recognizer(f"ctc:{folder}", registry())
    assert chosen.card is not None
    assert (chosen.card.id, chosen.spec) == ("ctc:tiny", f"ctc:{folder}")


def test_a_broken_one_is_found_before_anything_runs(folder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(folder, tmp_path / "broken")
    (broken / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:3000])
    with pytest.raises(UsageError, match="it does not work here: SafetensorError"):
        named_recognizer(f"ctc:{broken}", registry())
    (broken / "vocab.json").unlink()
    with pytest.raises(UsageError, match=r"has no tokenizer: vocab\.json or tokenizer\.json"):
        named_recognizer(f"ctc:{broken}", registry())


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (None, "its config.json cannot be read"),
        ("[]", "its config.json cannot be read"),
        ('{"architectures": ["LlamaForCausalLM"]}', "does not hold a CTC model but LlamaForCausalLM"),
        ("{}", "does not hold a CTC model but one of no known kind"),
        ('{"architectures": ["Wav2Vec2ForCTC"]}', "has no weights"),
    ],
)
def test_a_folder_that_is_no_model_says_why(tmp_path: Path, config: str | None, why: str) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(Unavailable, match=why):
        ctc.in_folder(tmp_path)
