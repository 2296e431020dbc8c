"""The vendors' protocols, each as its documentation has it: what differs is not taken."""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from hub.intake.domain.signature import standard
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from tests.factories import NOON
from tests.vendors.ledger import Books, Call, Protocol, Reply

WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
SECRETS: Mapping[str, Mapping[str, Any]] = {
    "cakemail": {"username": "u", "password": "p", "sender_id": 7, "list_id": 3},
    "interfax": {"username": "u", "password": "p"},
    "messenger": {"token": "t0ken", "page_id": "555"},
    "salesforce": {"client_id": "c", "client_secret": "s"},
    "siebel": {"source": "SegueUpsert", "username": "SADMIN", "password": "p&w"},
    "surveymonkey": {"token": "t0ken"},
    "twilio": {"account_sid": "AC1", "auth_token": "t0ken", "from": "+15550100"},
    "webhook": {"secret": WEBHOOK_SECRET},
    "whatsapp": {"token": "t0ken", "phone_number_id": "106"},
    "x": {"client_id": "c", "client_secret": "s", "refresh_token": "first"},
}
REFUSED = Reply(401, {"error": "no"})


def basic(call: Call, user: str, password: str) -> bool:
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return call.headers.get("authorization") == f"Basic {pair}"


def granted(call: Call) -> bool:
    return call.headers.get("authorization") == "Bearer t0ken"


def cakemail(call: Call, books: Books) -> Reply:
    if call.path == "/token":
        assert call.form == {"grant_type": "password", "username": "u", "password": "p"}
        return Reply(200, {"access_token": books.token(), "expires_in": 3600})
    if not books.bearer(call):
        return REFUSED
    assert (call.method, call.path) == ("POST", "/v2/emails")
    said = call.json
    assert said["sender"] == {"id": 7}
    assert said["content"].keys() == {"type", "subject", "text", "html", "encoding"}
    assert said["content"]["type"] in ("transactional", "marketing")
    return Reply(201, {"object": "email", "submitted": True, "data": {"id": books.act(said)}})


def salesforce(call: Call, books: Books) -> Reply:
    if call.path == "/services/oauth2/token":
        assert call.form == {
            "grant_type": "client_credentials",
            "client_id": "c",
            "client_secret": "s",
        }
        return Reply(200, {"access_token": books.token(), "token_type": "Bearer"})
    if not books.bearer(call):
        return Reply(401, [{"errorCode": "INVALID_SESSION_ID", "message": "expired"}])
    found = re.fullmatch(r"/services/data/v\d+\.0/sobjects/(\w+)/(\w+__c)/([^/]+)", call.path)
    assert call.method == "PATCH"
    assert found
    kind, field, key = found.groups()
    assert field not in call.json
    assert None not in call.json.values()
    made = f"{kind} {key}" not in [name for name, _ in books.effects]
    number = books.act(call.json, f"{kind} {key}")
    return Reply(201 if made else 200, {"id": number, "success": True, "errors": []})


def siebel(call: Call, books: Books) -> Reply:
    form = call.form
    assert call.method == "POST"
    assert form.pop("SWEExtCmd") == "Execute"
    message = ET.fromstring(form.pop("SWEExtData"))  # noqa: S314 our own, in a test
    assert form == {"SWEExtSource": "SegueUpsert", "UserName": "SADMIN", "Password": "p&w"}
    assert message.tag == "SiebelMessage"
    assert message.attrib["MessageType"] == "Integration Object"
    assert message.attrib["IntObjectName"] == "Sample Contact"
    [contact] = message.findall("ListofSampleContact/Contact")
    assert contact.attrib == {"operation": "upsert"}
    said = {child.tag: child.text for child in contact}
    number = books.act(said, str(said["IntegrationId"]))
    return Reply(
        200,
        '<?xml version="1.0" encoding="UTF-8"?><SiebelMessage MessageId=""><ListofSampleContact>'
        f"<Contact><Id>{number}</Id></Contact></ListofSampleContact></SiebelMessage>",
        {"Content-Type": "text/xml"},
    )


def twilio(call: Call, books: Books) -> Reply:
    if not basic(call, "AC1", "t0ken"):
        return REFUSED
    assert call.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert call.form.keys() == {"To", "From", "Body"}
    return Reply(201, {"sid": books.act(call.form), "status": "queued"})


def whatsapp(call: Call, books: Books) -> Reply:
    if not granted(call):
        return REFUSED
    assert re.fullmatch(r"/v\d+\.0/106/messages", call.path)
    said = call.json
    assert (said["messaging_product"], said["recipient_type"]) == ("whatsapp", "individual")
    assert said["type"] in said
    if said["type"] == "text":
        assert said["text"].keys() == {"preview_url", "body"}
    number = books.act(said)
    return Reply(200, {"messaging_product": "whatsapp", "messages": [{"id": number}]})


def messenger(call: Call, books: Books) -> Reply:
    if not granted(call):
        return REFUSED
    assert re.fullmatch(r"/v\d+\.0/555/messages", call.path)
    assert call.json.keys() == {"recipient", "messaging_type", "message"}
    number = books.act(call.json)
    return Reply(200, {"recipient_id": call.json["recipient"]["id"], "message_id": number})


def x(call: Call, books: Books) -> Reply:
    """Each token to refresh with is good once."""
    if call.path == "/2/oauth2/token":
        good = f"refresh-{len(books.tokens)}" if books.tokens else "first"
        form = call.form
        if not basic(call, "c", "s") or form["refresh_token"] != good:
            return Reply(400, {"error": "invalid_request"})
        assert form["grant_type"] == "refresh_token"
        token = books.token()
        refresh = f"refresh-{len(books.tokens)}"
        return Reply(200, {"access_token": token, "refresh_token": refresh, "expires_in": 7200})
    if not books.bearer(call):
        return REFUSED
    assert re.fullmatch(r"/2/dm_conversations/with/\d+/messages", call.path)
    assert call.json.keys() == {"text"}
    number = books.act(call.json)
    return Reply(201, {"data": {"dm_conversation_id": "1-2", "dm_event_id": number}})


def surveymonkey(call: Call, books: Books) -> Reply:
    if not granted(call):
        return REFUSED
    assert call.method == "POST"
    if re.fullmatch(r"/v3/collectors/99/messages", call.path):
        assert call.json.keys() == {"type", "subject", "body_text"}
        books.drafts.append([])
        return Reply(201, {"id": str(len(books.drafts)), "status": "not_sent"})
    found = re.fullmatch(r"/v3/collectors/99/messages/(\d+)/(recipients|send)", call.path)
    assert found
    recipients = books.drafts[int(found[1]) - 1]
    if found[2] == "recipients":
        assert call.json.keys() == {"email"}
        recipients.append(call.json["email"])
        return Reply(201, {"id": "r-1", "email": call.json["email"]})
    assert recipients
    assert call.json == {}
    books.act(tuple(recipients))
    return Reply(200, {"is_scheduled": True, "scheduled_date": "2026-11-22T12:00:00+00:00"})


def interfax(call: Call, books: Books) -> Reply:
    """A reference is the sender's own: two faxes may have the same."""
    if not basic(call, "u", "p"):
        return REFUSED
    if (call.method, call.path) == ("GET", "/outbound/search"):
        wanted = call.query["reference"]
        found = [
            {"id": number, "reference": wanted}
            for number, (_, fax) in enumerate(books.effects, start=1)
            if fax["reference"] == wanted
        ]
        return Reply(200, found)
    assert (call.method, call.path) == ("POST", "/outbound/faxes")
    assert call.headers["content-type"].startswith("text/plain")
    number = books.act({**call.query, "text": call.body.decode()})
    return Reply(201, None, {"Location": f"https://rest.interfax.net/outbound/faxes/{number}"})


def webhook(now: Callable[[], datetime]) -> Protocol:
    def taken(call: Call, books: Books) -> Reply:
        sent = SignedRequest(
            method=call.method, url=call.url, headers=dict(call.headers), body=call.body
        )
        scheme = WebhookDefinition.from_dict({"scheme": "standard-webhooks"})
        delivery = standard.verify(sent, scheme, [WEBHOOK_SECRET], now())
        if not delivery:
            return REFUSED
        assert call.json.keys() == {"type", "timestamp", "data"}
        books.act(call.json, delivery)
        return Reply(204)

    return taken


PROTOCOLS: Mapping[str, Protocol] = {
    "cakemail": cakemail,
    "interfax": interfax,
    "messenger": messenger,
    "salesforce": salesforce,
    "siebel": siebel,
    "surveymonkey": surveymonkey,
    "twilio": twilio,
    "webhook": webhook(lambda: NOON),
    "whatsapp": whatsapp,
    "x": x,
}
