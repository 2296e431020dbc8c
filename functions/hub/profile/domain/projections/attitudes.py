"""`attitudes`: what the customer last answered to each question of a survey.

A question's name is the field: `How satisfied are you?` is `attitudes.how_satisfied_are_you`. Long
words stay in the event. The questions answered last are kept.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.kernel.event_type_names import to_event_type
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.traits import apply_event_traits

MOST_QUESTIONS = 50
LONGEST_ANSWER = 100


def add_survey_answers(customer: Customer, event: Event) -> Customer:
    said = dict(_read_answers(event.properties.get("answers")))
    return (
        _keep_latest(apply_event_traits(customer, event, {"attitudes": said})) if said else customer
    )


def _read_answers(answers: Any) -> Iterator[tuple[str, str | float]]:
    for answer in answers if isinstance(answers, list | tuple) else ():
        value, question = (
            _read_value(answer),
            isinstance(answer, Mapping) and answer.get("question"),
        )
        if isinstance(question, str) and value is not None:
            yield to_event_type("*", question), value


def _read_value(answer: Any) -> str | float | None:
    if not isinstance(answer, Mapping):
        return None
    number, text = answer.get("number"), answer.get("text")
    if isinstance(number, int | float) and not isinstance(number, bool):
        return number
    return text if isinstance(text, str) and 0 < len(text) <= LONGEST_ANSWER else None


def _keep_latest(customer: Customer) -> Customer:
    at = customer.as_of
    names = sorted(customer.attitudes, key=lambda name: (-at.get(_field_name(name), 0), name))
    left = names[MOST_QUESTIONS:]
    if not left:
        return customer
    fields = {_field_name(name) for name in left}
    kept = {name: customer.attitudes[name] for name in names[:MOST_QUESTIONS]}
    known = {field: said_at for field, said_at in at.items() if field not in fields}
    return customer.with_changes(attitudes=kept, as_of=known)


def _field_name(name: str) -> str:
    return f"attitudes.{name}"
