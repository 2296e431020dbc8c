"""Files in the bucket: every form of them, packed or not, however long they take, read once."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from openpyxl import Workbook

from tools.day.hub_driver import EXAMPLE, HubDriver
from tools.day.sales import sum_file, sum_hub
from tools.segue.explanation import explain_customer
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.sources import FOLDER

ROWS = 130


def drop(driver: HubDriver, key: str, body: bytes) -> None:
    driver.hub.s3.put_object(Bucket=driver.hub.output("FilesBucket"), Key=key, Body=body)


def beside(driver: HubDriver, key: str) -> Any:
    bucket = driver.hub.output("FilesBucket")
    return json.loads(driver.hub.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def read(driver: HubDriver, key: str) -> dict[str, Any]:
    """The account of the file, whose events count as accepted."""
    account = driver.wait_for(f"{key} is read", lambda: driver.read_reconciliation(key))
    driver.accepted[account["source"]] += account["events"]
    return account


def known(driver: HubDriver, key: str, block: str) -> dict[str, Any]:
    """What is known of whoever has that key; nothing while nobody has."""
    try:
        found: dict[str, Any] = explain_customer(driver.hub, key, last=1).blocks.get(block, {})
    except UserError:
        return {}
    return found


@contextmanager
def in_short_turns(hub: Hub) -> Iterator[None]:
    """So little time for a call that after every batch of rows the file is handed on."""
    functions = hub.session.client("lambda", endpoint_url=hub.endpoint)
    name = hub.output("ReceiveFileFunctionName")
    functions.update_function_configuration(FunctionName=name, Timeout=60)
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Timeout=900)


def test_a_part_of_the_retailers_year_is_read_in_turns_and_dropped_twice_counts_once(
    driver: HubDriver,
) -> None:
    lines = (EXAMPLE / "till.csv").read_text().splitlines(keepends=True)[: ROWS + 1]
    text, key = "".join(lines), "till/part.csv.gz"
    before = sum_hub(driver.hub)
    with in_short_turns(driver.hub):
        drop(driver, key, gzip.compress(text.encode(), mtime=0))
        account = read(driver, key)
    assert (account["rows_read"], account["turn"]) == (ROWS, 2)
    wanted = sum_file(text)
    driver.wait_for(
        "what every customer spent is right",
        lambda: sum_hub(driver.hub).subtract(before) == wanted,
    )
    assert {row["InvoiceNo"] for row in csv.DictReader(io.StringIO(text)) if not row["CustomerID"]}
    drop(driver, key, gzip.compress(text.encode(), mtime=0))
    drop(driver, "till/after.csv", (lines[0]).encode())
    read(driver, "till/after.csv")
    driver.wait_for("the second drop is dealt with", lambda: idle(driver.hub))
    assert driver.read_reconciliation(key) == account
    assert sum_hub(driver.hub).subtract(before) == wanted


def idle(hub: Hub) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    urls = [hub.output(f"{name}QueueUrl") for name in ("Files", "Events", "Customer")]
    answers = [hub.sqs.get_queue_attributes(QueueUrl=u, AttributeNames=names) for u in urls]  # type: ignore[arg-type]  # plain texts for boto's literals
    return not any(int(n) for answer in answers for n in answer["Attributes"].values())


def changes(*tiers: str) -> list[dict[str, str]]:
    """Of the CRM, on cards that are numbered by their tier."""
    common = {"kind": "customer.changed", "changed_at": "2026-07-01 09:30:00", "zone": "UTC"}
    return [{**common, "loyalty_number": f"F-{tier}", "tier": tier} for tier in tiers]


def workbook(rows: list[dict[str, str]]) -> bytes:
    book, body = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Changes")
    sheet.append([*rows[0], "email"])
    for row in rows:
        sheet.append([*row.values(), None])
    book.save(body)
    return body.getvalue()


def test_every_form_of_file_in_one_zip_is_read_by_its_own_name(driver: HubDriver) -> None:
    b, s, g, p = changes("B", "S", "G", "P")
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in g.items())
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.jsonl", json.dumps(b) + '\n{"kind": \n')
        archive.writestr("s.batch.json", json.dumps({"changes": [s]}))
        archive.writestr(
            "g.xml", f"<crm:day xmlns:crm='urn:crm'><change>{elements}</change></crm:day>"
        )
        archive.writestr("p.xlsx", workbook([p]))
        archive.writestr("evil.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a><change>&b;</change></a>')
    drop(driver, "crm/day.zip", body.getvalue())
    account = read(driver, "crm/day.zip")
    assert (account["events"], account["quarantined"]) == (4, 1)
    assert account["refused"] == "evil.xml has a document type or entities, which are not allowed"
    told = beside(driver, "crm/day.zip.manifest.json")["files"]
    assert [(file["name"], file["format"], file["events"]) for file in told] == [
        ("b.jsonl", "jsonl", 1),
        ("s.batch.json", "json", 1),
        ("g.xml", "xml", 1),
        ("p.xlsx", "xlsx", 1),
        ("evil.xml", "xml", 0),
    ]
    tiers = {"B": "basic", "S": "silver", "G": "gold", "P": "platinum"}
    driver.wait_for(
        "every change is known",
        lambda: all(
            known(driver, f"loyalty#F-{letter}", "loyalty").get("tier") == tier
            for letter, tier in tiers.items()
        ),
    )


def test_the_day_of_an_old_till_comes_in_ebcdic(driver: HubDriver) -> None:
    drop(driver, "till_ibm/day.ebc", (FOLDER / "till_ibm" / "samples" / "day.ebc").read_bytes())
    account = read(driver, "till_ibm/day.ebc")
    assert (account["events"], account["quarantined"], account["refused"]) == (3, 0, "")
    whose = "receipt#0042-008-00569903"
    driver.wait_for(
        "what nobody's card was shown for is on a customer of its own",
        lambda: known(driver, whose, "purchases").get("spent") == {"GBP": 1_500_000},
    )


def zipped(name: str, content: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        (
            "bomb.zip",
            zipped("bomb.csv", b"\0" * 32 * 1024 * 1024),
            "unpacks to more than 200 times",
        ),
        ("cut.csv.gz", gzip.compress(b"a,b\n")[:-9], "is damaged"),
        ("day.pdf", b"%PDF", "the files of till end in .csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    driver: HubDriver, name: str, body: bytes, reason: str
) -> None:
    drop(driver, f"till/{name}", body)
    assert read(driver, f"till/{name}")["refused"].startswith(reason)
    assert beside(driver, f"till/{name}.manifest.json")["refused"].startswith(reason)
