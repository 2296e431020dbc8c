"""Content on the deployed hub: a personalised mail with its ways out, a block for somebody else's
message, and what a marketer sees of it beforehand."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from hub.inbound.domain.offer_reference import APPLICATIONS, parse_offer_reference
from tests.e2e.conftest import Segue
from tools.day.hub_driver import LOYALTY_OF_ANN, HubDriver
from tools.segue import local_secrets
from tools.segue.entrances import WebhookOptions, name_event, post_webhook
from tools.segue.explanation import explain_customer
from tools.segue.local_home import UserError


@dataclass(frozen=True)
class Person:
    """Somebody who signed up and was welcomed by `mail`."""

    name: str
    email: str
    mail: dict[str, Any]

    def link(self, driver: HubDriver) -> str:
        """Where they choose, as this machine finds the API."""
        token = re.search(r"/preferences/(p\d[\w.-]+)", json.dumps(self.mail))
        assert token
        return f"{driver.hub.api}/preferences/{token[1]}"


@pytest.fixture(scope="module")
def cleo(driver: HubDriver) -> Person:
    name = f"cleo-{uuid4().hex[:8]}"
    email = f"{name}@example.com"
    event_id = tell(driver, "sign-up-ann", name)
    action = driver.wait_for("she is welcomed", lambda: acted(driver, email, event_id))
    return Person(name, email, driver.find_mail(action["reference"]))


def tell(driver: HubDriver, payload: str, name: str) -> str:
    """What Ann did in the shop, done by somebody else."""
    said = json.loads(driver.read_payload(payload))
    text = (
        json.dumps(said).replace(f"ann.{driver.run_id}", name).replace(f"ann-{driver.run_id}", name)
    )
    text = text.replace(LOYALTY_OF_ANN, str(uuid4().int % 10**9)).replace("020 7183 8750", "")
    delivery = f"{payload}-{name}"
    assert post_webhook(driver.hub, "shop", text.encode(), WebhookOptions(delivery)).is_accepted
    driver.accepted["shop"] += 1
    return name_event("shop", delivery)


def decided(driver: HubDriver, email: str, event_id: str) -> dict[str, Any] | None:
    try:
        found = explain_customer(driver.hub, email, last=20).decisions
    except UserError:
        return None
    return next((one for one in found if one["event_id"] == event_id), None)


def acted(driver: HubDriver, email: str, event_id: str) -> dict[str, Any] | None:
    actions = (decided(driver, email, event_id) or {"actions": []})["actions"]
    return next((one for one in actions if one["status"] == "delivered"), None)


def test_a_mail_is_made_of_its_mjml_and_brand_and_its_links_tell_where_they_came_from(
    cleo: Person,
) -> None:
    mail = json.dumps(cleo.mail, ensure_ascii=False)
    for there in ("Halfmoon Gifts", "Dear Ann", "https://shop.example.com/new?segue_ref=a-"):
        assert there in mail
    for gone in ("<mj-", "{{", "{%"):
        assert gone not in mail


def visit(method: str, link: str, body: bytes = b"") -> urllib3.BaseHTTPResponse:
    """Patient, as the function may have to start first."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    return urllib3.request(method, link, body=body, headers=form, timeout=60, retries=False)


def test_one_click_silences_all_further_marketing_by_mail(driver: HubDriver, cleo: Person) -> None:
    link = cleo.link(driver)
    page = visit("GET", link)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "c•••@example.com" in page.data.decode()
    for wrong in (link[:-2], link + "x"):
        refused = visit("GET", wrong)
        assert (refused.status, refused.json()) == (404, {"error": "not found"})
    click = visit("POST", link, b"List-Unsubscribe=One-Click")
    assert click.status == 200
    driver.accepted["answer"] += 1
    ann = driver.wait_for("her consent is withdrawn", lambda: unsubscribed(driver, cleo))
    assert "refused answer a-" in ann["proofs"]["email.marketing"]
    order = tell(driver, "order-ann", cleo.name)
    decision = driver.wait_for("her order is decided", lambda: decided(driver, cleo.email, order))
    assert "no consent to marketing messages by email" in json.dumps(decision["receipt"])
    assert [one for one in decision["actions"] if one["channel"] == "email"] == []


def unsubscribed(driver: HubDriver, cleo: Person) -> dict[str, Any] | None:
    blocks = dict(explain_customer(driver.hub, cleo.email, last=1).blocks)
    return None if blocks["consent"]["email"]["marketing"] else blocks


def test_a_block_for_somebody_elses_message_counts_as_seen(driver: HubDriver) -> None:
    who = driver.get_email("bernd")
    asked = {"customer": {"email": who}, "placement": "home", "request_id": uuid4().hex}
    told = driver.call_api("render", {**asked, "channel": "email"})
    driver.accepted["answer"] += 1
    assert told["block"]["content"]["html"].startswith("<aside>")
    keys = local_secrets.read_secret(driver.hub, "AskerKeysArn")["keys"]
    reference = parse_offer_reference(told["block"]["reference"], keys, APPLICATIONS)
    seen = driver.wait_for("it is seen", lambda: decided(driver, who, f"{reference.id}.viewed"))
    assert seen["event_type"] == "offer.viewed"


def test_a_template_is_seen_before_it_goes_out(
    segue: Segue, driver: HubDriver, tmp_path: Path
) -> None:
    who = driver.get_email("bernd")
    words = ("preview", "thanks-offer", who, "--channel", "sms", "--out", tmp_path, "--json")
    said = segue(*words)
    assert said.code == 0, said.err
    [[text]] = said.lines
    assert "Rabatt" in text["parts"]["text"]
    assert text["facts"] == {"encoding": "GSM-7", "units": text["facts"]["units"], "segments": 1}
    refused = segue("preview", "thank-offer", who)
    assert refused.code == 1
    assert "did you mean thanks-offer?" in refused.err
