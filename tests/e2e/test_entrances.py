"""What the webhook entrance refuses, what it says to it, and that nothing is kept of it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from tests.e2e.conftest import Segue
from tools.day.day_run import Stage
from tools.segue import local_secrets
from tools.segue.balance import balance
from tools.segue.entrances import Answer, Posting, post
from tools.segue.explanation import explain
from tools.segue.local_home import ToldError
from tools.segue.sources import FOLDER

UNAUTHORIZED = {"error": "unauthorized"}


def test_a_stranger_is_told_nothing_but_that_he_is_one(stage: Stage) -> None:
    body, now = stage.payload("cart-ann"), datetime.now(UTC)
    refusals = [
        post(stage.hub, "shop", body, Posting(bad_signature=True)),
        post(stage.hub, "shop", body, Posting(timestamp=now - timedelta(minutes=6))),
        post(stage.hub, "shop", body, Posting(timestamp=now + timedelta(minutes=6))),
        post(stage.hub, "nobody", body, Posting(bad_signature=True)),
        post(stage.hub, "till", body, Posting(bad_signature=True)),
        _unsigned(stage, body),
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
def test_what_the_sender_can_mend_is_answered_with_the_reason(
    stage: Stage, body: bytes, status: int, reason: str
) -> None:
    answer = post(stage.hub, "shop", body, Posting())
    assert answer.status == status
    assert reason in answer.body["error"]


def test_nothing_that_was_refused_left_a_trace(stage: Stage) -> None:
    before = balance(stage.hub)
    post(stage.hub, "shop", b"{", Posting())
    post(stage.hub, "shop", stage.payload("order-ann"), Posting(bad_signature=True))
    accepted = stage.post("crm", "tier-bernd", ".after-refusals")
    stage.until("the next good one is decided", lambda: stage.decision("bernd", accepted))
    after = balance(stage.hub)
    assert sum(after.decided.values()) - sum(before.decided.values()) == 1
    assert (after.parked, after.dead) == (before.parked, before.dead)


def test_a_body_too_large_for_the_bus_arrives_all_the_same(stage: Stage) -> None:
    complaint = json.loads(stage.payload("complaint-bernd")) | {"attachment": "x" * 300_000}
    answer = post(stage.hub, "care", json.dumps(complaint).encode(), Posting("large"))
    assert answer.accepted
    stage.accepted["care"] += 1
    stage.until("it is decided", lambda: stage.decision("bernd", "care:large"))


def test_a_webhook_delivered_three_times_is_decided_once(stage: Stage) -> None:
    events = {stage.post("care", "complaint-bernd", ".thrice") for _ in range(3)}
    stage.accepted["care"] -= 2
    (event_id,) = events
    sent = stage.until("it is answered", lambda: stage.delivered("bernd", event_id))
    last = stage.post("crm", "tier-bernd", ".after-thrice")
    stage.until("what came later is decided", lambda: stage.decision("bernd", last))
    answers = urllib3.request("GET", f"{stage.hub.endpoint}/_ministack/ses/messages")
    assert answers.data.decode().count(sent["reference"]) == 1
    decided = [d for d in stage.decisions("bernd") if d["event_id"] == event_id]
    assert len(decided) == 1


def test_a_payment_signed_by_stripe_is_decided(stage: Stage) -> None:
    payment = _sample("stripe", "payment_intent.succeeded") | {"id": f"evt_{stage.run}"}
    payment["data"]["object"] |= {
        "receipt_email": stage.email_of("grace"),
        "customer": f"cus_{stage.run}",
    }
    body = json.dumps(payment).encode()
    late = datetime.now(UTC) - timedelta(minutes=6)
    for refused in (Posting(bad_signature=True), Posting(timestamp=late)):
        assert post(stage.hub, "stripe", body, refused).status == 401
    answers = [post(stage.hub, "stripe", body, Posting()) for _ in range(2)]
    assert [(a.status, a.body) for a in answers] == [(200, {"accepted": payment["id"]})] * 2
    stage.accepted["stripe"] += 1
    name = f"stripe:{payment['id']}"
    decision = stage.until("it is decided", lambda: stage.decision("grace", name))
    assert decision["event_type"] == "payment.received"


def test_every_event_of_a_batch_that_sendgrid_signed_is_decided(stage: Stage) -> None:
    events = [_sample("sendgrid", name) for name in ("open", "click", "refused")]
    for event in events:
        event |= {"email": stage.email_of("helen"), "sg_event_id": f"{event['event']}-{stage.run}"}
    body = json.dumps(events).encode()
    assert post(stage.hub, "sendgrid", body, Posting(bad_signature=True)).body == UNAUTHORIZED
    answer = post(stage.hub, "sendgrid", body, Posting())
    ids = [event["sg_event_id"] for event in events]
    assert (answer.status, answer.body) == (200, {"accepted": ids})
    stage.accepted["sendgrid"] += len(ids)
    for name in ids:
        stage.until(f"{name} is decided", lambda n=name: stage.decision("helen", f"sendgrid:{n}"))  # type: ignore[misc]  # mypy takes no default of a lambda
    customer = explain(stage.hub, stage.email_of("helen"), last=1).blocks
    assert customer["consent"]["email"]["marketing"] is False


def test_a_text_message_from_twilio_is_a_form_and_its_answer_is_twiml(stage: Stage) -> None:
    sid = f"SM{uuid.uuid4().hex}"
    message = _sample("twilio", "incoming.stop") | {"MessageSid": sid, "From": "+442079460177"}
    body = json.dumps(message).encode()
    assert post(stage.hub, "twilio", body, Posting(bad_signature=True)).body == UNAUTHORIZED
    answer = post(stage.hub, "twilio", body, Posting())
    assert answer.status == 200
    assert answer.body.endswith("<Response/>")
    stage.accepted["twilio"] += 1
    stage.until("it is decided", lambda: _is_decided(stage, "+442079460177", f"twilio:{sid}"))


def test_vendors_who_ask_first_are_answered_and_then_heard(stage: Stage) -> None:
    word = local_secrets.read(stage.hub, "SourceSecretsArn")["facebook.challenge"][0]
    asks = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": word}
    answers = [
        _asked(stage, "facebook", asks),
        _asked(stage, "facebook", {**asks, "hub.verify_token": "guessed"}),
        _asked(stage, "surveymonkey", {}, "HEAD"),
    ]
    assert [(a.status, a.data) for a in answers[::2]] == [(200, b"77"), (200, b"")]
    assert (answers[1].status, answers[1].json()) == (401, UNAUTHORIZED)
    lead, message = _sample("facebook", "leadgen"), _sample("facebook", "message")
    lead["value"]["leadgen_id"], message["message"]["mid"] = f"lead-{stage.run}", f"m-{stage.run}"
    page = {"object": "page", "entry": [{"changes": [lead], "messaging": [message]}]}
    heard = post(stage.hub, "facebook", json.dumps(page).encode(), Posting())
    assert (heard.status, heard.body) == (
        200,
        {"accepted": [f"lead-{stage.run}", f"m-{stage.run}"]},
    )
    contact = (FOLDER / "siebel" / "samples" / "contact.xml").read_bytes()
    assert post(stage.hub, "siebel", contact, Posting()).status == 200
    stage.accepted += {"facebook": 2, "siebel": 1, "surveymonkey": 1}
    survey = _sample("surveymonkey", "response") | {"id": f"r-{stage.run}"}
    survey |= {"email_address": stage.email_of("helen"), "custom_variables": {}}
    answered = post(stage.hub, "surveymonkey", json.dumps(survey).encode(), Posting())
    assert answered.status == 200
    name = f"surveymonkey:{answered.body['accepted']}"
    stage.until("the survey is decided", lambda: stage.decision("helen", name))
    attitudes = explain(stage.hub, stage.email_of("helen"), last=1).blocks["attitudes"]
    assert attitudes["how_likely_are_you_to_recommend_us"] == 9


def _asked(
    stage: Stage, source: str, query: dict[str, str], method: str = "GET"
) -> urllib3.BaseHTTPResponse:
    address = f"{stage.hub.api}/webhooks/{source}?{urlencode(query)}"
    return urllib3.request(method, address, retries=False)


def _is_decided(stage: Stage, who: str, prefix: str) -> bool:
    try:
        found = explain(stage.hub, who, last=50).decisions
    except ToldError:
        return False
    return any(decision["event_id"].startswith(prefix) for decision in found)


def _sample(source: str, name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((FOLDER / source / "samples" / f"{name}.json").read_text())
    return payload


def _unsigned(stage: Stage, body: bytes) -> Answer:
    answer = urllib3.request("POST", f"{stage.hub.api}/webhooks/shop", body=body)
    return Answer(answer.status, answer.json())


def test_each_record_of_an_outbound_message_is_decided_and_salesforce_hears_its_ack(
    stage: Stage,
) -> None:
    message = (FOLDER / "salesforce" / "samples" / "message.xml").read_text()
    for name in ("rose", "joe"):
        message = message.replace(f"{name}@example.com", stage.email_of(name))
    message = message.replace("<Id>04l", f"<Id>{stage.run}")
    answer = post(stage.hub, "salesforce", message.encode(), Posting())
    assert (answer.status, "<Ack>true</Ack>" in answer.body) == (200, True)
    stage.accepted["salesforce"] += 2
    for name, record in (("rose", "0800002nrC5BAAU"), ("joe", "0800002nrC5CAAU")):
        told = f"salesforce:{stage.run}{record}"
        stage.until(f"{name} is known", lambda n=name, t=told: stage.decision(n, t))  # type: ignore[misc]  # mypy takes no default of a lambda


def test_the_end_of_a_call_in_connect_is_heard_on_the_accounts_own_bus(
    stage: Stage, segue: Segue
) -> None:
    event = _sample("connect", "contact")
    event["detail"] |= {
        "contactId": f"c-{stage.run}",
        "initialContactId": f"c-{stage.run}",
        "tags": {"email": stage.email_of("connie")},
    }
    assert segue("send", "connect", "-", stdin=json.dumps(event)).code == 0
    stage.accepted["connect"] += 1
    told = f"connect:c-{stage.run}:DISCONNECTED"
    stage.until("it is decided", lambda: stage.decision("connie", told))
    assert explain(stage.hub, stage.email_of("connie"), last=1).blocks["service"]["calls"] == 1


def test_a_change_that_a_partner_tells_on_its_bus_is_decided_once(
    stage: Stage, segue: Segue
) -> None:
    event = _sample("salesforce_events", "changed")
    payload = event["detail"]["payload"]
    payload |= {"Email": stage.email_of("rose"), "MobilePhone": None}
    header = payload["ChangeEventHeader"]
    header |= {"transactionKey": stage.run, "recordIds": [f"003-{stage.run}"]}
    for number in (1, 1, 2):
        header["sequenceNumber"] = number
        assert segue("send", "salesforce_events", "-", stdin=json.dumps(event)).code == 0
    stage.accepted["salesforce_events"] += 2
    last = f"salesforce_events:{stage.run}-2"
    stage.until("the last change is decided", lambda: stage.decision("rose", last))
    told = [decision["event_id"] for decision in stage.decisions("rose")]
    decided = [event_id for event_id in told if event_id.startswith("salesforce_events:")]
    assert sorted(decided) == [f"salesforce_events:{stage.run}-1", last]
    blocks = explain(stage.hub, stage.email_of("rose"), last=1).blocks
    assert blocks["person"]["last_name"] == "Gonzalez"
