"""The customer view on the deployed stack: the mart's batches, what is seen live, and birthdays."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import urllib3

from tools.day.hub_driver import HubDriver
from tools.segue import local_secrets
from tools.segue.explanation import explain_customer
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

TILL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)
ANNS, BOBS = "90210077", "90210078"
"""Loyalty numbers of people whom only these tests know."""
NOBODY = (404, {"error": "not found"})


def drop(driver: HubDriver, key: str, *lines: str) -> None:
    body = "".join(f"{line}\n" for line in lines).encode()
    driver.hub.s3.put_object(Bucket=driver.hub.output("FilesBucket"), Key=key, Body=body)
    account = driver.wait_for(f"{key} is read", lambda: driver.read_reconciliation(key))
    assert account["quarantined"] == 0
    driver.accepted[account["source"]] += account["events"]


def a_sale(invoice: str, card: str, at: datetime, price: str) -> str:
    when = at.astimezone(ZoneInfo("Europe/London"))
    return f"{invoice},22423,Cakestand,1,{when:%Y-%m-%d %H:%M:%S},{price},{card},United Kingdom"


def a_row(card: str, **said: Any) -> str:
    """A line of the mart, complete through yesterday."""
    row = {"customer_key": card, "loyalty_number": card, "updated_at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    return json.dumps({**row, "complete_through": f"{YESTERDAY:%Y-%m-%d}", **said})


def look(hub: Hub, key: str, secret: str | None = None) -> tuple[int, dict[str, Any]]:
    secret = local_secrets.read_secret(hub, "AskerKeysArn")["keys"][0] if secret is None else secret
    headers = {"authorization": f"Bearer {secret}"}
    path = "/".join(key.split("#"))
    url = f"{hub.api}/customers/{path}"
    answer = urllib3.request("GET", url, headers=headers, timeout=30)
    return answer.status, json.loads(answer.data)


def bought(hub: Hub, card: str) -> dict[str, Any]:
    _, told = look(hub, f"loyalty#{card}")
    found: dict[str, Any] = told.get("blocks", {}).get("purchases", {"values": {}})
    return found


def test_a_sale_seen_live_and_again_in_the_mart_counts_once(driver: HubDriver) -> None:
    hub = driver.hub

    def count() -> Any:
        return bought(hub, ANNS)["values"].get("count")

    drop(driver, f"till/{ANNS}-1.csv", TILL, a_sale(f"{ANNS}1", ANNS, YESTERDAY, "5.00"))
    driver.wait_for("the sale is known", lambda: count() == 1)
    row = a_row(ANNS, purchases=10, currency="GBP", spent="100.00", tier="gold")
    drop(driver, f"mart/{ANNS}.jsonl", row)
    driver.wait_for("the mart's total holds", lambda: count() == 10)
    sales = [
        a_sale(f"{ANNS}2", ANNS, NOW, "7.00"),
        a_sale(f"{ANNS}3", ANNS, YESTERDAY, "1.00"),
    ]
    drop(driver, f"till/{ANNS}-2.csv", TILL, *sales)
    driver.wait_for("today's sale counts on top", lambda: count() == 11)
    told = bought(hub, ANNS)
    assert told["values"]["spent"] == {"GBP": 10_700}
    assert (told["from"], told["through"]) == (["events", "mart"], f"{YESTERDAY:%Y-%m-%d}")
    _, view = look(hub, f"loyalty#{ANNS}")
    assert view["blocks"]["loyalty"]["from"] == ["mart"]
    assert view["blocks"]["loyalty"]["values"]["tier"] == "gold"
    kept = driver.wait_for(
        "the mart keeps its row",
        lambda: hub.table("Mart").get_item(Key={"customer_key": ANNS}).get("Item"),
    )
    assert kept["customer_id"] == view["customer"]


def test_unknown_and_forbidden_customers_get_the_same_answer(driver: HubDriver) -> None:
    hub, ann = driver.hub, f"email#{driver.get_email('ann')}"
    assert look(hub, ann)[0] == 200
    assert look(hub, ann, "not-a-key") == NOBODY
    assert look(hub, ann, "") == NOBODY
    assert look(hub, "email#nobody.at.all@example.com") == NOBODY
    assert look(hub, "shoe_size#9") == NOBODY


def test_a_birthday_is_announced_once_however_often_the_clock_ticks(
    driver: HubDriver,
) -> None:
    born = NOW.date().replace(year=1980)
    drop(driver, f"mart/{BOBS}.jsonl", a_row(BOBS, birthday=born.isoformat()))
    days = driver.hub.table("Calendar")
    noted = driver.wait_for("the day is noted", lambda: _page(days, f"{born:%m-%d}", driver))
    _tick(driver)
    reached = driver.wait_for("it is announced", lambda: _reached(driver.hub))
    assert reached[0]["source"] == "calendar"
    driver.accepted["calendar"] += 1
    key = {"day": noted["day"], "occasion": noted["occasion"]}
    driver.wait_for("it is ticked off", lambda: days.get_item(Key=key)["Item"].get("announced"))
    _tick(driver)
    driver.wait_for("the clock is heard", lambda: _is_empty(driver.hub))
    drop(driver, f"till/{BOBS}.csv", TILL, a_sale(f"{BOBS}1", BOBS, NOW, "1.00"))
    driver.wait_for(
        "what came later is decided", lambda: bought(driver.hub, BOBS)["values"].get("count")
    )
    assert len(_reached(driver.hub)) == 1


def _tick(driver: HubDriver) -> None:
    tick = {"detail-type": "Scheduled Event", "time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    url = driver.hub.output("CalendarQueueUrl")
    driver.hub.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(tick))


def _is_empty(hub: Hub) -> bool:
    """Nothing waits for the calendar, and nothing is being worked on."""
    counts: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url: str = hub.output("CalendarQueueUrl")
    told = hub.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
    return all(told[name] == "0" for name in counts)


def _page(days: Any, day: str, driver: HubDriver) -> dict[str, Any] | None:
    customer = look(driver.hub, f"loyalty#{BOBS}")[1].get("customer")
    rows = days.query(KeyConditionExpression="#d = :d", **_named(day))["Items"]
    return next((row for row in rows if row["customer_id"] == customer), None)


def _named(day: str) -> dict[str, Any]:
    return {
        "ExpressionAttributeNames": {"#d": "day"},
        "ExpressionAttributeValues": {":d": day},
    }


def _reached(hub: Hub) -> list[dict[str, Any]]:
    try:
        decisions = explain_customer(hub, f"loyalty#{BOBS}", last=50).decisions
    except UserError:
        return []
    return [d for d in decisions if d["event_type"] == "birthday.reached"]
