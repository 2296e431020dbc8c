"""The content of an action is read and written as one JSON, whatever is in it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.action_content import (
    ActionContent,
    Call,
    ConnectorCall,
    Message,
    Record,
    Withdrawal,
    content_from_dict,
)

EXAMPLES: list[tuple[str, type[ActionContent], dict[str, Any]]] = [
    ("email", Message, {"template": "welcome", "purpose": "service", "channel": "best"}),
    ("sms", Message, {"template": "t", "purpose": "marketing", "offer": {"id": "o"}, "tag": "x"}),
    ("call", Call, {"queue": "q", "template": "t", "purpose": "service", "reason": "r"}),
    ("call", Withdrawal, {"withdraws": "a-1", "task": "t-1", "queue": "q"}),
    ("connector", ConnectorCall, {"connector": "webhook", "fields": {}, "expires": "2h"}),
    ("warehouse", Record, {"dataset": "sales"}),
]
texts = st.text(min_size=1, max_size=5)
MEMBERS: Mapping[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("template", "purpose", "queue", "reason", "dataset", "connector"), texts),
    **dict.fromkeys(("operation", "channel", "expires", "unknown", "words"), texts),
    "fields": st.dictionaries(texts, texts, max_size=2),
    "offer": st.dictionaries(texts, texts, max_size=2),
}


@pytest.mark.parametrize(("channel", "kind", "data"), EXAMPLES)
def test_the_channel_says_what_kind_of_content_it_is(
    channel: str, kind: type[ActionContent], data: dict[str, Any]
) -> None:
    content = content_from_dict(channel, data)
    assert type(content) is kind
    assert content.to_dict() == data


@given(
    st.sampled_from([example[0] for example in EXAMPLES]),
    st.fixed_dictionaries({}, optional=MEMBERS),
)
def test_what_was_read_is_written_again_with_unknown_members(
    channel: str, data: dict[str, Any]
) -> None:
    assert content_from_dict(channel, data).to_dict() == data


def test_an_action_without_content_has_an_empty_object() -> None:
    assert [content_from_dict(c, {}).to_dict() for c in ("email", "call", "warehouse")] == [{}] * 3


@pytest.mark.parametrize("data", ["welcome", ["welcome"], 5, None])
def test_what_is_no_object_is_no_content(data: Any) -> None:
    with pytest.raises(TypeError):
        content_from_dict("email", data)


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (Message(template="t", purpose="service", words={"tag": "x"}), ["template", "purpose"]),
        (Call(queue="q", template="t", purpose="service"), ["template", "queue", "purpose"]),
        (ConnectorCall(connector="webhook", fields={"a": 1}), ["connector"]),
        (Record(dataset="sales"), ["dataset"]),
        (Withdrawal(withdraws="a-1", task="t-1", queue="q"), ["queue", "withdraws"]),
    ],
)
def test_an_outcome_repeats_what_the_action_was_about(
    content: ActionContent, reported: list[str]
) -> None:
    assert list(content.list_reported()) == reported


def test_an_open_call_is_kept_without_its_script() -> None:
    call = Call(queue="q", template="t", purpose="service", reason="r", words={"value": 5})
    assert call.without_script().to_dict() == {"queue": "q", "template": "t", "purpose": "service"}
