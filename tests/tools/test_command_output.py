"""How the command reads what people type and what the hub writes."""

import re
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from tools.segue import bus_timeline, dead_letter_redrive, dead_letters, render
from tools.segue.commands.send import parse_time
from tools.segue.explanation import Explanation, parse_keys
from tools.segue.local_home import UserError
from tools.segue.screen import Screen


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ann@Example.com", "email#ann@example.com"),
        ("+44 1632 960961", "phone#+441632960961"),
        ("loyalty#12923", "loyalty#12923"),
        ("12923", "loyalty#12923"),
    ],
)
def test_a_key_is_read_in_the_hubs_own_spelling(typed: str, key: str) -> None:
    assert key in parse_keys(typed)


def test_an_unknown_kind_of_key_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match="no kind of key: there are loyalty, shop"):
        parse_keys("shoe-size#44")
    with pytest.raises(UserError, match="did you mean email"):
        parse_keys("emial#ann@example.com")


@pytest.mark.parametrize(
    "typed", ["1700000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"]
)
def test_a_time_may_be_typed_as_text_or_as_seconds(typed: str) -> None:
    assert parse_time(typed) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["yesterday", "9" * 30])
def test_a_text_that_is_not_a_time_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="is not a time"):
        parse_time(typed)


def test_a_queue_of_dead_letters_knows_its_work_queue() -> None:
    outputs = {"CustomerDeadLettersUrl": "d.fifo", "CustomerQueueUrl": "w.fifo"}
    stream = {"CustomerStreamDeadLettersUrl": "s"}
    first, second = dead_letters.list_queues({**outputs, **stream})
    assert (first.name, first.work_url, first.is_fifo) == ("customer", "w.fifo", True)
    assert (second.name, second.work_url, second.is_fifo) == ("customer-stream", "", False)
    assert (first.is_of_stream, second.is_of_stream) == (False, True)


def test_a_dead_letter_of_a_function_has_stage_and_reason() -> None:
    attributes = {n: {"StringValue": n.upper(), "DataType": "String"} for n in ("stage", "reason")}
    told = dead_letters.describe_letter(
        {"MessageId": "1", "Body": "{}", "MessageAttributes": attributes}
    )
    assert (told["stage"], told["reason"]) == ("STAGE", "REASON")


def test_a_dead_letter_moved_by_sqs_has_its_correlation_id() -> None:
    body = '{"detail": {"correlation_id": "till:7"}}'
    told = dead_letters.describe_letter({"MessageId": "1", "Body": body})
    assert told["correlation_id"] == "till:7"
    assert told["reason"] == dead_letters.NO_REASON


def test_a_redriven_letter_keeps_its_group_and_is_no_repeat() -> None:
    message = {"Body": "{}", "Attributes": {"MessageGroupId": "ann"}}
    first, second = (dead_letter_redrive.build_message(message, fifo=True) for _ in range(2))
    assert first["MessageGroupId"] == "ann"
    assert first["MessageDeduplicationId"] != second["MessageDeduplicationId"]


def test_a_timers_letter_goes_to_its_customers_group() -> None:
    sent = dead_letter_redrive.build_message({"Body": '{"customer_id": "c-1"}'}, fifo=True)
    assert sent["MessageGroupId"] == "c-1"


DECISION: dict[str, Any] = {
    "source": "segue.decision",
    "detail": {
        "customer_id": "customer-ann",
        "event_type": "complaint.filed",
        "decided_at": "2026-11-22T09:30:00.123Z",
        "receipt": {"sentence": "On complaint.filed: rule vip asked to call retention."},
        "actions": [
            {
                "channel": "call",
                "rule_id": "vip",
                "catalogue": 3,
                "what": {"queue": "retention", "template": "vip"},
            }
        ],
        "timers": [{"event": {"type": "cart.reminder_due"}, "due_at": "2026-11-22T10:30:00.123Z"}],
    },
}


def test_a_decision_is_shown_with_its_actions_and_timers() -> None:
    lines = bus_timeline.describe_envelope(DECISION)
    assert [(line["kind"], line["what"]) for line in lines] == [
        ("decision", "complaint.filed"),
        ("action", "call retention"),
        ("timer", "wait for cart.reminder_due"),
    ]
    assert {line["customer"] for line in lines} == {"customer-ann"}


def test_text_of_customers_is_never_read_as_markup() -> None:
    line = {"time": "2026-11-22T09:30:00.123Z", "customer": "", "kind": "event", "what": "[red]x"}
    console = Console(width=120)
    with console.capture() as shown:
        console.print(render.render_timeline_line({**line, "why": "[/]"}))
    assert "[red]x" in shown.get()
    assert "09:30:00.123" in shown.get()


@pytest.mark.parametrize("as_table", [False, True])
def test_no_text_of_a_customer_steers_the_operators_terminal(as_table: bool) -> None:
    """OSC 52 writes the clipboard, CSI 2J clears the screen; a C1 character begins either too."""
    hostile = "Ann\x1b]52;c;cm0gLXJm\x07 \x1b[2J\x9b2J\x7f Lee"
    shown = StringIO()
    screen = Screen(out=Console(file=shown, force_terminal=True, width=120))
    screen.show(render.build_table(("name",), [[hostile]]) if as_table else Text(hostile), None)
    text = shown.getvalue()
    assert "Ann␛]52;c;cm0gLXJm" in text
    assert "␛[2J\ufffd2J\ufffd Lee" in text
    assert not re.search(r"\x1b(?!\[[0-9;]*m)|[\x07\x7f-\x9f]", text)


def test_an_explanation_shows_what_failed_and_what_came_of_each_action() -> None:
    rules = [{"rule": "gold", "matched": False, "clause": "tier == 'gold'", "saw": "basic"}]
    decision = {
        **DECISION["detail"],
        "source": "care",
        "catalogue": 3,
        "receipt": {"sentence": "Said.", "rules": rules},
        "actions": [{"channel": "email", "status": "declined", "reason": "no consent"}],
    }
    recent = {"complaint.filed": [1795352214561]}
    told = Explanation("customer-ann", {"recent": recent}, [decision])
    console = Console(width=120)
    with console.capture() as shown:
        console.print(render.render_explanation(told))
    assert "rule gold wanted tier == 'gold' but saw basic" in shown.get()
    assert "email declined: no consent" in shown.get()
    assert "complaint.filed" in shown.get()
    assert "1795352214561" not in shown.get()
