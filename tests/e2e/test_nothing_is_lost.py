"""What cannot be read is parked, what cannot be done is dead-lettered, and both come back."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from hub.kernel.safe_id import to_opaque_id
from hub.kernel.times import to_iso
from tests.e2e.conftest import Segue
from tests.e2e.hand_made import decide_by_hand, make_event
from tools.day.hub_driver import EXAMPLE, HubDriver
from tools.segue.archived_episodes import make_catalogue_reader
from tools.segue.explanation import read_decisions
from tools.segue.hub import Hub


def test_a_payload_that_breaks_its_schema_is_parked_with_field_and_reason(
    driver: HubDriver, segue: Segue
) -> None:
    broken = json.loads(driver.read_payload("cart-ann"))
    broken["data"]["total"] = "thirty-five"
    said = segue("send", "shop", "-", "--id", "broken", "--json", stdin=json.dumps(broken))
    assert (said.code, said.lines[0]["status"]) == (0, 202)
    driver.accepted["shop"] += 1
    row = driver.wait_for("it is parked", lambda: _parked(segue, "broken"))
    assert row["field"] == "data.total"
    assert "is missing" not in row["reason"]


def test_a_parked_payload_is_replayed_once_it_has_a_mapping(
    driver: HubDriver, segue: Segue
) -> None:
    wish = {"type": "wish.made", "created_at": "2026-11-22T10:00:00Z", "data": {"email": _BO}}
    segue("send", "shop", "-", "--id", "wish", stdin=json.dumps(wish))
    driver.accepted["shop"] += 1
    row = driver.wait_for("it is parked", lambda: _parked(segue, "wish"))
    assert "wish.made" in row["reason"]
    segue("parked", "replay", "--source", "shop")
    driver.wait_for("replayed too early it is parked again", lambda: _parked(segue, "wish"))
    _map_wishes(driver.hub)
    said = segue("parked", "replay", "--source", "shop", "--json")
    assert said.code == 0
    driver.wait_for("it is decided", lambda: segue("explain", _BO).code == 0)
    assert _parked(segue, "wish") is None
    assert _parked(segue, "broken"), "its neighbour is still broken"


def test_what_a_customer_has_no_room_for_is_parked_and_its_refusal_is_stored(
    driver: HubDriver, segue: Segue
) -> None:
    order = {
        "id": "shop:no-room",
        "type": "order.completed",
        "source": "shop",
        "occurred_at": "2026-11-22T10:00:00Z",
        "received_at": "2026-11-22T10:00:00Z",
        "correlation_id": "k-no-room",
        "customer_id": "c-full",
        "traits": {"consent": {"email": {"marketing": False}}},
        "properties": {"order": "1", "amount": 100, "currency": "XQQ"},
    }
    driver.hub.sqs.send_message(
        QueueUrl=driver.hub.output("CustomerQueueUrl"),
        MessageGroupId="c-full",
        MessageBody=json.dumps(order),
    )
    driver.accepted["shop"] += 1
    row = driver.wait_for("it is parked", lambda: _parked(segue, "shop:no-room"))
    assert (row["field"], row["delivery"]["type"]) == ("properties.currency", "order.completed")
    item: Any = driver.hub.table("Customers").get_item(Key={"customer_id": "c-full"})["Item"]
    state = json.loads(item["state"])
    assert state["consent"] == {"email": {"marketing": False}}
    assert "purchases" not in state
    assert segue("parked", "replay", "--source", "shop").code == 0
    driver.wait_for("uncorrected it is parked again", lambda: _parked(segue, "shop:no-room"))


def test_a_poison_message_dies_with_its_reason_while_its_neighbours_go_on(
    driver: HubDriver, segue: Segue
) -> None:
    url = driver.hub.output("EventsQueueUrl")
    poison = {"source": "segue.raw", "detail": {"correlation_id": "k-poison"}}
    driver.hub.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(poison))
    driver.hub.sqs.send_message(QueueUrl=url, MessageBody="this is not JSON")
    neighbour = driver.post("crm", "tier-bernd", ".neighbour")
    driver.wait_for("the neighbour is decided", lambda: driver.find_decision("bernd", neighbour))
    letters = driver.wait_for("both are dead letters", lambda: _letters(segue, "events", 2))
    assert {letter["stage"] for letter in letters} == {"normalize"}
    assert {"k-poison", ""} == {letter["correlation_id"] for letter in letters}
    assert all(letter["reason"] for letter in letters)
    assert segue("dlq", "redrive", "events").code == 0
    driver.wait_for("redriven unmended they die again", lambda: _letters(segue, "events", 2))
    driver.hub.sqs.purge_queue(QueueUrl=driver.hub.output("EventsDeadLettersUrl"))


def test_a_poison_message_in_a_customers_group_does_not_hold_it_up(
    driver: HubDriver, segue: Segue
) -> None:
    told = driver.read_decisions("bernd")[0]
    driver.hub.sqs.send_message(
        QueueUrl=driver.hub.output("CustomerQueueUrl"),
        MessageGroupId=told["customer_id"],
        MessageBody=json.dumps({"id": "poison", "correlation_id": "k-customer"}),
    )
    later = driver.post("crm", "tier-bernd", ".behind-poison")
    driver.wait_for("what came behind it is decided", lambda: driver.find_decision("bernd", later))
    (letter,) = driver.wait_for("it is a dead letter", lambda: _letters(segue, "customer", 1))
    assert (letter["stage"], letter["correlation_id"]) == ("decide", "k-customer")
    driver.hub.sqs.purge_queue(QueueUrl=driver.hub.output("CustomerDeadLettersUrl"))


@pytest.fixture
def names_wanted(driver: HubDriver) -> Iterator[None]:
    """The call's script asks for the last name, which whoever has none cannot be called by."""
    table, key = driver.hub.table("Templates"), {"template_id": "retention-call"}
    before = table.get_item(Key=key)["Item"]
    del before["published"]
    script = "{{ customer.person.last_name }} complained."
    table.put_item(Item={**before, "call": {"en": {"script": script}}})
    note = driver.wait_for("it is published", lambda: _note(table, key))
    driver.wait_for("it decides", lambda: driver.is_deciding(int(note["catalogue"])), seconds=30)
    yield
    table.put_item(Item=before)
    driver.wait_for("the usual one is published", lambda: _note(table, key))


@pytest.mark.usefixtures("names_wanted")
def test_a_failed_action_is_done_once_after_the_fault_is_fixed(
    driver: HubDriver, segue: Segue
) -> None:
    sign_up = json.loads(driver.read_payload("sign-up-ann"))
    sign_up["data"] |= {"id": "zoe", "email": _ZOE, "loyalty": {"number": "Z-1", "tier": "Gold"}}
    del sign_up["data"]["last_name"], sign_up["data"]["phone"]
    sign_up["data"]["phone"] = "020 7946 0018"
    segue("send", "shop", "-", stdin=json.dumps(sign_up))
    complaint = json.loads(driver.read_payload("complaint-ann"))
    complaint["customer"]["email"] = _ZOE
    driver.accepted.update({"shop": 2, "care": 1})
    driver.wait_for("she is known", lambda: segue("explain", _ZOE).code == 0)
    segue("send", "care", "-", stdin=json.dumps(complaint))
    (letter,) = driver.wait_for("the call is a dead letter", lambda: _letters(segue, "call", 1))
    assert "last_name" in letter["reason"]
    sign_up["data"]["last_name"] = "Zimmer"
    segue("send", "shop", "-", stdin=json.dumps(sign_up))
    driver.wait_for("her name is known", lambda: "Zimmer" in segue("explain", _ZOE).out)
    assert segue("dlq", "redrive", "call").code == 0
    driver.wait_for("the call is dispatched", lambda: _tasks(driver, "Zimmer"))
    assert len(_tasks(driver, "Zimmer")) == 1


def test_an_outbox_that_lambda_gave_up_on_is_shown_and_goes_back_to_dispatch(
    driver: HubDriver, segue: Segue
) -> None:
    """The emulator never gives up, so the batch is put where Lambda would put it in an account."""
    customer_id = f"lost-{driver.run_id}"
    event = make_event("page.viewed", f"hand:{customer_id}", customer_id)
    _, episode = decide_by_hand(event, make_catalogue_reader(driver.hub)(0))
    outbox, at = episode.to_dict(), to_iso(episode.decided_at)
    image = {"customer_id": {"S": customer_id}, "outbox": {"S": json.dumps(outbox)}}
    keys = {"customer_id": image["customer_id"]}
    images = {"SequenceNumber": "7", "Keys": keys, "NewImage": image}
    record = {"eventName": "INSERT", "dynamodb": images}
    note = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "responseContext": {"functionError": "Unhandled"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-7",
            "startSequenceNumber": "7",
            "endSequenceNumber": "7",
            "approximateArrivalOfFirstRecord": at,
            "approximateArrivalOfLastRecord": at,
            "batchSize": 1,
            "streamArn": f"arn:aws:dynamodb:::table/{driver.hub.output('CustomersTable')}/stream/1",
        },
        "payload": json.dumps({"Records": [record]}),
    }
    bucket, key = driver.hub.output("FailedBatchesBucket"), "aws/lambda/e2e/shardId-7/batch"
    driver.hub.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(note).encode())
    driver.accepted["hand"] += 1
    (letter,) = driver.wait_for("it is announced", lambda: _letters(segue, "customer-stream", 1))
    assert letter["keys"] == [customer_id]
    assert letter["correlation_id"] == event.correlation_id
    assert "from 7 to 7" in letter["reason"]
    (balance,) = segue("balance", "--json").lines
    assert balance["dead_events"]["hand"] == 1
    assert segue("dlq", "redrive", "customer-stream").code == 0
    driver.wait_for("it is dispatched", lambda: read_decisions(driver.hub, customer_id, 1))
    assert not _letters(segue, "customer-stream", 1)
    assert "Contents" not in driver.hub.s3.list_objects_v2(Bucket=bucket, Prefix=key)


def test_lost_edits_of_rows_are_read_again(driver: HubDriver, segue: Segue) -> None:
    url = driver.hub.output("CatalogueStreamDeadLettersUrl")
    info = {
        "shardId": "shardId-1",
        "startSequenceNumber": "1",
        "endSequenceNumber": "2",
        "approximateArrivalOfFirstRecord": "2026-11-22T12:00:00Z",
        "approximateArrivalOfLastRecord": "2026-11-22T12:00:00Z",
        "batchSize": 2,
        "streamArn": f"arn:aws:dynamodb:::table/{driver.hub.output('RulesTable')}/stream/1",
    }
    driver.hub.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"DDBStreamBatchInfo": info}))
    (letter,) = driver.wait_for("it is shown", lambda: _letters(segue, "catalogue-stream", 1))
    assert driver.hub.output("RulesTable") in letter["reason"]
    said = segue("dlq", "redrive", "catalogue-stream", "--json")
    assert (said.code, said.lines) == (0, [{"redriven": 1}]), said.err
    assert not _letters(segue, "catalogue-stream", 1)


def test_without_consent_nothing_goes_out(driver: HubDriver, segue: Segue) -> None:
    sign_up = json.loads(driver.read_payload("sign-up-bernd"))
    del sign_up["data"]["consents"]
    sign_up["data"] |= {"id": "noah", "email": _NOAH, "loyalty": {"number": "N-1", "tier": "Basic"}}
    segue("send", "shop", "-", stdin=json.dumps(sign_up))
    driver.accepted["shop"] += 1
    driver.wait_for("he is known", lambda: segue("explain", _NOAH).code == 0)
    (decision,) = segue("explain", _NOAH, "--json").lines[0]["decisions"]
    assert decision["actions"] == []
    assert "no consent to marketing messages by email" in decision["receipt"]["sentence"]


_BO, _ZOE, _NOAH = "bo@example.com", "zoe@example.com", "noah@example.com"


def _note(table: Any, key: dict[str, str]) -> dict[str, Any]:
    note: dict[str, Any] = table.get_item(Key=key)["Item"].get("published", {})
    return note


def _parked(segue: Segue, delivery_id: str) -> Any:
    rows = segue("parked", "list", "--json").lines
    flat = [row for line in rows for row in (line if isinstance(line, list) else [line])]
    names = delivery_id, to_opaque_id(delivery_id)
    return next((row for row in flat if row["delivery_id"] in names), None)


def _letters(segue: Segue, box: str, wanted: int) -> list[dict[str, Any]]:
    lines = segue("dlq", "show", box, "--json").lines
    flat = [row for line in lines for row in (line if isinstance(line, list) else [line])]
    return flat if len(flat) == wanted else []


def _tasks(driver: HubDriver, name: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {driver.call_centre['token']}"}
    answer = urllib3.request("GET", f"{driver.call_centre['url']}/tasks", headers=headers)
    return [task for task in answer.json()["tasks"] if name in task["script"]]


def _map_wishes(hub: Hub) -> None:
    """Deploys `normalize` with one more event type of the shop, as a developer would."""
    awslambda = hub.session.client("lambda", endpoint_url=hub.endpoint)
    name = hub.output("NormalizeFunctionName")
    place = awslambda.get_function(FunctionName=name)["Code"]["Location"]
    bundle = urllib3.request("GET", place).data
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry, _with_wishes(body) if entry.filename == _SHOP else body)
        new.writestr("schemas/sources/shop/wish.made.schema.json", '{"type": "object"}')
    awslambda.update_function_code(FunctionName=name, ZipFile=changed.getvalue())


_SHOP = "schemas/sources/shop/source.json"


def _with_wishes(source: bytes) -> bytes:
    data = json.loads(source)
    data["types"]["wish.made"] = {
        "type": "wish.made",
        "schema": "wish.made",
        "map": {"occurred_at": "created_at", "identities": {"email": "data.email"}},
    }
    return json.dumps(data).encode()


def test_every_bad_row_of_a_file_is_beside_it_with_its_reason(
    driver: HubDriver, segue: Segue
) -> None:
    lines = (EXAMPLE / "till.csv").read_text().splitlines()[:6]
    lines[2] = lines[2].replace(",", ";")
    lines[4] = lines[4].rsplit(",", 3)[0] + ",free,,United Kingdom"
    said = segue("send", "till", "-", "--name", "bad.csv", "--json", stdin="\n".join(lines))
    assert said.code == 0, said.err
    account = driver.wait_for(
        "it is reconciled", lambda: driver.read_reconciliation("till/bad.csv")
    )
    driver.accepted["till"] += account["events"]
    counts = (account["rows_read"], account["events"], account["quarantined"])
    assert counts == (5, 3, 2)
    bucket = driver.hub.output("FilesBucket")
    beside = driver.hub.s3.get_object(Bucket=bucket, Key="till/bad.csv.quarantine.jsonl")["Body"]
    rows = [json.loads(line) for line in beside.read().splitlines()]
    assert [row["row"] for row in rows] == [2, 4]
    assert rows[0]["line"].strip() == lines[2]
    assert rows[1]["field"] == "UnitPrice"
