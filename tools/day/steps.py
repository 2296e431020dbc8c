"""The acts of the day. Each sends through a real entrance and waits for what must come of it."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from hub.publishing.domain.tables import TABLES
from tools.day.day_run import EXAMPLE, Stage
from tools.day.sales import big_sales_in_file, sums_in_file, sums_in_hub
from tools.segue.dead_letters import depth

Act = Callable[[Stage], None]


def load_the_score(stage: Stage) -> None:
    """The marketers' rows typed into their tables"""
    for name in reversed([*TABLES]):
        for row in json.loads((EXAMPLE / f"{name}.json").read_text(), parse_float=Decimal):
            stage.hub.table(name.title()).put_item(Item=row)
    stage.until("all rows are published, none is refused", lambda: _all_published(stage))


def sign_up(stage: Stage) -> None:
    """Ann and Bernd sign up in the web shop"""
    for who, subject in (("ann", "Welcome, Ann"), ("bernd", "Willkommen, Bernd")):
        event_id = stage.post("shop", f"sign-up-{who}")
        sent = stage.until(
            f"{who} is welcomed by e-mail",
            partial(stage.delivered, who, event_id),
        )
        mail = stage.mail(sent["reference"])
        stage.expect(f"  with the subject {subject!r}", mail["Subject"] == subject)


def till_file(stage: Stage) -> None:
    """The till's file: two weeks of real sales"""
    name, before, stored = f"till/{stage.run}.csv", sums_in_hub(stage.hub), _in_warehouse(stage)
    body = (EXAMPLE / "till.csv").read_bytes()
    stage.hub.s3.put_object(Bucket=stage.hub.output("FilesBucket"), Key=name, Body=body)
    account = stage.until(
        "the file is read and reconciled", lambda: stage.account(name), seconds=120
    )
    rows = len(list(csv.reader(io.StringIO(body.decode())))) - 1
    stage.accepted["till"] += rows - account["quarantined"]
    stage.expect(
        f"{rows} rows = {account['events']} events + {account['quarantined']} quarantined",
        rows == account["rows_read"] == account["events"] + account["quarantined"],
    )
    expected = sums_in_file(body.decode())
    stage.until("all of it is decided", lambda: _drained(stage), seconds=300)
    big = big_sales_in_file(body.decode())
    stage.until(
        f"{big} sales of 150 pounds and more lie in the warehouse",
        lambda: _in_warehouse(stage) - stored == big,
    )
    stage.until(
        f"purchases of {expected.customers} customers equal the file's sums to the penny",
        lambda: sums_in_hub(stage.hub).minus(before) == expected,
    )


def complaints(stage: Stage) -> None:
    """Two complaints: a gold customer's and an infrequent one's"""
    of_ann = stage.post("care", "complaint-ann")
    of_bernd = stage.post("care", "complaint-bernd")
    call = stage.until("Ann, gold, will be called", lambda: stage.delivered("ann", of_ann))
    task = stage.task(call["reference"])
    stage.expect(f"  by the {task['queue']} queue", task["queue"] == "retention")
    mail = stage.until("Bernd gets an apology", lambda: stage.delivered("bernd", of_bernd))
    stage.expect("  by e-mail", "sorry" in stage.mail(mail["reference"])["Subject"])


def carts(stage: Stage) -> None:
    """Two carts left behind; Ann buys in the meantime"""
    of_ann, of_bernd = stage.post("shop", "cart-ann"), stage.post("shop", "cart-bernd")
    for who, event_id in (("ann", of_ann), ("bernd", of_bernd)):
        stage.until(
            f"{who}'s cart is waited for",
            partial(_timers, stage, who, event_id),
        )
    stage.post("shop", "order-ann")
    due = _timers(stage, "bernd", of_bernd)[0]["id"]
    stage.until("Bernd is reminded", lambda: stage.delivered("bernd", due), seconds=120)
    due = _timers(stage, "ann", of_ann)[0]["id"]
    decision = stage.until("Ann's wait ends too", lambda: stage.decision("ann", due), seconds=120)
    stage.expect("  and she is not reminded", not decision["actions"])
    stage.expect(f"  {decision['receipt']['sentence']}", "'bought'" in str(decision["receipt"]))


def offers(stage: Stage) -> None:
    """Ann is thanked for her order with an offer; Bernd's page shows it to him, and he looks"""
    ordered = f"shop:order-ann-{stage.run}"
    sent = stage.until("Ann gets an offer by e-mail", partial(stage.delivered, "ann", ordered))
    stage.expect(f"  it is {sent['offer']}", sent["offer"] == "gift-wrap")
    decision = stage.decision("ann", ordered) or {}
    why = next(c["gate"] for c in decision["receipt"]["choices"] if c["what"] == "gold-preview")
    stage.expect(f"  the one for gold customers was held back: {why}", "complaint" in why)
    asked = {"customer": f"email#{stage.email_of('bernd')}", "placement": "home"}
    answer = stage.ask("decisions", asked)
    (shown,) = answer["offers"]
    stage.expect(f"  the page shows Bernd {shown['content']['html']}", "wrapping" in str(shown))
    viewed = stage.ask("responses", {"reference": shown["reference"], "response": "viewed"})
    stage.until(
        "that he saw it is remembered", partial(stage.decision, "bernd", viewed["accepted"])
    )


def edits(stage: Stage) -> None:
    """A marketer edits a rule, and mistypes another"""
    rule = _row("complaint-other") | {
        "then": [{"do": "send", "channel": "email", "template": "apology-voucher"}]
    }
    edited_at = datetime.now(UTC)
    stage.hub.table("Rules").put_item(Item=rule)
    number = stage.until("the edit is published", lambda: _published(stage, rule))["catalogue"]
    stage.until("it decides", lambda: stage.decides_by(int(number)), seconds=15)
    took = (datetime.now(UTC) - edited_at).total_seconds()
    stage.expect(f"  {took:.1f} s after the edit, 10 s at most", took <= 10)  # noqa: PLR2004 as promised
    _apologised(stage, ".2", "the next postage is on us")
    stage.hub.table("Rules").put_item(Item=rule | {"when": "not customer.loyalty.teir == 'gold'"})
    refused = stage.until("the mistyped rule is refused", lambda: _refused(stage, rule))
    stage.expect(f"  in plain words: {refused[0]}", "customer.loyalty.tier" in refused[0])
    _apologised(stage, ".3", "the next postage is on us")


def unreadable(stage: Stage) -> None:
    """The shop sends something that nobody has mapped yet"""
    stage.post("shop", "unmapped")
    parked = stage.until("it is parked, not lost", lambda: _parked(stage))
    stage.expect(f"  {parked['field']}: {parked['reason']}", "wishlist.shared" in parked["reason"])


ACTS: tuple[Act, ...] = (sign_up, till_file, complaints, carts, offers, edits, unreadable)


def _row(rule_id: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads((EXAMPLE / "rules.json").read_text())
    return next(row for row in rows if row["rule_id"] == rule_id)


def _all_published(stage: Stage) -> bool:
    rows = [r for table in TABLES for r in stage.hub.table(table.title()).scan()["Items"]]
    return all(_is_live(row) for row in rows)


def _is_live(row: Mapping[str, Any]) -> bool:
    published: Any = row.get("published", {})
    return bool(published) and not published.get("problems")


def _published(stage: Stage, rule: Mapping[str, Any]) -> Any:
    """The guard's note on the row, once it is about what stands there now."""
    row = _rule(stage, rule["rule_id"])
    newest: Any = stage.hub.table("Catalogue").get_item(Key={"name": "newest"}).get("Item", {})
    note: Any = row.get("published", {})
    return note if note and note["catalogue"] == newest.get("number") else None


def _rule(stage: Stage, rule_id: str) -> dict[str, Any]:
    return dict(stage.hub.table("Rules").get_item(Key={"rule_id": rule_id}).get("Item", {}))


def _refused(stage: Stage, rule: Mapping[str, Any]) -> list[str]:
    note: Any = _rule(stage, rule["rule_id"]).get("published", {})
    return list(note.get("problems", ()))


def _apologised(stage: Stage, again: str, words: str) -> None:
    event_id = stage.post("care", "complaint-bernd", again)
    mail = stage.until(
        "Bernd complains again and hears of it", lambda: stage.delivered("bernd", event_id)
    )
    subject = stage.mail(mail["reference"])["Subject"]
    stage.expect(f"  by the new rule: {subject!r}", words in subject)


def _timers(stage: Stage, who: str, event_id: str) -> list[dict[str, Any]]:
    decision = stage.decision(who, event_id)
    return list(decision["timers"]) if decision else []


def _in_warehouse(stage: Stage) -> int:
    bucket = stage.hub.output("WarehouseBucket")
    pages = stage.hub.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="big_sales/day="
    )
    return sum(page["KeyCount"] for page in pages)


def _drained(stage: Stage) -> bool:
    queues = ("EventsQueueUrl", "CustomerQueueUrl")
    return not any(depth(stage.hub, stage.hub.output(queue)) for queue in queues)


def _parked(stage: Stage) -> Any:
    rows = stage.hub.table("Parked").scan()["Items"]
    return next((row for row in rows if row["delivery_id"] == f"unmapped-{stage.run}"), None)
