"""Offers on the deployed stack: made by e-mail, asked for by a page, answered, learned from."""

import json
from typing import Any

import pytest
import urllib3

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue.hub import Hub


@pytest.fixture(scope="module")
def bernd(driver: HubDriver) -> str:
    return f"email#{driver.get_email('bernd')}"


def post(hub: Hub, path: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
    headers = {"authorization": f"Bearer {key}"}
    answer = urllib3.request("POST", f"{hub.api}/{path}", body=json.dumps(body), headers=headers)
    return answer.status, json.loads(answer.data)


def test_a_page_is_answered_and_what_became_of_it_is_learned(
    driver: HubDriver, segue: Segue, bernd: str
) -> None:
    (told,) = segue("ask", bernd, "--placement", "home", "--json").lines
    assert told["known"] is True
    (offer,) = told["offers"]
    assert offer["content"] == {"html": "<aside><b>Free gift wrapping</b></aside>"}
    (said,) = segue("respond", offer["reference"], "viewed", "--json").lines
    decision = driver.wait_for(
        "that it was seen is decided on", lambda: driver.find_decision("bernd", said["accepted"])
    )
    assert [lesson["shown"] for lesson in decision["lessons"]] == [1]
    asked = next(
        d for d in driver.read_decisions("bernd") if d["event_type"] == "decision.requested"
    )
    assert asked["id"] == told["decision"]
    driver.wait_for("it is learned", lambda: _shown(driver, "gift-wrap"))
    assert segue("learned", "gift-wrap").code == 0


def test_an_unknown_visitor_gets_an_offer_and_is_known_by_their_response(
    driver: HubDriver, segue: Segue
) -> None:
    device = f"device#page-{driver.run_id}"
    (told,) = segue("ask", device, "--placement", "home", "--json").lines
    assert told["known"] is False
    segue("respond", told["offers"][0]["reference"], "viewed")
    key = {"identity": device.lower()}
    driver.wait_for(
        "they are known", lambda: driver.hub.table("Identities").get_item(Key=key).get("Item")
    )


def test_a_place_without_offers_says_so(segue: Segue, bernd: str) -> None:
    (told,) = segue("ask", bernd, "--placement", "footer", "--json").lines
    assert told["offers"] == []
    assert "no live offer has a treatment" in told["reason"]


def test_mistyped_requests_are_explained_and_strangers_are_refused(
    hub: Hub, segue: Segue, bernd: str
) -> None:
    assert "wbe" in segue("ask", bernd, "--channel", "wbe").err
    assert "no reference" in segue("respond", "r1.x.y", "viewed").err
    assert post(hub, "decisions", {"customer": bernd}, "not-a-key")[0] == 401
    assert post(hub, "responses", {"reference": "r1.x.y"}, "")[0] == 401


def _shown(driver: HubDriver, offer: str) -> bool:
    items = driver.hub.table("Learned").scan()["Items"]
    return any(item["offer"] == offer and item.get("shown") for item in items)
