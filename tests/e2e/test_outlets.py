"""Letters and public pages on the deployed stack: what a row asks for is printed, once, and shown;
a purchase takes both back."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from pypdf import PdfReader

from hub.kernel.times import to_iso
from tests.e2e.clients.page_visits import ORIGIN, visiting
from tests.e2e.conftest import Segue
from tests.visitor_tokens import customer_token
from tools.day.hub_driver import HubDriver
from tools.segue import local_secrets
from tools.segue.entrances import WebhookOptions, post_webhook
from tools.segue.explanation import explain_customer
from tools.segue.local_home import UserError

CARD = (
    "<aside class='{0}'><b>{{{{ offer.name }}}}</b> <a href='#'>Show me</a>"
    "<button data-segue-dismiss>No, thanks</button></aside>"
)
TEMPLATES: list[dict[str, Any]] = [
    {
        "template_id": "outlets-letter",
        "purpose": "marketing",
        "letter": {
            "en": {
                "subject": "Welcome, {{ customer.person.first_name }}",
                "text": "Dear {{ customer.person.first_name }},\n\n5 € off your first tea – żółw.",
            }
        },
    },
    *(
        {"template_id": f"outlets-{name}", "purpose": "marketing", "web": {"en": {"html": html}}}
        for name, html in (("tea", CARD.format("tea")), ("cup", CARD.format("cup")))
    ),
]
OFFERS: list[dict[str, Any]] = [
    {
        "offer_id": "outlets-tea",
        "name": "A tin of tea",
        "goal": "order.completed",
        "value": 900,
        "treatments": {"web": {"template": "outlets-tea", "placement": "outlets-top"}},
        "status": "live",
    },
    {
        "offer_id": "outlets-cup",
        "name": "A cup",
        "value": 500,
        "treatments": {"web": {"template": "outlets-cup", "placement": "outlets-foot"}},
        "status": "live",
    },
]
RULE: dict[str, Any] = {
    "rule_id": "outlets-welcome",
    "strategy": "outlets",
    "event": "customer.signed_up",
    "when": "customer.person.last_name == 'Outlet'",
    "then": [
        {
            "do": "send",
            "channel": "letter",
            "template": "outlets-letter",
            "goal": "order.completed",
        }
    ],
    "status": "live",
}
LINE = [{"sku": "tea", "name": "TEA", "quantity": 1, "price": "12.50"}]
LINES = ["Olga Outlet", "1 High Street", "London N1 1AA", "GB"]


@pytest.fixture(scope="module")
def loaded_hub(driver: HubDriver) -> Iterator[HubDriver]:
    rows = {"Templates": TEMPLATES, "Offers": OFFERS, "Rules": [RULE]}
    for table, added in rows.items():
        for row in added:
            driver.hub.table(table).put_item(Item=row)
    newest = driver.wait_for("the rows are published", lambda: _published(driver))
    driver.wait_for("they decide", lambda: driver.is_deciding(newest), seconds=30)
    yield driver
    driver.hub.table("Rules").delete_item(Key={"rule_id": RULE["rule_id"]})


def test_letters_are_printed_once_and_a_purchase_recalls_one(
    loaded_hub: HubDriver, segue: Segue, tmp_path: Path
) -> None:
    stays, buys = _sign_up(loaded_hub), _sign_up(loaded_hub)
    waiting = {
        who: loaded_hub.wait_for("the letter waits", partial(_waiting, loaded_hub, who))
        for who in (stays, buys)
    }
    _buy(loaded_hub, buys)
    (batch,) = segue("print", "--to", tmp_path, "--json").lines[0]
    assert (batch["letters"], batch["recalled"]) == (1, 1)
    ends = {
        who: loaded_hub.wait_for("its end is told", partial(_end, loaded_hub, who))
        for who in waiting
    }
    assert ends == {stays: "action.delivered", buys: "action.declined"}
    addresses, pdf = sorted(map(Path, batch["files"]))
    [page] = PdfReader(pdf).pages
    for said in (*LINES, "Welcome, Olga", "5 € off your first tea – żółw."):
        assert said in page.extract_text()
    [_, line] = csv.reader(StringIO(addresses.read_text("utf-8-sig")))
    assert line == ["1", waiting[stays], *LINES]
    ledger = loaded_hub.hub.table("Ledger")
    statuses = [
        ledger.get_item(Key={"action_id": action})["Item"]["status"] for action in waiting.values()
    ]
    assert statuses == ["delivered", "declined"]
    again = segue("print")
    assert (again.code, "No letter waits" in again.err) == (1, True)


def test_a_page_shows_offers_and_a_purchase_takes_them_off(
    loaded_hub: HubDriver, tmp_path: Path
) -> None:
    who = _sign_up(loaded_hub, letters=False)
    site = local_secrets.read_secret(loaded_hub.hub, "AskerKeysArn")["sites"][local_secrets.SITE]
    soon = int(datetime.now(UTC).timestamp()) + 600
    token = customer_token(who, soon, site["secrets"][0])
    with visiting(
        tmp_path, hub=loaded_hub.hub.api, site=local_secrets.SITE, customer=token
    ) as visitor:
        near, far, other = "A tin of tea Show me", "A cup Show me", "Open until six."
        loaded_hub.wait_for(
            "the page is filled",
            lambda: near in visitor.seen.get("near", "") and far in visitor.seen.get("far", ""),
        )
        assert visitor.seen["other"] == other
        loaded_hub.wait_for(
            "what is in view was seen", lambda: _told(loaded_hub, who)["offer.viewed"]
        )
        visitor.click(".tea a")
        loaded_hub.wait_for("the click is told", lambda: _told(loaded_hub, who)["offer.clicked"])
        assert _told(loaded_hub, who)["offer.viewed"] == 1
        visitor.scroll_to("#far")
        loaded_hub.wait_for(
            "the other is seen", lambda: _told(loaded_hub, who)["offer.viewed"] == 2
        )
        visitor.click(".cup [data-segue-dismiss]")
        loaded_hub.wait_for("it is gone at once", lambda: "Free delivery" in visitor.seen["far"])
        loaded_hub.wait_for("that is told", lambda: _told(loaded_hub, who)["offer.dismissed"])
        _buy(loaded_hub, who)
        visitor.come_back()
        loaded_hub.wait_for(
            "the purchase clears the page", lambda: "Welcome" in visitor.seen["near"]
        )
        assert "Free delivery" in visitor.seen["far"]
    assert visitor.failed == []
    told = {"offer.viewed": 2, "offer.clicked": 1, "offer.dismissed": 1}
    assert _told(loaded_hub, who) == told
    asked = sum(d["event_type"] == "decision.requested" for d in _decisions(loaded_hub, who))
    loaded_hub.accepted["answer"] += asked + sum(told.values())


def test_without_the_hub_a_page_stays_as_it_is(loaded_hub: HubDriver, tmp_path: Path) -> None:
    """Its key is not that of this site, so every question is refused."""
    with visiting(tmp_path, hub=loaded_hub.hub.api, site="pk_other") as visitor:
        loaded_hub.wait_for("it is read", lambda: len(visitor.seen) == 3)
        visitor.wishes.append("fetch(`${hub}/decisions`, {method: 'POST', body: '{}'})")
        loaded_hub.wait_for("it goes on", lambda: not visitor.wishes)
        assert visitor.seen["near"] == "Welcome to our shop."
    assert visitor.failed == []


def test_the_script_may_be_kept_and_the_key_is_worth_nothing_elsewhere(
    loaded_hub: HubDriver,
) -> None:
    script = urllib3.request("GET", f"{loaded_hub.hub.api}/segue.js")
    assert script.status == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=3600"
    assert len(script.data) < 3072
    asked = {"site": local_secrets.SITE, "visitor": uuid4().hex, "placement": "outlets-top"}
    here, elsewhere = (
        _ask(loaded_hub, asked, origin) for origin in (ORIGIN, "https://evil.example")
    )
    assert (here[0], elsewhere) == (200, (401, {"error": "unauthorized"}))
    assert [offer["offer"] for offer in here[1]["offers"]] == ["outlets-tea"]
    loaded_hub.accepted["answer"] += 1


def _ask(driver: HubDriver, asked: dict[str, Any], origin: str) -> tuple[int, Any]:
    headers = {"origin": origin, "content-type": "text/plain"}
    body = json.dumps(asked)
    answer = urllib3.request("POST", f"{driver.hub.api}/decisions", body=body, headers=headers)
    return answer.status, answer.json()


def _sign_up(driver: HubDriver, *, letters: bool = True) -> str:
    """Their e-mail address. They agree to letters, or to nothing."""
    name = uuid4().hex[:12]
    data = {
        "id": name,
        "email": f"{name}@example.com",
        "first_name": "Olga",
        "last_name": "Outlet",
        "address": {
            "street": "1 High Street",
            "postcode": "N1 1AA",
            "city": "London",
            "country": "GB",
        },
        "consents": {"letters": letters},
    }
    _send(driver, "customer.created", name, data)
    driver.wait_for("they are known", lambda: _decisions(driver, f"{name}@example.com"))
    return f"{name}@example.com"


def _buy(driver: HubDriver, email: str) -> None:
    name = uuid4().hex[:12]
    order = {"id": name, "customer": {"email": email}, "lines": LINE, "total": 12.5}
    _send(driver, "order.paid", name, {**order, "currency": "GBP"})
    driver.wait_for("the purchase is decided", lambda: "order.completed" in _types(driver, email))


def _send(driver: HubDriver, kind: str, name: str, data: dict[str, Any]) -> None:
    event = {"type": kind, "created_at": to_iso(datetime.now(UTC)), "data": data}
    assert post_webhook(
        driver.hub, "shop", json.dumps(event).encode(), WebhookOptions(name)
    ).is_accepted
    driver.accepted["shop"] += 1


def _decisions(driver: HubDriver, email: str) -> list[dict[str, Any]]:
    try:
        return explain_customer(driver.hub, email, last=50).decisions
    except UserError:
        return []


def _types(driver: HubDriver, email: str) -> set[str]:
    return {decision["event_type"] for decision in _decisions(driver, email)}


def _end(driver: HubDriver, email: str) -> str:
    return next((t for t in _types(driver, email) if t.startswith("action.")), "")


def _told(driver: HubDriver, email: str) -> Counter[str]:
    """What became of offers, as it was told and decided on."""
    found = [d["event_type"] for d in _decisions(driver, email)]
    return Counter(name for name in found if name.startswith("offer."))


def _waiting(driver: HubDriver, email: str) -> str:
    """The action of their letter, once it is laid up."""
    actions = [a["id"] for d in _decisions(driver, email) for a in d["actions"]]
    rows = driver.hub.table("Letters").scan()["Items"]
    return next((str(row["action_id"]) for row in rows if row["action_id"] in actions), "")


def _published(driver: HubDriver) -> int:
    """The number of the catalogue that has all of it; 0 before."""
    keys: list[tuple[str, Any]] = [("Rules", {"rule_id": RULE["rule_id"]})]
    keys += [("Offers", {"offer_id": offer["offer_id"]}) for offer in OFFERS]
    keys += [("Templates", {"template_id": one["template_id"]}) for one in TEMPLATES]
    notes: list[Any] = [
        driver.hub.table(table).get_item(Key=key)["Item"].get("published", {})
        for table, key in keys
    ]
    assert not any(note.get("problems") for note in notes), notes
    return max(int(n["catalogue"]) for n in notes) if all(notes) else 0
