"""Every answer of a survey is remembered, under a name that no other question has."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.profile.domain.projections.attitudes import name_question
from tests.factories import a_customer, an_event

_words = st.text("abcAB ждЖДя動画éü0123?!", min_size=1, max_size=12)
_questions = _words | st.tuples(st.just("How satisfied are you with the delivery of "), _words).map(
    "".join
)


def letters(question: str) -> str:
    plain = unicodedata.normalize("NFKD", question).casefold()
    return "".join(character for character in plain if character.isalnum())


def answer(*given: tuple[str, int]) -> Any:
    answers = [{"question": question, "number": number} for question, number in given]
    said = an_event("survey.answered", "s-1", properties={"survey": "s-1", "answers": answers})
    return a_customer(said).attitudes


@given(_questions, _questions)
def test_questions_that_differ_in_a_letter_or_digit_have_different_names(
    one: str, other: str
) -> None:
    if letters(one) != letters(other):
        assert name_question(one) != name_question(other)


@given(st.lists(_questions, max_size=12))
def test_no_answer_of_a_survey_takes_the_place_of_another(questions: list[str]) -> None:
    """Also where a survey asks the same question twice."""
    attitudes = answer(*((question, number) for number, question in enumerate(questions)))
    assert sorted(attitudes.values()) == list(range(len(questions)))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How satisfied are you?", "how_satisfied_are_you"),
        ("Müsli gewählt?", "musli_gewahlt"),
        ("Wie heißt du?", "wie_heit_du"),
        ("2. Why", "other_2_why"),
    ],
)
def test_the_name_of_an_ordinary_question_is_its_words(question: str, name: str) -> None:
    assert name_question(question) == name


def test_the_second_time_a_survey_asks_is_numbered() -> None:
    assert answer(("Why?", 1), ("Why 2", 2), ("why", 3)) == {"why": 1, "why_2": 2, "why_3": 3}


@given(st.text())
def test_any_question_has_a_name(question: str) -> None:
    assert name_question(question).isidentifier()
