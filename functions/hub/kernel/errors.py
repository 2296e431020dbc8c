"""Every way in which the hub says no. Whoever catches one of these knows what to do next."""

from datetime import timedelta


class HubError(Exception):
    """The root of the hub's errors; `reason` is a sentence a person can act on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Rejected(HubError):
    """This input will never be accepted as it is: park it, do not retry it.

    `field` is where the fault lies, as a dotted path (`properties.quantity`); empty for the whole.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class Unauthorized(HubError):
    """Nothing proves who sent this. All such cases look the same from outside."""


class NotFound(HubError):
    """There is nothing to show, or not to whoever asks: which of both, nobody is told."""


class Missing(Rejected):
    """A template asks for what is not known of this customer, event or offer."""


class TooLarge(Rejected):
    """The body is longer than an entrance takes."""


class Conflict(HubError):
    """Somebody else wrote first: read again and retry at once."""


class Unavailable(HubError):
    """A service did not answer as it should: retry later, and not before `after`, where it is
    known for how long that makes no sense."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Uncertain(HubError):
    """A call was cut off: it may or may not have taken effect, so it is never simply repeated."""
