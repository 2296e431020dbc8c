"""What decisions teach reaches the counters of the deployed hub, once, and can be read there."""

import json
from datetime import UTC, datetime
from typing import Any

from hub.kernel.times import to_iso
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure, Feedback
from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue.dead_letters import count_messages
from tools.segue.hub import Hub

ARM = Arm("e2e-tent", "email")


def a_decision(number: int, *lessons: Feedback) -> dict[str, Any]:
    """As `dispatch` puts it on the bus."""
    told = {"lessons": [lesson.to_dict() for lesson in lessons]} if lessons else {}
    decision = {"id": f"e2e-{number}", "decided_at": to_iso(datetime.now(UTC)), **told}
    return {
        "Source": "segue.decision",
        "DetailType": "page.viewed",
        "Detail": json.dumps({**decision, "actions": [], "timers": []}),
    }


def decide(hub: Hub, *decisions: dict[str, Any]) -> None:
    entries: Any = [{**decision, "EventBusName": hub.output("BusName")} for decision in decisions]
    assert not hub.events.put_events(Entries=entries)["FailedEntryCount"]


def trials(segue: Segue) -> float:
    """Of the tent, as `segue learned` tells them; 0 before it knows it."""
    said = segue("learned", ARM.offer, "--json")
    if said.code:
        return 0
    (told,) = said.lines
    return float(round(next(r["trials"] for r in told["rows"] if r["what"] == "offer"), 1))


def test_each_lesson_is_learned_once_however_often_its_decision_comes(
    driver: HubDriver, segue: Segue
) -> None:
    showing = Exposure(ARM, ("customer.loyalty.tier=gold",), datetime.now(UTC))
    lessons = [Feedback(f"e2e-l-{at}", showing, shown=1, answered=at % 2) for at in range(4)]
    first, again = a_decision(1, *lessons[:3]), a_decision(2, *lessons[2:])
    decide(driver.hub, first, a_decision(3), first, again)
    decide(driver.hub, again, first)
    driver.wait_for("the lessons are learned", lambda: trials(segue) >= 4)
    driver.wait_for(
        "and all is read",
        lambda: not count_messages(driver.hub, driver.hub.output("LearnQueueUrl")),
    )
    assert trials(segue) == 4
    marks = driver.hub.table("Lessons").scan()["Items"]
    assert {f"e2e-l-{at}" for at in range(4)} <= {mark["lesson_id"] for mark in marks}
    assert "every offer" in segue("learned").out
    assert "customer.loyalty.tier=gold" in segue("learned", ARM.offer).out
