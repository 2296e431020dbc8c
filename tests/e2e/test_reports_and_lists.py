"""What people are told by the deployed hub: target lists, and the report of what came of it all."""

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from tests.e2e.conftest import Segue
from tests.workbook_reader import read_back
from tools.day.hub_driver import HubDriver
from tools.segue.hub import Hub

ALIVE = "known(customer.person.first_name) and seen('customer.signed_up', days=2)"
COLUMNS = ["customer.person.first_name", "customer.contact.language"]


def tick(hub: Hub, queue: str, at: datetime) -> None:
    """As the clock does it every hour."""
    told = {"source": "aws.events", "detail-type": "Scheduled Event", "time": at.isoformat()}
    hub.sqs.send_message(QueueUrl=hub.output(f"{queue}QueueUrl"), MessageBody=json.dumps(told))


def kept(hub: Hub, bucket: str, key: str) -> bytes | None:
    place = hub.output(f"{bucket}Bucket")
    if not hub.s3.list_objects_v2(Bucket=place, Prefix=key).get("Contents"):
        return None
    return hub.s3.get_object(Bucket=place, Key=key)["Body"].read()


def published(driver: HubDriver, audience_id: str) -> dict[str, Any] | None:
    row: Any = driver.hub.table("Audiences").get_item(Key={"audience_id": audience_id})["Item"]
    note: dict[str, Any] | None = row.get("published")
    return note


def test_a_published_list_is_refreshed_and_equals_that_of_the_command(
    driver: HubDriver, segue: Segue
) -> None:
    sign_up = json.loads(driver.read_payload("sign-up-bernd"))
    sign_up["data"] |= {"id": "lena", "email": driver.get_email("lena"), "first_name": "Lena"}
    for key in ("phone", "loyalty"):
        sign_up["data"].pop(key, None)
    segue("send", "shop", "-", stdin=json.dumps(sign_up))
    driver.accepted["shop"] += 1
    driver.wait_for("Lena is known", lambda: driver.read_decisions("lena"))
    row: dict[str, Any] = {"channel": "email", "columns": COLUMNS, "every": "1d", "status": "live"}
    table = driver.hub.table("Audiences")
    table.put_item(Item={**row, "audience_id": "wrong", "expression": "event.amount > 5"})
    table.put_item(Item={**row, "audience_id": "alive", "expression": ALIVE})
    wrong = driver.wait_for("a list about events is refused", lambda: published(driver, "wrong"))
    assert "there is no event here" in wrong["problems"][0]
    good = driver.wait_for("a list is published", lambda: published(driver, "alive"))
    assert good["problems"] == []

    now = datetime.now(UTC)
    tick(driver.hub, "Audiences", now)
    key = f"audiences/alive/{now:%Y-%m-%d}"
    manifest = driver.wait_for(
        "it is made", lambda: kept(driver.hub, "Audiences", f"{key}.manifest.json")
    )
    body = kept(driver.hub, "Audiences", f"{key}.csv")
    assert body
    listed = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    names = {line["address"]: line["customer.person.first_name"] for line in listed}
    assert names[driver.get_email("lena")] == "Lena"
    assert json.loads(manifest)["count"] == len(listed)

    words = ("--channel", "email", "--columns", ",".join(COLUMNS), "--s3", "--json")
    said = segue("audience", ALIVE, *words)
    assert said.code == 0, said.err
    [told] = said.lines
    assert (told["count"], told["header"]) == (len(listed), list(listed[0]))
    assert kept(driver.hub, "Audiences", told["key"]) is not None
    assert "are on the list" in segue("audience", ALIVE).out
    refused = segue("audience", "event.amount > 5")
    assert (refused.code, "seen('order.completed'" in refused.err) == (1, True)


def test_the_workbook_says_what_the_command_says(driver: HubDriver, segue: Segue) -> None:
    """The hub goes on while it is read: what both say is compared until it holds still."""
    hub, today = driver.hub, datetime.now(UTC).date()
    tomorrow = datetime.combine(today, time(5), UTC) + timedelta(days=1)
    bucket = hub.output("ReportsBucket")

    def workbook() -> dict[str, Any]:
        for key in (f"reports/{today}.json", f"days/{today}.json"):
            hub.s3.delete_object(Bucket=bucket, Key=key)
        tick(hub, "Reports", tomorrow)
        driver.wait_for("the report is made", lambda: kept(hub, "Reports", f"reports/{today}.json"))
        return read_back(kept(hub, "Reports", f"reports/{today}.xlsx") or b"")

    def command() -> dict[str, Any]:
        said = segue("report", "--day", str(today), "--json")
        assert said.code == 0, said.err
        told: dict[str, Any] = said.lines[0]
        return {title: rows for title, rows in told.items() if isinstance(rows, list)}

    def both() -> dict[str, Any] | None:
        tables = workbook()
        return tables if tables == command() else None

    tables = driver.wait_for("the workbook says what the command says", both, seconds=180)
    summary = {row["figure"]: row["value"] for row in tables["summary"]}
    assert summary["delivered"] >= 2, "Ann and Bernd were welcomed"
    assert "welcome" in {row["strategy"] for row in tables["strategies"]}
    assert "summary" in segue("report", "--days", "1").out
