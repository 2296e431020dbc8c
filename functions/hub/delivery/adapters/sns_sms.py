"""Text messages through SNS. SNS accepts a message to a number that opted out, and drops it."""

from hub.delivery.adapters.at_most_once import translate_send_errors
from hub.platform.adapters.aws_clients import sns_once

_REJECTED_CODES = frozenset({"OptedOut", "ParameterValueInvalid"})
_SMS_TYPES = {"service": "Transactional"}


class TextMessages:
    """`hub.delivery.ports.TextMessages` on SNS, from the sender that is set in the account.

    A service message is transactional, any other message is promotional:
    https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
    """

    @translate_send_errors("SNS", _REJECTED_CODES)
    def send(self, to: str, text: str, purpose: str) -> str:
        sms_type = _SMS_TYPES.get(purpose, "Promotional")
        response = sns_once().publish(
            PhoneNumber=to,
            Message=text,
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": sms_type}
            },
        )
        return response["MessageId"]
