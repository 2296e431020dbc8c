"""Text messages and push on the deployed stack: what a row asks for reaches the provider, once."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

from hub.kernel.times import to_iso
from tests.e2e.test_cloud_events import post as post_event
from tools.day.hub_driver import HubDriver
from tools.segue.dead_letters import count_messages
from tools.segue.entrances import WebhookOptions, post_webhook
from tools.segue.explanation import PENDING, explain_customer
from tools.segue.local_home import UserError

LEDGERS = ("status", "reason", "reference")
GREETING: dict[str, Any] = {
    "template_id": "greeting",
    "purpose": "marketing",
    "sms": {"en": {"text": "“Hello” {{ customer.person.first_name }}, 5€ off today"}},
    "push": {"en": {"title": "Hello", "text": "{{ customer.person.first_name }}, 5€ off today"}},
}
RULE: dict[str, Any] = {
    "rule_id": "greet-readers",
    "strategy": "greeting",
    "event": "customer.signed_up",
    "when": "customer.person.last_name == 'Reader'",
    "then": [{"do": "send", "channels": ["sms", "push"], "template": "greeting"}],
    "status": "live",
}


@pytest.fixture(scope="module")
def readers(driver: HubDriver) -> Iterator[HubDriver]:
    """Whoever signs up under the name of Reader is greeted where they agreed to be."""
    templates, rules = driver.hub.table("Templates"), driver.hub.table("Rules")
    templates.put_item(Item=GREETING)
    driver.wait_for("the template is published", lambda: _live(templates, template_id="greeting"))
    rules.put_item(Item=RULE)
    note = driver.wait_for("the rule is published", lambda: _live(rules, rule_id=RULE["rule_id"]))
    driver.wait_for("it decides", lambda: driver.is_deciding(int(note["catalogue"])), seconds=30)
    yield driver
    rules.delete_item(Key={"rule_id": RULE["rule_id"]})


@pytest.fixture
def phone() -> str:
    """A number that nobody else has in this run."""
    return f"+4477{uuid4().int % 10**8:08}"


def test_a_customer_with_consent_gets_exactly_one_text_however_often_it_is_delivered(
    readers: HubDriver, phone: str
) -> None:
    body = _sign_up(readers, phone, texts=True)
    action = readers.wait_for("the text is delivered", partial(_acted, readers, body["email"]))
    [text] = _texts(readers, phone)
    assert text["MessageId"] == action["reference"]
    assert text["Message"] == "“Hello” Rita, 5€ off today"
    assert text["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"] == "Promotional"
    _deliver_again(readers, action)
    assert _texts(readers, phone) == [text]
    line = readers.hub.table("Ledger").get_item(Key={"action_id": action["id"]})["Item"]
    assert json.loads(str(line["told"])) == {"segments": 1, "encoding": "UCS-2"}


def test_a_customer_without_consent_gets_nothing(readers: HubDriver, phone: str) -> None:
    body = _sign_up(readers, phone, texts=False)
    readers.wait_for("it is decided", lambda: _decided(readers, body["email"]))
    [decision] = _decided(readers, body["email"])
    assert decision["actions"] == []
    assert "no consent to marketing messages by sms" in json.dumps(decision["receipt"])
    assert _texts(readers, phone) == []


def test_the_stop_of_a_telephone_silences_it_for_whoever_gives_it_later(
    readers: HubDriver,
) -> None:
    phone = f"+44771{uuid4().int % 10**7:07}"
    first = _sign_up(readers, phone, texts=True)
    readers.wait_for("the text is delivered", partial(_acted, readers, first["email"]))
    _reply(readers, phone, "STOP")
    refused = readers.wait_for("the number refuses", partial(_refused, readers, first["email"]))
    assert (refused["channel"], refused["address"]) == ("sms", phone)
    assert refused["purpose"] == "marketing"
    second = _sign_up(readers, phone, texts=True)
    readers.wait_for("it is decided", lambda: _decided(readers, second["email"]))
    [decision] = _decided(readers, second["email"])
    assert decision["actions"] == []
    assert "the address refused marketing on sms at" in json.dumps(decision["receipt"])
    assert len(_texts(readers, phone)) == 1


def test_a_customer_with_consent_gets_the_push_in_their_app(readers: HubDriver) -> None:
    """The emulator keeps no pushes: that it took this one is what can be seen."""
    user = uuid4().hex[:12]
    email = f"{user}@example.com"
    event = CloudEvent(
        {
            "id": f"r-{user}",
            "type": "com.example.user.registered",
            "source": "https://app.example.com/accounts",
            "datacontenttype": "application/json",
        },
        {
            "user": user,
            "email": email,
            "first_name": "Rita",
            "last_name": "Reader",
            "push": _an_endpoint(readers, user),
            "consents": {"offers": True},
        },
    )
    assert post_event(readers, to_structured_event(event))[0] == 202
    readers.accepted["app"] += 1
    action = readers.wait_for("the push is delivered", partial(_acted, readers, email))
    assert (action["channel"], action["status"]) == ("push", "delivered")
    assert action["reference"]


def _sign_up(driver: HubDriver, phone: str, *, texts: bool) -> dict[str, Any]:
    """Without consent to e-mail, so that nothing but a text comes into question."""
    name = uuid4().hex[:12]
    data = {
        "id": name,
        "email": f"{name}@example.com",
        "phone": phone,
        "first_name": "Rita",
        "last_name": "Reader",
        "consents": {"texts": texts},
    }
    event = {"type": "customer.created", "created_at": to_iso(datetime.now(UTC)), "data": data}
    for _ in range(2):
        assert post_webhook(
            driver.hub, "shop", json.dumps(event).encode(), WebhookOptions(name)
        ).is_accepted
    driver.accepted["shop"] += 1
    return data


def _reply(driver: HubDriver, phone: str, text: str) -> None:
    """Somebody answers from that number, whoever it belongs to."""
    name = str(uuid4())
    reply = {"originationNumber": phone, "messageBody": text, "inboundMessageId": name}
    body = json.dumps(reply).encode()
    assert post_webhook(driver.hub, "sms_replies", body, WebhookOptions(name)).is_accepted
    driver.accepted["sms_replies"] += 1


def _refused(driver: HubDriver, email: str) -> Mapping[str, str] | None:
    return next(iter(explain_customer(driver.hub, email, last=1).refused_addresses), None)


def _decided(driver: HubDriver, email: str) -> list[dict[str, Any]]:
    """The decisions on their signing up; what came of an action is one more event."""
    try:
        found = explain_customer(driver.hub, email, last=50).decisions
    except UserError:
        return []
    return [decision for decision in found if decision["event_type"] == "customer.signed_up"]


def _acted(driver: HubDriver, email: str) -> dict[str, Any] | None:
    """The one action there is, once it has an end."""
    ended = [a for d in _decided(driver, email) for a in d["actions"] if a["status"] != PENDING]
    return next((a for a in ended if a["status"] not in {"attempted", "postponed"}), None)


def _deliver_again(driver: HubDriver, action: Mapping[str, Any]) -> None:
    """As the channel's queue may, at any time."""
    url = driver.hub.output("SmsQueueUrl")
    body = {name: value for name, value in action.items() if name not in LEDGERS}
    driver.hub.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    driver.wait_for("the repeat is taken in", lambda: not count_messages(driver.hub, url))
    assert count_messages(driver.hub, driver.hub.output("SmsDeadLettersUrl")) == 0


def _texts(driver: HubDriver, phone: str) -> list[dict[str, Any]]:
    """The text messages that the emulator's SNS took for that number."""
    address = f"{driver.hub.endpoint}/_ministack/sns/sms-messages"
    answer = urllib3.request("GET", address, fields={"phoneNumber": phone})
    found: list[dict[str, Any]] = answer.json()["sms_messages"][phone]
    return found


def _an_endpoint(driver: HubDriver, token: str) -> str:
    sns = driver.hub.session.client("sns", endpoint_url=driver.hub.endpoint)
    app = sns.create_platform_application(Name="shop", Platform="GCM", Attributes={})
    made = sns.create_platform_endpoint(
        PlatformApplicationArn=app["PlatformApplicationArn"], Token=token
    )
    return made["EndpointArn"]


def _live(table: Any, **key: Any) -> dict[str, Any]:
    """The note of the publisher on the row; empty until there is one."""
    note: dict[str, Any] = table.get_item(Key=key).get("Item", {}).get("published", {})
    assert not note.get("problems"), note
    return note
