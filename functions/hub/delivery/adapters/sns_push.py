"""Mobile push through SNS: one message, in the format of each push service."""

from collections.abc import Mapping

from hub.delivery.adapters.at_most_once import translate_send_errors
from hub.kernel.errors import Rejected
from hub.platform.adapters.aws_clients import sns_once
from hub.platform.adapters.aws_text import to_json

MOST_BYTES = 4096
_REJECTED_CODES = frozenset({"EndpointDisabled", "NotFound", "ParameterValueInvalid"})


class PushMessages:
    """`hub.delivery.ports.PushMessages` on SNS. The address of an app on a device is the ARN of its
    endpoint."""

    def send(self, endpoint: str, parts: Mapping[str, str], about: Mapping[str, str]) -> str:
        _, _, name = endpoint.rpartition(":")
        if "/" not in name:  # It is a topic, which would send the message to all subscribers.
            raise Rejected("the address is no endpoint of a mobile app", "address")
        return self._publish(endpoint, _build_message(parts, about))

    @translate_send_errors("SNS", _REJECTED_CODES)
    def _publish(self, endpoint: str, message: str) -> str:
        response = sns_once().publish(
            TargetArn=endpoint,
            Message=message,
            MessageStructure="json",
            MessageAttributes={
                "AWS.SNS.MOBILE.APNS.PUSH_TYPE": {"DataType": "String", "StringValue": "alert"}
            },
        )
        return response["MessageId"]


def _build_message(parts: Mapping[str, str], about: Mapping[str, str]) -> str:
    """Builds the message for Apple's service and Firebase (SNS calls it GCM), each JSON in JSON:
    https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
    """
    notification = {"title": parts["title"], "body": parts["text"]}
    apple = to_json({"aps": {"alert": notification}, **about})
    firebase = to_json({"fcmV1Message": {"message": {"notification": notification, "data": about}}})
    if (size := max(len(apple.encode()), len(firebase.encode()))) > MOST_BYTES:
        raise Rejected(f"the message has {size} bytes: {MOST_BYTES} at most", "text")
    return to_json(
        {"default": parts["text"], "APNS": apple, "APNS_SANDBOX": apple, "GCM": firebase}
    )
