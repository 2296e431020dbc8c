"""What failed comes again later each time, and a provider that asks to wait is waited for."""

from datetime import timedelta

import pytest

from hub.entrypoints.retry_delay import RetryDelay
from hub.entrypoints.sqs import consume
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from tests import fakes
from tests.entrypoints.test_sqs import Run, a_record
from tests.factories import QueueSettings


def hidden(receives: int = 1, error: HubError | None = None) -> int:
    visibility = fakes.Visibility()
    message = QueueMessage(id="m", body={}, receive_count=receives)
    RetryDelay(visibility, lambda: 0.5)(message, error or Unavailable("down"))
    return visibility.hidden["m"]


@pytest.mark.parametrize(("receives", "seconds"), [(1, 2), (2, 3), (5, 24), (50, 675)])
def test_the_wait_grows_with_every_failure(receives: int, seconds: int) -> None:
    assert hidden(receives) == seconds


def test_nobody_is_asked_sooner_than_they_want_to_be() -> None:
    assert hidden(1, Unavailable("busy", timedelta(minutes=2))) >= 120
    assert hidden(50, Unavailable("busy", timedelta(seconds=1))) == 675


def test_a_message_that_cannot_be_postponed_is_handed_out_again_all_the_same() -> None:
    class Gone(fakes.Visibility):
        def hide(self, message: QueueMessage, seconds: int) -> None:
            raise Unavailable(f"{message.id} {seconds}")

    answer = consumed(RetryDelay(Gone(), lambda: 0), a_record("a", {"fail": "later"}))
    assert answer == ["a"]


def test_only_what_is_handed_out_again_is_postponed() -> None:
    visibility = fakes.Visibility()
    records = [
        a_record("good"),
        a_record("later", {"fail": "later"}),
        a_record("never", {"fail": "never"}),
        a_record("last", {"fail": "later"}, receives=3),
    ]
    assert consumed(RetryDelay(visibility, lambda: 0), *records) == ["later"]
    assert visibility.hidden.keys() == {"later"}


def test_a_rejection_that_could_not_be_buried_waits_too() -> None:
    assert hidden(1, Rejected("never")) == 2


def consumed(postpone: RetryDelay, *records: dict[str, object]) -> list[str]:
    answer = consume(
        {"Records": list(records)},
        Run(),
        settings=QueueSettings(),
        stage="call_endpoint",
        dead_letters=lambda _: fakes.DeadLetters(),
        delay_retry=postpone,
    )
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
