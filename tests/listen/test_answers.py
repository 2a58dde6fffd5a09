from __future__ import annotations

from pathlib import Path

import pytest
from made_listeners import by_bitrate, design, write_choices, write_ratings

from codecbench.errors import UsageError
from codecbench.listen.answers import read_answers
from codecbench.listen.design import Kind


def test_ratings_are_read_without_the_practice(tmp_path: Path) -> None:
    test = design()
    file = write_ratings(test, tmp_path / "mushra.csv", {"a": by_bitrate(1), "b": by_bitrate(2)})
    answers = read_answers(file, test)
    assert len(answers) == 2 * 3 * 4
    assert {answer.listener for answer in answers} == {"uuid-a", "uuid-b"}
    assert {answer.value for answer in answers if answer.stimulus is None} == {100.0}


def test_of_a_rating_given_twice_the_last_counts(tmp_path: Path) -> None:
    test = design(trials=1)
    file = write_ratings(test, tmp_path / "m.csv", {"a": lambda *_: 40.0})
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines, lines[-1].replace(",40,", ",70,")]))
    values = {answer.stimulus.code if answer.stimulus else "": answer.value for answer in read_answers(file, test)}
    assert values == {"": 40.0, "06": 40.0, "012": 40.0, "0a": 70.0}


def test_choices_are_read(tmp_path: Path) -> None:
    test = design("abx")
    file = write_choices(test, tmp_path / "p.csv", {"a": lambda stimulus: stimulus.name == "opus 6"})
    answers = read_answers(file, test)
    assert {(answer.stimulus.name, answer.value) for answer in answers if answer.stimulus} == {
        ("opus 6", 1.0),
        ("opus 12", 0.0),
    }


@pytest.mark.parametrize(
    ("kind", "edit", "message"),
    [
        ("mushra", lambda text: text.replace("rating_score", "score"), "has no column rating_score; expected"),
        ("mushra", lambda text: text.replace("made-0", "made-1", 1), "2: it is of test 'codecbench-mushra-made-1'"),
        ("mushra", lambda text: text.replace(",t1,", ",t9,"), "the test has no stimulus 'reference' in a trial 't9'"),
        ("mushra", lambda text: text.replace(",012,", ",99,"), "the test has no stimulus '99' in a trial"),
        ("mushra", lambda text: text.replace(",50,", ",150,"), "rating_score '150', expected 0 to 100"),
        ("mushra", lambda text: text.replace(",50,", ",good,"), "rating_score 'good', expected 0 to 100"),
        ("mushra", lambda text: text.replace(",a,uuid-a,", ",,,"), "it does not say who answered"),
        ("mushra", lambda text: text.splitlines()[0], "has no answer"),
        ("abx", lambda text: text + text.split("\n", 1)[1], "listener 'a' answers a second time"),
        ("abx", lambda text: text.replace(",correct", ",undecided"), "choice_answer 'undecided', expected correct"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(tmp_path: Path, kind: Kind, edit: object, message: str) -> None:
    test = design(kind)
    file = tmp_path / "answers.csv"
    if kind == "mushra":
        write_ratings(test, file, {"a": lambda *_: 50.0})
    else:
        write_choices(test, file, {"a": lambda _: True})
    file.write_text(edit(file.read_text()))  # type: ignore[operator]
    with pytest.raises(UsageError) as error:
        read_answers(file, test)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_answers(tmp_path / "nowhere.csv", design())
