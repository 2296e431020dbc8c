"""What the webhook entrance refuses, what it says to it, and that nothing is kept of it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue import local_secrets
from tools.segue.balance import compute_balance
from tools.segue.entrances import EntranceResponse, WebhookOptions, name_event, post_webhook
from tools.segue.explanation import explain_customer
from tools.segue.local_home import UserError
from tools.segue.sources import FOLDER

UNAUTHORIZED = {"error": "unauthorized"}


def test_an_unauthorized_sender_learns_nothing_else(driver: HubDriver) -> None:
    body, now = driver.read_payload("cart-ann"), datetime.now(UTC)
    refusals = [
        post_webhook(driver.hub, "shop", body, WebhookOptions(bad_signature=True)),
        post_webhook(
            driver.hub, "shop", body, WebhookOptions(timestamp=now - timedelta(minutes=6))
        ),
        post_webhook(
            driver.hub, "shop", body, WebhookOptions(timestamp=now + timedelta(minutes=6))
        ),
        post_webhook(driver.hub, "nobody", body, WebhookOptions(bad_signature=True)),
        post_webhook(driver.hub, "till", body, WebhookOptions(bad_signature=True)),
        _unsigned(driver, body),
    ]
    assert [(r.status, r.body) for r in refusals] == [(401, UNAUTHORIZED)] * len(refusals)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b'{"type": "cart.left",', 400, "is not JSON"),
        (b"[" * 40 + b"]" * 40, 400, "nested more than 32 deep"),
        (b'"' + b"x" * 1024 * 1024 + b'"', 413, "more than 1048576 bytes"),
    ],
    ids=["cut", "deep", "big"],
)
def test_the_answer_gives_the_reason_that_the_sender_can_fix(
    driver: HubDriver, body: bytes, status: int, reason: str
) -> None:
    answer = post_webhook(driver.hub, "shop", body, WebhookOptions())
    assert answer.status == status
    assert reason in answer.body["error"]


def test_nothing_that_was_refused_left_a_trace(driver: HubDriver) -> None:
    before = compute_balance(driver.hub)
    post_webhook(driver.hub, "shop", b"{", WebhookOptions())
    post_webhook(
        driver.hub, "shop", driver.read_payload("order-ann"), WebhookOptions(bad_signature=True)
    )
    accepted = driver.post("crm", "tier-bernd", ".after-refusals")
    driver.wait_for("the next good one is decided", lambda: driver.find_decision("bernd", accepted))
    after = compute_balance(driver.hub)
    assert sum(after.decided.values()) - sum(before.decided.values()) == 1
    assert (after.parked, after.dead) == (before.parked, before.dead)


def test_a_body_too_large_for_the_bus_arrives_all_the_same(driver: HubDriver) -> None:
    complaint = json.loads(driver.read_payload("complaint-bernd")) | {"attachment": "x" * 300_000}
    answer = post_webhook(
        driver.hub, "care", json.dumps(complaint).encode(), WebhookOptions("large")
    )
    assert answer.is_accepted
    driver.accepted["care"] += 1
    driver.wait_for(
        "it is decided", lambda: driver.find_decision("bernd", name_event("care", "large"))
    )


def test_a_webhook_delivered_three_times_is_decided_once(driver: HubDriver) -> None:
    events = {driver.post("care", "complaint-bernd", ".thrice") for _ in range(3)}
    driver.accepted["care"] -= 2
    (event_id,) = events
    sent = driver.wait_for(
        "it is answered", lambda: driver.find_delivered_action("bernd", event_id)
    )
    last = driver.post("crm", "tier-bernd", ".after-thrice")
    driver.wait_for("what came later is decided", lambda: driver.find_decision("bernd", last))
    answers = urllib3.request("GET", f"{driver.hub.endpoint}/_ministack/ses/messages")
    assert answers.data.decode().count(sent["reference"]) == 1
    decided = [d for d in driver.read_decisions("bernd") if d["event_id"] == event_id]
    assert len(decided) == 1


def test_a_payment_signed_by_stripe_is_decided(driver: HubDriver) -> None:
    payment = _sample("stripe", "payment_intent.succeeded") | {"id": f"evt_{driver.run_id}"}
    payment["data"]["object"] |= {
        "receipt_email": driver.get_email("grace"),
        "customer": f"cus_{driver.run_id}",
    }
    body = json.dumps(payment).encode()
    late = datetime.now(UTC) - timedelta(minutes=6)
    for refused in (WebhookOptions(bad_signature=True), WebhookOptions(timestamp=late)):
        assert post_webhook(driver.hub, "stripe", body, refused).status == 401
    answers = [post_webhook(driver.hub, "stripe", body, WebhookOptions()) for _ in range(2)]
    assert [(a.status, a.body) for a in answers] == [(200, {"accepted": payment["id"]})] * 2
    driver.accepted["stripe"] += 1
    name = name_event("stripe", payment["id"])
    decision = driver.wait_for("it is decided", lambda: driver.find_decision("grace", name))
    assert decision["event_type"] == "payment.received"


def test_every_event_of_a_batch_that_sendgrid_signed_is_decided(driver: HubDriver) -> None:
    events = [_sample("sendgrid", name) for name in ("open", "click", "refused")]
    for event in events:
        event |= {
            "email": driver.get_email("helen"),
            "sg_event_id": f"{event['event']}-{driver.run_id}",
        }
    body = json.dumps(events).encode()
    assert (
        post_webhook(driver.hub, "sendgrid", body, WebhookOptions(bad_signature=True)).body
        == UNAUTHORIZED
    )
    answer = post_webhook(driver.hub, "sendgrid", body, WebhookOptions())
    ids = [event["sg_event_id"] for event in events]
    assert (answer.status, answer.body) == (200, {"accepted": ids})
    driver.accepted["sendgrid"] += len(ids)
    for name in ids:
        driver.wait_for(
            f"{name} is decided",
            partial(driver.find_decision, "helen", name_event("sendgrid", name)),
        )
    customer = explain_customer(driver.hub, driver.get_email("helen"), last=1).blocks
    assert customer["consent"]["email"]["marketing"] is False


def test_a_text_message_from_twilio_is_a_form_and_its_answer_is_twiml(driver: HubDriver) -> None:
    sid = f"SM{uuid.uuid4().hex}"
    message = _sample("twilio", "incoming.stop") | {"MessageSid": sid, "From": "+442079460177"}
    body = json.dumps(message).encode()
    assert (
        post_webhook(driver.hub, "twilio", body, WebhookOptions(bad_signature=True)).body
        == UNAUTHORIZED
    )
    answer = post_webhook(driver.hub, "twilio", body, WebhookOptions())
    assert answer.status == 200
    assert answer.body.endswith("<Response/>")
    driver.accepted["twilio"] += 1
    name = name_event("twilio", f"{sid}:{message['SmsStatus']}")
    driver.wait_for("it is decided", lambda: _is_decided(driver, "+442079460177", name))


def test_a_vendors_challenge_is_answered_and_its_events_are_accepted(driver: HubDriver) -> None:
    word = local_secrets.read_secret(driver.hub, "SourceSecretsArn")["facebook.challenge"][0]
    asks = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": word}
    answers = [
        _asked(driver, "facebook", asks),
        _asked(driver, "facebook", {**asks, "hub.verify_token": "guessed"}),
        _asked(driver, "surveymonkey", {}, "HEAD"),
    ]
    assert [(a.status, a.data) for a in answers[::2]] == [(200, b"77"), (200, b"")]
    assert (answers[1].status, answers[1].json()) == (401, UNAUTHORIZED)
    lead, message = _sample("facebook", "leadgen"), _sample("facebook", "message")
    lead["value"]["leadgen_id"], message["message"]["mid"] = (
        f"lead-{driver.run_id}",
        f"m-{driver.run_id}",
    )
    page = {"object": "page", "entry": [{"changes": [lead], "messaging": [message]}]}
    heard = post_webhook(driver.hub, "facebook", json.dumps(page).encode(), WebhookOptions())
    assert (heard.status, heard.body) == (
        200,
        {"accepted": [f"lead-{driver.run_id}", f"m-{driver.run_id}"]},
    )
    contact = (FOLDER / "siebel" / "samples" / "contact.xml").read_bytes()
    assert post_webhook(driver.hub, "siebel", contact, WebhookOptions()).status == 200
    driver.accepted += {"facebook": 2, "siebel": 1, "surveymonkey": 1}
    survey = _sample("surveymonkey", "response") | {"id": f"r-{driver.run_id}"}
    survey |= {"email_address": driver.get_email("helen"), "custom_variables": {}}
    answered = post_webhook(
        driver.hub, "surveymonkey", json.dumps(survey).encode(), WebhookOptions()
    )
    assert answered.status == 200
    name = name_event("surveymonkey", answered.body["accepted"])
    driver.wait_for("the survey is decided", lambda: driver.find_decision("helen", name))
    attitudes = explain_customer(driver.hub, driver.get_email("helen"), last=1).blocks["attitudes"]
    assert attitudes["how_likely_are_you_to_recommend_us"] == 9


def _asked(
    driver: HubDriver, source: str, query: dict[str, str], method: str = "GET"
) -> urllib3.BaseHTTPResponse:
    address = f"{driver.hub.api}/webhooks/{source}?{urlencode(query)}"
    return urllib3.request(method, address, retries=False)


def _is_decided(driver: HubDriver, who: str, prefix: str) -> bool:
    try:
        found = explain_customer(driver.hub, who, last=50).decisions
    except UserError:
        return False
    return any(decision["event_id"].startswith(prefix) for decision in found)


def _sample(source: str, name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((FOLDER / source / "samples" / f"{name}.json").read_text())
    return payload


def _unsigned(driver: HubDriver, body: bytes) -> EntranceResponse:
    answer = urllib3.request("POST", f"{driver.hub.api}/webhooks/shop", body=body)
    return EntranceResponse(answer.status, answer.json())


def test_each_record_of_an_outbound_message_is_decided_and_salesforce_hears_its_ack(
    driver: HubDriver,
) -> None:
    message = (FOLDER / "salesforce" / "samples" / "message.xml").read_text()
    for name in ("rose", "joe"):
        message = message.replace(f"{name}@example.com", driver.get_email(name))
    message = message.replace("<Id>04l", f"<Id>{driver.run_id}")
    answer = post_webhook(driver.hub, "salesforce", message.encode(), WebhookOptions())
    assert (answer.status, "<Ack>true</Ack>" in answer.body) == (200, True)
    driver.accepted["salesforce"] += 2
    for name, record in (("rose", "0800002nrC5BAAU"), ("joe", "0800002nrC5CAAU")):
        told = name_event("salesforce", f"{driver.run_id}{record}")
        driver.wait_for(f"{name} is known", partial(driver.find_decision, name, told))


def test_the_end_of_a_call_in_connect_arrives_on_the_accounts_own_bus(
    driver: HubDriver, segue: Segue
) -> None:
    event = _sample("connect", "contact")
    event["detail"] |= {
        "contactId": f"c-{driver.run_id}",
        "initialContactId": f"c-{driver.run_id}",
        "tags": {"email": driver.get_email("connie")},
    }
    assert segue("send", "connect", "-", stdin=json.dumps(event)).code == 0
    driver.accepted["connect"] += 1
    told = name_event("connect", f"c-{driver.run_id}:DISCONNECTED")
    driver.wait_for("it is decided", lambda: driver.find_decision("connie", told))
    assert (
        explain_customer(driver.hub, driver.get_email("connie"), last=1).blocks["service"]["calls"]
        == 1
    )


def test_a_change_on_a_partners_bus_is_decided_once(driver: HubDriver, segue: Segue) -> None:
    event = _sample("salesforce_events", "changed")
    payload = event["detail"]["payload"]
    payload |= {"Email": driver.get_email("rose"), "MobilePhone": None}
    header = payload["ChangeEventHeader"]
    header |= {"transactionKey": driver.run_id, "recordIds": [f"003-{driver.run_id}"]}
    for number in (1, 1, 2):
        header["sequenceNumber"] = number
        assert segue("send", "salesforce_events", "-", stdin=json.dumps(event)).code == 0
    driver.accepted["salesforce_events"] += 2
    first, last = (name_event("salesforce_events", f"{driver.run_id}-{n}") for n in (1, 2))
    driver.wait_for("the last change is decided", lambda: driver.find_decision("rose", last))
    told = [decision["event_id"] for decision in driver.read_decisions("rose")]
    decided = [event_id for event_id in told if event_id.startswith("salesforce_events:")]
    assert sorted(decided) == sorted((first, last))
    blocks = explain_customer(driver.hub, driver.get_email("rose"), last=1).blocks
    assert blocks["person"]["last_name"] == "Gonzalez"
