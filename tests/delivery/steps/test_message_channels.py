"""What goes out as a text message or a push, and what the outcome tells of it."""

from typing import Any

import pytest

from hub.catalogue.domain.template import template_from_row
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.ports import DeliveryResult
from hub.delivery.steps.message_channels import MessageContent, PushChannel, SmsChannel
from hub.kernel.errors import Rejected
from hub.model.decision import Action
from tests import fakes
from tests.factories import a_customer
from tests.records import an_action

ANN = "+442071838750"
RENDERER = LiquidRenderer()
HELLO = "Hello {{ customer.person.first_name }}"


def saying(channel: str, **parts: str) -> MessageContent:
    """The content of the one template there is."""
    row: dict[str, Any] = {
        "template_id": "welcome",
        "purpose": "service",
        channel: {"en": parts},
    }
    return MessageContent(lambda _: {"welcome": template_from_row(row)}, LiquidRenderer())


def an_action_by(channel: str, address: str) -> Action:
    what = {"template": "welcome", "purpose": "service"}
    return an_action(channel=channel, address=address, what=what)


def texted(text: str) -> tuple[DeliveryResult, fakes.TextMessages]:
    provider = fakes.TextMessages()
    channel = SmsChannel(saying("sms", text=text), provider)
    return channel.deliver(an_action_by("sms", ANN), a_customer()), provider


def test_a_text_goes_to_the_chosen_number_for_its_purpose() -> None:
    sent, provider = texted(f"\n{HELLO}\n")
    assert provider.sent == [(ANN, "Hello Ann", "service")]
    assert sent == DeliveryResult("text-1", {"segments": 1, "encoding": "GSM-7"})


def test_the_outcome_tells_what_a_text_costs() -> None:
    sent, _ = texted("“" + "Hello " * 20)
    assert sent.details == {"segments": 2, "encoding": "UCS-2"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{% if false %}Hello{% endif %} ", "the text is empty"),
        ("{% for i in (1..400) %}Hello {% endfor %}", "16 segments in GSM-7: 10 at most"),
    ],
)
def test_what_is_no_text_message_is_rejected_and_nothing_is_sent(text: str, reason: str) -> None:
    provider = fakes.TextMessages()
    channel = SmsChannel(saying("sms", text=text), provider)
    with pytest.raises(Rejected, match=reason):
        channel.deliver(an_action_by("sms", ANN), a_customer())
    assert provider.sent == []


def test_a_push_goes_to_one_app_which_is_told_what_it_answers_to() -> None:
    provider = fakes.PushMessages()
    channel = PushChannel(saying("push", title=HELLO, text="Your beans are here"), provider)
    action = an_action_by("push", "endpoint/ann")
    assert channel.deliver(action, a_customer()) == DeliveryResult("push-1")
    parts = {"title": "Hello Ann", "text": "Your beans are here"}
    about = {"action_id": action.id, "decision_id": action.decision_id}
    assert provider.sent == [("endpoint/ann", parts, about)]
