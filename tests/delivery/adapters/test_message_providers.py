"""Text messages and mobile push."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from hub.delivery.adapters.sns_push import MOST_BYTES, PushMessages
from hub.delivery.adapters.sns_sms import TextMessages
from hub.delivery.ports import PushMessages as PushPort
from hub.delivery.ports import TextMessages as TextMessagesPort
from hub.kernel.errors import Rejected, Unavailable, Uncertain
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources

ANN = "+442071838750"
NOTE = {"title": "Grüezi, Ann", "text": "Your beans are here"}
ABOUT = {"action_id": "a-1", "decision_id": "d-1"}
A_TOPIC = "arn:aws:sns:eu-west-1:123456789012:actions"


def an_endpoint(device: str = "ann's phone") -> str:
    app = aws_clients.sns().create_platform_application(Name="shop", Platform="GCM", Attributes={})
    made = aws_clients.sns().create_platform_endpoint(
        PlatformApplicationArn=app["PlatformApplicationArn"], Token=device
    )
    return made["EndpointArn"]


class TestTextMessages:
    @pytest.fixture
    def messages(self, real: bool) -> TextMessagesPort:
        return TextMessages() if real else fakes.TextMessages()

    def test_every_text_has_an_id(self, messages: TextMessagesPort) -> None:
        first = messages.send(ANN, "Hello", "marketing")
        assert first
        assert messages.send(ANN, "Hello", "marketing") != first


class TestPush:
    @pytest.fixture
    def gone(self, real: bool) -> str:
        if not real:
            return "app/removed"
        endpoint = an_endpoint("removed")
        aws_clients.sns().delete_endpoint(EndpointArn=endpoint)
        return endpoint

    @pytest.fixture
    def push(self, real: bool, gone: str) -> PushPort:
        return PushMessages() if real else fakes.PushMessages(gone)

    @pytest.fixture
    def endpoint(self, real: bool) -> str:
        return an_endpoint() if real else "app/ann"

    def test_every_push_has_an_id(self, push: PushPort, endpoint: str) -> None:
        first = push.send(endpoint, NOTE, ABOUT)
        assert first
        assert push.send(endpoint, NOTE, ABOUT) != first

    def test_an_app_that_was_removed_is_rejected(self, push: PushPort, gone: str) -> None:
        with pytest.raises(Rejected):
            push.send(gone, NOTE, ABOUT)

    def test_a_topic_is_no_persons_address(self, push: PushPort) -> None:
        with pytest.raises(Rejected):
            push.send(A_TOPIC, NOTE, ABOUT)


@pytest.mark.usefixtures("in_aws")
class TestTextMessagesThroughSns:
    @pytest.mark.parametrize(
        ("purpose", "kind"),
        [("service", "Transactional"), ("marketing", "Promotional"), ("", "Promotional")],
    )
    def test_the_purpose_says_how_dearly_it_is_delivered(self, purpose: str, kind: str) -> None:
        with moto_resources.asked(aws_clients.sns_once(), "Publish") as asked:
            TextMessages().send(ANN, "Grüezi", purpose)
        assert asked == [
            {
                "PhoneNumber": ANN,
                "Message": "Grüezi",
                "MessageAttributes": {
                    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": kind}
                },
            }
        ]


@pytest.mark.usefixtures("in_aws")
class TestPushThroughSns:
    def test_each_phones_own_service_gets_it_in_its_own_words(self) -> None:
        endpoint = an_endpoint()
        with moto_resources.asked(aws_clients.sns_once(), "Publish") as asked:
            PushMessages().send(endpoint, NOTE, ABOUT)
        [params] = asked
        assert (params["TargetArn"], params["MessageStructure"]) == (endpoint, "json")
        said = json.loads(params["Message"])
        shown = {"title": "Grüezi, Ann", "body": "Your beans are here"}
        assert said["default"] == "Your beans are here"
        assert json.loads(said["APNS"]) == {"aps": {"alert": shown}, **ABOUT}
        assert said["APNS_SANDBOX"] == said["APNS"]
        message = {"notification": shown, "data": ABOUT}
        assert json.loads(said["GCM"]) == {"fcmV1Message": {"message": message}}

    def test_what_no_service_takes_is_rejected_before_it_is_sent(self) -> None:
        with (
            moto_resources.counted(aws_clients.sns_once()) as calls,
            pytest.raises(Rejected, match=f"{MOST_BYTES} at most"),
        ):
            PushMessages().send("app/ann", NOTE | {"text": "ü" * (MOST_BYTES // 2)}, ABOUT)
        assert calls == []

    def test_an_app_that_wants_no_more_messages_is_rejected(self) -> None:
        endpoint = an_endpoint()
        aws_clients.sns().set_endpoint_attributes(
            EndpointArn=endpoint, Attributes={"Enabled": "false"}
        )
        with pytest.raises(Rejected, match="EndpointDisabled"):
            PushMessages().send(endpoint, NOTE, ABOUT)


SENDING: list[Callable[[], str]] = [
    lambda: TextMessages().send(ANN, "Hello", "marketing"),
    lambda: PushMessages().send("app/ann", NOTE, ABOUT),
]


@pytest.mark.usefixtures("in_aws")
@pytest.mark.parametrize("send", SENDING, ids=["text", "push"])
class TestABadDayAtSns:
    @pytest.mark.parametrize(
        ("fault", "meaning"),
        [
            (ReadTimeoutError(endpoint_url="https://sns"), Uncertain),
            (ConnectTimeoutError(endpoint_url="https://sns"), Unavailable),
        ],
    )
    def test_what_may_have_gone_is_uncertain_and_not_sent_again(
        self, send: Callable[[], str], fault: Exception, meaning: type[Exception]
    ) -> None:
        tries: list[str] = []

        def fail(**_: Any) -> None:
            tries.append("try")
            raise fault

        with (
            moto_resources.listening(aws_clients.sns_once(), "before-send.sns.Publish", fail),
            pytest.raises(meaning),
        ):
            send()
        assert tries == ["try"]

    @pytest.mark.parametrize(
        ("status", "code", "meaning"),
        [
            (400, "InvalidParameter", Rejected),
            (400, "ParameterValueInvalid", Rejected),
            (400, "Throttling", Unavailable),
            (400, "PlatformApplicationDisabled", Unavailable),
            (403, "AuthorizationError", Unavailable),
            (500, "InternalError", Uncertain),
            (503, "ServiceUnavailable", Uncertain),
        ],
    )
    def test_what_sns_answers_is_understood(
        self, send: Callable[[], str], status: int, code: str, meaning: type[Exception]
    ) -> None:
        said = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        with (
            moto_resources.answering(aws_clients.sns_once(), "Publish", said, status),
            pytest.raises(meaning) as raised,
        ):
            send()
        assert ANN not in str(raised.value)


@pytest.mark.usefixtures("in_aws")
def test_a_number_that_opted_out_is_rejected() -> None:
    said = {"Error": {"Code": "OptedOut"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    with (
        moto_resources.answering(aws_clients.sns_once(), "Publish", said, 400),
        pytest.raises(Rejected, match="OptedOut"),
    ):
        TextMessages().send(ANN, "Hello", "marketing")
