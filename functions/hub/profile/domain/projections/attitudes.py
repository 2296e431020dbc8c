"""The block `attitudes`: the customer's last answer to each question of a survey.

The question gives the field its name: `How satisfied are you?` is
`attitudes.how_satisfied_are_you`. A long answer stays in the event. The block keeps the questions
that were answered last.
"""

from collections.abc import Iterator, Mapping

from hub.kernel.event_type_names import to_event_type
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.traits import apply_event_traits

MOST_QUESTIONS = 50
LONGEST_ANSWER = 100


def add_survey_answers(customer: Customer, event: Event) -> Customer:
    answers = dict(_read_answers(event.properties.get("answers")))
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
            yield to_event_type("*", question), value


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
    dropped_fields = {_field_name(name) for name in dropped}
    kept = {name: customer.attitudes[name] for name in names[:MOST_QUESTIONS]}
    as_of = {field: said_at for field, said_at in at.items() if field not in dropped_fields}
    return customer.with_changes(attitudes=kept, as_of=as_of)


def _field_name(name: str) -> str:
    return f"attitudes.{name}"
