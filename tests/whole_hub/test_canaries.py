"""No id, key, attribute, reason or log line shows what a source told of a person.

Every text and number of every sample becomes a canary, as far as the sample stays an event. The
samples go through the entrances and the whole hub, and through its failures. Bodies may hold
canaries: an erasure deletes them, or they go with their time. The rest is searched.

Not searched, because an erasure deletes them or people choose them: keys of the tables Identities,
Merges (keys that were refused) and Mart, names of dropped files, types of events that the sender
names, and keys of Surroundings, which are products, queues and promotions.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from hub.delivery.adapters.action_topic import _to_entry
from hub.entrypoints import sqs
from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.file_reconciliation import FileAnnouncement
from hub.intake.domain.normalization import map_payload
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.steps.load_file import LoadFile
from hub.intake.steps.poll_database import PollDatabase
from hub.intake.steps.receive_webhook import ReceiveWebhook
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.adapters.event_bus import _detail_type
from hub.messaging.adapters.queues import _to_fifo_entry
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_text import to_aws_name
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests import fakes
from tests.factories import NOON, QueueSettings
from tests.in_memory import InMemoryHub
from tools.segue.credentials import generate
from tools.segue.webhook_request import build_request
from tools.segue.webhook_signatures import signed

FOLDER = find_schemas_folder() / "sources"
DEFINITIONS, SOURCES = SourceDefinitions(FOLDER), load_sources()
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/source.json"))
CANARY = re.compile(r"cnry\d{4}|90070\d{7}|7700900\d{3}", re.IGNORECASE)
FACTS = ("stock", "call_load", "promotions")
Replace = Callable[[Any], Any]


@dataclass
class Canaries:
    """Puts canaries into samples. `put` counts them."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    put: int = 0

    def fill(self, source: SourceDefinition, sample: Any) -> Any:
        """Replaces each value that may be another one without making another event of it."""
        wanted, payload = _read(source, sample), sample
        form = {"specversion", source.database.watermark if source.database else ""}
        for path in _list_leaves(sample):
            if path and path[0] in form:
                continue
            value = _find(payload, path)
            for canary in self._make(value):
                changed = _put(payload, path, canary)
                if _read(source, changed) == wanted:
                    payload, self.put = changed, self.put + 1
                    break
        return payload

    def _make(self, value: Any) -> Iterator[Any]:
        number = next(self.numbers)
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int):
            yield 900_700_000_000 + number
        if isinstance(value, str):
            yield f"cnry{number:04}@example.com" if "@" in value else f"cnry{number:04}"
            yield f"+447700900{number % 1000:03}"
            yield f"447700900{number % 1000:03}"
            yield f"{900_700_000_000 + number}"


def _read(source: SourceDefinition, payload: Any) -> Any:
    """The type and the groups of an event, without its values; None if it is none."""
    sent = InboundPayload(
        id="1", source=source.name, received_at=NOON, correlation_id="1", payload=payload
    )
    try:
        event = map_payload(source, sent, SOURCES.check)
    except Rejected:
        return None
    return event.type, event.occurred_at, sorted(event.identities), sorted(event.properties)


def _list_leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _list_leaves(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _list_leaves(member, (*path, place))
    else:
        yield path


def _find(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: _put(value[step], tuple(rest), new)}
    return [_put(m, tuple(rest), new) if at == step else m for at, m in enumerate(value)]


def read_samples(name: str) -> list[Any]:
    return [
        json.loads(path.read_text())
        for path in sorted((FOLDER / name / "samples").glob("*.json"))
        if not path.name.endswith(".expected.json")
    ]


def send(source: SourceDefinition, payload: Any) -> tuple[list[InboundPayload], list[str]]:
    """Sends a payload by every way in. Returns what is on the bus, and the keys of claims."""
    bus, claims = fakes.Bus(), fakes.ClaimCheck()
    if source.webhook:
        _post(source, payload, bus, claims)
    if source.files:
        _drop(source, payload, bus)
    if source.database:
        _poll(source, payload, bus)
    if source.bus:
        sent = InboundPayload(
            id="u",
            source=source.name,
            received_at=NOON,
            correlation_id=f"{source.name}:u",
            payload=payload,
        )
        bus.payloads.append(sent)
    return bus.payloads, [*claims.bodies, *(payload.claim for payload in bus.payloads)]


def _post(source: SourceDefinition, payload: Any, bus: fakes.Bus, claims: fakes.ClaimCheck) -> None:
    webhook, credential = source.webhook, None
    assert webhook is not None
    credential = generate(webhook.scheme)
    receiver = ReceiveWebhook(
        DEFINITIONS, lambda: {source.name: [credential.public]}, claims, bus, fakes.FixedClock()
    )
    body = _to_xml(payload) if webhook.body == "xml" else json.dumps(payload)
    call = "/v1/batch" if webhook.body == "tracking" else f"/webhooks/{source.name}"
    for large in ("", "x" * 300_000):
        padded = {**payload, "padding": large} if large and isinstance(payload, dict) else payload
        text = body if webhook.body == "xml" else json.dumps(padded)
        url = f"https://hub.example.com{call}"
        request = build_request(webhook, text.encode(), url, "cnry0000")
        signing = Signing(webhook, credential.private, "cnry0000", NOON, "0" * 50)
        receiver.receive(source.name, signed(request, signing))


def _to_xml(payload: Any) -> str:
    """A payload of `body: xml` as the document that it was."""
    if isinstance(payload, dict) and len(payload) == 1:
        ((name, element),) = payload.items()
        return f"<Message>{_to_element(name, element)}</Message>"
    return f"<Message>{_to_element('Notification', payload)}</Message>"


def _to_element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_to_element(name, member) for member in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(str(value))}</{name}>" if value is not None else ""
    attributes = "".join(
        f" {key[1:].replace(':', '_')}={quoteattr(str(member))}"
        for key, member in value.items()
        if key.startswith("@")
    )
    children = "".join(
        _to_element(key, member) for key, member in value.items() if not key.startswith(("@", "#"))
    )
    return f"<{name}{attributes}>{children}{escape(str(value.get('#text', '')))}</{name}>"


def _drop(source: SourceDefinition, payload: Any, bus: fakes.Bus) -> None:
    """Drops a file whose name is a canary too."""
    lines = any(form.format == "jsonl" for form in source.files)
    name = f"{source.name}/cnry0001.{'jsonl' if lines else 'csv'}"
    columns = ",".join(payload) if isinstance(payload, dict) else ""
    row = ",".join(str(value) for value in payload.values()) if isinstance(payload, dict) else ""
    body = json.dumps(payload) if lines else f"{columns}\n{row}"
    files = fakes.Files({name: f"{body}\n".encode()})
    loader = LoadFile(files, SOURCES, bus, fakes.FixedClock(), lambda: False, lambda: None)
    loader(FileAnnouncement(name, "e1"))


def _poll(source: SourceDefinition, payload: Any, bus: fakes.Bus) -> None:
    """Polls a row whose key is a canary, and one without a key."""
    polling = source.database
    assert polling is not None
    database, parked = fakes.SourceDatabase(), fakes.ParkedPayloads()
    definition = replace(source, database=replace(polling, query=polling.watermark))
    moment = datetime.fromisoformat(str(payload[polling.watermark]))
    row = {**payload, polling.watermark: moment, polling.key[0]: "cnry0002"}
    database.commit([row, {**row, polling.key[0]: None}])
    PollDatabase(
        {source.name: definition}.get,
        lambda: {source.name: "sql://x"},
        database,
        fakes.Watermarks(),
        bus,
        fakes.ClaimCheck(),
        parked,
        fakes.FixedClock(),
        lambda: False,
    )([QueueMessage("m-1", {"source": source.name})])
    assert not CANARY.search(str([*parked.items]))


def search(places: dict[str, Any]) -> list[tuple[str, str]]:
    """The places that show a canary, with the text."""
    return [
        (place, found.group())
        for place, texts in places.items()
        if (found := CANARY.search(json.dumps(texts, default=str)))
    ]


def list_places(hub: InMemoryHub) -> dict[str, Any]:
    """Everything outside bodies, as the adapters write it."""
    entries = [_to_fifo_entry(0, event)[0] for event in hub.queue.events]
    actions = list(hub.ledger.actions.values())
    return {
        "parked keys": [(key[0], key[2]) for key in hub.parked.items],
        "parked reasons": [(item.field, item.reason) for item in hub.parked.items.values()],
        "events": [(e.id, e.correlation_id, e.customer_id) for e in hub.queue.events],
        "customer queue": [
            {name: value for name, value in entry.items() if name != "MessageBody"}
            for entry in entries
        ],
        "detail types": [
            (source, _detail_type(detail))
            for source, detail in hub.bus.published
            if not _detail_type(detail).startswith("track.")
        ],
        "decisions": [(c, at, decision_id) for c, at, decision_id in hub.decisions.items],
        "actions": [(a.id, a.decision_id, a.correlation_id, a.rule_id) for a in actions],
        "topic": [_to_entry(0, action)[0]["MessageAttributes"] for action in actions],
        "ledger": [(key, line.reason) for key, line in hub.ledger.lines.items()],
        "schedules": [(to_aws_name(n), t.customer_id) for n, t in hub.schedule.timers.items()],
        "claims": list(hub.claims.bodies),
        "surroundings": list(hub.archive.around),
        "capacity": [*hub.capacity.held, *hub.capacity.refused],
        "address refusals": list(hub.refusals.items),
        "customers": list(hub.customers.items),
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_id_key_attribute_or_reason_shows_what_a_source_told(name: str) -> None:
    source = DEFINITIONS(name)
    assert source is not None
    canaries, hub = Canaries(), InMemoryHub()
    for sample in read_samples(name):
        payload = canaries.fill(source, sample)
        delivered, claims = send(source, payload)
        assert delivered
        for sent in delivered:
            assert search({"payload": (sent.id, sent.correlation_id), "claims": claims}) == []
            hub.push(sent if not sent.claim else replace(sent, claim="", payload=payload))
        for path in list(_list_leaves(payload))[:12]:
            broken = _put(payload, path, {"cnry0003": ["cnry0004"]})
            hub.push(replace(delivered[0], id="broken", claim="", payload=broken))
    for timer_id in list(hub.schedule.timers):
        hub.fire(timer_id)
    assert canaries.put
    assert name in FACTS or hub.queue.events
    assert search(list_places(hub)) == []


def test_the_canaries_are_found_where_they_may_be() -> None:
    """Else the search would find nothing because nothing is there."""
    source = DEFINITIONS("shop")
    assert source is not None
    hub = InMemoryHub()
    for sample in read_samples("shop"):
        for sent in send(source, Canaries().fill(source, sample))[0]:
            hub.push(sent)
    bodies = {
        "queue": [event.to_dict() for event in hub.queue.events],
        "identities": list(hub.identities.items),
        "customers": list(hub.customers.items.values()),
    }
    assert {place for place, _ in search(bodies)} == set(bodies)


class Letters:
    """The attributes of dead letters."""

    def __init__(self) -> None:
        self.attributes: list[dict[str, str]] = []

    def send(self, _: QueueMessage, attributes: Any) -> None:
        self.attributes.append(dict(attributes))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("invalid literal: 'cnry0005'"),
        KeyError("cnry0005@example.com"),
        Unavailable("SES: TooManyRequestsException"),
    ],
)
def test_a_failure_shows_nothing_of_the_message_in_log_and_dead_letter(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    source = DEFINITIONS("shop")
    assert source is not None
    (sample, *_) = read_samples("shop")
    delivered, _ = send(source, Canaries().fill(source, sample))
    letters = Letters()

    def fail(_: Any) -> Any:
        raise error

    records = [
        {"messageId": f"m-{n}", "body": json.dumps(sent.to_dict()), "attributes": {}}
        for n, sent in enumerate(delivered)
    ]
    sqs.consume(
        {"Records": records},
        fail,
        settings=QueueSettings(max_receives=1),
        stage="normalize",
        dead_letters=lambda _: letters,
    )
    assert letters.attributes
    assert search({"letters": letters.attributes, "log": capsys.readouterr()}) == []
