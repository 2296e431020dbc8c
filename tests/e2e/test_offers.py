"""Offers on the deployed stack: made by e-mail, asked for by a page, answered, learned from."""

import json
from typing import Any

import pytest
import urllib3

from tests.e2e.conftest import Segue
from tools.day.day_run import Stage
from tools.segue.hub import Hub


@pytest.fixture(scope="module")
def bernd(stage: Stage) -> str:
    return f"email#{stage.email_of('bernd')}"


def post(hub: Hub, path: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
    headers = {"authorization": f"Bearer {key}"}
    answer = urllib3.request("POST", f"{hub.api}/{path}", body=json.dumps(body), headers=headers)
    return answer.status, json.loads(answer.data)


def test_a_page_is_answered_and_what_became_of_it_is_learned(
    stage: Stage, segue: Segue, bernd: str
) -> None:
    (told,) = segue("ask", bernd, "--placement", "home", "--json").lines
    assert told["known"] is True
    (offer,) = told["offers"]
    assert offer["content"] == {"html": "<aside><b>Free gift wrapping</b></aside>"}
    (said,) = segue("respond", offer["reference"], "viewed", "--json").lines
    decision = stage.until(
        "that it was seen is decided on", lambda: stage.decision("bernd", said["accepted"])
    )
    assert [lesson["shown"] for lesson in decision["lessons"]] == [1]
    asked = next(d for d in stage.decisions("bernd") if d["event_type"] == "decision.requested")
    assert asked["id"] == told["decision"]
    stage.until("it is learned", lambda: _shown(stage, "gift-wrap"))
    assert segue("learned", "gift-wrap").code == 0


def test_who_is_not_known_gets_an_offer_and_is_known_by_what_they_do(
    stage: Stage, segue: Segue
) -> None:
    device = f"device#page-{stage.run}"
    (told,) = segue("ask", device, "--placement", "home", "--json").lines
    assert told["known"] is False
    segue("respond", told["offers"][0]["reference"], "viewed")
    key = {"identity": device.lower()}
    stage.until(
        "they are known", lambda: stage.hub.table("Identities").get_item(Key=key).get("Item")
    )


def test_a_place_without_offers_says_so(segue: Segue, bernd: str) -> None:
    (told,) = segue("ask", bernd, "--placement", "footer", "--json").lines
    assert told["offers"] == []
    assert "no live offer has a treatment" in told["reason"]


def test_slips_are_told_and_strangers_are_refused(hub: Hub, segue: Segue, bernd: str) -> None:
    assert "wbe" in segue("ask", bernd, "--channel", "wbe").err
    assert "no reference" in segue("respond", "r1.x.y", "viewed").err
    assert post(hub, "decisions", {"customer": bernd}, "not-a-key")[0] == 401
    assert post(hub, "responses", {"reference": "r1.x.y"}, "")[0] == 401


def _shown(stage: Stage, offer: str) -> bool:
    items = stage.hub.table("Learned").scan()["Items"]
    return any(item["offer"] == offer and item.get("shown") for item in items)
