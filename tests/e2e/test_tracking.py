"""Segment's own SDKs deliver into the hub: nothing of them is changed but the address."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from segment.analytics.client import Client  # type: ignore[import-untyped]  # ships no types

from tests.e2e.clients import browser, site, track_from_a_server
from tests.e2e.conftest import Segue
from tests.visitor_tokens import json_web_token
from tools.day.hub_driver import HubDriver
from tools.segue.entrances import read_newest_secret
from tools.segue.explanation import explain_customer
from tools.segue.local_home import UserError


@pytest.fixture
def key(driver: HubDriver) -> str:
    return read_newest_secret(driver.hub, "segment")


@pytest.fixture
def server_key(driver: HubDriver) -> str:
    return read_newest_secret(driver.hub, "segment", "server")


@pytest.fixture
def visitor() -> str:
    return f"u{uuid.uuid4().hex[:20]}"


def decided(driver: HubDriver, name: str) -> dict[str, Any]:
    """Event types to their decisions, as far as they are decided."""
    try:
        found = explain_customer(driver.hub, name, last=50).decisions
    except UserError:
        return {}
    return {decision["event_type"]: decision for decision in found}


def until_decided(driver: HubDriver, name: str, *types: str) -> None:
    driver.accepted["segment"] += len(types)
    driver.wait_for(
        f"{', '.join(types)} are decided", lambda: decided(driver, name).keys() >= set(types)
    )


def test_the_python_sdk_delivers(driver: HubDriver, server_key: str, visitor: str) -> None:
    failed: list[Any] = []
    client = Client(server_key, host=driver.hub.api, on_error=lambda *why: failed.append(why))
    client.identify(visitor, {"email": f"{visitor}@example.com", "firstName": "Paula"})
    client.page(visitor, "Shop", "Tea", {"url": "https://shop.example.com/tea"})
    client.track(visitor, "Order Completed", {"order_id": "o-1", "total": 25.5, "currency": "GBP"})
    client.join()
    client.flush()
    assert failed == []
    types = ("customer.identified", "page.viewed", "order.completed")
    until_decided(driver, f"user#{visitor}", *types)
    blocks = explain_customer(driver.hub, f"{visitor}@example.com", last=1).blocks
    assert blocks["person"]["first_name"] == "Paula"
    assert blocks["purchases"]["spent"] == {"GBP": 2550}


def test_the_node_sdk_delivers(driver: HubDriver, server_key: str, visitor: str) -> None:
    scheme, _, rest = driver.hub.api.partition("://")
    host, _, prefix = rest.partition("/")
    track_from_a_server(
        {"writeKey": server_key, "host": f"{scheme}://{host}", "path": f"/{prefix}/v1/batch"},
        [
            ("identify", {"userId": visitor, "traits": {"email": f"{visitor}@example.com"}}),
            ("track", {"userId": visitor, "event": "Lesson Finished", "properties": {"n": 2}}),
            ("group", {"userId": visitor, "groupId": "g-1", "traits": {"name": "Tea Ltd"}}),
        ],
    )
    types = ("customer.identified", "track.lesson_finished", "group.joined")
    until_decided(driver, f"user#{visitor}", *types)


def test_a_page_in_a_real_browser_delivers_from_another_origin(
    driver: HubDriver, key: str, visitor: str, tmp_path: Path
) -> None:
    """The SDK is Segment's own, with the public key. The events are of the browser alone, until the
    server of the site has signed who the visitor is."""
    hub = driver.hub.api
    secret = read_newest_secret(driver.hub, "segment", "identity")
    soon = int(datetime.now(UTC).timestamp()) + 600
    token = json_web_token({"customer": {"user": visitor}, "exp": soon}, secret)
    words = {
        "key": key,
        "cdn": hub,
        "host": hub.partition("://")[2],
        "visitor": visitor,
        "token": token,
    }
    with (
        site(tmp_path / "site") as (address, told),
        browser(tmp_path, f"{address}/shop.html?{urlencode(words)}"),
    ):
        types = ("page.viewed", "product.viewed", "track.video_played", "customer.identified")
        try:
            until_decided(driver, f"cookie#{visitor}", *types)
            until_decided(driver, f"user#{visitor}", "track.logged_in")
        finally:
            assert told == []
    known = explain_customer(driver.hub, f"user#{visitor}", last=50)
    assert known.blocks["person"]["first_name"] == "Vera"
    assert known.blocks["levels"]["person.first_name"] == "public"
    assert "email" not in known.blocks["identities"]
    levels = {d["event_type"]: d["receipt"]["trust"] for d in known.decisions}
    assert (levels["product.viewed"], levels["track.logged_in"]) == ("public", "vouched")


def test_a_public_key_speaks_for_nobody_but_its_own_browser(
    driver: HubDriver, key: str, server_key: str, visitor: str
) -> None:
    """The attack: with the key of a page and somebody's address, redirect their mail and book a
    sale."""
    address, browser_key = f"{visitor}@example.com", f"browser-{visitor}"
    known = {"userId": visitor, "traits": {"email": address, "firstName": "Ann"}}
    assert call(driver, "identify", {**known, "writeKey": server_key})[0] == 200
    until_decided(driver, f"user#{visitor}", "customer.identified")
    before = explain_customer(driver.hub, f"user#{visitor}", last=1)
    claim = {"userId": visitor, "anonymousId": browser_key, "writeKey": key}
    stolen = {"email": "eve@example.com", "firstName": "Eve"}
    order = {"order_id": "o-1", "total": 9_999_999, "currency": "GBP"}
    context = {"context": {"traits": {"email": address}}}
    for name, message in (
        ("identify", {"traits": stolen, **context}),
        ("alias", {"previousId": browser_key}),
        ("track", {"event": "Order Completed", "properties": order, **context}),
    ):
        assert call(driver, name, {**claim, **message}) == (200, {"success": True})
    types = ("customer.identified", "track.customer_aliased", "track.order_completed")
    until_decided(driver, f"cookie#{browser_key}", *types)
    after = explain_customer(driver.hub, f"user#{visitor}", last=1)
    assert (after.customer_id, after.blocks) == (before.customer_id, before.blocks)
    attacker = explain_customer(driver.hub, f"cookie#{browser_key}", last=50)
    assert attacker.customer_id != after.customer_id
    assert "purchases" not in attacker.blocks
    sale = next(d for d in attacker.decisions if d["event_type"] == "track.order_completed")
    assert sale["receipt"]["trust"] == "public"
    assert "needs a trusted source" in sale["receipt"]["ignored"]["type"]


def test_a_public_key_without_a_browser_is_parked_with_the_reason(
    driver: HubDriver, key: str, visitor: str, segue: Segue
) -> None:
    message = {"userId": visitor, "event": "Lost", "messageId": f"lost-{visitor}", "writeKey": key}
    assert call(driver, "track", message) == (200, {"success": True})
    driver.accepted["segment"] += 1

    def find() -> Any:
        lines = segue("parked", "list", "--json").lines
        rows = [row for line in lines for row in (line if isinstance(line, list) else [line])]
        return next((row for row in rows if "public key" in row["reason"]), None)

    parked = driver.wait_for("it is parked", find)
    assert parked["field"] == "identities"


def call(driver: HubDriver, name: str, body: Any, **headers: str) -> tuple[int, Any]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = urllib3.request("POST", f"{driver.hub.api}/v1/{name}", body=text, headers=headers)
    return answer.status, answer.json()


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        ("track", {"event": "x", "properties": {"big": "x" * 33_000}}, (413, "32768 bytes")),
        ("batch", {"batch": [{"big": "x" * 30_000}] * 18}, (413, "512000 bytes")),
        ("batch", {"batch": {}}, (400, "no list of messages")),
        ("tarck", {}, (400, "there is no call 'tarck'")),
        ("track", [], (401, "unauthorized")),
    ],
)
def test_the_answer_gives_the_reason_that_the_client_can_fix(
    driver: HubDriver, key: str, name: str, body: Any, refusal: tuple[int, str]
) -> None:
    keyed = {**body, "writeKey": key} if isinstance(body, Mapping) else body
    status, said = call(driver, name, keyed)
    assert (status, refusal[1] in said["error"]) == (refusal[0], True)


def test_every_route_refuses_an_unknown_write_key(driver: HubDriver) -> None:
    refused = 401, {"error": "unauthorized"}
    assert call(driver, "track", {"event": "x", "userId": "u", "writeKey": "strange"}) == refused
    assert call(driver, "batch", {"batch": []}, authorization="Basic c3RyYW5nZTo=") == refused
    address = f"{driver.hub.api}/v1/projects/strange/settings"
    assert urllib3.request("GET", address).status == 401


def test_a_message_sent_again_is_the_same_message(
    driver: HubDriver, server_key: str, visitor: str
) -> None:
    message = {
        "messageId": f"m-{visitor}",
        "userId": visitor,
        "event": "Order Completed",
        "properties": {"order_id": "o-1", "total": 10, "currency": "GBP"},
        "writeKey": server_key,
    }
    assert {call(driver, path, message)[0] for path in ("track", "t", "track")} == {200}
    last = {"userId": visitor, "event": "Last Of All", "writeKey": server_key}
    assert call(driver, "track", last) == (200, {"success": True})
    until_decided(driver, f"user#{visitor}", "order.completed", "track.last_of_all")
    blocks = explain_customer(driver.hub, f"user#{visitor}", last=1).blocks
    assert blocks["purchases"]["spent"] == {"GBP": 1000}
