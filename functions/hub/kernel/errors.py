"""The hub's errors. The type of an error tells its catcher what to do next."""

from datetime import timedelta


class HubError(Exception):
    """The root of the hub's errors; `reason` is a sentence that a person can act on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Rejected(HubError):
    """The hub will never accept this input as it is: park it, do not retry it.

    `field` is the dotted path of the faulty part (`properties.quantity`); empty for the whole.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class Unauthorized(HubError):
    """Nothing proves who sent this. All such failures look the same from outside."""


class NotFound(HubError):
    """Nothing is there, or the caller may not see it. The response does not say which."""


class Missing(Rejected):
    """A template needs a value that this customer, event or offer does not have."""


class TooLarge(Rejected):
    """The body is longer than the entry point accepts."""


class Conflict(HubError):
    """Another writer came first: read again and retry at once."""


class Unavailable(HubError):
    """A service did not answer as it should: retry later.

    `after` is the shortest sensible wait, where the service named one.
    """

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Uncertain(HubError):
    """A call was interrupted. It may have taken effect, so nobody may simply repeat it."""
