"""The log: JSON lines of facts. No payload, no address, no text of an unexpected exception."""

import traceback
from pathlib import Path

from aws_lambda_powertools import Logger

from hub.kernel.errors import Conflict, HubError, Unavailable, Uncertain

logger = Logger(service="segue")


class UnexpectedError(HubError):
    """A fault of ours. Its reason may quote what was in the message, so it is not logged."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.kind = type(cause).__name__
        self.where = " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(cause.__traceback__)[-3:])
        )


def wrap_unexpected(error: Exception) -> HubError:
    return error if isinstance(error, HubError) else UnexpectedError(error)


def error_name(error: HubError) -> str:
    return error.kind if isinstance(error, UnexpectedError) else type(error).__name__


def to_log_fields(error: HubError) -> dict[str, str]:
    """What may be logged of an error: services' own words, and of all others the type only."""
    if isinstance(error, UnexpectedError):
        return {"error": error.kind, "where": error.where}
    if isinstance(error, Unavailable | Conflict | Uncertain):
        return {"error": error_name(error), "reason": error.reason}
    return {"error": error_name(error)}
