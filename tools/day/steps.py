"""The steps of the day. Each sends to an entrance and waits for the expected result."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from hub.kernel.safe_id import to_opaque_id
from hub.publishing.domain.tables import TABLES
from tools.day.hub_driver import EXAMPLE, HubDriver
from tools.day.sales import count_big_sales, sum_file, sum_hub
from tools.segue.dead_letters import count_messages
from tools.segue.entrances import name_event

DayStep = Callable[[HubDriver], None]


def load_rows(driver: HubDriver) -> None:
    """The marketers' rows are typed into their tables"""
    for name in reversed([*TABLES]):
        for row in json.loads((EXAMPLE / f"{name}.json").read_text(), parse_float=Decimal):
            driver.hub.table(name.title()).put_item(Item=row)
    driver.wait_for("all rows are published, none is refused", lambda: _are_all_published(driver))


def sign_up(driver: HubDriver) -> None:
    """Ann and Bernd sign up in the web shop"""
    for who, subject in (("ann", "Welcome, Ann"), ("bernd", "Willkommen, Bernd")):
        event_id = driver.post("shop", f"sign-up-{who}")
        sent = driver.wait_for(
            f"{who} is welcomed by e-mail",
            partial(driver.find_delivered_action, who, event_id),
        )
        mail = driver.find_mail(sent["reference"])
        driver.expect(f"  with the subject {subject!r}", mail["Subject"] == subject)


def load_till_file(driver: HubDriver) -> None:
    """The till's file: two weeks of real sales"""
    name, before, stored = (
        f"till/{driver.run_id}.csv",
        sum_hub(driver.hub),
        _count_in_warehouse(driver),
    )
    body = (EXAMPLE / "till.csv").read_bytes()
    driver.hub.s3.put_object(Bucket=driver.hub.output("FilesBucket"), Key=name, Body=body)
    account = driver.wait_for(
        "the file is read and reconciled", lambda: driver.read_reconciliation(name), seconds=120
    )
    rows = len(list(csv.reader(io.StringIO(body.decode())))) - 1
    driver.accepted["till"] += rows - account["quarantined"]
    driver.expect(
        f"{rows} rows = {account['events']} events + {account['quarantined']} quarantined",
        rows == account["rows_read"] == account["events"] + account["quarantined"],
    )
    expected = sum_file(body.decode())
    driver.wait_for("all of it is decided", lambda: _is_drained(driver), seconds=300)
    big = count_big_sales(body.decode())
    driver.wait_for(
        f"{big} sales of 150 pounds and more are in the warehouse",
        lambda: _count_in_warehouse(driver) - stored == big,
    )
    driver.wait_for(
        f"purchases of {expected.customers} customers equal the file's sums to the penny",
        lambda: sum_hub(driver.hub).subtract(before) == expected,
    )


def file_complaints(driver: HubDriver) -> None:
    """Two complaints: a gold customer's and an infrequent one's"""
    of_ann = driver.post("care", "complaint-ann")
    of_bernd = driver.post("care", "complaint-bernd")
    call = driver.wait_for(
        "Ann, gold, will be called", lambda: driver.find_delivered_action("ann", of_ann)
    )
    task = driver.find_task(call["reference"])
    driver.expect(f"  by the {task['queue']} queue", task["queue"] == "retention")
    mail = driver.wait_for(
        "Bernd gets an apology", lambda: driver.find_delivered_action("bernd", of_bernd)
    )
    driver.expect("  by e-mail", "sorry" in driver.find_mail(mail["reference"])["Subject"])


def abandon_carts(driver: HubDriver) -> None:
    """Two abandoned carts; Ann buys in the meantime"""
    of_ann, of_bernd = driver.post("shop", "cart-ann"), driver.post("shop", "cart-bernd")
    for who, event_id in (("ann", of_ann), ("bernd", of_bernd)):
        driver.wait_for(
            f"{who}'s cart has a timer",
            partial(_read_timers, driver, who, event_id),
        )
    driver.post("shop", "order-ann")
    due = _read_timers(driver, "bernd", of_bernd)[0]["id"]
    driver.wait_for(
        "Bernd is reminded", lambda: driver.find_delivered_action("bernd", due), seconds=120
    )
    due = _read_timers(driver, "ann", of_ann)[0]["id"]
    decision = driver.wait_for(
        "Ann's timer ends too", lambda: driver.find_decision("ann", due), seconds=120
    )
    driver.expect("  and she is not reminded", not decision["actions"])
    driver.expect(f"  {decision['receipt']['sentence']}", "'bought'" in str(decision["receipt"]))


def show_offers(driver: HubDriver) -> None:
    """Ann gets an offer with her order; Bernd sees it on a page"""
    ordered = name_event("shop", f"order-ann-{driver.run_id}")
    sent = driver.wait_for(
        "Ann gets an offer by e-mail", partial(driver.find_delivered_action, "ann", ordered)
    )
    driver.expect(f"  it is {sent['offer']}", sent["offer"] == "gift-wrap")
    decision = driver.find_decision("ann", ordered) or {}
    why = next(c["gate"] for c in decision["receipt"]["choices"] if c["what"] == "gold-preview")
    driver.expect(f"  the one for gold customers was held back: {why}", "complaint" in why)
    query = {"customer": f"email#{driver.get_email('bernd')}", "placement": "home"}
    answer = driver.call_api("decisions", query)
    (offer,) = answer["offers"]
    driver.expect(f"  the page shows Bernd {offer['content']['html']}", "wrapping" in str(offer))
    viewed = driver.call_api("responses", {"reference": offer["reference"], "response": "viewed"})
    driver.wait_for(
        "the hub recorded that he saw it",
        partial(driver.find_decision, "bernd", viewed["accepted"]),
    )


def edit_rules(driver: HubDriver) -> None:
    """A marketer edits one rule and mistypes another"""
    rule = _read_example_rule("complaint-other") | {
        "then": [{"do": "send", "channel": "email", "template": "apology-voucher"}]
    }
    edited_at = datetime.now(UTC)
    driver.hub.table("Rules").put_item(Item=rule)
    number = driver.wait_for("the edit is published", lambda: _read_note(driver, rule))["catalogue"]
    driver.wait_for("it decides", lambda: driver.is_deciding(int(number)), seconds=15)
    took = (datetime.now(UTC) - edited_at).total_seconds()
    driver.expect(f"  {took:.1f} s after the edit, 10 s at most", took <= 10)  # noqa: PLR2004 as promised
    _expect_apology(driver, ".2", "the next postage is on us")
    driver.hub.table("Rules").put_item(Item=rule | {"when": "not customer.loyalty.teir == 'gold'"})
    refused = driver.wait_for("the mistyped rule is refused", lambda: _read_problems(driver, rule))
    driver.expect(f"  in plain words: {refused[0]}", "customer.loyalty.tier" in refused[0])
    _expect_apology(driver, ".3", "the next postage is on us")


def send_unmapped_payload(driver: HubDriver) -> None:
    """The shop sends an event that has no mapping yet"""
    driver.post("shop", "unmapped")
    parked = driver.wait_for("it is parked, not lost", lambda: _find_parked(driver))
    driver.expect(f"  {parked['field']}: {parked['reason']}", "wishlist.shared" in parked["reason"])


STEPS: tuple[DayStep, ...] = (
    sign_up,
    load_till_file,
    file_complaints,
    abandon_carts,
    show_offers,
    edit_rules,
    send_unmapped_payload,
)


def _read_example_rule(rule_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads((EXAMPLE / "rules.json").read_text())
    return next(row for row in rows if row["rule_id"] == rule_id)


def _are_all_published(driver: HubDriver) -> bool:
    rows = [r for table in TABLES for r in driver.hub.table(table.title()).scan()["Items"]]
    return all(_is_live(row) for row in rows)


def _is_live(row: Mapping[str, Any]) -> bool:
    published: Any = row.get("published", {})
    return bool(published) and not published.get("problems")


def _read_note(driver: HubDriver, rule: Mapping[str, Any]) -> Any:
    """Return the publisher's note on the row, once it is about the current row."""
    row = _read_rule(driver, rule["rule_id"])
    newest: Any = driver.hub.table("Catalogue").get_item(Key={"name": "newest"}).get("Item", {})
    note: Any = row.get("published", {})
    return note if note and note["catalogue"] == newest.get("number") else None


def _read_rule(driver: HubDriver, rule_id: str) -> dict[str, Any]:
    return dict(driver.hub.table("Rules").get_item(Key={"rule_id": rule_id}).get("Item", {}))


def _read_problems(driver: HubDriver, rule: Mapping[str, Any]) -> list[str]:
    note: Any = _read_rule(driver, rule["rule_id"]).get("published", {})
    return list(note.get("problems", ()))


def _expect_apology(driver: HubDriver, again: str, words: str) -> None:
    event_id = driver.post("care", "complaint-bernd", again)
    mail = driver.wait_for(
        "Bernd complains again and gets an answer",
        lambda: driver.find_delivered_action("bernd", event_id),
    )
    subject = driver.find_mail(mail["reference"])["Subject"]
    driver.expect(f"  by the new rule: {subject!r}", words in subject)


def _read_timers(driver: HubDriver, who: str, event_id: str) -> list[dict[str, Any]]:
    decision = driver.find_decision(who, event_id)
    return list(decision["timers"]) if decision else []


def _count_in_warehouse(driver: HubDriver) -> int:
    bucket = driver.hub.output("WarehouseBucket")
    pages = driver.hub.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="big_sales/day="
    )
    return sum(page["KeyCount"] for page in pages)


def _is_drained(driver: HubDriver) -> bool:
    queues = ("EventsQueueUrl", "CustomerQueueUrl")
    return not any(count_messages(driver.hub, driver.hub.output(queue)) for queue in queues)


def _find_parked(driver: HubDriver) -> Any:
    rows = driver.hub.table("Parked").scan()["Items"]
    delivery_id = to_opaque_id(f"unmapped-{driver.run_id}")
    return next((row for row in rows if row["delivery_id"] == delivery_id), None)
