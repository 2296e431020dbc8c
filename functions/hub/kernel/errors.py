"""The hub's errors. The type of an error tells its catcher what to do next."""

import traceback
from datetime import timedelta
from pathlib import Path

_PANIC = "PanicException"
"""What a library in Rust raises (pyo3). It is no `Exception`, and nobody can import its class."""
_ENVIRONMENT_ERRORS = (ConnectionError, TimeoutError)


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


class OverLimit(Rejected):
    """It needs more room than one customer has: park it."""


class Conflict(HubError):
    """Another writer came first: read again and retry at once."""


class Unavailable(HubError):
    """A service did not answer as it should: retry later.

    `after` is the shortest sensible wait, where the service named one.
    """

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Unsettled(Unavailable):
    """A call was interrupted and may have taken effect. Whoever was called recognises a repeat, or
    can be asked: retry later."""


class Uncertain(HubError):
    """A call was interrupted. It may have taken effect, so nobody may simply repeat it."""


def explain_fault(error: BaseException) -> str:
    """Explains why the content of one row, event or profile cannot be used.

    Call it where such content is isolated, and put the explanation where its owner looks: on the
    row, in the receipt, into the reason of a `Rejected`. Unless a `Rejected` gave the reason, it
    has only the error's class, module and line, because the error's text may quote personal data.

    Raises the error itself if no content can cause it: the hub's errors that a retry mends, a
    network that does not answer, the end of the process.
    """
    if isinstance(error, Rejected):
        return error.reason
    is_content = isinstance(error, Exception) or type(error).__name__ == _PANIC
    if not is_content or isinstance(error, (HubError, *_ENVIRONMENT_ERRORS)):
        raise error
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"the hub fails on it ({type(error).__name__}{place})"
