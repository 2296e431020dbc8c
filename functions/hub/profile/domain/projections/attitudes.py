"""The block `attitudes`: the customer's last answer to each question of a survey.

The question gives the field its name: `How satisfied are you?` is
`attitudes.how_satisfied_are_you`. A question that is too long for a name, or in another script than
Latin, gets a digest after it, so that no two questions share a field. A question that a survey asks
twice gets `_2`. A long answer stays in the event. The block keeps the questions that were answered
last.
"""

import unicodedata
from collections.abc import Container, Iterator, Mapping
from hashlib import blake2b
from itertools import count

from hub.kernel.event_type_names import LONGEST_NAME, to_event_type
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.traits import apply_event_traits, drop_fields

MOST_QUESTIONS = 50
LONGEST_ANSWER = 100
DIGEST_BYTES = 4


def add_survey_answers(customer: Customer, event: Event) -> Customer:
    answers: dict[str, str | float] = {}
    for name, value in _read_answers(event.properties.get("answers")):
        answers[_find_free_name(name, answers)] = value
    if not answers:
        return customer
    return _keep_latest(apply_event_traits(customer, event, {"attitudes": answers}))


def _read_answers(answers: object) -> Iterator[tuple[str, str | float]]:
    for answer in answers if isinstance(answers, list | tuple) else ():
        value, question = (
            _read_value(answer),
            isinstance(answer, Mapping) and answer.get("question"),
        )
        if isinstance(question, str) and value is not None:
            yield name_question(question), value


def name_question(question: str) -> str:
    """Makes the name of the field. Questions that differ in a letter or digit have different ones.

    Case, accents, punctuation and blanks do not count, nor does a letter such as `ß` or `ø`.
    """
    name = to_event_type("*", question)
    letters = _list_letters(question)
    is_told = len(name) < LONGEST_NAME and all(map(_is_latin, letters))
    if is_told:
        return name
    told_by = blake2b(letters.encode(errors="replace"), digest_size=DIGEST_BYTES)
    return f"{name}_{told_by.hexdigest()}"


def _list_letters(question: str) -> str:
    plain = unicodedata.normalize("NFKD", question).casefold()
    return "".join(character for character in plain if character.isalnum())


def _is_latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN")


def _find_free_name(name: str, taken: Container[str]) -> str:
    names = (name if number == 1 else f"{name}_{number}" for number in count(1))
    return next(free for free in names if free not in taken)


def _read_value(answer: object) -> str | float | None:
    if not isinstance(answer, Mapping):
        return None
    number, text = answer.get("number"), answer.get("text")
    if isinstance(number, int | float) and not isinstance(number, bool):
        return number
    return text if isinstance(text, str) and 0 < len(text) <= LONGEST_ANSWER else None


def _keep_latest(customer: Customer) -> Customer:
    at = customer.as_of
    names = sorted(customer.attitudes, key=lambda name: (-at.get(_field_name(name), 0), name))
    dropped = names[MOST_QUESTIONS:]
    if not dropped:
        return customer
    return drop_fields(customer, "attitudes", frozenset(dropped))


def _field_name(name: str) -> str:
    return f"attitudes.{name}"
