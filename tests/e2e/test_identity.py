"""Who is who on the deployed hub: two become one by an event, and two again by hand."""

import json
from typing import Any

from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver

CARD, MAIL = "loyalty#MRG-1", "merle@example.com"


def test_an_event_with_both_keys_makes_one_customer_and_a_person_can_undo_it(
    driver: HubDriver, segue: Segue
) -> None:
    sign_up(driver, segue, "merle-card", loyalty="MRG-1", email="merle.first@example.com")
    sign_up(driver, segue, "merle-mail", email=MAIL)
    holder = driver.wait_for("the card is known", lambda: known(segue, CARD))
    mail = driver.wait_for("the address is known", lambda: known(segue, MAIL))
    assert holder["customer_id"] != mail["customer_id"]

    sign_up(driver, segue, "merle-both", loyalty="MRG-1", email=MAIL)
    one = driver.wait_for("they are one", lambda: merged(segue, CARD, mail["customer_id"]))
    assert one["customer_id"] == holder["customer_id"]
    assert f"email#{MAIL}" in one["keys"]
    assert known(segue, mail["customer_id"])["customer_id"] == holder["customer_id"]

    preview = segue("identity", "unmerge", mail["customer_id"], "--json")
    assert preview.code == 0, preview.err
    told = preview.lines[0]
    assert (told["done"], told["survivor"]) == (False, holder["customer_id"])
    assert f"email#{MAIL}" in told["keys_back"]
    assert merged(segue, CARD, mail["customer_id"])

    done = segue("identity", "unmerge", CARD, "--yes")
    assert done.code == 0, done.err
    assert known(segue, MAIL)["customer_id"] == mail["customer_id"]
    assert known(segue, CARD)["apart"] == [mail["customer_id"]]

    sign_up(driver, segue, "merle-again", loyalty="MRG-1", email=MAIL)
    driver.wait_for("the address gave way", lambda: known(segue, CARD)["conflicts"])
    assert known(segue, MAIL)["customer_id"] == mail["customer_id"]

    by_hand = segue("identity", "merge", CARD, MAIL, "--yes")
    assert by_hand.code == 0, by_hand.err
    assert merged(segue, CARD, mail["customer_id"])


def test_two_cards_are_not_one_person_not_even_by_hand(driver: HubDriver, segue: Segue) -> None:
    for number in ("TWO-1", "TWO-2"):
        sign_up(driver, segue, number, loyalty=number, email=f"{number.lower()}@example.com")
    cards = ("loyalty#TWO-1", "loyalty#TWO-2")
    driver.wait_for("both are known", lambda: all(known(segue, card) for card in cards))
    said = segue("identity", "merge", *cards, "--yes")
    assert said.code == 1
    assert "2 keys of the namespace loyalty" in said.err


def sign_up(driver: HubDriver, segue: Segue, delivery: str, email: str, loyalty: str = "") -> None:
    told = json.loads(driver.read_payload("sign-up-bernd"))
    told["data"] |= {"id": f"shop-{loyalty or delivery}", "email": email}
    told["data"].pop("phone", None)
    told["data"].pop("loyalty", None)
    if loyalty:
        told["data"]["loyalty"] = {"number": loyalty, "tier": "Basic"}
    said = segue("send", "shop", "-", "--id", delivery, stdin=json.dumps(told))
    assert said.code == 0, said.err
    driver.accepted["shop"] += 1


def known(segue: Segue, asked: str) -> Any:
    said = segue("identity", "show", asked, "--json")
    return said.lines[0] if said.code == 0 else None


def merged(segue: Segue, asked: str, absorbed: str) -> Any:
    found = known(segue, asked)
    return found if found and absorbed in [merge["absorbed"] for merge in found["merged"]] else None
