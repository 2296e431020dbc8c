"""Decisions, ledger, parked deliveries."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.ledger_trace_index import Traces
from hub.delivery.ports import ActionLedger as LedgerPort
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.history.adapters.decision_table import Decisions
from hub.history.adapters.parked_table import ParkedEvents
from hub.history.ports import Decisions as DecisionsPort
from hub.intake.adapters.parked_table import ParkedPayloads
from hub.kernel.errors import Conflict
from hub.kernel.times import parse_time
from hub.measurement.ports import Traces as TracesPort
from hub.messaging.domain.bus_records import OUTCOME
from hub.model.action_trace import ActionNames
from hub.model.decision import Decision
from hub.model.decision_outcome import OUTCOME_KINDS, DecisionOutcome
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.model.promo_code import derive_promo_code, normalize_promo_code
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON, an_event
from tests.records import a_decision, a_delivery, an_action


@pytest.fixture
def ledger(real: bool) -> LedgerPort:
    return ActionLedger(a_ledger()) if real else fakes.ActionLedger()


def a_ledger() -> str:
    return moto_resources.table("ledger", "action_id", indexed=("reference", "code"))


class TestLedger:
    def test_the_first_attempt_finds_nothing_and_the_second_finds_the_first(
        self, ledger: LedgerPort
    ) -> None:
        assert ledger.attempt(an_action(), NOON) is None
        found = ledger.attempt(an_action(), NOON + timedelta(minutes=1))
        assert found == LedgerEntry(ActionStatus.ATTEMPTED, NOON)

    @pytest.mark.parametrize(
        "status", [ActionStatus.DELIVERED, ActionStatus.DECLINED, ActionStatus.UNKNOWN]
    )
    def test_a_settled_action_is_found_as_it_was_settled(
        self, ledger: LedgerPort, status: ActionStatus
    ) -> None:
        settled = LedgerEntry(
            status, NOON + timedelta(seconds=1), "because", "ref-1", {"segments": 2}
        )
        ledger.attempt(an_action(), NOON)
        ledger.settle(an_action(), settled)
        assert ledger.attempt(an_action(), NOON + timedelta(hours=1)) == settled

    def test_a_postponed_action_is_opened_anew(self, ledger: LedgerPort) -> None:
        ledger.attempt(an_action(), NOON)
        ledger.settle(
            an_action(), LedgerEntry(ActionStatus.POSTPONED, NOON, "the provider was down")
        )
        later = NOON + timedelta(minutes=1)
        assert ledger.attempt(an_action(), later) is None
        assert ledger.attempt(an_action(), later) == LedgerEntry(ActionStatus.ATTEMPTED, later)

    def test_what_was_never_attempted_cannot_be_settled(self, ledger: LedgerPort) -> None:
        with pytest.raises(Conflict):
            ledger.settle(an_action(), LedgerEntry(ActionStatus.DELIVERED, NOON))

    def test_a_refused_action_is_never_attempted(self, ledger: LedgerPort) -> None:
        refused = LedgerEntry(ActionStatus.REFUSED, NOON, "no slot was left")
        ledger.refuse(an_action(), refused)
        ledger.refuse(
            an_action(), LedgerEntry(ActionStatus.REFUSED, NOON + timedelta(hours=1), "again")
        )
        assert ledger.attempt(an_action(), NOON + timedelta(hours=2)) == refused

    def test_an_action_that_has_an_end_keeps_it(self, ledger: LedgerPort) -> None:
        ledger.attempt(an_action(), NOON)
        ledger.refuse(an_action(), LedgerEntry(ActionStatus.REFUSED, NOON, "too late"))
        assert ledger.attempt(an_action(), NOON) == LedgerEntry(ActionStatus.ATTEMPTED, NOON)

    def test_actions_do_not_meet(self, ledger: LedgerPort) -> None:
        ledger.attempt(an_action("a-1"), NOON)
        assert ledger.attempt(an_action("a-2"), NOON) is None


@pytest.mark.usefixtures("in_aws")
def test_a_ledger_line_says_whose_action_it_is_and_when_it_goes() -> None:
    ActionLedger(a_ledger(), retention=timedelta(days=1)).attempt(an_action(), NOON)
    [line] = moto_resources.items("ledger")
    assert {name: line[name]["S"] for name in ("customer_id", "decision_id", "rule_id")} == {
        "customer_id": "c-1",
        "decision_id": "d-1",
        "rule_id": "welcome",
    }
    assert int(line["expires"]["N"]) == int(NOON.timestamp()) + 86_400


@pytest.mark.usefixtures("in_aws")
def test_an_attempt_whose_answer_was_lost_is_still_the_first() -> None:
    ledger = ActionLedger(a_ledger())

    statuses: list[int] = []

    def lose_the_first(response: Any, **_: Any) -> float | None:
        statuses.append(response[0].status_code)
        return 0 if len(statuses) == 1 else None

    with moto_resources.listening(
        aws_clients.dynamodb(), "needs-retry.dynamodb.PutItem", lose_the_first
    ):
        assert ledger.attempt(an_action(), NOON) is None
    assert statuses == [200, 400]
    assert ledger.attempt(an_action(), NOON) == LedgerEntry(ActionStatus.ATTEMPTED, NOON)


@pytest.mark.usefixtures("in_aws")
def test_an_action_costs_two_writes() -> None:
    ledger = ActionLedger(a_ledger())
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        ledger.attempt(an_action(), NOON)
        ledger.settle(an_action(), LedgerEntry(ActionStatus.DELIVERED, NOON))
    assert calls == ["PutItem", "UpdateItem"]


class TestDecisions:
    @pytest.fixture
    def decisions(self, real: bool) -> DecisionsPort:
        table = "decisions"
        if real:
            return Decisions(moto_resources.table(table, "customer_id", "decided"))
        return fakes.Decisions()

    @staticmethod
    def _saved(decisions: DecisionsPort) -> list[Decision]:
        if isinstance(decisions, fakes.Decisions):
            return list(decisions.items.values())
        rows = moto_resources.items("decisions")
        return [Decision.from_dict(json.loads(row["record"]["S"])) for row in rows]

    def test_decisions_of_a_time_are_flagged_and_no_others(self, decisions: DecisionsPort) -> None:
        hours = [a_decision(f"d-{n}", decided_at=NOON + timedelta(hours=n)) for n in range(4)]
        decisions.save(
            [*hours, a_decision("d-9", customer_id="c-2", decided_at=hours[1].decided_at)]
        )
        since, until = hours[1].decided_at, hours[2].decided_at
        assert decisions.flag("c-1", since, until, "taken for somebody else") == 2
        assert decisions.flag("c-1", since, until, "taken for somebody else") == 2
        assert decisions.flag("c-3", since, until, "taken for somebody else") == 0

    def test_every_decision_is_saved_once_however_often_it_is_given(
        self, decisions: DecisionsPort
    ) -> None:
        batch = [a_decision(f"d-{number:02}") for number in range(30)]
        decisions.save([*batch, batch[0]])
        decisions.save(batch[:3])
        assert sorted(self._saved(decisions), key=lambda d: d.id) == batch

    def test_what_became_of_a_decision_stays_noted_at_its_earliest_time(
        self, decisions: DecisionsPort
    ) -> None:
        trace, early, late = an_action().trace, NOON + timedelta(hours=1), NOON + timedelta(hours=2)
        decisions.save([a_decision()])
        decisions.record_outcomes(
            [DecisionOutcome(trace, "reviewed", late), DecisionOutcome(trace, "converted", late)]
        )
        decisions.record_outcomes(
            [DecisionOutcome(trace, "reviewed", early), DecisionOutcome(trace, "reviewed", late)]
        )
        decisions.save([a_decision()])
        assert self._marked(decisions) == {"reviewed": early, "converted": late}

    @staticmethod
    def _marked(decisions: DecisionsPort) -> dict[str, datetime]:
        """Of the one decision that there is."""
        if isinstance(decisions, fakes.Decisions):
            return {word: at for (_, word), at in decisions.marks.items()}
        (row,) = (row for row in moto_resources.items("decisions") if "record" not in row)
        assert row["decided"]["S"] == "2026-11-22T12:00:00.000Z#d-1"
        return {word: parse_time(row[word]["S"]) for word in OUTCOME_KINDS if word in row}

    def test_nothing_is_saved_of_nothing(self, decisions: DecisionsPort) -> None:
        decisions.save([])
        assert self._saved(decisions) == []


class TestTraces:
    @pytest.fixture
    def traces(self, ledger: LedgerPort) -> TracesPort:
        """Of two actions, of which one was sent."""
        for name in ("a-1", "a-2"):
            ledger.attempt(an_action(name, offer="beans"), NOON)
        ledger.settle(
            an_action("a-1"), LedgerEntry(ActionStatus.DELIVERED, NOON, reference="mail-1")
        )
        return ledger if isinstance(ledger, fakes.ActionLedger) else Traces("ledger")

    def test_an_action_is_found_however_it_is_named(self, traces: TracesPort) -> None:
        names = [
            ActionNames(reference="a-1"),
            ActionNames(message="mail-1"),
            ActionNames(code=normalize_promo_code(derive_promo_code("a-1"))),
        ]
        assert traces.find(names) == [an_action("a-1", offer="beans").trace] * 3

    def test_one_that_names_none_of_ours_finds_none(self, traces: TracesPort) -> None:
        names = [
            ActionNames(reference="a-9"),
            ActionNames(message="mail-9"),
            ActionNames(code="ABC"),
            ActionNames(),
        ]
        assert traces.find(names) == [None] * 4
        assert traces.find([]) == []

    def test_a_reference_says_more_than_a_code(self, traces: TracesPort) -> None:
        (found,) = traces.find(
            [ActionNames(reference="a-2", code=normalize_promo_code(derive_promo_code("a-1")))]
        )
        assert found == an_action("a-2", offer="beans").trace


@pytest.mark.usefixtures("in_aws")
def test_decisions_are_kept_in_order_of_time_and_expire() -> None:
    kept = Decisions(moto_resources.table("decisions", "customer_id", "decided"), timedelta(days=2))
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        kept.save([a_decision("d-1"), a_decision("d-2", decided_at=NOON + timedelta(seconds=1))])
    first, second = moto_resources.items("decisions")
    assert calls == ["BatchWriteItem"]
    assert first["decided"]["S"] == "2026-11-22T12:00:00.000Z#d-1"
    assert second["decided"]["S"] == "2026-11-22T12:00:01.000Z#d-2"
    assert int(first["expires"]["N"]) == int(NOON.timestamp()) + 2 * 86_400


class TestParked:
    @pytest.fixture
    def parked(self, real: bool) -> ParkedPayloads | fakes.ParkedPayloads:
        return (
            ParkedPayloads(moto_resources.table("parked", "source", "parked"))
            if real
            else fakes.ParkedPayloads()
        )

    @staticmethod
    def _kept(
        parked: ParkedPayloads | fakes.ParkedPayloads,
    ) -> list[tuple[InboundPayload, str, str]]:
        if isinstance(parked, fakes.ParkedPayloads):
            return [(item.delivery, item.field, item.reason) for item in parked.items.values()]
        return [
            (
                InboundPayload.from_dict(json.loads(row["delivery"]["S"])),
                row["field"]["S"],
                row["reason"]["S"],
            )
            for row in moto_resources.items("parked")
            if row["status"]["S"] == "parked"
        ]

    def test_a_delivery_is_kept_with_the_field_and_the_reason(
        self, parked: ParkedPayloads | fakes.ParkedPayloads
    ) -> None:
        delivery = a_delivery(payload={"quantity": "many"})
        parked.park(delivery, "properties.quantity", "is not a number")
        assert self._kept(parked) == [(delivery, "properties.quantity", "is not a number")]

    def test_a_redelivery_is_parked_once_with_the_newest_reason(
        self, parked: ParkedPayloads | fakes.ParkedPayloads
    ) -> None:
        parked.park(a_delivery(), "type", "is not mapped")
        parked.park(a_delivery(), "", "is empty")
        assert self._kept(parked) == [(a_delivery(), "", "is empty")]


@pytest.mark.usefixtures("in_aws")
def test_an_event_is_parked_once_with_what_the_bus_needs_to_take_it_again() -> None:
    parked, event = ParkedEvents(moto_resources.table("parked", "source", "parked")), an_event()
    parked.park(event, "properties.currency", "is no currency")
    parked.park(event, "properties.amount", "is too much")
    [row] = moto_resources.items("parked")
    assert Event.from_dict(json.loads(row["delivery"]["S"])) == event
    assert (row["source"]["S"], row["delivery_id"]["S"]) == ("shop", "e-1")
    assert (row["field"]["S"], row["reason"]["S"]) == ("properties.amount", "is too much")
    assert (row["status"]["S"], row["bus_source"]["S"]) == ("parked", OUTCOME)
