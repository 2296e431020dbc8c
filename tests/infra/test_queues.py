"""Laws that hold for every queue and for everything that a function reads from."""

from hub.model.channels import CONNECTOR_CHANNEL, OUTBOUND_CHANNELS
from tests.infra.template_reader import (
    FUNCTION,
    QUEUE,
    SOURCE,
    Resource,
    Template,
    of_type,
    referred,
    refused_without_tls,
)

TIMERS = "SCHEDULE_DEAD_LETTERS_ARN"


def dead_letters(template: Template) -> set[str]:
    """Queues that end a way: behind a queue, behind a stream, or behind the timers."""
    behind_queues = {
        referred(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in of_type(template, QUEUE).values()
        if "RedrivePolicy" in queue
    }
    buckets = of_type(template, "AWS::S3::Bucket").keys()
    behind_streams = {place for source in streams(template) if (place := fails_to(source))}
    return (
        behind_queues
        | {announced_to(template, place) if place in buckets else place for place in behind_streams}
        | {behind_timers(template)}
    )


def fails_to(stream: Resource) -> str:
    """The queue or bucket that gets what Lambda gives up on."""
    return referred(stream["DestinationConfig"]["OnFailure"]["Destination"])


def announced_to(template: Template, bucket: str) -> str:
    """The queue that is told of every new object of the bucket."""
    rules = of_type(template, "AWS::Events::Rule").values()
    [rule] = [each for each in rules if bucket in str(each.get("EventPattern", ""))]
    [target] = rule["Targets"]
    return referred(target["Arn"])


def behind_timers(template: Template) -> str:
    """The dead letters of every timer that cannot be delivered."""
    environments = [
        each["Environment"]["Variables"] for each in of_type(template, FUNCTION).values()
    ]
    (letters,) = [e[TIMERS] for e in environments if TIMERS in e]
    return referred(letters)


def streams(template: Template) -> list[Resource]:
    return [each for each in of_type(template, SOURCE).values() if "StartingPosition" in each]


def watched_at(template: Template, metric: str, bound: int) -> set[str]:
    """Of what an alarm rings when the metric reaches the bound."""
    return {
        referred(dimension["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if (alarm["MetricName"], alarm["Threshold"]) == (metric, bound)
    }


def work(template: Template) -> list[tuple[Resource, Resource, Resource]]:
    """Each event source that is a queue: source, queue, function."""
    queues, functions = of_type(template, QUEUE), of_type(template, FUNCTION)
    found = []
    for source in of_type(template, SOURCE).values():
        queue = queues.get(referred(source["EventSourceArn"]))
        if queue:
            found.append((source, queue, functions[referred(source["FunctionName"])]))
    return found


def test_a_failing_record_does_not_fail_its_batch(template: Template) -> None:
    for id_, source in of_type(template, SOURCE).items():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], id_


def test_a_message_is_hidden_for_six_timeouts_and_the_wait_for_its_batch(
    template: Template,
) -> None:
    assert work(template)
    for source, queue, function in work(template):
        waited = source.get("MaximumBatchingWindowInSeconds", 0)
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"] + waited, queue


def test_every_queue_has_dead_letters_behind_it_or_is_dead_letters(template: Template) -> None:
    dead = dead_letters(template)
    for id_, queue in of_type(template, QUEUE).items():
        assert ("RedrivePolicy" in queue) != (id_ in dead), id_


def test_a_function_gives_up_after_as_many_receives_as_its_queue(template: Template) -> None:
    for _, queue, function in work(template):
        variables = function["Environment"]["Variables"]
        redrive = queue["RedrivePolicy"]
        assert variables["MAX_RECEIVES"] == str(redrive["maxReceiveCount"])
        assert referred(variables["DEAD_LETTERS_URL"]) == referred(redrive["deadLetterTargetArn"])


def test_the_first_dead_letter_raises_an_alarm(template: Template) -> None:
    watched = watched_at(template, "ApproximateNumberOfMessagesVisible", 1)
    assert watched == dead_letters(template)


def test_a_message_that_waits_for_an_hour_raises_an_alarm(template: Template) -> None:
    watched = watched_at(template, "ApproximateAgeOfOldestMessage", 3600)
    worked = {referred(s["EventSourceArn"]) for s in of_type(template, SOURCE).values()}
    assert watched == worked & of_type(template, QUEUE).keys()


def test_a_stream_that_waits_for_an_hour_raises_an_alarm(template: Template) -> None:
    watched = watched_at(template, "IteratorAge", 3_600_000)
    assert watched == {referred(source["FunctionName"]) for source in streams(template)}


def test_dead_letters_are_kept_as_long_as_sqs_can(template: Template) -> None:
    for id_, queue in of_type(template, QUEUE).items():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600, id_


def test_queues_are_encrypted_at_rest_and_in_transit(template: Template) -> None:
    queues = of_type(template, QUEUE)
    assert {id_ for id_, queue in queues.items() if queue.get("SqsManagedSseEnabled")} == set(
        queues
    )
    assert refused_without_tls(template, "AWS::SQS::QueuePolicy", "Queues") == set(queues)


def test_a_queue_in_order_runs_in_high_throughput_mode(template: Template) -> None:
    in_order = [queue for _, queue, _ in work(template) if queue.get("FifoQueue")]
    assert in_order
    for queue in in_order:
        assert queue["FifoThroughputLimit"] == "perMessageGroupId"
        assert queue["DeduplicationScope"] == "messageGroup"
        assert queue["ContentBasedDeduplication"] is True


def test_a_failing_record_blocks_a_stream_for_a_few_tries_only(template: Template) -> None:
    assert streams(template)
    for source in streams(template):
        assert source["BisectBatchOnFunctionError"] is True
        assert 0 < source["MaximumRetryAttempts"] <= 10
        assert source["StartingPosition"] == "TRIM_HORIZON"


def test_no_record_grows_so_old_that_its_stream_loses_it(template: Template) -> None:
    """A stream keeps its records for 24 hours."""
    for source in streams(template):
        assert source["MaximumRecordAgeInSeconds"] < 24 * 3600 - 2 * 3600


def test_what_dispatch_could_not_publish_is_stored_whole_and_announced(template: Template) -> None:
    """Lambda puts the records themselves into a bucket only, and nothing but where they were into
    a queue. The letter must not outlive what it names."""
    customers = referred(template["Outputs"]["CustomersTable"]["Value"])
    [stream] = [s for s in streams(template) if referred(s["EventSourceArn"]) == customers]
    bucket = fails_to(stream)
    assert bucket == referred(template["Outputs"]["FailedBatchesBucket"]["Value"])
    letters = referred(template["Outputs"]["CustomerStreamDeadLettersUrl"]["Value"])
    assert announced_to(template, bucket) == letters
    rules = of_type(template, "AWS::S3::Bucket")[bucket]["LifecycleConfiguration"]["Rules"]
    [days] = [each["ExpirationInDays"] for each in rules if "ExpirationInDays" in each]
    assert days * 24 * 3600 > of_type(template, QUEUE)[letters]["MessageRetentionPeriod"]


def test_a_channel_gets_its_own_actions_unchanged(template: Template) -> None:
    channels = []
    for subscription in of_type(template, "AWS::SNS::Subscription").values():
        assert subscription["RawMessageDelivery"] is True
        assert referred(subscription["RedrivePolicy"]["deadLetterTargetArn"])
        channels += subscription["FilterPolicy"]["channel"]
    assert sorted(channels) == sorted([*OUTBOUND_CHANNELS, CONNECTOR_CHANNEL, "warehouse"])


def test_every_alarm_sends_its_start_and_its_end_to_the_topic(template: Template) -> None:
    (topic,) = [id_ for id_ in of_type(template, "AWS::SNS::Topic") if id_.startswith("Watch")]
    for id_, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
        for actions in (alarm["AlarmActions"], alarm["OKActions"]):
            assert [referred(action) for action in actions] == [topic], id_


def test_a_provider_that_hangs_leaves_time_for_the_rest_of_the_batch(template: Template) -> None:
    """Ten seconds are the longest that a call to AWS or to a provider may take."""
    for source, _, function in work(template):
        if {"CUSTOMERS_TABLE", "LEDGER_TABLE"} <= function["Environment"]["Variables"].keys():
            assert source["BatchSize"] * 10 < function["Timeout"]
