"""What somebody says by the link in a message holds at once; what is no link says nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hub.catalogue.domain.template import template_from_row
from hub.contact_policy.domain.preference_centre import PreferenceLink
from hub.contact_policy.domain.sealed_links import seal_link
from hub.contact_policy.steps.change_preferences import ChangePreferences
from hub.delivery.steps.message_channels import EmailChannel, MessageContent
from hub.kernel.errors import NotFound, Rejected, Unavailable
from hub.messaging.ports import Refusals
from hub.model.customer import Customer
from hub.profile.domain.erasure import ERASED, erase_customer
from tests import fakes
from tests.delivery.steps.test_message_channels import RENDERER
from tests.factories import NOON, a_customer, an_event
from tests.in_memory import INVITATIONS
from tests.records import an_action, an_episode

KEY = "a-key-of-links"
TOKEN = seal_link(PreferenceLink("c-1", "email", "a-1"), KEY)
CLICK = b"List-Unsubscribe=One-Click"


def a_desk(bus: fakes.Bus | None = None, customer: Customer | None = None) -> ChangePreferences:
    customers = fakes.Customers()
    customers.write(customer or a_customer(), an_episode())
    return ChangePreferences(customers, bus or fakes.Bus(), lambda: [KEY], lambda: NOON)


def test_looking_changes_nothing() -> None:
    bus = fakes.Bus()
    assert 'value="email.marketing" checked' in a_desk(bus).show_page(TOKEN)
    assert bus.published == []


def test_one_click_is_told_at_once_and_seen_on_the_page() -> None:
    bus = fakes.Bus()
    shown = a_desk(bus).apply_choices(TOKEN, CLICK)
    ((kind, event),) = bus.published
    assert (kind, event["type"], event["customer_id"]) == (
        "segue.outcome",
        "email.unsubscribed",
        "c-1",
    )
    assert event["traits"] == {"consent": {"email": {"marketing": False}}}
    assert 'value="email.marketing">' in shown
    assert 'role="status"' in shown


@pytest.mark.parametrize(
    "token", ["", TOKEN[:-1], TOKEN + "x", seal_link(PreferenceLink("c-9", "email", "a-1"), KEY)]
)
def test_any_other_link_is_the_same_nothing(token: str) -> None:
    bus = fakes.Bus()
    with pytest.raises(NotFound):
        a_desk(bus).show_page(token)
    with pytest.raises(NotFound):
        a_desk(bus).apply_choices(token, CLICK)
    assert bus.published == []


def test_who_is_forgotten_is_known_by_no_link() -> None:
    forgotten = erase_customer(a_customer(), an_event(ERASED))
    bus = fakes.Bus()
    with pytest.raises(NotFound):
        a_desk(bus, forgotten).show_page(TOKEN)
    with pytest.raises(NotFound):
        a_desk(bus, forgotten).apply_choices(TOKEN, CLICK)
    assert bus.published == []


def test_a_body_that_says_nothing_is_no_withdrawal() -> None:
    bus = fakes.Bus()
    with pytest.raises(Rejected):
        a_desk(bus).apply_choices(TOKEN, b"")
    assert bus.published == []


class FullBus(fakes.Bus):
    def publish(self, source: str, details: Sequence[Mapping[str, Any]]) -> Refusals:
        return {index: f"no room for {source}" for index, _ in enumerate(details)}


def test_what_the_bus_does_not_take_is_not_confirmed() -> None:
    with pytest.raises(Unavailable):
        a_desk(FullBus()).apply_choices(TOKEN, CLICK)


BODY = {
    "subject": "Hello",
    "text": "See https://shop.example.com/new or leave: {{ preferences.url }}",
    "html": '<a href="https://shop.example.com/new">new</a><a href="{{ preferences.url }}">-</a>',
}


@pytest.mark.parametrize(
    ("purpose", "left_by_one_click"), [("marketing", True), ("service", False)]
)
def test_marketing_can_be_left_with_one_click_and_its_links_come_back(
    purpose: str, left_by_one_click: bool
) -> None:
    row = {"template_id": "welcome", "purpose": purpose, "email": {"en": BODY}}
    content = MessageContent(lambda _: {"welcome": template_from_row(row)}, RENDERER)
    mail = fakes.Mail()
    what = {"template": "welcome", "purpose": purpose}
    action = an_action(address="ann@example.com", what=what)
    EmailChannel(content, mail, INVITATIONS).deliver(action, a_customer())
    ((_, parts, _),) = mail.sent
    url = INVITATIONS.build_links(action)["url"]
    assert parts["text"] == (
        f"See https://shop.example.com/new?segue_ref={action.id} or leave: {url}"
    )
    assert f'href="https://shop.example.com/new?segue_ref={action.id}"' in parts["html"]
    assert f'href="{url}"' in parts["html"]
    assert mail.headers[0].get("List-Unsubscribe", "") == (f"<{url}>" if left_by_one_click else "")
