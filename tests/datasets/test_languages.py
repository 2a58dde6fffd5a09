from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import Dataset, UsageError, Utterance
from codecbench.datasets.languages import with_language
from codecbench.run import keys


def dataset(*languages: str | None) -> Dataset:
    extras = [{} if language is None else {"language": language} for language in languages]
    return Dataset("d", tuple(Utterance(str(n), Path("a"), extra=extra) for n, extra in enumerate(extras)))


def test_what_is_named_stays() -> None:
    spoken = with_language(dataset("pt-BR", None, "ZH_Hans"), "fr")
    assert [one.language for one in spoken.utterances] == ["pt", "fr", "zh"]
    assert [one.language for one in dataset(None).utterances] == ["en"]


@pytest.mark.parametrize("language", ["", "French", "f", "fr fr", "fr-", "日本"])
def test_a_name_is_no_code(language: str) -> None:
    with pytest.raises(UsageError, match="write its code"):
        with_language(dataset(language), "en")
    with pytest.raises(UsageError, match="write its code"):
        with_language(dataset("en"), language)


def test_english_changes_no_key() -> None:
    """What is kept of older runs is found again; another language is another revision."""
    said, unsaid, other = (keys.revision([(dataset(code).utterances[0], "x")]) for code in ("en-US", None, "fr"))
    assert said == unsaid != other
