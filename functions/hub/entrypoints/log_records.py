"""The log, in JSON lines without payloads, addresses or texts of unexpected exceptions."""

import traceback
from pathlib import Path

from aws_lambda_powertools import Logger

from hub.kernel.errors import Conflict, HubError, Unavailable, Uncertain

logger = Logger(service="segue")


class UnexpectedError(HubError):
    """A fault of the hub. Its reason is the class and the place: the text of an exception may
    quote a message, and reasons are stored where no erasure reaches them."""

    def __init__(self, cause: Exception) -> None:
        self.kind = type(cause).__name__
        self.where = " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(cause.__traceback__)[-3:])
        )
        super().__init__(f"the hub fails on it ({self.kind} in {self.where or 'no known place'})")


def wrap_unexpected(error: Exception) -> HubError:
    """Returns a hub error itself, and any other error as an `UnexpectedError`."""
    return error if isinstance(error, HubError) else UnexpectedError(error)


def error_name(error: HubError) -> str:
    """The error's class; that of the cause for an unexpected error."""
    return error.kind if isinstance(error, UnexpectedError) else type(error).__name__


def to_log_fields(error: HubError) -> dict[str, str]:
    """Selects what the log may have of an error: the reason only if a service gave it."""
    if isinstance(error, UnexpectedError):
        return {"error": error.kind, "where": error.where}
    if isinstance(error, Unavailable | Conflict | Uncertain):
        return {"error": error_name(error), "reason": error.reason}
    return {"error": error_name(error)}
