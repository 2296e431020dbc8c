"""Throttles, tokens and visibility: the fakes and what stands in AWS keep one contract."""

from dataclasses import replace

import pytest

from hub.delivery.adapters.oauth_tokens import ProcessTokens, SharedTokens
from hub.delivery.adapters.throttle_table import ThrottleStates
from hub.delivery.domain.connector.circuit_breaker import ThrottleState
from hub.delivery.ports import OAuthTokens as TokensPort
from hub.delivery.ports import ThrottleStates as ThrottlesPort
from hub.kernel.errors import Conflict, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.adapters.message_visibility import Visibility
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources


class TestThrottles:
    @pytest.fixture
    def throttles(self, real: bool) -> ThrottlesPort:
        return (
            ThrottleStates(moto_resources.table("throttles", "name"))
            if real
            else fakes.ThrottleStates()
        )

    def test_nothing_is_known_of_a_provider_that_was_never_asked(
        self, throttles: ThrottlesPort
    ) -> None:
        assert throttles.read("twilio") == ThrottleState()

    def test_what_is_written_is_read_as_the_next_version(self, throttles: ThrottlesPort) -> None:
        state = ThrottleState(
            full_at=1_795_000_000.25, failures=2, failing_since=3.5, rests_until=4.0
        )
        throttles.write("twilio", state)
        assert throttles.read("twilio") == replace(state, version=1)
        throttles.write("twilio", replace(throttles.read("twilio"), failures=3))
        assert throttles.read("twilio").version == 2
        assert throttles.read("x") == ThrottleState()

    def test_of_two_who_change_it_at_once_one_starts_again(self, throttles: ThrottlesPort) -> None:
        throttles.write("twilio", ThrottleState(failures=1))
        with pytest.raises(Conflict):
            throttles.write("twilio", ThrottleState(failures=9))
        known = throttles.read("twilio")
        throttles.write("twilio", known)
        with pytest.raises(Conflict):
            throttles.write("twilio", known)
        assert throttles.read("twilio").failures == 1


class TestTokens:
    @pytest.fixture(params=["fake", "own", "shared"])
    def tokens(self, request: pytest.FixtureRequest) -> TokensPort:
        if request.param == "shared":
            request.getfixturevalue("in_aws")
            made = aws_clients.secretsmanager().create_secret(Name="tokens", SecretString="{}")
            return SharedTokens(made["ARN"])
        return fakes.OAuthTokens() if request.param == "fake" else ProcessTokens()

    def test_a_connector_has_the_token_that_was_kept_last(self, tokens: TokensPort) -> None:
        assert tokens.read("x") == {}
        tokens.store("x", {"access_token": "1"})
        tokens.store("cakemail", {"access_token": "2"})
        tokens.store("x", {"access_token": "3"})
        assert tokens.read("x") == {"access_token": "3"}
        assert tokens.read("cakemail") == {"access_token": "2"}
        tokens.store("x", {})
        assert tokens.read("x") == {}


@pytest.mark.usefixtures("in_aws")
class TestVisibility:
    def test_a_message_is_out_of_sight_for_as_long_as_is_said(self) -> None:
        url = moto_resources.queue("work")
        aws_clients.sqs().send_message(QueueUrl=url, MessageBody="{}")
        [got] = aws_clients.sqs().receive_message(QueueUrl=url, VisibilityTimeout=3600)["Messages"]
        arn, receipt = moto_resources.arn(url), got["ReceiptHandle"]
        message = QueueMessage(id="m", body={}, queue_arn=arn, receipt_handle=receipt)
        with moto_resources.asked(aws_clients.sqs(), "ChangeMessageVisibility") as asked:
            Visibility().hide(message, 77)
        assert [call["VisibilityTimeout"] for call in asked] == [77]
        Visibility().hide(message, 0)
        assert len(moto_resources.received(url)) == 1

    def test_a_receipt_that_is_none_is_told(self) -> None:
        arn = moto_resources.arn(moto_resources.queue("work"))
        with pytest.raises((Unavailable, Conflict)):
            Visibility().hide(
                QueueMessage(id="m", body={}, queue_arn=arn, receipt_handle="none"), 5
            )
