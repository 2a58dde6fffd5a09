from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import UsageError, Utterance
from codecbench.datasets import load_dataset, read_manifest
from codecbench.metrics.pairs import check_pairs, reading_of
from codecbench.plugins import registry


def utterance(transcript: str | None, **extra: str) -> Utterance:
    return Utterance("u1", Path("u1.wav"), transcript, extra=extra)


def test_the_built_in_pairs_are_all_readings() -> None:
    dataset = load_dataset("pairs", registry())
    assert check_pairs(dataset) == len(dataset.utterances) == 408
    readings = [reading_of(u) for u in dataset.utterances]
    assert len({r.pair for r in readings if r}) == 102
    texts = {r.said for r in readings if r}
    assert all(r and r.rival in texts and r.words == 1 for r in readings)


def test_both_sentences() -> None:
    reading = reading_of(utterance("They serve the case.", word="serve", rival="solve"))
    assert reading is not None
    assert (reading.said, reading.rival) == ("They serve the case.", "They solve the case.")
    assert (reading.feature, reading.pair, reading.reading) == ("other", "serve/solve", "")


def test_case_phrases_and_neighbours() -> None:
    first = reading_of(utterance("Gold is old.", word="gold", rival="cold"))
    assert first is not None
    assert first.rival == "Cold is old."
    name = reading_of(utterance("I will say Kate.", word="Kate", rival="gate"))
    assert name is not None
    assert name.rival == "I will say gate."
    phrase = reading_of(utterance("I scream, he said.", word="I scream", rival="ice cream"))
    assert phrase is not None
    assert (phrase.rival, phrase.words) == ("Ice cream, he said.", 2)


def test_no_columns_is_no_pair() -> None:
    assert reading_of(utterance("Something else.")) is None
    assert reading_of(utterance(None, feature="voicing")) is None


@pytest.mark.parametrize(
    ("transcript", "extra", "message"),
    [
        ("A cold day.", {"word": "cold"}, "it has no rival; a pair needs both columns"),
        ("A cold day.", {"rival": "gold"}, "it has no word"),
        ("A cold day.", {"word": "cold", "rival": "Cold"}, "must differ"),
        (None, {"word": "cold", "rival": "gold"}, "no transcript"),
        ("A warm day.", {"word": "cold", "rival": "gold"}, "'cold' stands 0 times in its transcript 'A warm day.'"),
        ("Cold, cold day.", {"word": "cold", "rival": "gold"}, "stands 2 times"),
        ("A scolding.", {"word": "cold", "rival": "gold"}, "stands 0 times"),
        ("A cold day.", {"word": "cold", "rival": "gold", "reading": "left"}, "allowed: target, rival, or nothing"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_one_clear_line(transcript: str | None, extra: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match="pair list, utterance 'u1': ") as error:
        reading_of(utterance(transcript, **extra))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_users_manifest(tmp_path: Path) -> None:
    manifest = tmp_path / "mine.tsv"
    manifest.write_text("id\tpath\ttranscript\tword\trival\na\ta.wav\tSay van.\tvan\tfan\nb\tb.wav\tJust speech.\t\t\n")
    assert check_pairs(read_manifest(manifest)) == 1
