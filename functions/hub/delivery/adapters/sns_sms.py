"""Text messages through SNS. It takes one for a number that opted out and drops it in silence."""

from hub.delivery.adapters.at_most_once import translate_send_errors
from hub.platform.adapters.aws_clients import sns_once

_REJECTED_CODES = frozenset({"OptedOut", "ParameterValueInvalid"})
_TYPES = {"service": "Transactional"}


class TextMessages:
    """`hub.delivery.ports.TextMessages` on SNS, from the sender that the account has set.

    What serves the customer goes out as transactional, all else as promotional: see
    https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
    """

    @translate_send_errors("SNS", _REJECTED_CODES)
    def send(self, to: str, text: str, purpose: str) -> str:
        kind = _TYPES.get(purpose, "Promotional")
        answer = sns_once().publish(
            PhoneNumber=to,
            Message=text,
            MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": kind}},
        )
        return answer["MessageId"]
