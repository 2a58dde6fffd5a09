"""What is spoken: a code for each utterance, by the manifest's column, by `--language`, or by the dataset's card."""

from __future__ import annotations

from dataclasses import replace

from codecbench.api import Dataset
from codecbench.api.dataset import ENGLISH, LANGUAGE, LANGUAGE_CODE
from codecbench.errors import UsageError

CODES = 'write its code of BCP 47, for example "fr", "ru" or "pt-BR"'


def with_language(dataset: Dataset, language: str) -> Dataset:
    """The dataset, where each utterance that names no language is in `language`.

    Raises:
        UsageError: `language`, or what an utterance names, is no code.
    """
    if not LANGUAGE_CODE.fullmatch(language):
        raise UsageError(f"--language '{language}': {CODES}")
    for utterance in dataset.utterances:
        if not LANGUAGE_CODE.fullmatch(named := utterance.extra.get(LANGUAGE, ENGLISH)):
            raise UsageError(f"dataset '{dataset.id}', utterance '{utterance.id}': language '{named}': {CODES}")
    if language == ENGLISH:  # what is taken for granted where nothing is said
        return dataset
    spoken = tuple(
        one if LANGUAGE in one.extra else replace(one, extra={**one.extra, LANGUAGE: language})
        for one in dataset.utterances
    )
    return replace(dataset, utterances=spoken)
