from __future__ import annotations

import pytest

from codecbench.metrics.phonemes import Pronouncer
from codecbench.metrics.phonemes.features import PHONES
from codecbench.metrics.phonemes.pronounce import split_words

pytest.importorskip("hibari")


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return Pronouncer()


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("solve", "sɑlv"), ("serve", "sɜɹv"), ("Water!", "wɔtəɹ"), ("21", "twɛntiwʌn"), ("4th", "fɔɹθ"),
        ("o'clock", "əklɑk"), ("$5", "fIvdɑləɹz"), ("10%", "tɛnpəɹsɛnt"), ("well-known", "wɛlnOn"),
        ("blick", "blɪk"), ("ice cream", "Iskɹim"), ("♪ 日本", ""),
    ],
)  # fmt: skip
def test_words_are_read_as_spoken(pronouncer: Pronouncer, text: str, phones: str) -> None:
    assert "".join(word.phones for word in pronouncer.words(text)) == phones


@pytest.mark.parametrize("loop", ["9" * 70, "1" * 400, ",".join("3" * 60), "$" + "5" * 99 + "%"])
def test_a_loop_of_digits_is_read_digit_by_digit(pronouncer: Pronouncer, loop: str) -> None:
    digits = [digit for digit in loop if digit.isdigit()]
    assert pronouncer.phones(loop) == "".join(pronouncer.phones(digit) for digit in digits)
    assert pronouncer.phones("5" * 15) != pronouncer.phones("5") * 15


def test_only_phones_of_the_table_come_out(pronouncer: Pronouncer) -> None:
    for text in ("Zürich naïve façade", "Xq'ztl 3.14159 1,000,000", "the button on a little ladder", "x" * 60):
        for word in pronouncer.words(text):
            assert set(word.phones) <= set(PHONES)


def test_a_word_is_read_alike_whatever_stands_beside_it(pronouncer: Pronouncer) -> None:
    alone = pronouncer.words("read")[0]
    assert alone in pronouncer.words("I have read the book")
    assert pronouncer.words("the apple")[0] == pronouncer.words("the pear")[0]


@pytest.mark.parametrize(("text", "words"), [
    ("", []), ("- '", []), ("Rock'n’Roll", ["rock'n’roll"]), ("3rd 3x", ["3rd", "3", "x"]), ("£1.50%", ["£1.50%"]),
    ("snake_case", ["snake", "case"]),
])  # fmt: skip
def test_what_is_a_word(text: str, words: list[str]) -> None:
    assert split_words(text) == words
