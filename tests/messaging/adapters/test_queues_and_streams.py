"""Bus, customer queue, topic, schedule: one contract each for the fake and the adapter."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub.delivery.adapters.action_topic import ActionTopic
from hub.delivery.adapters.timer_schedule import TimerSchedule
from hub.intake.adapters import queue_backlog
from hub.kernel.errors import Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.adapters.dead_letter_queue import DeadLetters
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import CustomerQueue, RetryQueue
from hub.model.decision import Action
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON, an_event
from tests.records import a_decision, a_delivery, a_timer, an_action, an_episode

LARGE = "x" * 90_000
TOO_LARGE = "x" * 300_000


class TestBus:
    @pytest.fixture
    def bus(self, real: bool) -> Bus | fakes.Bus:
        if not real:
            return fakes.Bus()
        aws_clients.events().create_event_bus(Name="hub")
        self._listen("hub")
        return Bus("hub")

    @staticmethod
    def _listen(bus: str) -> None:
        queue = moto_resources.queue("heard")
        pattern = json.dumps({"source": [{"prefix": "segue."}]})
        aws_clients.events().put_rule(Name="all", EventBusName=bus, EventPattern=pattern)
        aws_clients.events().put_targets(
            Rule="all", EventBusName=bus, Targets=[{"Id": "1", "Arn": moto_resources.arn(queue)}]
        )

    @staticmethod
    def _heard(bus: Bus | fakes.Bus) -> list[tuple[str, Any]]:
        if isinstance(bus, fakes.Bus):
            raw = [("segue.raw", delivery.to_dict()) for delivery in bus.payloads]
            return raw + [(kind, dict(detail)) for kind, detail in bus.published]
        queue = aws_clients.sqs().get_queue_url(QueueName="heard")["QueueUrl"]
        bodies = [json.loads(message["Body"]) for message in moto_resources.received(queue)]
        return [(body["source"], body["detail"]) for body in bodies]

    def test_more_deliveries_than_one_call_takes_all_arrive(self, bus: Bus | fakes.Bus) -> None:
        deliveries = [a_delivery(f"s-{number}", {"n": number}) for number in range(23)]
        assert bus.publish_payloads(deliveries) == {}
        heard = [InboundPayload.from_dict(detail) for _, detail in self._heard(bus)]
        assert sorted(heard, key=lambda d: d.payload["n"]) == deliveries

    def test_what_is_too_large_is_refused_and_the_rest_arrives(self, bus: Bus | fakes.Bus) -> None:
        given = [a_delivery("s-1"), a_delivery("s-2", TOO_LARGE), a_delivery("s-3")]
        refused = bus.publish_payloads(given)
        assert list(refused) == [1]
        assert {detail["id"] for _, detail in self._heard(bus)} == {"s-1", "s-3"}

    def test_what_is_not_json_is_refused_and_the_rest_arrives(self, bus: Bus | fakes.Bus) -> None:
        refused = bus.publish("segue.event", [{"type": "x.happened", "at": {1, 2}}, {"type": "y"}])
        assert list(refused) == [0]
        assert self._heard(bus) == [("segue.event", {"type": "y"})]

    def test_decisions_and_outcomes_go_out_under_their_kind(self, bus: Bus | fakes.Bus) -> None:
        decision = a_decision().to_dict()
        assert bus.publish("segue.decision", [decision]) == {}
        assert bus.publish("segue.outcome", [{"type": "action.delivered"}]) == {}
        assert self._heard(bus) == [
            ("segue.decision", decision),
            ("segue.outcome", {"type": "action.delivered"}),
        ]

    def test_one_record_goes_out_or_the_bus_is_unavailable(self, bus: Bus | fakes.Bus) -> None:
        bus.publish_one("segue.outcome", {"type": "offer.viewed"})
        with pytest.raises(Unavailable, match=r"the bus did not take offer\.clicked: "):
            bus.publish_one("segue.outcome", {"type": "offer.clicked", "reason": TOO_LARGE})
        assert self._heard(bus) == [("segue.outcome", {"type": "offer.viewed"})]


@pytest.mark.usefixtures("in_aws")
class TestBusOnEventBridge:
    def test_a_call_takes_ten_entries_or_256_kb(self) -> None:
        aws_clients.events().create_event_bus(Name="hub")
        bus = Bus("hub")
        with moto_resources.counted(aws_clients.events()) as calls:
            bus.publish_payloads([a_delivery(f"s-{n}") for n in range(11)])
            bus.publish_payloads([a_delivery(f"s-{n}", LARGE) for n in range(4)])
            bus.publish_payloads([])
        assert calls == ["PutEvents"] * 4

    def test_the_detail_type_is_the_records_own(self) -> None:
        aws_clients.events().create_event_bus(Name="hub")
        bus = Bus("hub")
        with moto_resources.asked(aws_clients.events(), "PutEvents") as calls:
            bus.publish_payloads([a_delivery()])
            bus.publish("segue.event", [{"type": "order.completed"}])
            bus.publish("segue.decision", [a_decision().to_dict()])
        sent = [entry for call in calls for entry in call["Entries"]]
        assert [(entry["Source"], entry["DetailType"]) for entry in sent] == [
            ("segue.raw", "shop"),
            ("segue.event", "order.completed"),
            ("segue.decision", "customer.registered"),
        ]

    def test_an_entry_that_the_bus_refuses_is_told_by_its_own_index(self) -> None:
        aws_clients.events().create_event_bus(Name="hub")
        answer = {
            "FailedEntryCount": 1,
            "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}],
        }
        with moto_resources.answering(aws_clients.events(), "PutEvents", answer):
            refused = Bus("hub").publish_payloads([a_delivery("s-1"), a_delivery("s-2")])
        assert refused == {1: "ThrottlingException"}


class TestCustomerQueue:
    @pytest.fixture
    def queue(self, real: bool) -> CustomerQueue | fakes.CustomerQueue:
        return CustomerQueue(moto_resources.queue("c.fifo")) if real else fakes.CustomerQueue()

    @staticmethod
    def _held(queue: CustomerQueue | fakes.CustomerQueue) -> list[Event]:
        if isinstance(queue, fakes.CustomerQueue):
            return queue.events
        url = aws_clients.sqs().get_queue_url(QueueName="c.fifo")["QueueUrl"]
        bodies = [message["Body"] for message in moto_resources.received(url)]
        return [Event.from_dict(json.loads(body)) for body in bodies]

    def test_events_arrive_in_order(self, queue: CustomerQueue | fakes.CustomerQueue) -> None:
        events = [an_event(event_id=f"e-{number:02}") for number in range(12)]
        assert queue.send(events) == {}
        assert self._held(queue) == events

    def test_a_repeat_of_an_event_is_dropped(
        self, queue: CustomerQueue | fakes.CustomerQueue
    ) -> None:
        odd = an_event(event_id="an id with spaces, and " + "long " * 50)
        queue.send([an_event(), odd])
        assert queue.send([an_event(), odd]) == {}
        assert self._held(queue) == [an_event(), odd]

    def test_an_event_that_no_message_carries_is_refused_alone(
        self, queue: CustomerQueue | fakes.CustomerQueue
    ) -> None:
        large = an_event(event_id="e-2", properties={"much": TOO_LARGE})
        assert list(queue.send([an_event(), large])) == [1]
        assert self._held(queue) == [an_event()]


@pytest.mark.usefixtures("in_aws")
def test_the_group_of_an_event_is_its_customer() -> None:
    url = moto_resources.queue("c.fifo")
    CustomerQueue(url).send([an_event(customer_id="c-9")])
    [message] = moto_resources.received(url)
    assert message["Attributes"]["MessageGroupId"] == "c-9"


@pytest.mark.usefixtures("in_aws")
def test_an_entry_that_sqs_refuses_is_told_by_its_index() -> None:
    url = moto_resources.queue("c.fifo")
    answer = {"Failed": [{"Id": "1", "Code": "Z"}]}
    with moto_resources.answering(aws_clients.sqs(), "SendMessageBatch", answer):
        assert CustomerQueue(url).send([an_event(), an_event(event_id="e-2")]) == {1: "Z"}


class TestRetryQueue:
    @pytest.fixture
    def queue(self, real: bool) -> RetryQueue | fakes.RetryQueue:
        return RetryQueue(moto_resources.queue("retry"), delay=0) if real else fakes.RetryQueue()

    def test_a_record_comes_back_whole(self, queue: RetryQueue | fakes.RetryQueue) -> None:
        body = {"customer_id": "c-1", "episode": an_episode().to_dict(), "before": None}
        assert queue.send([body]) == {}
        if isinstance(queue, fakes.RetryQueue):
            held: list[Any] = list(queue.bodies)
        else:
            url = aws_clients.sqs().get_queue_url(QueueName="retry")["QueueUrl"]
            held = [json.loads(message["Body"]) for message in moto_resources.received(url)]
        assert held == [body]


@pytest.mark.usefixtures("in_aws")
class TestBacklog:
    def test_what_waits_in_all_of_them_is_counted(self) -> None:
        orders, events = moto_resources.queue("customers.fifo"), moto_resources.queue("events")
        assert queue_backlog.count_waiting([orders, events]) == 0
        CustomerQueue(orders).send([an_event(), an_event(event_id="e-2")])
        RetryQueue(events, delay=0).send([{"a": 1}])
        assert queue_backlog.count_waiting([orders, events]) == 3


class TestTopic:
    @pytest.fixture
    def topic(self, real: bool) -> ActionTopic | fakes.ActionTopic:
        if not real:
            return fakes.ActionTopic()
        arn = aws_clients.sns().create_topic(Name="actions")["TopicArn"]
        queue = moto_resources.queue("heard")
        attributes = {"RawMessageDelivery": "true", "FilterPolicy": '{"channel": ["email"]}'}
        aws_clients.sns().subscribe(
            TopicArn=arn, Protocol="sqs", Endpoint=moto_resources.arn(queue), Attributes=attributes
        )
        return ActionTopic(arn)

    @staticmethod
    def _heard(topic: ActionTopic | fakes.ActionTopic) -> list[Action]:
        if isinstance(topic, fakes.ActionTopic):
            return [action for action in topic.actions if action.channel == "email"]
        url = aws_clients.sqs().get_queue_url(QueueName="heard")["QueueUrl"]
        bodies = [message["Body"] for message in moto_resources.received(url)]
        return [Action.from_dict(json.loads(body)) for body in bodies]

    def test_actions_reach_the_queue_of_their_channel(
        self, topic: ActionTopic | fakes.ActionTopic
    ) -> None:
        actions = [an_action(f"a-{number:02}") for number in range(12)]
        assert topic.publish([*actions, an_action("a-99", channel="call")]) == {}
        assert sorted(self._heard(topic), key=lambda a: a.id) == actions

    def test_an_action_too_large_is_refused_alone(
        self, topic: ActionTopic | fakes.ActionTopic
    ) -> None:
        large = an_action("a-1", event={"much": TOO_LARGE})
        assert list(topic.publish([large, an_action("a-2", correlation_id="")])) == [0]
        assert [action.id for action in self._heard(topic)] == ["a-2"]


@pytest.mark.usefixtures("in_aws")
def test_an_action_carries_what_it_is_told_by() -> None:
    arn = aws_clients.sns().create_topic(Name="actions")["TopicArn"]
    url = moto_resources.queue("heard")
    raw = {"RawMessageDelivery": "true"}
    aws_clients.sns().subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=moto_resources.arn(url), Attributes=raw
    )
    ActionTopic(arn).publish([an_action()])
    [message] = moto_resources.received(url)
    said = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert said == {"channel": "email", "rule_id": "welcome", "correlation_id": "k-1"}


GROUP, ROLE = "waits", "arn:aws:iam::123456789012:role/waits"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:customers.fifo"
DEAD_ARN = "arn:aws:sqs:eu-west-1:123456789012:timers-dead"


def a_schedule() -> TimerSchedule:
    return TimerSchedule(
        GROUP,
        customer_queue_arn=QUEUE_ARN,
        dead_letters_arn=DEAD_ARN,
        role_arn=ROLE,
        now=fakes.FixedClock(NOON),
    )


class TestSchedule:
    @pytest.fixture
    def schedule(self, real: bool) -> TimerSchedule | fakes.TimerSchedule:
        if not real:
            return fakes.TimerSchedule()
        aws_clients.scheduler().create_schedule_group(Name=GROUP)
        return a_schedule()

    @staticmethod
    def _inputs(schedule: TimerSchedule | fakes.TimerSchedule) -> list[Any]:
        if isinstance(schedule, fakes.TimerSchedule):
            return [timer.event for timer in schedule.timers.values()]
        names = [found["Name"] for found in aws_clients.scheduler().list_schedules()["Schedules"]]
        return [json.loads(_schedule(name)["Target"]["Input"]) for name in names]

    def test_a_timer_that_exists_is_left_as_it_is(
        self, schedule: TimerSchedule | fakes.TimerSchedule
    ) -> None:
        schedule.set(a_timer(type="cart.reminder_due"))
        schedule.set(a_timer(type="another"))
        assert self._inputs(schedule) == [{"id": "e-2", "type": "cart.reminder_due"}]

    def test_timers_with_odd_names_are_told_apart(
        self, schedule: TimerSchedule | fakes.TimerSchedule
    ) -> None:
        for name in ("e 1#cart:0", "e 1#cart:1", "e" * 100, "e" * 101):
            schedule.set(a_timer(name))
        assert len(self._inputs(schedule)) == 4


def _schedule(name: str) -> Any:
    return aws_clients.scheduler().get_schedule(GroupName=GROUP, Name=name)


@pytest.mark.usefixtures("in_aws")
class TestScheduleOnEventBridge:
    @pytest.fixture
    def schedule(self) -> Callable[[timedelta], Any]:
        aws_clients.scheduler().create_schedule_group(Name=GROUP)
        adapter = a_schedule()

        def made(wait: timedelta) -> Any:
            adapter.set(a_timer("t-1", NOON + wait))
            return _schedule("t-1")

        return made

    def test_it_fires_once_on_the_customers_group_and_goes(
        self, schedule: Callable[[timedelta], Any]
    ) -> None:
        found = schedule(timedelta(minutes=90))
        assert found["ScheduleExpression"] == "at(2026-11-22T13:30:00)"
        assert found["ScheduleExpressionTimezone"] == "UTC"
        assert found["Target"]["DeadLetterConfig"] == {"Arn": DEAD_ARN}
        assert found["ActionAfterCompletion"] == "DELETE"
        assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert found["Target"]["Arn"] == QUEUE_ARN
        assert found["Target"]["RoleArn"] == ROLE
        assert found["Target"]["SqsParameters"] == {"MessageGroupId": "c-1"}

    def test_a_part_of_a_second_is_rounded_up(self, schedule: Callable[[timedelta], Any]) -> None:
        found = schedule(timedelta(hours=1, milliseconds=1))
        assert found["ScheduleExpression"] == "at(2026-11-22T13:00:01)"

    def test_a_time_that_is_past_fires_soon(self, schedule: Callable[[timedelta], Any]) -> None:
        assert schedule(timedelta(hours=-1))["ScheduleExpression"] == "at(2026-11-22T12:00:05)"


class TestDeadLetters:
    @pytest.fixture(params=["dead", "dead.fifo"])
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def letters(self, real: bool, name: str) -> DeadLetters | fakes.DeadLetters:
        return DeadLetters(moto_resources.queue(name)) if real else fakes.DeadLetters()

    @staticmethod
    def _held(
        letters: DeadLetters | fakes.DeadLetters, name: str
    ) -> list[tuple[str, dict[str, str]]]:
        if isinstance(letters, fakes.DeadLetters):
            return [(message.raw, dict(why)) for message, why in letters.letters]
        url = aws_clients.sqs().get_queue_url(QueueName=name)["QueueUrl"]
        return [
            (m["Body"], {k: v["StringValue"] for k, v in m["MessageAttributes"].items()})
            for m in moto_resources.received(url)
        ]

    def test_a_message_lies_as_it_came_with_the_reason_beside_it(
        self, letters: DeadLetters | fakes.DeadLetters, name: str
    ) -> None:
        why = {"stage": "decide", "reason": "is not an event", "correlation_id": ""}
        letters.send(QueueMessage("m-1", {}, group="c-1", raw="{not json"), why)
        assert self._held(letters, name) == [
            ("{not json", {"stage": "decide", "reason": "is not an event"})
        ]


@pytest.mark.usefixtures("in_aws")
def test_a_dead_letter_keeps_its_group_and_is_not_doubled() -> None:
    url = moto_resources.queue("dead.fifo")
    for _ in range(2):
        DeadLetters(url).send(QueueMessage("m-1", {}, group="c-1", raw="{}"), {"stage": "decide"})
    [message] = moto_resources.received(url)
    assert message["Attributes"]["MessageGroupId"] == "c-1"


@pytest.mark.usefixtures("in_aws")
def test_a_long_reason_is_cut_to_a_kilobyte_and_one_line() -> None:
    url = moto_resources.queue("dead")
    DeadLetters(url).send(QueueMessage("m-1", {}, raw="{}"), {"reason": "a\nb\x00" + "ü" * 2000})
    [message] = moto_resources.received(url)
    reason = message["MessageAttributes"]["reason"]["StringValue"]
    assert reason.startswith("a b ü")
    assert len(reason.encode()) in (1023, 1024)
