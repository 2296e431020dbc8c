"""The scenarios of the recorded archive: what the examples, the tests and a small town play."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from string import Template
from typing import Any

from hub.kernel.times import to_iso
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.publishing.domain.tables import TABLES
from tests import fakes
from tests.bench import retail_week
from tests.factories import NOON
from tests.in_memory import EXAMPLE, rows_of
from tests.simulation.recording.edge_cases import schedule_edge_cases
from tests.simulation.recording.town import START, Town
from tests.simulation.recording.town_catalogue import a_rule, first_catalogue, second_catalogue
from tests.simulation.recording.virtual_hub import Publisher, Rows, VirtualHub
from tests.whole_hub.test_week import KNOWN_SINCE, Played, snapshot
from tests.whole_hub.test_whole_hub import DAY

TOWNSPEOPLE, TOWN_SEED = 22, 7
PEOPLE_OF_EACH_STRATEGY = 30
RUNS = 4
TILL_LINES = 150
FIRST_CARD = 12_900
OF_THINGS = ("promotion.", "queue.", "stock.")
Scenario = Callable[[Publisher], VirtualHub]


def play_retail_day(publisher: Publisher) -> VirtualHub:
    """The payloads of `examples/retail` in several runs, the day of `test_whole_hub`, and lines of
    the till, some of them of known cards."""
    hub = VirtualHub(name="retail", clock=fakes.FixedClock(NOON), publisher=publisher)
    hub.publish(rows_of(EXAMPLE))
    when = NOON
    for run in range(RUNS):
        for name in ("sign-up", "complaint", "cart", "order", "tier", "unmapped"):
            for path in sorted((EXAMPLE / "payloads").glob(f"{name}*.json")):
                when += timedelta(seconds=11)
                words = {"run": str(run), "now": to_iso(when), "card_of_ann": str(FIRST_CARD + run)}
                payload = json.loads(Template(path.read_text()).substitute(words))
                source = {"complaint": "care", "tier": "crm"}.get(name, "shop")
                _receive(hub, when, source, payload)
    for delivery in (*DAY, *DAY[:3]):
        when += timedelta(hours=1)
        _receive(hub, when, delivery.source, delivery.payload, delivery.id)
    lines = csv.DictReader(io.StringIO((EXAMPLE / "till.csv").read_text("utf-8")))
    with_card = [line for line in lines if line["CustomerID"]][:TILL_LINES]
    for number, line in enumerate(with_card):
        when += timedelta(minutes=4)
        of_ann = {**line, "CustomerID": f"{FIRST_CARD + number % RUNS}.0"}
        _receive(hub, when, "till", of_ann if number % 5 == 0 else line)
    hub.run_until(when + timedelta(days=4))
    return hub


def play_week(publisher: Publisher) -> VirtualHub:
    """`examples/week` as `tests/steps/test_week.py` plays it, with fewer people."""
    whole = retail_week.Week.drawn()
    strategies = ("second-purchase", "welcome", "win-back")
    people = [p for name in strategies for p in whole.of(name)[:PEOPLE_OF_EACH_STRATEGY]]
    cards = {person.card for person in people}
    lines = tuple(line for line in whole.rows if retail_week.card_of(line) in cards)
    part = replace(whole, rows=lines, people={person.name: person for person in people})
    hub = VirtualHub(name="week", clock=fakes.FixedClock(KNOWN_SINCE), publisher=publisher)
    tables = snapshot()["rows"]
    hub.publish({table: list(tables[table].values()) for table in TABLES})
    Played(part, hub).play()
    return hub


def play_every_source(publisher: Publisher) -> VirtualHub:
    """Every sample of every source, twice."""
    hub = VirtualHub(name="sources", clock=fakes.FixedClock(NOON), publisher=publisher)
    hub.publish(_with_a_rule_for_every_event())
    when = NOON
    for suffix in ("", "-again"):
        for path in sorted((find_schemas_folder() / "sources").glob("*/samples/*.json")):
            if not path.name.endswith(".expected.json"):
                when += timedelta(minutes=5)
                source, payload = path.parts[-3], json.loads(path.read_text())
                _receive(hub, when, source, payload, f"{source}-{path.stem}{suffix}")
    hub.run_until(when + timedelta(days=2))
    return hub


def play_town(publisher: Publisher) -> VirtualHub:
    """Seven weeks, with two catalogues that use every verb, kind of policy and function."""
    hub = VirtualHub(name="town", clock=fakes.FixedClock(START), publisher=publisher)
    Town(hub, TOWNSPEOPLE, TOWN_SEED).play()
    return hub


def play_edge_cases(publisher: Publisher) -> VirtualHub:
    """Profiles at their limits, and in older forms."""
    hub = VirtualHub(name="edge", clock=fakes.FixedClock(NOON), publisher=publisher)
    hub.publish(second_catalogue())
    schedule_edge_cases(hub)
    hub.run_until(NOON + timedelta(days=1))
    return hub


SCENARIOS: Mapping[str, Scenario] = {
    "retail_day": play_retail_day,
    "week": play_week,
    "every_source": play_every_source,
    "town": play_town,
    "edge_cases": play_edge_cases,
}


def _with_a_rule_for_every_event() -> Rows:
    """The town's catalogue, and one more rule for each event type of a source."""
    definitions = sorted((find_schemas_folder() / "sources").glob("*/source.json"))
    types = {
        entry["type"]
        for path in definitions
        for entry in json.loads(path.read_text())["types"].values()
    }
    rules = [
        a_rule(f"on-{event_type}", event_type, {"do": "append", "dataset": "all"})
        for event_type in sorted(types)
        if not event_type.startswith((*OF_THINGS, "track."))
    ]
    rows = first_catalogue()
    return {**rows, "rules": [*rows["rules"], *rules]}


def _receive(
    hub: VirtualHub, when: datetime, source: str, payload: Any, delivery_id: str = ""
) -> None:
    hub.schedule_call(when, partial(hub.receive, source, payload, delivery_id))
